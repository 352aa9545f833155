"""What passes of a text model take in and give back."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from torch import Tensor

from generators.engines.text.attention import Prefix
from generators.engines.text.lora import Adapter
from generators.engines.text.sampling import Draw

if TYPE_CHECKING:
    from generators.engines.text.model import TextModel

PREFILL = 64  # tokens of a prompt in one step; others wait for no more, and a kept prefix is cut at a multiple of it

Result = TypeVar("Result")


@dataclass(slots=True)
class Forks:
    """Continuations of one prompt, in step with one another."""

    prefix: Prefix | None
    cache: Any  #: private keys and values, one row per living fork
    length: int  #: tokens so far, the prompt's included
    adapter: Adapter | None = None  #: the changes to the model that these are made with


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Tokens that some forks are to take in with the next pass, and what is wanted of it."""

    model: TextModel
    forks: Forks
    tokens: Tensor  #: shape (forks, new)
    last: int = 1  #: for how many of the last tokens logits are wanted
    draw: Draw | None = None  #: how the next tokens are drawn; None: they are not
    told: bool = False  #: whether it is wanted how likely the drawn ones were

    @property
    def size(self) -> int:
        """Tokens."""
        return self.tokens.numel()

    @property
    def drawn(self) -> bool:
        """Whether these are choices that go on; else it is a piece of a prompt."""
        return self.draw is not None

    def goes_with(self, other: Feed) -> bool:
        """Whether both can share a pass."""
        return self.model is other.model

    def run(self, feeds: Sequence[Feed]) -> list[Outcome]:
        """Runs one pass for feeds of the same model."""
        return self.model.advance(feeds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a feed."""

    logits: Tensor  #: float32, shape (forks, last, vocabulary)
    tokens: list[int] = field(default_factory=list)  #: what was drawn, one per fork
    logprobs: list[float] = field(default_factory=list)  #: how likely that was, nats, where it is wanted


Feeding = Generator[Feed, Outcome, Result]  #: work that has its passes run by whoever runs it
