"""Hashed words of many lines, kept by their places: a line has ten to thirty of 2 048, and a table of all is mostly zeros."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

HASHED = 2048  # places for words and pairs of words
PIECES = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[^\w\s]")
HAN = re.compile(r"([\u3400-\u9fff])")

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    """Words and pairs of words of lines, each line of unit length. Of 3 400 lines they are half a megabyte; a table is 28."""

    starts: NDArray[np.intp]  #: of each place in the next two, and the end, shape (HASHED + 1,)
    lines: NDArray[np.int32]  #: which lines have something in a place, place by place, shape (filled,)
    values: Array  #: and what, shape (filled,)
    count: int  #: of lines

    def beside(self, line: str) -> Array:
        """The cosine of a line's words with those of each of these, shape (count,)."""
        found = np.zeros(self.count, dtype=np.float32)
        for place, value in zip(*placed(line), strict=True):
            there = slice(self.starts[place], self.starts[place + 1])
            found[self.lines[there]] += value * self.values[there]
        return found

    def table(self) -> Array:
        """All of it, shape (count, HASHED)."""
        rows = np.zeros((self.count, HASHED), dtype=np.float32)
        rows[self.lines, np.repeat(np.arange(HASHED), np.diff(self.starts))] = self.values
        return rows


def hashed(lines: Sequence[str]) -> Hashed:
    """The words of lines, ready to be held beside those of another."""
    found = [placed(line) for line in lines]
    places = np.concatenate([where for where, _values in found])
    rows = np.repeat(np.arange(len(lines), dtype=np.int32), [len(where) for where, _values in found])
    order = np.argsort(places, kind="stable")
    return Hashed(
        starts=np.searchsorted(places[order], np.arange(HASHED + 1)),
        lines=rows[order],
        values=np.concatenate([values for _where, values in found])[order],
        count=len(lines),
    )


def placed(line: str) -> tuple[NDArray[np.intp], Array]:
    """Places of a line's words and pairs of words, and what is in each, unit length; a sign keeps collisions from adding up."""
    sums: dict[int, int] = {}
    for piece in pieces(line):
        code = zlib.crc32(piece.encode())
        sums[code % HASHED] = sums.get(code % HASHED, 0) + (1 if code >> 20 & 1 else -1)
    values = np.array(list(sums.values()), dtype=np.float32)
    return np.array(list(sums), dtype=np.intp), values / (np.linalg.norm(values) or 1.0)


def pieces(line: str) -> set[str]:
    """Words (in Chinese, characters), signs, and each with the next; all numbers are one."""
    folded = HAN.sub(r" \1 ", unicodedata.normalize("NFKC", line).casefold().replace("’", "'"))
    words = ["0" if piece.isdecimal() else piece for piece in PIECES.findall(folded)]
    edged = ["^", *words, "$"]
    return {*words, *(f"{one}_{following}" for one, following in pairwise(edged))}
