"""What a poet knows before it is trained, counted in seconds: how common characters are, and which stand in one line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import svds

from generators.training.poet.corpus import Poem
from generators.verse.signs import Signs

SPREAD = 0.04  # standard deviation of the numbers, as of a table that begins by chance
SMOOTHED = 0.75  # power of the counts of a character's neighbours: rare ones are not overrated (Levy et al. 2015)

Floats = npt.NDArray[np.float32]


def counted(poems: Sequence[Poem], signs: Signs) -> tuple[Floats, Floats]:
    """How often each sign stands, (signs,), and how often two stand in one line, (signs, signs)."""
    often = np.ones(len(signs), dtype=np.float32)
    beside = np.zeros((len(signs), len(signs)), dtype=np.float32)
    for poem in poems:
        for line in poem.lines:
            row = np.array(signs.of(line))
            np.add.at(often, row, 1.0)
            beside[np.ix_(row, row)] += 1.0
    return often, beside


def vectors(beside: Floats, width: int) -> Floats:
    """A vector for each sign, (signs, width): near for those with like neighbours. Positive pointwise mutual information, cut to
    its largest singular values (Levy & Goldberg 2014, Neural word embedding as implicit matrix factorization).
    """
    np.fill_diagonal(beside, 0.0)
    around = beside.sum(axis=0) ** SMOOTHED + 1e-9
    expected = beside.sum(axis=1, keepdims=True) * (around / around.sum())
    told = np.log(np.maximum(beside, 1e-9) / np.maximum(expected, 1e-9))
    left, values, _right = svds(np.maximum(told, 0.0), k=width, random_state=1)
    table = left * np.sqrt(values)
    return np.asarray(table / table.std() * SPREAD, dtype=np.float32)


def commonness(often: Floats) -> Floats:
    """The logarithm of each sign's share, (signs,)."""
    return np.asarray(np.log(often / often.sum()), dtype=np.float32)
