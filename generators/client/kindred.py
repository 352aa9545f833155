"""Words near to a topic, with which a name can begin: a kept vocabulary of short, concrete words, told by their vectors."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ASSETS = Path(__file__).parents[1] / "assets"  #: `kindred.txt`, words; `kindred.npy`, theirs: see `generators.training.kindred`
ENCODER = "all-MiniLM-L6-v2"  # whose vectors those are; with another's they have nothing in common
NEAREST = 16  # words; the farther ones have little to do with most topics
NEAR = 0.22  # cosine; below it a word has nothing to do with a topic, by eye on fifty topics


def words(vector: NDArray[np.float32], encoder: str) -> tuple[str, ...]:
    """The words nearest to a topic by its unit vector, shape (384,), nearest first; none for another encoder's vectors."""
    if not encoder.startswith(ENCODER):
        return ()
    names, vectors = vocabulary()
    near = vectors @ vector
    return tuple(names[place] for place in np.argsort(-near)[:NEAREST] if near[place] >= NEAR)


@cache
def vocabulary() -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The words, and their unit vectors, shape (words, 384). A millisecond and two megabytes, once."""
    names = tuple((ASSETS / "kindred.txt").read_text(encoding="utf-8").split())
    rows = np.load(ASSETS / "kindred.npy").astype(np.float32)
    return names, rows / np.linalg.norm(rows, axis=1, keepdims=True)
