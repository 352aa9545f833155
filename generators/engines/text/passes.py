"""The requests that forward passes of a text model take, and the results that they give back."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from generators.engines.text.lora import Adapter
from generators.engines.text.paged_kv_cache import BLOCK, Block
from generators.engines.text.sampling import Draw

PREFILL = 64  # tokens of a prompt in one step; others wait for no more

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Prefix:
    """The keys and values of a prompt, computed once."""

    ids: tuple[int, ...]
    keys: tuple[Any, ...] = ()  #: tensors, per layer, shape (1, kv heads, len(ids), head width)
    values: tuple[Any, ...] = ()
    blocks: tuple[Block, ...] = ()  #: what holds them instead, where the pass is OpenVINO's
    cache: Any = field(default=None)  #: the model's own cache instead, where nothing can be shared
    adapter: Adapter | None = field(default=None)  #: the adapter it was computed with; it is of no use to others

    def first(self, length: int) -> Prefix:
        """Its first so many tokens, where they can be had."""
        return Prefix(
            ids=self.ids[:length],
            keys=tuple(key[:, :, :length] for key in self.keys),
            values=tuple(value[:, :, :length] for value in self.values),
            blocks=self.blocks[: -(-length // BLOCK)],
        )


@dataclass(slots=True)
class Sequences:
    """Sequences that continue one prompt, in step with one another."""

    prefix: Prefix | None
    cache: Any  #: private keys and values, one row per living sequence
    length: int  #: tokens so far, the prompt's included
    adapter: Adapter | None = None  #: the changes to the model that these are made with


class Advancing(Protocol):
    """What runs forward passes; every `generators.engines.text.language_model.LanguageModel` does."""

    full: int  #: see `PassRequest.most`

    def advance(self, requests: Sequence[PassRequest]) -> list[PassResult]:
        """Runs one pass for these requests."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRequest:
    """A request to the next forward pass: the new tokens of some sequences, and what is wanted of it."""

    model: Advancing
    sequences: Sequences
    tokens: NDArray[np.int64]  #: shape (sequences, new)
    last: int = 1  #: for how many of the last tokens logits are wanted
    draw: Draw | None = None  #: how the next tokens are drawn; None: they are not
    want_logprobs: bool = False  #: whether the log-probabilities of the drawn tokens are wanted
    #: For each sequence the tokens that come after its first, its second and so on: their log-probabilities are wanted, and no
    #: logits. Only that many of its tokens are fed, see `fed`; the sequences are of no use afterwards. Empty: not wanted.
    targets: tuple[tuple[int, ...], ...] = ()
    whose: tuple[int, ...] = ()  #: for each row of `draw` the sequence that it draws after; empty: one each

    @property
    def size(self) -> int:
        """Tokens."""
        return sum(fed(self.targets)) if self.targets else math.prod(self.tokens.shape)

    @property
    def drawn(self) -> bool:
        """Whether these are choices that go on; else it is a piece of a prompt."""
        return self.draw is not None

    @property
    def most(self) -> int:
        """Tokens of a pass, beyond which it is run as several; 0: no number is known, or how a prompt is cut changes its bits."""
        return self.model.full

    @property
    def divisible(self) -> bool:
        """Whether a pass may take some of its tokens: a piece of a prompt after whose last token alone something is wanted."""
        return self.draw is None and not self.targets and self.last == 1 and len(self.tokens) == 1

    def first(self, tokens: int) -> PassRequest:
        """The same for so many of its tokens; whose work it is asks for the rest."""
        return replace(self, tokens=self.tokens[:, :tokens])

    def goes_with(self, other: PassRequest) -> bool:
        """Whether both can share a pass."""
        return self.model is other.model

    def run(self, requests: Sequence[PassRequest]) -> list[PassResult]:
        """Runs one pass for requests to the same model."""
        return self.model.advance(requests)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassResult:
    """What a forward pass gives back for one request."""

    #: float32, shape (sequences, last, vocabulary), of the library that the model computes in; where `whose` is given, those of
    #: the sequence that each row of `draw` draws after, shape (rows, last, vocabulary)
    logits: Any
    tokens: list[int] = field(default_factory=list)  #: what was drawn, one per row of `draw`
    #: how likely that was, nats, where it is wanted; or of all targets, sequence by sequence
    logprobs: list[float] = field(default_factory=list)


Forward = Generator[PassRequest, PassResult, Result]  #: work that has its passes run by whoever runs it


def fed(targets: Sequence[Sequence[int]]) -> list[int]:
    """How many of its tokens each sequence feeds for its targets: none alone, see `piece_end`."""
    return [max(2, len(row)) for row in targets]


def piece_end(begin: int, whole: int) -> int:
    """Where the piece of a prompt ends that begins at a token: no token is left for a piece of its own.

    Attention to one token has a way of its own, with other last bits than among several.
    """
    end = begin + PREFILL
    return whole if end + 1 >= whole else end
