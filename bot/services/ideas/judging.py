"""Judges drafts: drops what must not be shown, with the reason, and says how good the rest is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Brainstorm, Candidate, Draft, Idea
from bot.ports import Generator
from bot.services.ideas.background import Background
from bot.services.ideas.famous import taken
from bot.services.ideas.filtering import refused_things, too_long, too_short, unwanted, verdict
from bot.services.ideas.gaps import asked, beside
from bot.services.ideas.selecting import Option, Vectors, forecast_weight
from bot.services.ideas.sense import sense
from bot.services.ideas.slate import Slate

RELEVANT_ENOUGH = 2.0  # nats per token; beyond it an idea mostly says its topic again
#: Nats that one unit of cosine to the topic is worth. Relevance alone lets well-formed nonsense ("Trellab") pass; by eye on 18
#: sets of five, 3 made names and titles speak of their topic and left sentences as they were; see docs/lab/ideas.md.
TOPIC_WEIGHT = 2.5
#: Weights of a nat of relevance and of a nat of likelihood beside that. Who reads 750 drafts of the embedded model finds sense in
#: the likelier ones: of a sensible and a senseless draft for one topic, this tells which is which in 75 of 100 for names, slogans
#: and titles and in 65 for sentences, where relevance and the topic alone do in 69 and 54; see docs/lab/ideas.md.
RELEVANCE_WEIGHT, FLUENCY_WEIGHT = 0.4, 1.7
FLUENT = (
    -0.8
)  # nats per token from which likelier is no better: larger models are surer, and there the likeliest is the commonplace
#: Cosine to a refused thing from which an idea has to do with it: of 30 that have, 17 lie above, "a swimming lesson" for "no
#: water games" among them, of 19 that have not, 2. What is nearer than this to the topic does not count: "no tea puns" of a tea
#: bar.
REFUSED_NEAR, TOPIC_NEAR = 0.38, 0.35
TAKEN = 4.0  # nats that the name of something else loses: more than relevance can give, so that it is shown where nothing else is
WISH_WEIGHT = 3.0  # nats that one unit of cosine to what is wished for is worth; by judgement, as much as the topic's own
WISHED = (too_long, too_short, unwanted)  # what a draft must be as it was wished for
TASTE_WEIGHT = 1.0  # deviations of relevance that a fully liked relative is worth


@dataclass(frozen=True, slots=True)
class Intake:
    """The drafts of a round, from arrival to verdict."""

    slate: Slate
    candidates: list[Candidate] = field(default_factory=list)

    def drop(self, draft: Draft, why: str) -> None:
        """Logs a draft that will not be shown."""
        self.candidates.append(Candidate(brainstorm=self.slate.brainstorm.id, draft=draft, verdict=why))

    def log_shown(self, option: Option, idea: Idea) -> None:
        """Logs what became an idea."""
        self.candidates.append(
            Candidate(
                brainstorm=self.slate.brainstorm.id, draft=option.draft, verdict="shown", score=option.quality, idea=idea.id
            )
        )

    def log_kept(self) -> None:
        """Logs what was good enough, and not chosen."""
        self.candidates.extend(
            Candidate(brainstorm=self.slate.brainstorm.id, draft=option.draft, verdict="kept", score=option.quality)
            for option in self.slate.pool.options
        )


class Judging:
    """Judges the drafts of a round as they arrive."""

    def __init__(self, generator: Generator) -> None:
        """`generator`: gives drafts their vectors."""
        self.generator = generator

    async def judge(self, drafts: Sequence[Draft], brainstorm: Brainstorm, background: Background, intake: Intake) -> None:
        """Drops what must not be shown, with the reason; lets the rest compete."""
        intake.slate.seen += len(drafts)
        passed: list[Draft] = []
        for draft in drafts:
            why = verdict(draft) or next(filter(None, (rule(draft.text, brainstorm.prompt) for rule in WISHED)), None)
            if why is None:
                passed.append(draft)
            else:
                intake.drop(draft, why)
        if not passed:
            return
        vectors = await self.generator.embed([draft.text for draft in passed])
        own = vectors if not any(draft.apart for draft in passed) else await self.generator.embed([_own(one) for one in passed])
        aspect, refused = asked(brainstorm.prompt), await self._refused(brainstorm, background)
        liking = await self._liking([draft.text for draft in passed], vectors, brainstorm, background)
        for row, draft in enumerate(passed):
            vector: Vectors | None = None if vectors is None else vectors[row]
            if aspect is not None and beside(draft, vector, aspect, background.gap):
                intake.drop(draft, "off-topic")
                continue
            if vector is not None and any(float(vector @ thing) >= REFUSED_NEAR for thing in refused):
                intake.drop(draft, "unwanted")
                continue
            compared: Vectors | None = None if own is None else own[row]
            if self._comes_again(draft, compared, background):
                intake.drop(draft, "repeat")
                continue
            background.known.add(_own(draft), compared)
            if draft.apart:
                background.known.add(draft.text, None)
            near = 0.0 if vector is None or background.topic is None else float(vector @ background.topic)
            told = sense(draft, brainstorm.prompt, near) if draft.recalled is None else draft.recalled
            quality = (fitness(draft, near) if told is None else told) + float(liking[row])
            quality += (
                WISH_WEIGHT * float(vector @ background.wish) if vector is not None and background.wish is not None else 0.0
            )
            quality -= TAKEN if taken(draft.text, brainstorm.prompt) else 0.0
            intake.slate.pool.add(Option(draft=draft, vector=compared, quality=quality))

    async def _refused(self, brainstorm: Brainstorm, background: Background) -> Sequence[Vectors]:
        """What is not to be there, as vectors; none of what the topic is about itself."""
        things = refused_things(brainstorm.prompt)
        vectors = await self.generator.embed(things) if things and background.topic is not None else None
        if vectors is None or background.topic is None:
            return ()
        return [vector for vector in vectors if float(vector @ background.topic) < TOPIC_NEAR]

    async def _liking(
        self, texts: list[str], vectors: NDArray[np.float32] | None, brainstorm: Brainstorm, background: Background
    ) -> NDArray[np.float64]:
        """How much more the team, and the person who asks, would like each, in deviations of relevance, shape (len(texts),)."""
        if background.learned is not None and brainstorm.prompt is not None:
            foretold = await asyncio.to_thread(background.learned.foretell, brainstorm.prompt, texts, vectors, brainstorm.asker)
            if foretold is not None:
                return forecast_weight(background.learned.trust(brainstorm.prompt)) * foretold
        if background.taste is None or vectors is None:
            return np.zeros(len(texts))
        return TASTE_WEIGHT * background.taste.of(vectors)

    @staticmethod
    def _comes_again(draft: Draft, vector: Vectors | None, background: Background) -> bool:
        if background.polished is not None and draft.text.casefold() == background.polished.casefold():
            return True
        again = background.known.has(_own(draft), vector)
        return again or (bool(draft.apart) and background.known.said(draft.text))


def _own(draft: Draft) -> str:
    """What a draft is compared with others by: not the words that all of them have from the topic."""
    return draft.apart or draft.text


def fitness(draft: Draft, near: float) -> float:
    """How well a draft of a model that nobody has read drafts of fits its topic, in nats."""
    value = RELEVANCE_WEIGHT * min(draft.relevance or 0.0, RELEVANT_ENOUGH) + TOPIC_WEIGHT * near
    return value + (FLUENCY_WEIGHT * min(draft.logprob, FLUENT) if draft.logprob is not None else 0.0)
