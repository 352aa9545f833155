"""Which runs of seven characters stand in the poems that the poet learned from, so that it does not copy them.

A Bloom filter (Bloom 1970): it misses none of them, and takes one of two hundred others for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

WINDOW = 7  #: characters: a line of seven, or more than one of five
BITS = 24  #: two to that many places: 2 MB for 1.6 million runs
HASHES = 4


class Runs:
    """The runs that are known."""

    window = WINDOW

    def __init__(self, bits: np.ndarray) -> None:
        self._bits = bits

    @classmethod
    def read(cls, path: Path) -> Runs:
        """From a file."""
        return cls(np.fromfile(path, dtype=np.uint8))

    @classmethod
    def mapped(cls, path: Path) -> Runs:
        """From a file of which only the pages that are looked at take memory."""
        return cls(np.memmap(path, dtype=np.uint8, mode="r"))

    @classmethod
    def of(cls, texts: Iterable[str]) -> Runs:
        """Of every poem's text, its lines joined."""
        bits = np.zeros(2**BITS // 8, dtype=np.uint8)
        for text in texts:
            for start in range(len(text) - WINDOW + 1):
                for place in _places(text[start : start + WINDOW]):
                    bits[place >> 3] |= 1 << (place & 7)
        return cls(bits)

    def write(self, path: Path) -> None:
        """Into a file."""
        self._bits.tofile(path)

    def has(self, run: str) -> bool:
        """Whether a run of WINDOW characters is one of them."""
        return all(self._bits[place >> 3] >> (place & 7) & 1 for place in _places(run))


def _places(run: str) -> tuple[int, ...]:
    digest = hashlib.blake2b(run.encode(), digest_size=4 * HASHES).digest()
    return tuple(int.from_bytes(digest[at : at + 4], "big") & (2**BITS - 1) for at in range(0, 4 * HASHES, 4))
