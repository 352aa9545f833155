"""Weights of pairs with which what is chosen is, on average, as long as what is rejected, so that lengths teach nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

KEPT = 0.5  # of the effective number of pairs, at least: beyond that few pairs would carry the noise of all
STEEPEST = 64.0  # per deviation of the differences; far beyond what `KEPT` allows


def balanced(weights: Sequence[float], differences: Sequence[float], *, kept: float = KEPT) -> NDArray[np.float64]:
    """What to multiply each weight with so that the weighted mean of the differences is 0, or as near as `kept` allows.

    The factors are exp(-t d), scaled so that the weights keep their sum: of all that balance, they are nearest to what the
    weights were, in relative entropy.

    Args:
        weights: of the pairs, > 0, shape (pairs,).
        differences: chosen less rejected, in any unit, shape (pairs,).
        kept: least share of the effective number of pairs, (sum w)^2 / sum w^2, that stays.

    Returns:
        Factors > 0, shape (pairs,).

    Source: Hainmueller 2012, entropy balancing (doi 10.1093/pan/mpr025), with one moment.
    """
    w, d = np.asarray(weights, dtype=np.float64), np.asarray(differences, dtype=np.float64)
    if not len(w) or not d.std():
        return np.ones(len(w))
    d = d / d.std()

    def tilted(t: float) -> NDArray[np.float64]:
        factors = np.exp(-t * d - (-t * d).max())
        return np.asarray(factors * w.sum() / (factors * w).sum(), dtype=np.float64)

    def too_far(t: float) -> bool:
        left = tilted(t) * w
        gone = np.sign(mean) * (left @ d) <= 0
        return bool(gone) or effective(left) < kept * effective(w)

    mean = float(w @ d)
    near, far = 0.0, float(np.sign(mean)) * STEEPEST
    for _halving in range(60):
        middle = (near + far) / 2
        near, far = (near, middle) if too_far(middle) else (middle, far)
    return tilted(near)


def effective(weights: NDArray[np.float64]) -> float:
    """How many equal weights are as good as these."""
    return float(weights.sum() ** 2 / (weights @ weights))
