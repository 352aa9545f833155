"""Texts that a model of the house was shown or taught, as far as they are at hand."""

from __future__ import annotations

from typing import Protocol


class Taught(Protocol):
    """Knows such texts."""

    def example(self, text: str) -> str:
        """The example, of those that a small model is shown in its prompts, that a text says again; empty: none."""
        ...

    def poem(self, text: str) -> str:
        """What a text shares, character by character, with a poem that the small poet learned from; empty: too little to tell."""
        ...

    def banked(self, text: str) -> str:
        """The topic that an idea of the idea bank was written for; empty: it was written for none."""
        ...

    def patterned(self, text: str) -> str:
        """The pattern of the idea bank that an idea fills, with … where words of its topic stand; empty: none."""
        ...
