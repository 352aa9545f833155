"""Finds which ideas belong together, by their meaning."""

from __future__ import annotations

import warnings
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray


def grouped(vectors: NDArray[np.float32]) -> list[list[int]]:
    """Groups of ideas, the largest first; in each the places of its ideas, the most typical first.

    Affinity propagation (Frey & Dueck 2007) with scikit-learn's defaults: likeness is the negative squared distance, and how many
    groups there are follows from the data. What belongs to no other idea is a group of one.

    Args:
        vectors: unit length, shape (ideas, dimensions).
    """
    from sklearn.cluster import AffinityPropagation

    if len(vectors) < 2:
        return [[place] for place in range(len(vectors))]
    labels, centres = np.zeros(len(vectors), dtype=int), np.zeros(1, dtype=int)
    for damping in (0.5, 0.9):  # the default; and where that swings to and fro without end, what Frey & Dueck advise
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it did not settle, or that all are equally alike: either is seen below
            found = AffinityPropagation(damping=damping, random_state=0).fit(np.asarray(vectors, dtype=np.float64))
        if len(found.cluster_centers_indices_):
            labels, centres = found.labels_, found.cluster_centers_indices_
            break
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        groups[int(label)].append(place)
    return sorted((_typical(vectors, int(centres[label]), places) for label, places in groups.items()), key=_order)


def _typical(vectors: NDArray[np.float32], centre: int, places: list[int]) -> list[int]:
    """The places, those nearest to the centre first."""
    return sorted(places, key=lambda place: (place != centre, -float(vectors[place] @ vectors[centre]), place))


def _order(group: list[int]) -> tuple[int, int]:
    return -len(group), group[0]
