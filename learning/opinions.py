"""What people said as arrays: whose opinion, of which idea, how much it may weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from bot.domain.feedback import Feedback, rival
from bot.domain.ideas import IdeaId, Person

NOBODY = -1  #: the person of an opinion whose author is not known; each such opinion is its own person's

#: Up to so many opinions of one person weigh in full: an evening's voting.
FREE = 20
#: Beyond that nobody weighs more than this many times the median person: who votes on everything is one voice among others.
LEAD = 1.0
#: Opinions that a person must give before their habit of liking or disliking everything is half believed.
HABIT = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """One row per person and idea. All arrays have the same length."""

    idea: NDArray[np.intp]  #: row of the log
    person: NDArray[np.intp]  #: any numbering, or NOBODY
    value: NDArray[np.float64]  #: -1..+1
    count: NDArray[np.float64]  #: how many people said just this; 1 for a known person

    def __len__(self) -> int:
        """How many rows."""
        return len(self.idea)

    def __eq__(self, other: object) -> bool:
        """Whether the same people said the same."""
        return isinstance(other, Opinions) and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in self.__slots__
        )

    __hash__ = None  # type: ignore[assignment]

    def and_(self, other: Opinions) -> Opinions:
        """Both together; the numberings of people must not clash."""
        return Opinions(
            np.concatenate([self.idea, other.idea]),
            np.concatenate([self.person, other.person]),
            np.concatenate([self.value, other.value]),
            np.concatenate([self.count, other.count]),
        )


def duels(feedback: Sequence[Feedback]) -> dict[Person, list[tuple[IdeaId, IdeaId]]]:
    """For each person, the duels they decided: winner and loser, in the order of ids."""
    by_person: dict[Person, list[tuple[IdeaId, IdeaId]]] = {}
    for vote in feedback:
        loser = rival(vote)
        if loser is not None and vote.token == "won":
            by_person.setdefault(vote.person, []).append((vote.idea, loser))
    return {person: sorted(pairs) for person, pairs in by_person.items()}


@dataclass(frozen=True, slots=True)
class Voices:
    """Everybody's opinions of everything, people by number: gathered once, however many kinds of task they are arranged for.

    A person's opinion of an idea is the sum of what they said, clipped to -1..+1; what comes to 0 is left out. A duel says half a
    vote for the winner and half a one against the loser.
    """

    people: tuple[Person, ...]  #: sorted, so that numbers do not depend on the order of feedback
    opinions: Mapping[IdeaId, Mapping[int, float]]

    @classmethod
    def of(cls, feedback: Sequence[Feedback]) -> Voices:
        """Gathers them."""
        people = {(vote.person.platform, vote.person.id): vote.person for vote in feedback}
        numbers = {
            key: number for number, key in enumerate(sorted(people))
        }  # tuples: comparing people by field takes half the time
        by_idea: dict[IdeaId, dict[int, float]] = {}
        several: dict[tuple[IdeaId, int], list[float]] = {}
        for vote in feedback:
            person = numbers[vote.person.platform, vote.person.id]
            opinions = by_idea.setdefault(vote.idea, {})
            if person in opinions:
                several.setdefault((vote.idea, person), [opinions[person]]).append(vote.value)
            else:
                opinions[person] = vote.value
        for (idea, person), values in several.items():
            by_idea[idea][person] = max(-1.0, min(1.0, fsum(values)))  # fsum: the same whatever the order
        silent = [(idea, person) for idea, opinions in by_idea.items() for person, value in opinions.items() if value == 0.0]
        for idea, person in silent:
            del by_idea[idea][person]
        return cls(tuple(people[key] for key in sorted(people)), by_idea)


def gathered(feedback: Sequence[Feedback]) -> dict[IdeaId, dict[Person, float]]:
    """Each person's opinion of each idea; see `Voices`."""
    voices = Voices.of(feedback)
    return {idea: {voices.people[who]: v for who, v in opinions.items()} for idea, opinions in voices.opinions.items()}


def arranged(voices: Voices, rows: Mapping[IdeaId, int], authors: Mapping[IdeaId, Person]) -> Opinions:
    """The opinions of the ideas in `rows`. Nobody's opinion of their own idea counts."""
    numbers = {person: number for number, person in enumerate(voices.people)}
    idea: list[int] = []  # three lists: ten thousand tuples keep the garbage collector busier than the ridge
    person: list[int] = []
    value: list[float] = []
    for id, by_person in voices.opinions.items():
        if id in rows:
            own = numbers.get(authors[id], NOBODY) if id in authors else NOBODY
            others = {who: what for who, what in by_person.items() if who != own} if own in by_person else by_person
            idea += [rows[id]] * len(others)
            person += others
            value += others.values()
    order = np.lexsort((person, idea))
    return Opinions(
        np.array(idea, dtype=np.intp)[order],
        np.array(person, dtype=np.intp)[order],
        np.array(value, dtype=np.float64)[order],
        np.ones(len(order)),
    )


def weights(opinions: Opinions) -> NDArray[np.float64]:
    """How much each row may weigh in what is learned, shape (len(opinions),): its count, scaled down for the very busy.

    A person with n opinions weighs min(n, max(FREE, LEAD * median n)), spread evenly over them.
    """
    known = opinions.person != NOBODY
    if not known.any():
        return opinions.count
    per_person = np.bincount(opinions.person[known])
    most = max(float(FREE), LEAD * float(np.median(per_person[per_person > 0])))
    share = np.ones(len(opinions))
    share[known] = np.minimum(1.0, most / per_person[opinions.person[known]])
    return share * opinions.count


def voter_offsets(opinions: Opinions) -> NDArray[np.float64]:
    """How far each row's person lies above or below others on the same ideas, shape (len(opinions),); 0 where not known."""
    bias = np.zeros(len(opinions))
    known = opinions.person != NOBODY
    if not known.any():
        return bias
    sums = np.bincount(opinions.idea, weights=opinions.value * opinions.count)
    counts = np.bincount(opinions.idea, weights=opinions.count)
    alone = counts[opinions.idea] <= opinions.count  # nobody else spoke of it: nothing to compare with
    others = (sums[opinions.idea] - opinions.value) / np.maximum(counts[opinions.idea] - 1.0, 1.0)
    beside = np.where(known & ~alone, opinions.value - others, 0.0)
    people = np.where(known, opinions.person, 0)
    total = np.bincount(people, weights=beside)
    compared = np.bincount(people, weights=(known & ~alone).astype(np.float64))
    bias[known] = (total / (compared + HABIT))[opinions.person[known]]
    return bias
