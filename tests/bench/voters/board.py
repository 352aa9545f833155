"""Whether a board is ordered rightly where some members vote badly: simulated teams, real captions and their real counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import IdeaId
from learning.evidence import weighed
from learning.passed import Passing
from learning.rankers.bayes import PRIOR, build
from learning.rankers.taste import Learned
from tests.bench.ranking import CLEAR, ENOUGH, mean_and_error, read_captions
from tests.builders import an_opinion

SLATES, SHOWN, MEMBERS = 40, 5, 12
THERE = 0.5  # chance that a member looks at a slate; bad ones always do
PASSED_OVER, HALF = 0.25, 0.5  # of the unfunny gets a 👎, of the somewhat funny a 👍, as in `tests.bench.crowd`
BAD = ("clean", "lazy", "flood", "brigade_first", "position", "voted_down", "at_random")
#: Of the unfunny gets a 👎 where people rather say no than pass on; what falls of the attention from one idea to the next; chance
#: that an idea is read where people read some and not others, so that passing over says nothing.
SAYS_NO, FADING, READ = 0.6, 0.5, 0.5
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Slates:
    """What was shown: shares of each face, and how good each caption truly is."""

    faces: Floats  #: shape (SLATES, SHOWN, 3)
    truth: Floats  #: shape (SLATES, SHOWN)
    error: Floats


def drawn(seeds: int) -> list[Slates]:
    """Some slates for each seed."""
    captions = read_captions()
    able = captions.counts.sum(axis=1) >= ENOUGH
    topic = np.array(captions.answers.topic)
    by = {name: np.flatnonzero(able & (topic == name)) for name in sorted(set(topic[able]))}
    names = [name for name, some in by.items() if len(some) >= SHOWN]
    found = []
    for seed in range(seeds):
        chance = np.random.default_rng(seed)
        kept = chance.choice(names, SLATES, replace=False)
        counts = captions.counts[np.array([chance.choice(by[name], SHOWN, replace=False) for name in kept])]
        truth, error = mean_and_error(counts.reshape(-1, 3))
        shape = (SLATES, SHOWN)
        found.append(Slates(counts / counts.sum(axis=2, keepdims=True), truth.reshape(shape), error.reshape(shape)))
    return found


def votes(slates: Slates, kind: str, chance: np.random.Generator) -> Floats:
    """What each member says of each idea, 0 for nothing, shape (MEMBERS, SLATES, SHOWN)."""
    face = (chance.random((MEMBERS, SLATES, SHOWN, 1)) > slates.faces.cumsum(axis=2)).sum(axis=3)
    up = (face == 2) | ((face == 1) & (chance.random(face.shape) < HALF))
    down = (face == 0) & (chance.random(face.shape) < (SAYS_NO if kind == "voted_down" else PASSED_OVER))
    found = up * 1.0 - down
    found *= chance.random((MEMBERS, SLATES, 1)) < THERE
    if kind == "position":
        found *= chance.random((MEMBERS, SLATES, SHOWN)) < FADING ** np.arange(SHOWN)
    elif kind == "at_random":
        found *= chance.random((MEMBERS, SLATES, SHOWN)) < READ
    elif kind == "lazy":
        found[:3] = 1.0
    elif kind == "flood":
        found[0] = np.where(chance.random((SLATES, SHOWN)) < 0.5, 1.0, -1.0)
    elif kind == "brigade_first":
        found[:3] = 0.0
        found[:3, np.arange(SLATES), slates.truth.argmin(axis=1)] = 1.0
    return found


def summed(said: Floats) -> Floats:
    """The Bayesian mean of raw votes."""
    favour, against = PRIOR + np.maximum(said, 0).sum(axis=0), PRIOR + np.maximum(-said, 0).sum(axis=0)
    return np.asarray((favour - against) / (favour + against))


def product(said: Floats) -> tuple[Floats, Floats, float]:
    """What the product makes of the same votes: of what was said, and with what was passed over; and how far that is followed."""
    ids = [[IdeaId(f"{slate:03}-{place}") for place in range(SHOWN)] for slate in range(SLATES)]
    feedback = [
        an_opinion(ids[slate][place], f"p{member:02}", float(said[member, slate, place]))
        for member, slate, place in zip(*np.nonzero(said), strict=True)
    ]
    sets = {id: f"slate {slate}" for slate, some in enumerate(ids) for id in some}
    passing = Passing.of(weighed(feedback), feedback, sets, {})
    flat = [id for some in ids for id in some]
    scores = [ranker.score(flat, feedback) for ranker in (build(), Learned({}, {}, feedback, passing))]
    votes, passed = (np.array([[found[id].mean for id in some] for some in ids]) for found in scores)
    return votes, passed, passing.weight


def right(score: Floats, slates: Slates) -> float:
    """Share of a slate's clear pairs that are ordered rightly; ties count half."""
    one, other = np.triu_indices(SHOWN, 1)
    gap = slates.truth[:, one] - slates.truth[:, other]
    clear = np.abs(gap) >= CLEAR * np.hypot(slates.error[:, one], slates.error[:, other])
    told = np.sign(np.round(score[:, one] - score[:, other], 9)) * np.sign(gap)
    return float(((told + 1) / 2)[clear].mean())


def worst_first(score: Floats, slates: Slates) -> float:
    """Share of slates whose worst idea stands first; a tie for the first place counts its share."""
    first = np.isclose(score, score.max(axis=1, keepdims=True), atol=1e-9)
    worst = first[np.arange(SLATES), slates.truth.argmin(axis=1)]
    return float((worst / first.sum(axis=1)).mean())


def boards(seeds: int) -> dict[str, dict[str, float]]:
    """For each kind of team what raw votes and what the product make of it, and the error of the difference."""
    slates = drawn(seeds)
    found = {}
    for kind in BAD:
        measure: Callable[[Floats, Slates], float] = worst_first if kind == "brigade_first" else right
        rows = []
        for seed, some in enumerate(slates):
            said = votes(some, kind, np.random.default_rng(1000 + seed))
            without, passed, weight = product(said)
            rows.append([measure(summed(said), some), measure(without, some), measure(passed, some), weight])
        raw, ours, both, _weight = table = np.array(rows).T
        found[kind] = dict(zip(("raw", "ours", "passed", "weight"), table.mean(axis=1).tolist(), strict=True)) | {
            "error": float(np.std(ours - raw) / np.sqrt(seeds)),
            "passed_error": float(np.std(both - ours) / np.sqrt(seeds)),
        }
    return found
