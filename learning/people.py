"""What one person will say of an idea beyond what everybody says: who agrees with whom, as factors of people and of ideas.

It has no weight until it foretells held-out votes better than the ideas' own means do. It orders ideas for one person; people are
never put in an order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import IdeaId, Person
from learning.opinions import Voices

FACTORS = 4
SHRUNK = 2.0  # prior of a factor, in votes: of 2, 5, 10 and 20 the one that lost nothing in any of eight conversations
MEAN_PRIOR = 4.0  # pseudo-votes of an idea's mean, as in `learning.rankers.bayes`
LENIENT = 10.0  # opinions before a person's habit is half believed
ROUNDS = 12  # of alternating least squares; more changes nothing
FOLDS = 5
FEW_PEOPLE, FEW_EACH = 10, 10  # people with so many opinions each, below which nothing can be held out
ERRORS = 2.0  # standard errors over people by which it must beat the means

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class People:
    """Factors of the people and ideas of one team, and how far they may be followed."""

    weight: float = 0.0  #: 0: not at all
    gain: float = 0.0  #: in explained squared error on held-out votes, as a share of what the means leave
    person: Mapping[Person, Floats] = field(default_factory=dict)
    idea: Mapping[IdeaId, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, voices: Voices, *, seed: int = 0) -> People:
        """Learns them; seconds for tens of thousands of votes, so never on the event loop."""
        ideas = sorted(voices.opinions)
        said = [(place, who, value) for place, id in enumerate(ideas) for who, value in sorted(voices.opinions[id].items())]
        if not said:
            return cls()
        idea, person = (np.array([one[place] for one in said], dtype=np.intp) for place in (0, 1))
        value = np.array([one[2] for one in said], dtype=np.float64)
        if int((np.bincount(person) >= FEW_EACH).sum()) < FEW_PEOPLE:
            return cls()
        weight, gain = _weight(idea, person, value, seed=seed)
        if weight == 0.0:
            return cls(gain=gain)
        theirs, its = factors(idea, person, _left(idea, person, value, np.ones(len(value), dtype=np.bool_)), seed=seed)
        return cls(weight, gain, dict(zip(voices.people, theirs, strict=False)), dict(zip(ideas, its, strict=True)))

    def adds(self, person: Person, idea: IdeaId) -> float:
        """What the person will say of the idea beyond its mean, on the scale of votes; 0 where nothing is known."""
        if person not in self.person or idea not in self.idea:
            return 0.0
        return float(np.clip(self.weight * self.person[person] @ self.idea[idea], -1.0, 1.0))


def factors(idea: Numbers, person: Numbers, left: Floats, *, seed: int) -> tuple[Floats, Floats]:
    """Factors of people, shape (people, FACTORS), and of ideas, whose product is near what their means leave.

    Alternating least squares with as many votes' worth of prior on every factor. Source: Koren, Bell & Volinsky 2009.
    """
    chance = np.random.default_rng(seed)
    its = chance.normal(scale=0.3, size=(int(idea.max()) + 1, FACTORS))
    theirs = np.zeros((int(person.max()) + 1, FACTORS))
    for _round in range(ROUNDS):
        theirs = _solved(person, its[idea], left, len(theirs))
        its = _solved(idea, theirs[person], left, len(its))
    return theirs, its


def _solved(row: Numbers, beside: Floats, left: Floats, count: int) -> Floats:
    square = np.zeros((count, FACTORS, FACTORS))
    right = np.zeros((count, FACTORS))
    np.add.at(square, row, beside[:, :, None] * beside[:, None, :])
    np.add.at(right, row, beside * left[:, None])
    square += SHRUNK * np.mean(beside**2) * np.eye(FACTORS)
    return np.asarray(np.linalg.solve(square, right[:, :, None])[:, :, 0])


def _left(idea: Numbers, person: Numbers, value: Floats, known: NDArray[np.bool_]) -> Floats:
    """Votes less their idea's mean and their person's habit, both of `known` votes alone, shape (votes,)."""
    total = np.bincount(idea[known], weights=value[known], minlength=int(idea.max()) + 1)
    count = np.bincount(idea[known], minlength=len(total))
    mean = total / (count + MEAN_PRIOR)
    above = np.bincount(person[known], weights=(value - mean[idea])[known], minlength=int(person.max()) + 1)
    habit = above / (np.bincount(person[known], minlength=len(above)) + LENIENT)
    return np.asarray(value - mean[idea] - habit[person])


def _weight(idea: Numbers, person: Numbers, value: Floats, *, seed: int) -> tuple[float, float]:
    """How far held-out votes go along with the factors, and what that gains; 0 where it is not surely better than the means."""
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(value))
    foretold, truth = np.zeros(len(value)), np.zeros(len(value))
    for number in range(FOLDS):
        known, out = fold != number, fold == number
        left = _left(idea, person, value, known)
        theirs, its = factors(idea[known], person[known], left[known], seed=seed)
        inside = out & (person < len(theirs)) & (idea < len(its))
        foretold[inside] = (theirs[person[inside]] * its[idea[inside]]).sum(axis=1)
        truth[out] = left[out]
    weight = float(np.clip((foretold * truth).sum() / max(float((foretold**2).sum()), 1e-12), 0.0, 1.0))
    better = truth**2 - (truth - weight * foretold) ** 2
    of_person = np.bincount(person, weights=better)
    gain = float(better.sum() / max(float((truth**2).sum()), 1e-12))
    error = float(np.sqrt((of_person**2).sum()))
    return (weight, gain) if weight > 0 and float(of_person.sum()) > ERRORS * error else (0.0, gain)
