"""Earlier liked ideas that fit a topic, found by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.ideas import Channel, Idea, Person
from bot.ports import Generator, Store
from bot.services.ideas.selecting import alike, wordset
from bot.services.votes.refitting import Tasting

LOOKED_AT = 2000  # ideas of a team, the latest; their vectors are remembered, so only new ones cost anything
LIKED = 0.15  # posterior mean from which an idea counts as liked: one vote more for than against
FITS = 0.25  # cosine of MiniLM vectors; by eye on 12 topics, below it ideas have nothing to do with the topic
FITS_WORDS = 0.15  # share of words in common, where the service has no embeddings


@dataclass(frozen=True, slots=True)
class Recommended:
    """An idea that fits."""

    idea: Idea
    fit: float  #: cosine, or share of words in common, 0..1


class Recommending:
    """Finds them."""

    def __init__(self, *, store: Store, generator: Generator, tasting: Tasting) -> None:
        self.store = store
        self.generator = generator
        self.tasting = tasting

    async def fitting(self, channel: Channel, person: Person, topic: str, *, count: int) -> list[Recommended]:
        """Liked ideas that fit a topic, the best fit first, `count` at most; liked by whoever asks, as far as that is known.

        They are this channel's, and those of the team's other channels in which the person asked, wrote or voted: what
        somebody has never seen may stand in a conversation that is not theirs.
        """
        team = channel.team
        ideas = [idea for idea in await self.store.team_ideas(team, limit=LOOKED_AT) if idea.modality == "text"]
        feedback = await self.store.feedback(team, [idea.id for idea in ideas])
        of = {idea.id: idea.channel for idea in ideas}
        seen = {channel} | {of[vote.idea] for vote in feedback if vote.person == person}
        seen |= {idea.channel for idea in ideas if person in (idea.asker, idea.author)}
        spoken = {vote.idea for vote in feedback}
        judged = [idea for idea in ideas if idea.id in spoken and idea.channel in seen and idea.modality == "text"]
        scores = self.tasting.of(team).score([idea.id for idea in judged], feedback)
        ids = [idea.id for idea in judged]
        beyond = await self.tasting.beyond(team, person, ids)
        worth = {id: scores[id].mean + beyond[id] for id in ids}
        liked = [idea for idea in judged if worth[idea.id] >= LIKED]
        fits = await self._fits(topic, [idea.text for idea in liked])
        matches = [Recommended(idea, fit) for idea, fit in zip(liked, fits, strict=True) if fit > 0]
        return sorted(matches, key=lambda one: (-one.fit, -worth[one.idea.id]))[:count]

    async def _fits(self, topic: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits the topic; 0 where it does not."""
        if not texts:
            return []
        vectors = await self.generator.embed([topic, *texts])
        if vectors is None:
            words = wordset(topic)
            shares = [alike(words, wordset(text)) for text in texts]
            return [share if share >= FITS_WORDS else 0.0 for share in shares]
        cosines = np.asarray(vectors[1:] @ vectors[0])
        return [float(cosine) if cosine >= FITS else 0.0 for cosine in cosines]
