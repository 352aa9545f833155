"""What turns texts into vectors, whatever it computes with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

LONGEST = 256  # tokens; what all-MiniLM-L6-v2 was trained with, and an idea has 30
LETTERS = 16 * LONGEST  # that are tokenised at all: so few letters a token has no text, and what is longer is cut anyway


class Encoder(Protocol):
    """A sentence encoder. Not thread-safe: one thread owns it."""

    @property
    def name(self) -> str:
        """What clients call it."""
        ...

    def embed(self, texts: Sequence[str]) -> tuple[Any, int]:
        """Unit vectors, float32, shape (len(texts), width), and how many tokens were read. Long texts are cut."""
        ...
