"""A Bloom filter (Bloom 1970): a set of byte strings that never misses one of its own, and takes few others for one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt


class Bloom:
    """The set; how many others it takes for its own depends on its bits, its hashes and how many it holds."""

    def __init__(self, bits: npt.NDArray[np.uint8], hashes: int) -> None:
        """`bits`: eight in each element, of which there are a power of two; `hashes`: bits of a string, 16 at most."""
        self.bits = bits
        self.hashes = hashes
        self._most = 8 * len(bits) - 1

    @classmethod
    def empty(cls, bits: int, hashes: int) -> Bloom:
        """One that holds nothing, of two to the power of `bits` bits."""
        return cls(np.zeros(2**bits // 8, dtype=np.uint8), hashes)

    @classmethod
    def read(cls, path: Path, hashes: int) -> Bloom:
        """From a file."""
        return cls(np.fromfile(path, dtype=np.uint8), hashes)

    @classmethod
    def mapped(cls, path: Path, hashes: int) -> Bloom:
        """From a file of which only the pages that are looked at take memory."""
        return cls(np.memmap(path, dtype=np.uint8, mode="r"), hashes)

    def write(self, path: Path) -> None:
        """Into a file."""
        self.bits.tofile(path)

    def add(self, one: bytes) -> None:
        """Takes a string in."""
        for place in self._places(one):
            self.bits[place >> 3] |= 1 << (place & 7)

    def has(self, one: bytes) -> bool:
        """Whether a string is one of its own, as far as it knows."""
        return all(self.bits[place >> 3] >> (place & 7) & 1 for place in self._places(one))

    def _places(self, one: bytes) -> tuple[int, ...]:
        digest = hashlib.blake2b(one, digest_size=4 * self.hashes).digest()
        return tuple(int.from_bytes(digest[at : at + 4], "big") & self._most for at in range(0, 4 * self.hashes, 4))
