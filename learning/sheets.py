"""The features of one kind's ideas, fixed when the kind is learned: meaning, surface, and place among a topic's ideas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from learning import ridge
from learning.features import AROUND, SURFACE, Matrix, Vocabulary, around, surface
from learning.ridge import Rows
from learning.sounds import SOUND, sounds

NEAR = (*SURFACE, *SOUND, *AROUND)  #: the columns after those of meaning

#: Unit vectors of 384 dimensions have a deviation of about 1/20 per column; so stretched they weigh like the surface features.
STRETCH = 20.0
FAR = 3.0  # deviations at which a surface column is cut: beyond what the log has seen a straight line leads astray
LOUDER = 1.5  # weight of one surface column against one of meaning: there are few of them and each says more
SHRUNK = 3.0  # ideas of a topic that must be known before its own centre counts more than everybody's


@dataclass(frozen=True, slots=True)
class Sheet:
    """The features of one kind's ideas, fixed when it is learned."""

    texts: tuple[str, ...]
    topics: Rows  #: of each idea
    rows: Matrix  #: meaning and surface, centred inside topics, shape (ideas, columns)
    dimensions: int  #: of meaning; the columns after it are `NEAR`
    vocabulary: Vocabulary
    scale: Matrix  #: what the raw columns of `NEAR` are multiplied with, shape (len(NEAR),)
    vectors: Matrix  #: as embedded, shape (ideas, dimensions)
    centres: Matrix  #: mean raw row of each topic, shape (topics, columns)
    centre: Matrix  #: mean raw row of all, shape (columns,)
    loudness: float = 1.0  #: weight of a column of sound against one of surface

    @property
    def near_surface(self) -> Matrix:
        """The columns of `NEAR`."""
        return self.rows[:, self.dimensions :]

    @property
    def sound(self) -> slice:
        """The columns of sound."""
        first = self.dimensions + len(SURFACE)
        return slice(first, first + len(SOUND))

    def heard(self, loudness: float) -> Sheet:
        """The same with another weight of sound."""
        if loudness == self.loudness:
            return self
        if not self.loudness:
            raise ValueError("what is silent cannot be made louder")
        rows = self.rows.copy()
        rows[:, self.sound] *= np.float32(loudness / self.loudness)
        return replace(self, rows=rows, loudness=loudness)


def sheet(texts: Sequence[str], vectors: Matrix, topics: Rows, topic_vectors: Matrix | None) -> Sheet:
    """The features of ideas.

    Args:
        texts: of the ideas.
        vectors: unit length, shape (ideas, dimensions); dimensions is 0 where nothing embeds.
        topics: the topic of each idea, 0..topics-1, each with at least one idea.
        topic_vectors: shape (topics, dimensions), or None.
    """
    vocabulary = Vocabulary.of(texts)
    place = np.zeros((len(texts), len(AROUND)), dtype=np.float32)
    for topic in range(int(topics.max()) + 1):
        mine = np.flatnonzero(topics == topic)
        place[mine] = around(vectors[mine], None if topic_vectors is None else topic_vectors[topic], vectors[mine])
    near_surface = np.concatenate([surface(texts, vocabulary), sounds(texts), place], axis=1)
    even = np.ones(len(texts))
    spread = ridge.centred(near_surface, topics, even).std(axis=0)
    scale = np.where(spread > 1e-6, LOUDER / np.maximum(spread, 1e-6), 0.0).astype(np.float32)
    raw = np.concatenate([vectors * np.float32(STRETCH), near_surface * scale], axis=1).astype(np.float32)
    centre = raw.mean(axis=0)
    sizes = np.bincount(topics)
    sums = np.zeros((len(sizes), raw.shape[1]), dtype=np.float32)
    np.add.at(sums, topics, raw)
    centres = ((sums + SHRUNK * centre) / (sizes + SHRUNK)[:, None]).astype(np.float32)
    return Sheet(
        texts=tuple(texts),
        topics=topics,
        rows=within_sight(raw - centres[topics], vectors.shape[1]),
        dimensions=vectors.shape[1],
        vocabulary=vocabulary,
        scale=scale,
        vectors=vectors,
        centres=centres,
        centre=centre,
    )


def within_sight(rows: Matrix, dimensions: int) -> Matrix:
    """The rows with the columns after `dimensions` cut to `FAR` deviations."""
    near = np.clip(rows[:, dimensions:], -FAR * LOUDER, FAR * LOUDER)
    return np.concatenate([rows[:, :dimensions], near], axis=1)
