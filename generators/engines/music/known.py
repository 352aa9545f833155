"""Which runs of twelve intervals the books hold: so that of several melodies the one that quotes least is taken.

A Bloom filter (Bloom 1970): it never misses a run that is in the books, and takes one of two hundred others for one that is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

WINDOW = 12  #: intervals: a bar and a half of a reel; shorter runs are scales and broken chords that everybody uses
BITS = 22  #: two to that many places


class Known:
    """The runs that are known."""

    def __init__(self, bits: np.ndarray) -> None:
        self._bits = bits

    @classmethod
    def read(cls, path: Path) -> Known:
        """From a file."""
        return cls(np.fromfile(path, dtype=np.uint8))

    @classmethod
    def of(cls, windows: Iterable[Sequence[int]]) -> Known:
        """From the runs themselves."""
        bits = np.zeros(2**BITS // 8, dtype=np.uint8)
        for window in windows:
            for place in _places(window):
                bits[place >> 3] |= 1 << (place & 7)
        return cls(bits)

    def write(self, path: Path) -> None:
        """Into a file."""
        self._bits.tofile(path)

    def share(self, pitches: Sequence[int]) -> float:
        """How much of a melody is quoted: the share of its runs that are known."""
        moves = [after - before for before, after in pairwise(pitches)]
        runs = [moves[at : at + WINDOW] for at in range(len(moves) - WINDOW + 1)]
        return sum(self._has(run) for run in runs) / max(1, len(runs))

    def _has(self, window: Sequence[int]) -> bool:
        return all(self._bits[place >> 3] >> (place & 7) & 1 for place in _places(window))


def _places(window: Sequence[int]) -> tuple[int, ...]:
    digest = hashlib.blake2b(bytes(move & 255 for move in window), digest_size=12).digest()
    return tuple(int.from_bytes(digest[at : at + 4], "big") & (2**BITS - 1) for at in (0, 4, 8))
