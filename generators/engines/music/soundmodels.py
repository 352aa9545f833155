"""Models that make sound from words: what is asked of them and what they give. It knows no library of theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

Done = Callable[[float], None]  #: told the share that is done, 0..1
Raw = tuple[Any, int]  #: what a model gives, an array of samples by channels or the reverse, and samples a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One version that is wanted."""

    prompt: str
    seconds: float
    seed: int
    lyrics: str = ""  #: to be sung
    tempo: float = 0.0  #: beats a minute; 0: as the model likes
    key: str = ""  #: "D minor"; likewise


class SoundModel(Protocol):
    """A loaded model."""

    @property
    def sings(self) -> bool:
        """Whether it takes words to be sung."""

    @property
    def most_s(self) -> float:
        """Seconds that it makes at most."""

    def sound(self, order: Order, done: Done) -> Raw:
        """What it plays.

        Raises:
            Unmakeable: it cannot do this.
        """
