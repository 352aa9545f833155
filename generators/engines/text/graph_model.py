"""A language model whose forward pass is a graph in OpenVINO on a CPU: arrays from end to end, no torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from generators.engines.text.language_model import ROOM, Engine, LanguageModel
from generators.engines.text.layer import Safe
from generators.engines.text.lora import BadAdapter, Changeable
from generators.engines.text.network import Unsuited
from generators.engines.text.openvino import OpenVino
from generators.engines.text.paged_kv_cache import BLOCK, PagedKVCache
from generators.engines.text.passes import PREFILL, PassRequest, PassResult, Prefix, Sequences
from generators.engines.text.pieces import Part
from generators.engines.text.rounded_weights import RoundedWeights
from generators.engines.text.sampling import Draw, drawn, likeliest, logprobs_of
from generators.engines.text.tokens import Tokens

PUBLISHED = 2  # bytes a weight, as models of this size are published


class GraphModel(LanguageModel):
    """A model of the Llama family in eight bits."""

    fast = True
    engine: Engine = "openvino"
    shares = True
    on_gpu = False
    parts = True
    weights = "int8"  #: the form of the matrices

    def __init__(self, weights: RoundedWeights, tokens: Tokens, *, name: str, threads: int, safe: Safe | None = None) -> None:
        """Compiles a network.

        Args:
            weights: of the network.
            tokens: its tokenizer.
            name: what clients call it.
            threads: that its passes get.
            safe: which sizes of a pass keep a row's bits here, where it is known.

        Raises:
            Unsuited: it cannot be computed here.
        """
        super().__init__(tokens, name=name, vocabulary=weights.sizes.vocabulary)
        self._sizes = weights.sizes
        self.thread_count = threads
        self.own = OpenVino(weights, threads=threads, safe=safe)
        self.cut, self.full = (1, self.own.safe.most) if self.own.safe.anywhere else (PREFILL, 0)

    @property
    def form(self) -> dict[str, object]:
        """See `LanguageModel`."""
        return {"device": "cpu", "weights": self.weights, "threads": self.thread_count}

    @property
    def token_bytes(self) -> int:
        """See `LanguageModel`."""
        sizes = self._sizes
        return 2 * sizes.layers * sizes.groups * sizes.width * np.dtype(np.float32).itemsize

    def row_bytes(self, tokens: int) -> int:
        """Memory of a row that is to hold so many tokens of its own: whole pages, the first begun already."""
        return self.token_bytes * BLOCK * (-(-tokens // BLOCK) + 1)

    @property
    def weight_bytes(self) -> int:
        """See `LanguageModel`."""
        sizes = self._sizes
        layer = sum(out * into for out, into in sizes.changeable.values())
        return PUBLISHED * (sizes.layers * layer + sizes.vocabulary * sizes.hidden)

    @property
    def parameters(self) -> int:
        """See `LanguageModel`."""
        return self.weight_bytes // PUBLISHED

    @property
    def held_bytes(self) -> int:
        """See `LanguageModel`."""
        return self.own.held_bytes

    def changeable(self) -> Changeable:
        """See `LanguageModel`."""
        return self.own

    def allow_adapters(self) -> None:
        """See `LanguageModel`."""
        try:
            self.own.allow_changes()
        except Unsuited as why:
            raise BadAdapter(f"The model {self.name} cannot have adapters in OpenVINO: {why}.") from why

    def reserve(self, size: int) -> None:
        """See `LanguageModel`."""
        self._kept.clear()
        self.heads.clear()
        self.own.reserve(size)

    def rest(self) -> None:
        """See `LanguageModel`."""
        self.own.rest()

    def advance(self, requests: Sequence[PassRequest]) -> list[PassResult]:
        """See `LanguageModel`."""
        logits = self.own.logits([Part.of(request) for request in requests])
        for request in requests:
            request.sequences.length += request.tokens.shape[1]
        outcomes = [
            PassResult(logits=None, logprobs=one.tolist()) if request.targets else PassResult(logits=one)
            for request, one in zip(requests, logits, strict=True)
        ]
        drawing = [place for place, request in enumerate(requests) if request.draw is not None]
        draws = [(request.draw, request.want_logprobs) for request in requests if request.draw is not None]
        after = [_of_each(logits[place], requests[place].whose) for place in drawing]
        for place, outcome in zip(drawing, _drawn(after, draws), strict=True):
            outcomes[place] = outcome
        return outcomes

    def begun(self, logits: NDArray[np.float32], draw: Draw, *, want_logprobs: bool) -> PassResult:
        """See `LanguageModel`."""
        return _drawn([np.broadcast_to(logits, (len(draw.streams), 1, len(logits)))], [(draw, want_logprobs)])[0]

    def fork(self, prefix: Prefix, count: int, *, spare: int = ROOM) -> Sequences:
        """See `LanguageModel`."""
        return Sequences(
            prefix=prefix, cache=self.own.room(rows=count, tokens=spare), length=len(prefix.ids), adapter=prefix.adapter
        )

    def keep(self, sequences: Sequences, rows: Sequence[int]) -> list[int]:
        """See `LanguageModel`."""
        kept: list[int] = sequences.cache.select(list(rows))
        return kept

    def frozen(self, ids: tuple[int, ...], sequences: Sequences) -> Prefix:
        """See `LanguageModel`."""
        return Prefix(ids=ids, blocks=sequences.cache.held(), adapter=sequences.adapter)

    def logprobs(self, logits: NDArray[np.float32], targets: Sequence[int]) -> list[float]:
        """See `LanguageModel`."""
        return logprobs_of(logits, targets)

    def likeliest(self, logits: NDArray[np.float32], count: int) -> list[list[tuple[int, float]]]:
        """See `LanguageModel`."""
        return likeliest(logits, count)

    def _opened(self, known: Prefix | None, room: int) -> PagedKVCache:
        cache = self.own.room(rows=1, tokens=room)
        if known is not None:
            cache.fill(known)
        return cache


def _of_each(logits: NDArray[np.float32], whose: Sequence[int]) -> NDArray[np.float32]:
    """For each row that is drawn the logits it is drawn by."""
    return logits[list(whose)] if whose else logits


def _drawn(logits: Sequence[NDArray[np.float32]], draws: Sequence[tuple[Draw, bool]]) -> list[PassResult]:
    """The next tokens of all rows, drawn together."""
    if not draws:
        return []
    after = [rows[:, -1] for rows in logits]
    tokens = np.split(drawn(after, [draw for draw, _told in draws]), np.cumsum([len(rows) for rows in after])[:-1])
    outcomes = []
    for whole, rows, mine, (draw, told) in zip(logits, after, tokens, draws, strict=True):
        draw.take(said := mine.tolist())
        outcomes.append(PassResult(logits=whole, tokens=said, logprobs=logprobs_of(rows, said) if told else []))
    return outcomes
