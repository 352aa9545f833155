"""Ridge regression inside topics: what makes one idea better than another for the *same* topic. Plain numbers, no ideas.

Every model here answers y = x·b up to a constant of the topic, so rows and targets are centred inside each topic. A row's
weight w says how exact its target is: Var(y) = between-idea variance / w.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from learning.features import Matrix

Vector = NDArray[np.float64]
Rows = NDArray[np.intp]

#: Penalties that are tried. Rows have a variance of about one per column, so these are also numbers of rows of weight 1; single
#: opinions weigh about a tenth.
PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)
#: Penalties tried for what one topic adds. A loose one harms: 100 took a prior of .665 down to .58.
RESIDUAL_PENALTIES = (30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0, 30000.0)
SIZES = (20, 100, 400)  #: judged ideas of a topic at which a residual must not harm
WITNESSES = 30  # topics on which the residual's penalty is tried, the largest ones; more changes nothing and costs seconds
FOLDS = 5
MANY = 10  # times as many rows as columns; from there the leverage of one row is at most a few hundredths


def centred(values: NDArray[Any], topics: Rows, weight: Vector) -> NDArray[Any]:
    """`values` less the weighted mean of their topic; shape (rows,) or (rows, columns)."""
    count = int(topics.max()) + 1 if len(topics) else 0
    total = np.bincount(topics, weights=weight, minlength=count)
    if values.ndim == 1:
        mean = np.bincount(topics, weights=weight * values, minlength=count) / np.maximum(total, 1e-12)
        return np.asarray(values - mean[topics])
    from scipy.sparse import csr_array  # a tenth of a second, which a bot need not spend at its start

    member = csr_array((weight.astype(values.dtype), (topics, np.arange(len(topics)))), shape=(count, len(topics)))
    means = (member @ values) / np.maximum(total, 1e-12)[:, None].astype(values.dtype)
    return np.asarray(values - means[topics])


def gram(rows: Matrix, weight: Vector) -> NDArray[np.float64]:
    """Sum of w x xᵀ, shape (columns, columns)."""
    scaled = rows * np.sqrt(weight).astype(np.float32)[:, None]
    return np.asarray(scaled.T @ scaled, dtype=np.float64)


def moment(rows: Matrix, weight: Vector, target: Vector) -> Vector:
    """Sum of w x y, shape (columns,)."""
    return np.asarray(rows.T @ (weight * target).astype(np.float32), dtype=np.float64)


def solved(matrix: NDArray[np.float64], right: Vector, penalty: float) -> Vector:
    """The coefficients that minimise Σ w (y - x·b)² + penalty |b|²."""
    lifted = matrix.copy()
    lifted[np.diag_indices(len(lifted))] += penalty
    return np.asarray(np.linalg.solve(lifted, right))


def leverage(rows: Matrix, weight: Vector, matrix: NDArray[np.float64], penalty: float) -> Vector:
    """How much each row's own target moves its own fitted value, 0..1, shape (rows,)."""
    lifted = matrix.copy()
    lifted[np.diag_indices(len(lifted))] += penalty
    inverse = np.linalg.inv(lifted.astype(np.float32))
    if len(rows) > MANY * rows.shape[1]:  # each is small: share their sum, the degrees of freedom, by squared length
        length = weight * np.einsum("ij,ij->i", rows, rows).astype(np.float64)
        freedom = float(np.einsum("ij,ji->", matrix, inverse))
        return np.asarray(np.clip(length / max(float(length.sum()), 1e-12) * freedom, 0.0, 0.99))
    moved = np.einsum("ij,ij->i", rows @ inverse, rows).astype(np.float64)
    return np.asarray(np.clip(weight * moved, 0.0, 0.99))


def residual(rows: Matrix, weight: Vector, target: Vector, penalty: float) -> tuple[Vector, Vector]:
    """A ridge on a few rows: its coefficients, shape (columns,), and the leverage of each row. All weights > 0."""
    if len(rows) <= rows.shape[1]:
        kernel = np.asarray(rows @ rows.T, dtype=np.float64)
        noisy = kernel.copy()
        noisy[np.diag_indices(len(noisy))] += penalty / weight
        inverse = np.linalg.inv(noisy)
        hat = np.einsum("ij,ji->i", kernel, inverse)
        return np.asarray(rows.T @ (inverse @ target).astype(np.float32), dtype=np.float64), np.clip(hat, 0.0, 0.99)
    matrix = gram(rows, weight)
    return solved(matrix, moment(rows, weight, target), penalty), leverage(rows, weight, matrix, penalty)


def folds_of(topics: Rows, *, seed: int) -> NDArray[np.intp]:
    """The fold of each row: whole topics, about equally many rows in each, shape (rows,)."""
    names, sizes = np.unique(topics, return_counts=True)
    chance = np.random.default_rng(seed).random(len(names))
    order = np.lexsort((chance, -sizes))
    filled = [0] * FOLDS
    fold = np.zeros(int(names.max()) + 1 if len(names) else 0, dtype=np.intp)
    for place in order:
        least = filled.index(min(filled))
        fold[names[place]] = least
        filled[least] += int(sizes[place])
    return fold[topics]


def dealt(topics: Rows, count: int, chance: np.random.Generator) -> Rows:
    """Rows in other orders, each of them among those of its topic, shape (rows, count)."""
    order = np.argsort(topics, kind="stable")
    mixed = np.empty((len(topics), count), dtype=np.intp)
    mixed[order] = np.argsort(topics[:, None] + chance.random((len(topics), count)), axis=0)
    return mixed


@dataclass(frozen=True, slots=True)
class Foretold:
    """What rows would have been said to be worth by a model that never saw their topic."""

    penalty: float
    value: Vector  #: shape (rows,)
    error: float  #: weighted sum of the squared distances from the targets


def leave_topics_out(rows: Matrix, weight: Vector, target: Vector, fold: Rows) -> Foretold:
    """The penalty that foretells unseen topics best, and what it foretells. Rows and targets are centred inside topics."""
    tried = _by_rows(rows, weight, target, fold) if len(rows) < rows.shape[1] else _by_columns(rows, weight, target, fold)
    error = (weight * (target - tried) ** 2).sum(axis=1)
    best = int(np.argmin(error))
    return Foretold(PENALTIES[best], tried[best], float(error[best]))


def _by_columns(rows: Matrix, weight: Vector, target: Vector, fold: Rows) -> NDArray[np.float64]:
    """What each penalty foretells of unseen topics, shape (penalties, rows)."""
    parts = [fold == number for number in range(FOLDS)]
    grams = [gram(rows[part], weight[part]) for part in parts]
    moments = [moment(rows[part], weight[part], target[part]) for part in parts]
    whole, right = sum(grams), sum(moments)
    tried = np.zeros((len(PENALTIES), len(rows)))
    for part, own, mine in zip(parts, grams, moments, strict=True):
        values, base = np.linalg.eigh(whole - own)
        turned = base.T @ (right - mine)
        for place, penalty in enumerate(PENALTIES):
            tried[place, part] = rows[part] @ (base @ (turned / (np.maximum(values, 0.0) + penalty))).astype(np.float32)
    return tried


def _by_rows(rows: Matrix, weight: Vector, target: Vector, fold: Rows) -> NDArray[np.float64]:
    """The same in its dual form: a hundred ideas are a hundred unknowns, not four hundred columns."""
    kernel = np.asarray(rows @ rows.T, dtype=np.float64)
    root = np.sqrt(weight)
    tried = np.zeros((len(PENALTIES), len(rows)))
    for number in range(FOLDS):
        part, known = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        values, base = np.linalg.eigh(kernel[np.ix_(known, known)] * root[known][:, None] * root[known])
        turned = base.T @ (root[known] * target[known])
        shrunk = turned[:, None] / (np.maximum(values, 0.0)[:, None] + np.array(PENALTIES))
        tried[:, part] = (kernel[np.ix_(part, known)] @ (root[known][:, None] * (base @ shrunk))).T
    return tried


def residual_penalty(rows: Matrix, weight: Vector, left: Vector, topics: Rows, *, seed: int) -> float | None:
    """How strongly what a single topic adds must be shrunk; None: no penalty tried is harmless at every size.

    `left` is what a model that never saw the topic leaves unexplained, shape (rows,).
    """
    table = np.array(list(_gains_by_size(rows, weight, left, topics, seed=seed).values()))  # (sizes, penalties)
    if not len(table):
        return None
    harmless = np.flatnonzero((table >= 0).all(axis=0))
    return RESIDUAL_PENALTIES[int(harmless[np.argmax(table.sum(axis=0)[harmless])])] if len(harmless) else None


def residual_penalties(
    rows: Matrix, weight: Vector, left: Vector, topics: Rows, *, least: int, seed: int
) -> tuple[tuple[int, float], ...]:
    """The same by how many judged ideas a topic has, from `least` on: few need a firmer hand than many. (): it would harm.

    Between two sizes that were tried the smaller one's holds, and below the smallest its own; never looser than a larger one's.
    """
    found: list[tuple[int, float]] = []
    firmest = 0.0
    for size, gains in sorted(_gains_by_size(rows, weight, left, topics, seed=seed).items(), reverse=True):
        best = int(np.argmax(gains))
        if gains[best] > 0:
            firmest = max(firmest, RESIDUAL_PENALTIES[best])
            found.append((size, firmest))
    found.reverse()
    if found:
        found[0] = (min(found[0][0], least), found[0][1])
    return tuple(found)


def _gains_by_size(rows: Matrix, weight: Vector, left: Vector, topics: Rows, *, seed: int) -> dict[int, Vector]:
    """What each penalty gains where so many rows of a topic are known, shape (penalties,) each; only sizes that could be tried.

    Over all topics at once, as choosing inside one is not safe: of each of the largest topics a few rows speak for the rest, and
    a penalty's gain is the share of the rest's squared error that it takes away.
    """
    names, sizes = np.unique(topics, return_counts=True)
    witnesses = names[np.argsort(-sizes, kind="stable")][:WITNESSES]
    gains: dict[int, list[list[float]]] = {}
    for name in witnesses:
        mine = np.flatnonzero(topics == name)
        order = np.random.default_rng(seed + int(name)).permutation(mine)
        for size in SIZES:
            if len(order) < size * 3 // 2:
                continue
            known, rest = order[:size], order[size:]
            gains.setdefault(size, []).append(list(_gains(rows, weight, left, known, rest)))
    return {size: np.mean(found, axis=0) for size, found in gains.items()}


def _gains(rows: Matrix, weight: Vector, left: Vector, known: Rows, rest: Rows) -> Iterable[float]:
    start = left[known] - np.average(left[known], weights=weight[known])
    base = left[rest] - np.average(left[rest], weights=weight[rest])
    before = float((weight[rest] * base**2).sum())
    for penalty in RESIDUAL_PENALTIES:
        added = rows[rest] @ residual(rows[known], weight[known], start, penalty)[0].astype(np.float32)
        added = added - np.average(added, weights=weight[rest])
        yield 1.0 - float((weight[rest] * (base - added) ** 2).sum()) / max(before, 1e-12)


def agreement(foretold: Vector, target: Vector, error: Vector) -> tuple[float, int] | None:
    """Share of a topic's decided pairs that a forecast orders rightly, and the rows in them; None without a decided pair.

    A pair is decided when its targets differ by more than their standard error; ties in the forecast count half.
    """
    one, other = np.triu_indices(len(target), 1)
    gap = target[one] - target[other]
    decided = np.abs(gap) > np.hypot(error[one], error[other])
    if not decided.any():
        return None
    right = np.sign(foretold[one] - foretold[other])[decided] * np.sign(gap[decided])
    return float(np.mean((right + 1) / 2)), len(np.unique(np.concatenate([one[decided], other[decided]])))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well one topic's ideas were ordered."""

    share: float  #: of its decided pairs
    ideas: int  #: in those pairs
    people: float  #: who judged each of its ideas, on average


def mean_and_error(topics: Sequence[Agreement]) -> tuple[float, float]:
    """The mean of topics' agreements and its standard error; topics are the unit, not pairs.

    A topic weighs by the root of its comparisons and of the people behind them: one person alone can flood topics. n ideas hold
    n - 1 independent comparisons, so the error is never below that of as many coins.
    """
    share = np.array([topic.share for topic in topics])
    compared = np.array([max(1, topic.ideas - 1) for topic in topics], dtype=np.float64)
    weight = np.sqrt(compared * np.array([topic.people for topic in topics]))
    mean = float(np.average(share, weights=weight))
    among = float(np.sqrt((weight**2 * (share - mean) ** 2).sum()) / weight.sum())
    coins = float(0.5 * np.sqrt((weight**2 / compared).sum()) / weight.sum())
    return mean, max(among, coins)
