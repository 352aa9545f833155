"""What a brainstorm knows before it begins: the channel's ideas, the team's taste, and the ideas to follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot import ports
from bot.domain.feedback import Score
from bot.domain.ideas import Brainstorm, BrainstormId, Idea, IdeaId, Prompt
from bot.ports import Generator, Store, Trust
from bot.services.ideas.board import by_others
from bot.services.ideas.gaps import asked
from bot.services.ideas.quoting import Quoting, said
from bot.services.ideas.selecting import Known, Taste, Vectors
from bot.services.ideas.wishing import wished
from bot.services.votes.refitting import Tasting

REMEMBERED = 300  # ideas of a channel that need not come again; older ones may, and embedding more delays the first idea
JUDGED = 400  # ideas of a team whose votes speak for taste, the latest
AVOIDED = 20  # of the channel's latest ideas named to models that heed such a wish; more crowd the topic out
EXAMPLES = 4  # liked ideas shown to the model; more crowd the topic out of a small model's attention
LIKE_TOPIC = 0.5  # cosine of MiniLM vectors from which two topics are of a kind
LIKED = 0.15  # posterior mean from which an idea is an example to follow: one vote more for than against


@dataclass(frozen=True, slots=True)
class Background:
    """What a brainstorm knows before it begins."""

    known: Known
    taste: Taste | None  #: by likeness to judged ideas; used while nothing better is learned
    learned: ports.Taste | None
    liked: tuple[str, ...]
    avoid: tuple[str, ...]
    topic: Vectors | None  #: the topic's vector, where there are vectors
    wish: Vectors | None  #: the meaning of what ideas should have or be for, where that is said and there are vectors
    gap: Vectors | None  #: the meaning of the aspect that ideas are asked for, where they are and there are vectors
    material: tuple[str, ...]  #: what the team's own documents say of it
    polished: str | None  #: the text a polish starts from: it may come near it, nothing else may

    def trust(self, prompt: Prompt) -> Trust | None:
        """How far votes foretell what the team will like of ideas for a prompt; None while nothing is learned."""
        return None if self.learned is None else self.learned.trust(prompt)


@dataclass(frozen=True, slots=True)
class Backgrounds:
    """Looks up backgrounds."""

    store: Store
    generator: Generator
    tasting: Tasting

    async def of(self, brainstorm: Brainstorm, prompt: Prompt) -> Background:
        """What there is to avoid, to like and to follow."""
        team = brainstorm.channel.team
        known_before = words(await self.store.ideas(brainstorm.channel, limit=REMEMBERED, hidden=True))
        ideas = [idea for idea in known_before if not idea.hidden]
        polished = prompt.about[0] if prompt.operation == "polish" and prompt.about else None
        known = Known()
        if polished is None:
            vectors = await self._embed([idea.text for idea in known_before])
            for row, idea in enumerate(known_before):
                known.add(idea.text, None if vectors is None else vectors[row])
        judged = words(await self.store.team_ideas(team, limit=JUDGED))
        feedback = await self.store.feedback(team, [idea.id for idea in judged])
        spoken = {vote.idea for vote in feedback}
        judged = [idea for idea in judged if idea.id in spoken]
        scores = self.tasting.of(team).score([idea.id for idea in judged], by_others(judged, feedback))
        vectors = await self._embed([idea.text for idea in judged])
        means = np.array([scores[idea.id].mean for idea in judged])
        topic = await self._embed([polished or prompt.text])
        wish = await self._embed(list(filter(None, [wished(prompt)])))
        aspect = asked(prompt)
        gap = await self._embed([aspect.meaning]) if aspect is not None else None
        return Background(
            known=known,
            taste=None if vectors is None else Taste(vectors=vectors, means=means),
            learned=self.tasting.taste(team),
            liked=await self._examples(brainstorm, prompt, [i for i in judged if scores[i.id].mean >= LIKED], scores),
            avoid=tuple(idea.text for idea in ideas[:AVOIDED]),
            topic=None if topic is None else topic[0],
            wish=None if wish is None else wish[0],
            gap=None if gap is None else gap[0],
            material=tuple(map(said, await Quoting(self.store, self.generator).near(team, polished or prompt.text))),
            polished=polished,
        )

    async def _examples(
        self, brainstorm: Brainstorm, prompt: Prompt, liked: Sequence[Idea], scores: Mapping[IdeaId, Score]
    ) -> tuple[str, ...]:
        """The team's best ideas for topics like this one, best first."""
        team = brainstorm.channel.team
        topics: dict[BrainstormId, str] = {}
        for id in {idea.brainstorm for idea in liked if idea.brainstorm is not None}:
            source = await self.store.brainstorm(team, id)
            if source is not None and source.prompt is not None:
                topics[id] = source.prompt.text
        vectors = await self._embed([prompt.text, *topics.values()])
        if vectors is None or not topics:
            return ()
        near = {id for id, cosine in zip(topics, vectors[1:] @ vectors[0], strict=True) if cosine >= LIKE_TOPIC}
        best = sorted((idea for idea in liked if idea.brainstorm in near), key=lambda idea: -scores[idea.id].mean)
        return tuple(idea.text for idea in best[:EXAMPLES])

    async def _embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        return await self.generator.embed(texts) if texts else None


def words(ideas: Sequence[Idea]) -> list[Idea]:
    """Those of the ideas that are words."""
    return [idea for idea in ideas if idea.modality == "text"]
