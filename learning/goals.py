"""By how much each draft for a topic is to become likelier, from what is foretold of it. Numbers only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

FAR = 2.5  # deviations beyond which a draft is not pushed further: what is foretold there is mostly error
LONGER = 0.08  # share of a length that drafts may change by; the gate allows nearly twice as much, and training adds its own
HALVINGS = 40
STEEPEST = 3.0  # deviations of the forecast a deviation of length; beyond what any forecast sees in lengths


def standardised(foretold: Sequence[Vector]) -> list[Vector]:
    """What is foretold of each topic's drafts, centred in the topic, in deviations over all topics."""
    centred = [values - values.mean() for values in foretold]
    spread = float(np.sqrt(np.mean([float((values**2).mean()) for values in centred])))
    return [values / max(spread, 1e-9) for values in centred]


def less_usual(values: Sequence[Vector], holding: Sequence[NDArray[np.int64]]) -> list[Vector]:
    """The values less what each draft loses for standing in so many topics: a name for anything is a name for nothing.

    Args:
        values: of each topic's drafts, in deviations.
        holding: the number of topics in which the same was written, >= 1.
    """
    lower = [one - np.log(count) for one, count in zip(values, holding, strict=True)]
    return [one - one.mean() for one in lower]


def level(values: Sequence[Vector], lengths: Sequence[Vector], sharpness: float) -> list[Vector]:
    """The values less so much a letter that drafts stay about as long, on average, when they become likelier by these values.

    Up to `LONGER` either way is let be: a taste may be for short names, and is then heard as far as the gate allows.

    Args:
        values: of each topic's drafts, in deviations.
        lengths: of the drafts, in letters.
        sharpness: nats a deviation.
    """
    usual = [one / max(float(one.mean()), 1.0) - 1.0 for one in lengths]
    steps = standardised(lengths)

    def left(slope: float) -> list[Vector]:
        return [one - slope * step for one, step in zip(values, steps, strict=True)]

    def change(slope: float) -> float:
        return float(np.mean([softmax(sharpness * one) @ share for one, share in zip(left(slope), usual, strict=True)]))

    now = change(0.0)
    if abs(now) <= LONGER:
        return left(0.0)
    low, high = (0.0, STEEPEST) if now > 0 else (-STEEPEST, 0.0)
    for _halving in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if change(middle) > np.sign(now) * LONGER else (low, middle)
    return left((low + high) / 2)


def goals(values: Vector, sharpness: float, *, unwanted: int = 0, loss: float = 0.0) -> Vector:
    """Nats by which a topic's drafts are to become likelier: what maximises their value with the model held near the base.

    sharpness x value - log of the mean of its exponential over the drafts, which are the base's own; so the share of all that the
    model writes stays 1.

    Args:
        values: of the drafts that can be shown, in deviations.
        sharpness: nats a deviation.
        unwanted: drafts beside them that cannot be shown.
        loss: nats that these are to lose before the share is evened.

    Returns:
        Shape (drafts + unwanted,).
    """
    risen = sharpness * np.clip(values, -FAR, FAR)
    whole = np.concatenate([risen, np.full(unwanted, -loss)])
    return np.asarray(whole - np.log(np.exp(risen).mean()))


def softmax(values: Vector) -> Vector:
    """Shares in proportion to the exponential."""
    raised = np.exp(values - values.max())
    return np.asarray(raised / raised.sum())
