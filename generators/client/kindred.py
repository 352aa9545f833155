"""Words near to a topic, with which a name can begin: a kept vocabulary of short, concrete words, told by their vectors."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ASSETS = Path(__file__).parents[1] / "assets"  #: `kindred.txt`, words; `kindred.npy`, theirs: see `generators.training.kindred`
ENCODER = "all-MiniLM-L6-v2"  # whose vectors those are; with another's they have nothing in common
NEAREST = 12  # words; the farther ones have little to do with most topics
NEAR = 0.22  # cosine; below it a word has nothing to do with a topic, by eye on fifty topics
CROWD = 30  # neighbours of a word that tell how near it is to everything


def words(vector: NDArray[np.float32], encoder: str) -> tuple[str, ...]:
    """The words nearest to a topic by its unit vector, shape (384,), nearest first; none for another encoder's vectors.

    Nearness is cosine less half of the word's own nearness to its neighbours (CSLS, Conneau et al. 2018): some words are near to
    every topic.
    """
    if not encoder.startswith(ENCODER):
        return ()
    names, vectors, crowded = vocabulary()
    near = vectors @ vector
    order = np.argsort(crowded / 2 - near, kind="stable")
    return tuple(names[place] for place in order[:NEAREST] if near[place] >= NEAR)


@cache
def vocabulary() -> tuple[tuple[str, ...], NDArray[np.float32], NDArray[np.float32]]:
    """The words, their unit vectors, shape (words, 384), and how near each is to its neighbours, shape (words,)."""
    names = tuple((ASSETS / "kindred.txt").read_text(encoding="utf-8").split())
    rows = np.load(ASSETS / "kindred.npy").astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    crowded: NDArray[np.float32] = np.partition(rows @ rows.T, -CROWD, axis=1)[:, -CROWD:].mean(axis=1)
    return names, rows, crowded
