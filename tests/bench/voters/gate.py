"""How often luck is taken for a taste at any of twenty looks, and how often a taste is missed: simulated teams, real captions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learning.opinions import Opinions
from learning.sheets import Sheet, sheet
from learning.trust import learned
from tests.bench.embedded import embedded
from tests.bench.ranking import read_captions

EACH, PEOPLE, SHARE = 5, 6, 0.6  # ideas of a topic; voters; of the ideas that each of them votes on
LOOKS = tuple(range(6, 64, 3))  # topics at which a team's votes are learned from
TASTE = 0.5  # strength of a taste beside a mood of deviation 1: 65 of 100 votes follow it
COMPONENTS = 30  # of the captions' meanings, from which a taste is drawn


@dataclass(frozen=True)
class Team:
    """Ideas for as many topics as there will be, and what everybody says of them."""

    texts: list[str]
    vectors: NDArray[np.float32]
    topics: NDArray[np.intp]
    said: Opinions

    def at(self, topics: int) -> tuple[Sheet, Opinions]:
        """What there is when so many topics were asked."""
        count, few = topics * EACH, self.said.idea < topics * EACH
        page = sheet(self.texts[:count], self.vectors[:count], self.topics[:count], None)
        said = self.said
        return page, Opinions(said.idea[few], said.person[few], said.value[few], said.count[few])


class Teams:
    """Draws them."""

    def __init__(self) -> None:
        captions = read_captions(lambda contest: int(contest) % 4 == 0)
        self.texts = captions.answers.texts
        by: defaultdict[str, list[int]] = defaultdict(list)
        for place, contest in enumerate(captions.answers.topic):
            by[contest].append(place)
        self.by = [np.array(some) for _contest, some in sorted(by.items())]
        self.vectors = embedded(self.texts)
        self.middle = self.vectors.mean(axis=0)
        _left, _size, self.base = np.linalg.svd(self.vectors - self.middle, full_matrices=False)

    def drawn(self, likings: list[float], seed: int) -> Team:
        """`likings`: how strongly each person follows the team's taste; 0 tosses a coin, above 2 votes on everything."""
        chance = np.random.default_rng(seed)
        contests = chance.choice(len(self.by), LOOKS[-1], replace=len(self.by) < LOOKS[-1])
        kept = np.concatenate([chance.choice(self.by[contest], EACH, replace=False) for contest in contests])
        topics = np.repeat(np.arange(LOOKS[-1]), EACH)
        worth = (self.vectors[kept] - self.middle) @ self.base[:COMPONENTS].T @ chance.normal(size=COMPONENTS)
        worth = worth - np.bincount(topics, weights=worth)[topics] / EACH
        worth /= worth.std()
        said = [
            (idea, person, 1.0 if liking * worth[idea] + chance.normal() > 0 else -1.0)
            for idea in range(len(kept))
            for person, liking in enumerate(likings)
            if liking > 2 or chance.random() < SHARE
        ]
        ideas, people, values = zip(*said, strict=True)
        opinions = Opinions(np.array(ideas, dtype=np.intp), np.array(people, dtype=np.intp), np.array(values), np.ones(len(said)))
        return Team([self.texts[place] for place in kept], self.vectors[kept], topics, opinions)


def trusted(teams: Teams, likings: list[float], count: int, looks: tuple[int, ...] = LOOKS) -> NDArray[np.bool_]:
    """Whether each of some teams is trusted at each look, shape (count, looks)."""
    found = []
    for seed in range(count):
        team = teams.drawn(likings, seed)
        found.append([learned(*team.at(topics)).hyperparameters.trusted for topics in looks])
    return np.array(found)
