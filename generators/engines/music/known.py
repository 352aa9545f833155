"""Which runs of twelve intervals the books hold: so that of several melodies the one that quotes least is taken.

A Bloom filter, which takes one of two hundred other runs for one that is in the books.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from generators.bloom import Bloom

WINDOW = 12  #: intervals: a bar and a half of a reel; shorter runs are scales and broken chords that everybody uses
BITS = 22  #: two to that many places
HASHES = 3


class Known:
    """The runs that are known."""

    def __init__(self, runs: Bloom) -> None:
        self._runs = runs

    @classmethod
    def read(cls, path: Path) -> Known:
        """From a file."""
        return cls(Bloom.read(path, HASHES))

    @classmethod
    def of(cls, windows: Iterable[Sequence[int]]) -> Known:
        """From the runs themselves."""
        runs = Bloom.empty(BITS, HASHES)
        for window in windows:
            runs.add(_bytes(window))
        return cls(runs)

    def write(self, path: Path) -> None:
        """Into a file."""
        self._runs.write(path)

    def share(self, pitches: Sequence[int]) -> float:
        """How much of a melody is quoted: the share of its runs that are known."""
        moves = [after - before for before, after in pairwise(pitches)]
        runs = [moves[at : at + WINDOW] for at in range(len(moves) - WINDOW + 1)]
        return sum(self._runs.has(_bytes(run)) for run in runs) / max(1, len(runs))


def _bytes(window: Sequence[int]) -> bytes:
    return bytes(move & 255 for move in window)
