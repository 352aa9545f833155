"""Learns from readings how near two topics must be for the ideas of one to be usable under the other.

A reading is a line of `read/<language>.tsv`: 1 or 0, a topic, the topic that an idea was written for, the idea. Who read it saw
the first topic and the idea, and said whether a colleague could paste it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from generators.bank.bank import Bank, Floats
from generators.bank.kinds import asked

READ = Path(__file__).with_name("read")
RIDGE = 1.0  # inverse strength of the penalty, on standardised features


class Reading(NamedTuple):
    """What somebody said of an idea under a topic that it was not written for."""

    good: bool
    topic: str
    of: str  #: the topic that it was written for


def readings(language: str) -> list[Reading]:
    """All of a language."""
    lines = (READ / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    told = (line.split("\t") for line in lines)
    return [Reading(good == "1", topic, of) for good, topic, of, _idea in told]


def fitted(bank: Bank, read: Sequence[Reading], vectors: Floats, language: str) -> tuple[Floats, Floats]:
    """The `odds` and the `levels` of a bank.

    Args:
        bank: with any odds.
        read: at least one of each verdict.
        vectors: of their topics, by the bank's encoder, one row for each.
        language: the bank's.
    """
    numbers = [bank.numbers[one.of] for one in read]
    likeness = np.array(
        [
            bank.likeness(one.topic, vector, asked(one.topic, language), number)
            for one, vector, number in zip(read, vectors, numbers, strict=True)
        ]
    )
    kinds = np.eye(len(bank.kinds))[[bank.kind_of(number) for number in numbers]]
    features = np.c_[likeness, kinds]
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    model = LogisticRegression(C=RIDGE, max_iter=1000)
    model.fit((features - middle) / spread, [one.good for one in read])
    weights: npt.NDArray[np.float64] = model.coef_[0] / spread
    level = float(model.intercept_[0] - weights @ middle)
    odds, levels = np.split(weights, [likeness.shape[1]])
    return odds.astype(np.float32), (levels + level).astype(np.float32)
