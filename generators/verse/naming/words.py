"""The words that names are made of: each with its verse, who wrote that, what it is of, and a vector."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

ASSETS = Path(__file__).parents[2] / "assets" / "names"
TABLE, VECTORS = "words.json.gz", "vectors.npz"
BOOKS = frozenset({"诗经", "楚辞"})  #: named as books are, as nobody knows who wrote what stands in them


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and where it is from."""

    text: str
    verse: str
    author: str  #: or the book
    fields: frozenset[str]  #: what it is of, or its mood: 茶, 山, 萌 …

    @property
    def source(self) -> str:
        """Where it is from, as it is said behind a name."""
        return f"{'《' + self.author + '》' if self.author in BOOKS else self.author}：{self.verse}"


class Words:
    """All of them. Read with it: 4 MB."""

    def __init__(self, words: Sequence[Word], vectors: Floats, turn: Floats) -> None:
        """`turn`: from the encoder's space to that of `vectors`, shape (encoder's dimensions, dimensions)."""
        self.words = tuple(words)
        self.numbers = {word.text: number for number, word in enumerate(words)}
        self.vectors = vectors  #: unit length, (words, dimensions)
        self.turn = turn
        self.longest = max(len(word.text) for word in words)

    @classmethod
    def read(cls, folder: Path = ASSETS) -> Words:
        """From the files that are shipped."""
        table = json.loads(gzip.decompress((folder / TABLE).read_bytes()))
        words = [
            Word(text, verse, table["authors"][author], frozenset(table["fields"][number] for number in fields))
            for text, verse, author, fields in table["words"]
        ]
        with np.load(folder / VECTORS) as stored:
            return cls(words, _unit(stored["words"].astype(np.float32)), stored["turn"].astype(np.float32))

    def turned(self, vectors: Floats) -> Floats:
        """The encoder's vectors in the space of the words', unit length."""
        return _unit(vectors @ self.turn)

    def within(self, text: str) -> int | None:
        """The number of the word that a name begins with, or else holds; None where there is none."""
        for start in range(len(text)):
            for size in range(self.longest, 1, -1):
                if (number := self.numbers.get(text[start : start + size])) is not None:
                    return number
        return None


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / (np.linalg.norm(rows, axis=-1, keepdims=True) + 1e-9), dtype=np.float32)
