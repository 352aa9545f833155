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

#: Opinions of one person that weigh in full whatever the others do: an evening's voting.
FREE = 20
#: Beyond that nobody weighs more than this many times the median person: who votes on everything is one voice among others.
LEAD = 2.0
#: Opinions that a person must give before their habit of liking or disliking everything is half believed.
HABIT = 10.0


@dataclass(frozen=True, slots=True)
class Opinions:
    """One row per person and idea. All arrays have the same length."""

    idea: NDArray[np.intp]  #: row of the log
    person: NDArray[np.intp]  #: any numbering, or NOBODY
    value: NDArray[np.float64]  #: -1..+1
    count: NDArray[np.float64]  #: how many people said just this; 1 for a known person

    def __len__(self) -> int:
        """How many rows."""
        return len(self.idea)

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
    found: dict[Person, list[tuple[IdeaId, IdeaId]]] = {}
    for said in feedback:
        loser = rival(said)
        if loser is not None and said.token == "won":
            found.setdefault(said.person, []).append((said.idea, loser))
    return {person: sorted(pairs) for person, pairs in found.items()}


def gathered(feedback: Sequence[Feedback]) -> dict[IdeaId, dict[Person, float]]:
    """Each person's opinion of each idea: the sum of what they said, clipped to -1..+1; what comes to 0 is left out.

    A duel says half a vote for the winner and half a one against the loser.
    """
    found: dict[IdeaId, dict[Person, float]] = {}
    several: dict[tuple[IdeaId, Person], list[float]] = {}
    people: dict[tuple[str, str], Person] = {}  # one object for each person: comparing equal ones by field took half the time
    for said in feedback:
        person = people.setdefault((said.person.platform, said.person.id), said.person)
        opinions = found.setdefault(said.idea, {})
        if person in opinions:
            several.setdefault((said.idea, person), [opinions[person]]).append(said.value)
        else:
            opinions[person] = said.value
    for (idea, person), values in several.items():
        found[idea][person] = max(-1.0, min(1.0, fsum(values)))  # fsum: the same whatever the order
    return {idea: {who: v for who, v in opinions.items() if v != 0.0} for idea, opinions in found.items()}


def arranged(feedback: Sequence[Feedback], rows: Mapping[IdeaId, int], authors: Mapping[IdeaId, Person]) -> Opinions:
    """The opinions of the ideas in `rows`. Nobody's opinion of their own idea counts."""
    opinions = gathered(feedback)
    numbers = {person: number for number, person in enumerate(sorted(set().union(*opinions.values())))}
    idea: list[int] = []  # three lists: ten thousand tuples keep the garbage collector busier than the ridge
    person: list[int] = []
    value: list[float] = []
    for id, by_person in opinions.items():
        if id in rows:
            if id in authors:
                by_person.pop(authors[id], None)
            idea += [rows[id]] * len(by_person)
            person += [numbers[who] for who in by_person]
            value += by_person.values()
    order = np.lexsort((person, idea))
    return Opinions(
        np.array(idea, dtype=np.intp)[order],
        np.array(person, dtype=np.intp)[order],
        np.array(value, dtype=np.float64)[order],
        np.ones(len(order)),
    )


def weights(said: Opinions) -> NDArray[np.float64]:
    """How much each row may weigh in what is learned, shape (len(said),): its count, scaled down for the very busy.

    A person with n opinions weighs min(n, max(FREE, LEAD * median n)), spread evenly over them.
    """
    known = said.person != NOBODY
    if not known.any():
        return said.count
    given = np.bincount(said.person[known])
    most = max(float(FREE), LEAD * float(np.median(given[given > 0])))
    share = np.ones(len(said))
    share[known] = np.minimum(1.0, most / given[said.person[known]])
    return share * said.count


def habits(said: Opinions) -> NDArray[np.float64]:
    """How far each row's person lies above or below others on the same ideas, shape (len(said),); 0 where not known."""
    bias = np.zeros(len(said))
    known = said.person != NOBODY
    if not known.any():
        return bias
    sums = np.bincount(said.idea, weights=said.value * said.count)
    counts = np.bincount(said.idea, weights=said.count)
    alone = counts[said.idea] <= said.count  # nobody else spoke of it: nothing to compare with
    others = (sums[said.idea] - said.value) / np.maximum(counts[said.idea] - 1.0, 1.0)
    beside = np.where(known & ~alone, said.value - others, 0.0)
    people = np.where(known, said.person, 0)
    total = np.bincount(people, weights=beside)
    compared = np.bincount(people, weights=(known & ~alone).astype(np.float64))
    bias[known] = (total / (compared + HABIT))[said.person[known]]
    return bias
