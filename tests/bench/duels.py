"""How soon duels bring ideas into their order, by which pairs are asked about: simulated rounds, people who err.

Each idea has a hidden worth; a person prefers one of two with chance 1 / (1 + exp(-difference / NOISE)). What is told is
Kendall's tau between the hidden order and that of the scores, and whether the best idea stands first.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import erf, exp, log, log2, pi, sqrt

import numpy as np

from bot.domain.feedback import Feedback, Score, duel
from bot.domain.ideas import IdeaId, Person
from bot.services.votes import duelling
from learning.rankers import bayes, bradley_terry

NOISE = 0.5  # of a person's choice, beside worths of deviation 1
PEOPLE = 5
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)

Worth = Callable[[Score, Score], float]


def by_overlap(one: Score, other: Score) -> float:
    """Rounded overlap, then what is least known."""
    return round(duelling.overlap(one, other) / duelling.NEAR) * 100 + one.deviation + other.deviation


def by_chance(one: Score, other: Score) -> float:
    """Any pair."""
    return 0.0


FELT = 0.25  # deviation of what a person feels of the difference of two ideas, on the scale of scores; 0.5 does no better
C = sqrt(pi * log(2) / 2)


def gain(one: Score, other: Score) -> float:
    """Bits that an answer is expected to tell of which is better: BALD (Houlsby et al. 2011, arXiv 1112.5745, eq. 4)."""
    mean, variance = (one.mean - other.mean) / FELT, (one.deviation**2 + other.deviation**2) / FELT**2
    chance = (1 + erf(mean / sqrt(2 * (variance + 1)))) / 2
    entropy = 0.0 if chance in (0.0, 1.0) else -chance * log2(chance) - (1 - chance) * log2(1 - chance)
    return max(0.0, entropy - C / sqrt(variance + C**2) * exp(-(mean**2) / (2 * (variance + C**2))))


WAYS: dict[str, Worth] = {"chance": by_chance, "overlap": by_overlap, "gain": gain}
RANKERS = {"bayes": bayes.build, "bradley_terry": bradley_terry.build}


def a_round(worth: Worth, ranker: object, count: int, duels: int, seed: int, marks: list[int]) -> list[tuple[float, bool]]:
    """Tau, and whether the best stands first, after so many duels as `marks` say."""
    chance = random.Random(seed)
    ids = [IdeaId(f"i{number:02}") for number in range(count)]
    hidden = {id: chance.gauss(0.0, 1.0) for id in ids}
    people = [Person(platform="p", id=str(number)) for number in range(PEOPLE)]
    said: list[Feedback] = []
    settled: dict[Person, set[frozenset[IdeaId]]] = {person: set() for person in people}
    found = []
    for turn in range(duels):
        person = people[turn % PEOPLE]
        scores = ranker.score(ids, said)
        pairs = [pair for pair in combinations(ids, 2) if frozenset(pair) not in settled[person]]
        if not pairs:
            continue
        one, other = max(pairs, key=lambda pair: (worth(scores[pair[0]], scores[pair[1]]), chance.random()))
        settled[person].add(frozenset((one, other)))
        first = chance.random() < 1 / (1 + exp(-(hidden[one] - hidden[other]) / NOISE))
        said += duel(one if first else other, other if first else one, person, NOW + timedelta(seconds=turn))
        if turn + 1 in marks:
            now = ranker.score(ids, said)
            found.append((tau(ids, hidden, now), max(ids, key=lambda one: now[one].mean) == max(ids, key=hidden.__getitem__)))
    return found


def tau(ids: list[IdeaId], hidden: dict[IdeaId, float], scores: dict[IdeaId, Score]) -> float:
    """Kendall's, ties counting nothing."""
    signs = [np.sign((hidden[a] - hidden[b]) * (scores[a].mean - scores[b].mean)) for a, b in combinations(ids, 2)]
    return float(np.mean(signs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--ideas", type=int, default=12)
    given = parser.parse_args()
    marks = [given.ideas, 2 * given.ideas, 4 * given.ideas]
    print(f"{given.rounds} rounds, {given.ideas} ideas, {PEOPLE} people; tau (best first) after {marks} duels")
    for name, build in RANKERS.items():
        for way, worth in WAYS.items():
            rounds = [a_round(worth, build(), given.ideas, marks[-1], seed, marks) for seed in range(given.rounds)]
            cells = [
                f"{np.mean([one[at][0] for one in rounds]):.3f} ({np.mean([one[at][1] for one in rounds]):.0%})"
                for at in range(len(marks))
            ]
            print(f"{name:14} {way:8} " + "   ".join(cells))


if __name__ == "__main__":
    main()
