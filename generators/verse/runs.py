"""Which runs of seven characters stand in the poems that the poet learned from, so that it does not copy them.

A Bloom filter, which takes one of 75 other runs for one of them: a third of its bits are set, and four are asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from generators.bloom import Bloom

WINDOW = 7  #: characters: a line of seven, or more than one of five
BITS = 24  #: two to that many places: 2 MB for 1.7 million runs
HASHES = 4


class Runs:
    """The runs that are known."""

    window = WINDOW

    def __init__(self, known: Bloom) -> None:
        self._known = known

    @classmethod
    def read(cls, path: Path) -> Runs:
        """From a file."""
        return cls(Bloom.read(path, HASHES))

    @classmethod
    def mapped(cls, path: Path) -> Runs:
        """From a file of which only the pages that are looked at take memory."""
        return cls(Bloom.mapped(path, HASHES))

    @classmethod
    def of(cls, texts: Iterable[str]) -> Runs:
        """Of every poem's text, its lines joined."""
        known = Bloom.empty(BITS, HASHES)
        for text in texts:
            for start in range(len(text) - WINDOW + 1):
                known.add(text[start : start + WINDOW].encode())
        return cls(known)

    def write(self, path: Path) -> None:
        """Into a file."""
        self._known.write(path)

    def has(self, run: str) -> bool:
        """Whether a run of WINDOW characters is one of them."""
        return self._known.has(run.encode())
