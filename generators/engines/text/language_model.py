"""A causal language model as steps: prefill a prompt once, fork it, advance the sequences by a token. No HTTP, no torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from generators.engines.text import lora
from generators.engines.text.lora import Adapter, Added, Changeable
from generators.engines.text.paged_kv_cache import BLOCK
from generators.engines.text.passes import PREFILL, Forward, PassRequest, PassResult, Prefix, Result, Sequences, piece_end
from generators.engines.text.sampling import Draw
from generators.engines.text.tokens import Tokens

ROOM = 32  # tokens that new rows have room for, where nothing is said: an idea has 5 to 40; it doubles when it is full
KEPT_PREFIXES = 32  # prompts whose keys and values stay: the few-shot parts of some kinds of task, for some teams
KEPT_BYTES = 64 * 2**20  # that they may take, where nothing else is settled: 5 to 12 MB each on the embedded model
READ_AGAIN = 32  # tokens of a prompt, that of a topic: to read so few again costs less than to keep them, which is a block or two

Engine = Literal["torch", "openvino"]


class LanguageModel(ABC):
    """A model and its tokenizer. Not thread-safe: one thread owns it."""

    fast: bool  #: whether the forward pass is our own
    engine: Engine  #: what computes the forward pass
    shares: bool  #: whether sequences share the prompt's keys and values, or each has a copy
    cut = PREFILL  #: tokens; a kept prompt is of use up to a multiple of so many: where it is cut must change no bit
    on_gpu: bool
    full = 0  #: tokens of a pass, beyond which it is run as several, where a prompt may be cut at any token; 0: not so
    parts = False  #: whether a row can part into several, so that choices that have said the same so far are computed as one

    def __init__(self, tokens: Tokens, *, name: str, vocabulary: int) -> None:
        """Has no prompt yet.

        Args:
            tokens: its tokenizer.
            name: what clients call it.
            vocabulary: tokens that it knows.
        """
        self.name = name
        self.tokens = tokens
        self.vocabulary = vocabulary
        self.kept_bytes = KEPT_BYTES
        self.heads: list[Any] = []  #: what texts that were scored began with; see `generators.engines.text.scoring`
        self._kept: list[Prefix] = []

    # what each engine does in its own way

    @property
    @abstractmethod
    def form(self) -> dict[str, object]:
        """What it computes in, for the log."""

    @property
    @abstractmethod
    def token_bytes(self) -> int:
        """Memory of the keys and values of one token."""

    @property
    @abstractmethod
    def weight_bytes(self) -> int:
        """Memory of the model's weights, as they were published."""

    @property
    @abstractmethod
    def parameters(self) -> int:
        """How many numbers the model has; a table that is also the head is counted once."""

    @property
    def told(self) -> dict[str, Any]:
        """By what clients know how to ask it: how large it is, and the languages that it reads."""
        return {"parameters": self.parameters, "reads": list(self.tokens.reads)}

    @property
    @abstractmethod
    def held_bytes(self) -> int:
        """Memory of keys and values held just now, kept prompts included."""

    @abstractmethod
    def changeable(self) -> Changeable:
        """The forward pass that adapters change.

        Raises:
            BadAdapter: there is none.
        """

    @abstractmethod
    def allow_adapters(self) -> None:
        """Makes ready for adapters; safe in any thread.

        Raises:
            BadAdapter: there cannot be any here, and why.
        """

    def adapter(self, folder: Path, name: str) -> Adapter:
        """An adapter for this model, from a folder. Safe in any thread: it changes nothing of the model.

        Raises:
            BadAdapter: it cannot be used here, and why.
        """
        adapter = lora.read(folder, self.changeable(), name=name, base=self.name)
        self.allow_adapters()
        return adapter

    def without(self, added: Added, name: str, digest: str) -> Adapter:
        """This model without what was added to its matrices, as an adapter. Safe in any thread, likewise.

        Args:
            added: A, shape (rank, in), and B, shape (out, rank), of each changed matrix, by layer and name.
            name: what clients call it.
            digest: of what was added.

        Raises:
            BadAdapter: see `adapter`.
        """
        adapter = lora.taking_back(added, self.changeable(), name=name, digest=digest)
        self.allow_adapters()
        return adapter

    @abstractmethod
    def advance(self, requests: Sequence[PassRequest]) -> list[PassResult]:
        """Runs the requests as one pass where the forward pass is our own, and draws their next tokens."""

    @abstractmethod
    def begun(self, logits: Any, draw: Draw, *, want_logprobs: bool) -> PassResult:
        """The first tokens after a prompt, whose logits, shape (vocabulary,), are the same for all rows."""

    @abstractmethod
    def fork(self, prefix: Prefix, count: int, *, spare: int = ROOM) -> Sequences:
        """`count` continuations of a prefix, with room for so many tokens each."""

    @abstractmethod
    def keep(self, sequences: Sequences, rows: Sequence[int]) -> list[int]:
        """Drops all sequences but these, and gives them in the order they have from now on.

        Where `parts` says so, one may be named several times: it parts into as many.
        """

    @abstractmethod
    def frozen(self, ids: tuple[int, ...], sequences: Sequences) -> Prefix:
        """What some tokens left behind, for others to go on from."""

    @abstractmethod
    def logprobs(self, logits: Any, targets: Sequence[int]) -> list[float]:
        """Log-probabilities of the targets, nats; logits of shape (len(targets), vocabulary)."""

    @abstractmethod
    def likeliest(self, logits: Any, count: int) -> list[list[tuple[int, float]]]:
        """For each row of logits, shape (rows, vocabulary), the likeliest tokens and their log-probabilities."""

    @abstractmethod
    def _opened(self, known: Prefix | None, room: int) -> Any:
        """A cache of one row with room for so many tokens that holds a prefix; what is added to it leaves that as it was."""

    def row_bytes(self, tokens: int) -> int:
        """Memory of a row that is to hold so many tokens of its own."""
        return self.token_bytes * tokens

    def reserve(self, size: int) -> None:  # noqa: B027 - not every engine has something to do here
        """Takes address space for so many bytes of keys and values, where the pass holds them together. Before any work."""

    def rest(self) -> None:  # noqa: B027 - as above
        """Gives back memory that is held only to be at hand; kept prompts stay."""

    def choose_threads(self, *, settled: int) -> None:  # noqa: B027 - as above
        """Finds out how many threads pay, where that is to be watched. The worker's thread is the one to call it.

        Args:
            settled: how many the host has settled; 0: none.
        """

    def release(self) -> None:  # noqa: B027 - as above
        """Gives back the weights that our own forward pass has copies of."""

    # what all do alike

    def prefilling(self, ids: Sequence[int], adapter: Adapter | None = None) -> Forward[tuple[Prefix, Any]]:
        """Computes a prompt piece by piece: the prefix, and the logits after its last token, float32, shape (vocabulary,)."""
        known = self._longest_known(ids, adapter)
        sequences = self.begin(len(ids), adapter, known)
        logits: Any = None
        while sequences.length < len(ids):
            piece = list(ids[sequences.length : piece_end(sequences.length, len(ids))])
            outcome = yield PassRequest(model=self, sequences=sequences, tokens=np.array([piece], np.int64))
            logits = outcome.logits[0, -1]
        assert logits is not None
        prefix = self.frozen(tuple(ids), sequences)
        self._kept = [prefix, *(one for one in self._kept if not repeated(one, prefix))][:KEPT_PREFIXES]
        while len(self._kept) > 1 and self.token_bytes * tokens_held(self._kept) > self.kept_bytes:
            self._kept.pop()
        return prefix, logits

    def prefill(self, ids: Sequence[int]) -> Iterator[tuple[Prefix, Any] | None]:
        """The same by itself: yields None between pieces, at the end the prefix and the logits."""
        return self.alone(self.prefilling(ids))

    def begin(self, tokens: int, adapter: Adapter | None = None, known: Prefix | None = None) -> Sequences:
        """One row with room for so many tokens, the first of which may be known."""
        length = len(known.ids) if known else 0
        return Sequences(prefix=None, cache=self._opened(known, tokens), length=length, adapter=adapter)

    def step(self, sequences: Sequences, tokens: Any) -> Any:
        """Adds one token to each sequence.

        Args:
            sequences: who is advanced, in place.
            tokens: one per living sequence, shape (sequences,).

        Returns:
            The logits of what comes next, float32, shape (sequences, vocabulary).
        """
        column = np.asarray(tokens, np.int64)[:, None]
        return self.advance([PassRequest(model=self, sequences=sequences, tokens=column)])[0].logits[:, -1]

    def alone(self, work: Forward[Result]) -> Iterator[Result | None]:
        """Runs one work's passes: yields None after each, at the end its result."""
        outcome: PassResult | None = None
        while True:
            try:
                request = next(work) if outcome is None else work.send(outcome)
            except StopIteration as end:
                yield end.value
                return
            if outcome is not None:
                yield None
            outcome = self.advance([request])[0]

    def usable(self, kept: Prefix, ids: Sequence[int], adapter: Adapter | None) -> int:
        """How many of these tokens can be taken from a prompt that is kept: at most all but two.

        It is a multiple of `cut`, so that a prompt is computed to the same bits whether or not a part of it was kept.
        """
        if kept.cache is not None or kept.adapter is not adapter:
            return 0
        return max(0, min(common((kept.ids, ids)), len(ids) - 2) // self.cut * self.cut)

    def _longest_known(self, ids: Sequence[int], adapter: Adapter | None) -> Prefix | None:
        """The longest part of the prompt that is kept."""
        best: Prefix | None = None
        length = 0
        for kept in self._kept:
            length_then = self.usable(kept, ids, adapter)
            if length_then > length:
                best, length = kept, length_then
        return None if best is None else best.first(length)


def repeated(kept: Prefix, newest: Prefix) -> bool:
    """Whether a prompt repeats nearly all of one that is kept, which can be forgotten then.

    Prompts of one kind of task begin with the same examples and end with their topics: one of them is enough to go on from.
    """
    shared = common((kept.ids, newest.ids))
    return kept.adapter is newest.adapter and len(kept.ids) - shared <= min(READ_AGAIN, shared // 4)


def tokens_held(kept: Sequence[Prefix]) -> int:
    """Tokens that prompts take memory for: whole blocks, those of several prompts once."""
    blocks = {block.number for prefix in kept for block in prefix.blocks}
    return BLOCK * len(blocks) + sum(len(prefix.ids) for prefix in kept if not prefix.blocks)


def common(texts: Sequence[Sequence[int]]) -> int:
    """How many tokens all the sequences begin with together."""
    shortest = min(map(len, texts))
    for place in range(shortest):
        if any(sequence[place] != texts[0][place] for sequence in texts):
            return place
    return shortest
