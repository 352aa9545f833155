"""Which of a request's choices are not worth going on with: what repeats itself, begins as another does, or comes too late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from generators.client.cleaning import repeating

if TYPE_CHECKING:
    from generators.service.wire.requests import Prune

#: Reasons, as a choice's `finish_reason`; beyond OpenAI's, and only where a request asks for pruning.
REPEATING, ALIKE, ENOUGH = "repeating", "alike", "enough"


@dataclass(slots=True)
class Pruning:
    """What of a request's choices is dropped. It follows from the choices alone, so the same request drops the same ones."""

    share: float  #: of the choices that are not dropped, which end by themselves, after which the others are dropped; 0: all
    least: int  #: of them, at any rate
    count: int  #: choices that there are
    alike: int  #: words; a choice that begins with as many as an earlier one is dropped; 0: none is
    repeating: bool  #: whether what says the same again is dropped
    _ended: int = 0
    _dropped: int = 0
    _begun: dict[tuple[str, ...], int] = field(default_factory=dict)  #: beginnings, and the choice that each belongs to
    _looked: dict[int, int] = field(default_factory=dict)  #: for each choice how many whole words were looked at

    @classmethod
    def of(cls, asked: Prune | None, count: int) -> Pruning | None:
        """What a request asks for, of the `count` choices of one of its prompts."""
        if asked is None:
            return None
        return cls(share=asked.share, least=asked.least, count=count, alike=asked.alike, repeating=asked.repeating)

    @property
    def satisfied(self) -> bool:
        """Whether there are enough."""
        return 0 < max(self.least, ceil(self.share * (self.count - self._dropped))) <= self._ended if self.share else False

    def ended(self, *, by_itself: bool) -> None:
        """One has ended by itself, or was dropped."""
        self._ended += by_itself
        self._dropped += not by_itself

    def why(self, index: int, text: str) -> str | None:
        """Why a choice is to be dropped; None: it goes on."""
        words = text.split()
        whole = words if text[-1:].isspace() else words[:-1]  # the last may still grow
        if len(whole) == self._looked.get(index, 0):
            return None
        self._looked[index] = len(whole)
        if self.alike and len(whole) >= self.alike and self._begun.setdefault(_folded(whole[: self.alike]), index) != index:
            return ALIKE
        return REPEATING if self.repeating and repeating(whole) else None


def _folded(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.casefold().strip(".,;:!?\"'“”") for word in words)
