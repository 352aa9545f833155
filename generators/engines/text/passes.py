"""The requests that forward passes of a text model take, and the results that they give back."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from torch import Tensor

from generators.engines.text.attention import Prefix
from generators.engines.text.lora import Adapter
from generators.engines.text.sampling import Draw

PREFILL = 64  # tokens of a prompt in one step; others wait for no more, and a kept prefix is cut at a multiple of it

Result = TypeVar("Result")


@dataclass(slots=True)
class Sequences:
    """Sequences that continue one prompt, in step with one another."""

    prefix: Prefix | None
    cache: Any  #: private keys and values, one row per living sequence
    length: int  #: tokens so far, the prompt's included
    adapter: Adapter | None = None  #: the changes to the model that these are made with


class Advancing(Protocol):
    """What runs forward passes; `generators.engines.text.model.TextModel` is one."""

    def advance(self, requests: Sequence[PassRequest]) -> list[PassResult]:
        """Runs one pass for these requests."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRequest:
    """A request to the next forward pass: the new tokens of some sequences, and what is wanted of it."""

    model: Advancing
    sequences: Sequences
    tokens: Tensor  #: shape (sequences, new)
    last: int = 1  #: for how many of the last tokens logits are wanted
    draw: Draw | None = None  #: how the next tokens are drawn; None: they are not
    want_logprobs: bool = False  #: whether the log-probabilities of the drawn tokens are wanted

    @property
    def size(self) -> int:
        """Tokens."""
        return self.tokens.numel()

    @property
    def drawn(self) -> bool:
        """Whether these are choices that go on; else it is a piece of a prompt."""
        return self.draw is not None

    def goes_with(self, other: PassRequest) -> bool:
        """Whether both can share a pass."""
        return self.model is other.model

    def run(self, requests: Sequence[PassRequest]) -> list[PassResult]:
        """Runs one pass for requests to the same model."""
        return self.model.advance(requests)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassResult:
    """What a forward pass gives back for one request."""

    logits: Tensor  #: float32, shape (sequences, last, vocabulary)
    tokens: list[int] = field(default_factory=list)  #: what was drawn, one per sequence
    logprobs: list[float] = field(default_factory=list)  #: how likely that was, nats, where it is wanted


Forward = Generator[PassRequest, PassResult, Result]  #: work that has its passes run by whoever runs it
