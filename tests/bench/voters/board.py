"""Whether a board is ordered rightly where some members vote badly: simulated teams, real captions and their real counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import IdeaId
from learning.rankers.bayes import PRIOR, build
from tests.bench.ranking import CLEAR, ENOUGH, mean_and_error, read_captions
from tests.builders import an_opinion

SLATES, SHOWN, MEMBERS = 40, 5, 12
THERE = 0.5  # chance that a member looks at a slate; bad ones always do
PASSED_OVER, HALF = 0.25, 0.5  # of the unfunny gets a 👎, of the somewhat funny a 👍, as in `tests.bench.crowd`
BAD = {"clean": 0, "lazy": 3, "flood": 1, "brigade_first": 3}
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
    down = (face == 0) & (chance.random(face.shape) < PASSED_OVER)
    found = up * 1.0 - down
    found *= chance.random((MEMBERS, SLATES, 1)) < THERE
    if kind == "lazy":
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


def product(said: Floats) -> Floats:
    """What the product makes of the same votes."""
    ids = [[IdeaId(f"{slate:03}-{place}") for place in range(SHOWN)] for slate in range(SLATES)]
    feedback = [
        an_opinion(ids[slate][place], f"p{member:02}", float(said[member, slate, place]))
        for member, slate, place in zip(*np.nonzero(said), strict=True)
    ]
    scores = build().score([id for some in ids for id in some], feedback)
    return np.array([[scores[id].mean for id in some] for some in ids])


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
        both = []
        for seed, some in enumerate(slates):
            said = votes(some, kind, np.random.default_rng(1000 + seed))
            both.append((measure(summed(said), some), measure(product(said), some)))
        raw, ours = (fmean(pair[side] for pair in both) for side in (0, 1))
        apart = float(np.std([pair[1] - pair[0] for pair in both]) / np.sqrt(len(both)))
        found[kind] = {"raw": raw, "ours": ours, "error": apart}
    return found
