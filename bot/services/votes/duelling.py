"""Duels: a person sees two ideas for one topic side by side, without names, and says which is better."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import exp, sqrt

from bot.domain.feedback import Feedback, Score, both_bad, duel, rival
from bot.domain.ideas import BrainstormId, Channel, Idea, IdeaId, Person
from bot.ports import Clock, Store
from bot.services.models.versions import Versions
from bot.services.votes.refitting import Tasting

LOOKED_AT = 300  # ideas of a channel, the latest: what was thought up long ago need not be settled any more
OPEN = 10_000  # duels that typed answers may mean, one for each person and channel; a hundred bytes each
NEAR = 0.02  # overlaps that differ by less are alike, and chance decides


@dataclass(frozen=True, slots=True)
class Duel:
    """Two ideas as they were shown."""

    left: Idea
    right: Idea


class Duelling:
    """Chooses duels, and hears what people say."""

    def __init__(self, *, store: Store, tasting: Tasting, versions: Versions, clock: Clock, chance: random.Random) -> None:
        """`chance` draws among duels that tell as much, and the sides."""
        self.store = store
        self.tasting = tasting
        self.versions = versions
        self.clock = clock
        self.chance = chance
        self._open: dict[tuple[Channel, Person], tuple[IdeaId, IdeaId]] = {}

    async def next(
        self, channel: Channel, person: Person, *, but: frozenset[IdeaId] = frozenset(), of: Collection[BrainstormId] = ()
    ) -> Duel | None:
        """The duel that tells most: of two ideas for one topic, those whose scores overlap most, and are least known.

        The scores are the person's own, as far as who votes as they do tells anything.
        Never one the person has settled, nor of their own ideas, nor `but`, a pair just passed over, nor of other ideas than
        those `of` some brainstorms, where any are named; these are one topic's. None when none is left.
        """
        ideas = [
            idea
            for idea in await self.store.ideas(channel, limit=LOOKED_AT)
            if idea.author != person and idea.modality == "text" and (not of or idea.brainstorm in of)
        ]
        feedback = await self.store.feedback(channel.team, [idea.id for idea in ideas])
        ids = [idea.id for idea in ideas]
        scores = self.tasting.of(channel.team).score(ids, feedback)
        beyond = await self.tasting.beyond(channel.team, person, ids)
        scores = {id: replace(scores[id], mean=max(-1.0, min(1.0, scores[id].mean + beyond[id]))) for id in ids}
        settled = {frozenset((vote.idea, rival(vote))) for vote in feedback if vote.person == person}
        pairs = [
            pair for pair in candidates(ideas, together=bool(of)) if frozenset((pair[0].id, pair[1].id)) not in settled | {but}
        ]
        if not pairs:
            return None
        one, other = max(pairs, key=lambda pair: self._worth(scores[pair[0].id], scores[pair[1].id]))
        left, right = (one, other) if self.chance.random() < 0.5 else (other, one)
        if len(self._open) >= OPEN:
            self._open.clear()
        self._open[channel, person] = (left.id, right.id)
        return Duel(left, right)

    def _worth(self, one: Score, other: Score) -> tuple[float, float, float]:
        return round(overlap(one, other) / NEAR), round(one.deviation + other.deviation, 2), self.chance.random()

    def open(self, channel: Channel, person: Person) -> tuple[IdeaId, IdeaId] | None:
        """The duel a person was shown last, left and right; None when that is answered, or was before the last start."""
        return self._open.get((channel, person))

    async def settle(self, channel: Channel, person: Person, left: Idea, right: Idea, answer: str) -> None:
        """Hears an answer: "a" for the left, "b", "neither" or "skip", which says nothing and takes nothing back."""
        self._open.pop((channel, person), None)
        now = self.clock()
        opinions: Sequence[Feedback] = {
            "a": duel(left.id, right.id, person, now),
            "b": duel(right.id, left.id, person, now),
            "neither": both_bad(left.id, right.id, person, now),
        }.get(answer, ())
        for opinion in opinions:
            await self.store.hear(channel.team, opinion)
        if opinions:
            self.tasting.heard(channel.team)
            self.versions.heard(channel.team)


def candidates(ideas: Sequence[Idea], *, together: bool = False) -> list[tuple[Idea, Idea]]:
    """All pairs of ideas for one topic; `together`: all of them are for one."""
    by_topic: defaultdict[BrainstormId | None, list[Idea]] = defaultdict(list)
    for idea in ideas:
        if idea.brainstorm is not None:
            by_topic[None if together else idea.brainstorm].append(idea)
    return [pair for group in by_topic.values() for pair in combinations(group, 2) if pair[0].text != pair[1].text]


def overlap(one: Score, other: Score) -> float:
    """How much two posteriors, taken as normal, overlap, 0..1: their Bhattacharyya coefficient (1943)."""
    total = one.deviation**2 + other.deviation**2
    if total == 0.0:
        return float(one.mean == other.mean)
    return sqrt(2 * one.deviation * other.deviation / total) * exp(-((one.mean - other.mean) ** 2) / (4 * total))
