"""How often luck is taken for a taste at any of twenty looks, and how often a taste is missed: simulated teams, real captions."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from learning.opinions import Opinions
from learning.sheets import Sheet, sheet
from learning.trust import learned
from tests.bench.embedded import embedded
from tests.bench.ranking import read_captions

ROOT = Path(__file__).parents[3]
EACH, PEOPLE, SHARE = 5, 6, 0.6  # ideas of a topic; voters; of the ideas that each of them votes on
LOOKS = tuple(range(6, 64, 3))  # topics at which a team's votes are learned from
TASTE, WEAK = 0.5, 0.35  # strength of a taste beside a mood of deviation 1: 65 and 61 of 100 votes follow it
MISSED_AT = (45, 63)  # topics at which a taste that is not believed counts as missed
#: What both commits know; the older one called its hyperparameters habits.
CHILD = """
import json, sys
import numpy as np
from learning.opinions import Opinions
from learning.sheets import sheet
try:
    from learning.trusting import learned  # its name up to November 2026
except ImportError:
    from learning.trust import learned

kept, found = np.load(sys.argv[1], allow_pickle=False), []
for team in range(int(kept["teams"])):
    texts, vectors, topics, ideas, people, values = (kept[f"{name}{team}"] for name in "tvgipo")
    for looks in json.loads(sys.argv[2]):
        count, few = int((topics < looks).sum()), topics[ideas] < looks
        said = Opinions(ideas[few], people[few], values[few], np.ones(int(few.sum())))
        fit = learned(sheet(texts[:count].tolist(), vectors[:count], topics[:count], None), said)
        hyper = getattr(fit, "hyperparameters", None) or fit.habits
        found.append([bool(hyper.trusted), hyper.slope > 0])
print(json.dumps(found))
"""
COMPONENTS = 30  # of the captions' meanings, from which a taste is drawn


@dataclass(frozen=True)
class Team:
    """Ideas for as many topics as there will be, and what everybody says of them."""

    texts: list[str]
    vectors: NDArray[np.float32]
    topics: NDArray[np.intp]
    worth: NDArray[np.float64]  #: of each idea for the team's taste, deviation 1
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

    def drawn(self, likings: list[float], seed: int, count: int = LOOKS[-1]) -> Team:
        """`likings`: how strongly each person follows the team's taste; 0 tosses a coin, above 2 votes on everything.

        `count`: of topics.
        """
        chance = np.random.default_rng(seed)
        contests = chance.choice(len(self.by), count, replace=len(self.by) < count)
        kept = np.concatenate([chance.choice(self.by[contest], EACH, replace=False) for contest in contests])
        topics = np.repeat(np.arange(count), EACH)
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
        return Team([self.texts[place] for place in kept], self.vectors[kept], topics, worth, opinions)


def trusted(teams: Teams, likings: list[float], count: int, looks: tuple[int, ...] = LOOKS) -> NDArray[np.bool_]:
    """Whether each of some teams is trusted at each look, shape (count, looks)."""
    found = []
    for seed in range(count):
        team = teams.drawn(likings, seed)
        found.append([learned(*team.at(topics)).hyperparameters.trusted for topics in looks])
    return np.array(found)


def missed(teams: Teams, liking: float, count: int, tree: Path) -> NDArray[np.float64]:
    """Shares of teams whose taste a commit does not believe, and gives no weight, at each of `MISSED_AT`, shape (looks, 2)."""
    drawn = [teams.drawn([liking] * PEOPLE, seed) for seed in range(count)]
    arrays: dict[str, NDArray[np.generic]] = {"teams": np.array(count)}
    for number, team in enumerate(drawn):
        whole = (np.array(team.texts), team.vectors, team.topics, team.said.idea, team.said.person, team.said.value)
        arrays |= {f"{name}{number}": values for name, values in zip("tvgipo", whole, strict=True)}
    with tempfile.TemporaryDirectory(prefix="muselab-missed-") as folder:
        file = Path(folder) / "teams.npz"
        np.savez(file, **arrays)  # type: ignore[arg-type]
        command = [sys.executable, "-c", CHILD, str(file), json.dumps(MISSED_AT)]
        ended = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{tree}: {ended.stderr[-2000:]}")
    found = np.array(json.loads(ended.stdout.splitlines()[-1]), dtype=float)
    return 1.0 - found.reshape(count, len(MISSED_AT), 2).mean(axis=0)


@contextmanager
def checked_out(vs: str) -> Iterator[Path]:
    """The files of another commit."""
    with tempfile.TemporaryDirectory(prefix="muselab-voters-") as folder:
        archive = subprocess.run(["git", "archive", vs], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        yield Path(folder)
