"""What turns texts into vectors, whatever it computes with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

LONGEST = 256  # tokens; what all-MiniLM-L6-v2 was trained with, and an idea has 30
LETTERS = 16 * LONGEST  # that are tokenised at all: so few letters a token has no text, and what is longer is cut anyway
MOST_IDS = 2**31  # the library holds an id in 32 bits
UNUSED = re.compile(r"\[unused\d+\]")  # places that BERT's vocabularies keep free


class Encoder(Protocol):
    """A sentence encoder. Not thread-safe: one thread owns it."""

    @property
    def name(self) -> str:
        """What clients call it."""
        ...

    def embed(self, texts: Sequence[str]) -> tuple[Any, int]:
        """Unit vectors, float32, shape (len(texts), width), and how many tokens were read. Long texts are cut."""
        ...

    def words(self, tokens: Sequence[int]) -> str:
        """The text that tokens of its own vocabulary are of; raises `Foreign` for others."""
        ...


class Foreign(ValueError):
    """These tokens are of another vocabulary."""


def words_of(tokenizer: Any, tokens: Sequence[int]) -> str:
    """The text of tokens, by a tokenizer of the library tokenizers.

    Raises:
        Foreign: one is in no text of this vocabulary: outside of it, or a place that is kept free.
    """
    tokens = tokens[:LONGEST]  # what is longer is cut anyway
    for token in tokens:
        spelled = tokenizer.id_to_token(token) if 0 <= token < MOST_IDS else None
        if spelled is None or UNUSED.fullmatch(spelled):
            raise Foreign(f"{token} is no token of this model")
    return str(tokenizer.decode(list(tokens), skip_special_tokens=True))
