"""A causal language model as steps: prefill a prompt once, fork it, advance the sequences by a token. It knows no HTTP."""

from __future__ import annotations

import copy
import inspect
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from generators.engines.text.attention import Prefix, SharedAttention
from generators.engines.text.kv_cache import KVCache
from generators.engines.text.linear import Weights
from generators.engines.text.llama import Llama, Part, Unsuited
from generators.engines.text.lora import Adapter, BadAdapter, read
from generators.engines.text.paged_kv_cache import BLOCK, PagedKVCache
from generators.engines.text.passes import PREFILL, Forward, PassRequest, PassResult, Result, Sequences
from generators.engines.text.sampling import Draw, drawn, logprobs_of
from generators.engines.text.scoring import common
from generators.engines.text.threads import Threads
from generators.engines.text.tokens import Tokens

if TYPE_CHECKING:
    from generators.engines.text.openvino import OpenVino

ROOM = 32  # tokens that new rows have room for, where nothing is said: an idea has 5 to 40; it doubles when it is full
KEPT_PREFIXES = 32  # prompts whose keys and values stay: the few-shot parts of some kinds of task, for some teams
KEPT_BYTES = 64 * 2**20  # that they may take, where nothing else is settled: 5 to 12 MB each on the embedded model
TOLERANCE = 2e-3  # of logits in float32 between shared and plain attention; measured differences are 1e-5
ALIKE = {"full": 0.999, "int8": 0.97}  # least cosine of logits to transformers' own; the embedded model: 0.99995, 0.998

PROBED = (32, 16)  # tokens of a prompt and rows after it that threads are measured by: a brainstorm of the common size
Engine = Literal["torch", "openvino"]

log = logging.getLogger(__name__)


class TextModel:
    """A model and its tokenizer on one device. Not thread-safe: one thread owns it."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        name: str,
        weights: Weights | None = "full",
        engine: Engine = "torch",
        scratch: Path | None = None,
    ) -> None:
        """Takes a loaded transformers model.

        Args:
            model: any causal language model of transformers.
            tokenizer: its tokenizer.
            name: what clients call it.
            weights: of the faster forward pass, where the model is of the Llama family; None: transformers' own pass always.
            engine: what computes that pass; "openvino" is for a CPU, in eight bits, and gives way to torch where it cannot.
            scratch: a folder on a disk for what need not be in memory.
        """
        self.name = name
        self.model = model.eval()
        self.tokens = Tokens(model, tokenizer)
        self.device: torch.device = model.device
        self._keeps_logits = "logits_to_keep" in inspect.signature(model.forward).parameters
        self._attention: SharedAttention | None = None
        self._kept: list[Prefix] = []
        self.kept_bytes = KEPT_BYTES
        self.threads: Threads | None = None  #: where their number is ours to choose
        self._llama: Llama | OpenVino | None = None
        self._scratch = scratch
        self.dtype: torch.dtype = model.dtype
        self.weights = weights  #: the form of our own pass's matrices
        self._share(weights, engine)

    @property
    def fast(self) -> bool:
        """Whether the forward pass is our own."""
        return self._llama is not None

    @property
    def engine(self) -> Engine:
        """What computes the forward pass."""
        return "torch" if self._llama is None or isinstance(self._llama, Llama) else "openvino"

    @property
    def own(self) -> Llama | OpenVino:
        """Our own forward pass, where there is one."""
        assert self._llama is not None
        return self._llama

    def release(self) -> None:
        """Gives back the weights that our own forward pass has copies of."""
        if self._llama is not None:
            self._llama.release()

    @property
    def token_bytes(self) -> int:
        """Memory of the keys and values of one token."""
        config = self.model.config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        size = torch.float32.itemsize if self.fast and self.device.type == "cpu" else self.model.dtype.itemsize
        return int(2 * config.num_hidden_layers * heads * width * size)

    def row_bytes(self, tokens: int) -> int:
        """Memory of a row that is to hold so many tokens of its own; of pages whole ones, the first begun already."""
        if self.engine == "openvino":
            tokens = BLOCK * (-(-tokens // BLOCK) + 1)
        return self.token_bytes * tokens

    @property
    def weight_bytes(self) -> int:
        """Memory of the model's weights, in its dtype."""
        config = self.model.config.get_text_config()
        inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
        layer = config.hidden_size * (4 * config.hidden_size + 3 * inner)
        return int(self.model.dtype.itemsize * (config.num_hidden_layers * layer + config.vocab_size * config.hidden_size))

    @property
    def held_bytes(self) -> int:
        """Memory of keys and values held just now, kept prompts included."""
        return 0 if self._llama is None else self._llama.held_bytes

    def adapter(self, folder: Path, name: str) -> Adapter:
        """An adapter for this model, from a folder. Safe in any thread: it changes nothing of the model.

        Raises:
            BadAdapter: it cannot be used here, and why.
        """
        if self._llama is None:
            raise BadAdapter(f"The model {self.name} cannot have adapters: only our own forward pass of the Llama family has.")
        adapter = read(folder, self._llama, name=name, base=self.name)
        if not isinstance(self._llama, Llama):
            try:
                self._llama.allow_changes()
            except Unsuited as why:
                raise BadAdapter(f"The model {self.name} cannot have adapters in OpenVINO: {why}.") from why
        return adapter

    def reserve(self, size: int) -> None:
        """Takes address space for so many bytes of keys and values, where the pass holds them together. Before any work."""
        if self._llama is not None and not isinstance(self._llama, Llama):
            self._kept.clear()
            self._llama.reserve(size)

    def rest(self) -> None:
        """Gives back memory that is held only to be at hand; kept prompts stay."""
        if self._llama is not None and not isinstance(self._llama, Llama):
            self._llama.rest()

    @property
    def shares(self) -> bool:
        """Whether sequences share the prompt's keys and values, or each has a copy."""
        return self._attention is not None

    def prefilling(self, ids: Sequence[int], adapter: Adapter | None = None) -> Forward[tuple[Prefix, Tensor]]:
        """Computes a prompt piece by piece: the prefix, and the logits after its last token, float32, shape (vocabulary,)."""
        known = self._longest_known(ids, adapter)
        length = len(known.ids) if known else 0
        sequences = Sequences(prefix=None, cache=self._cache_of(known, len(ids)), length=length, adapter=adapter)
        logits: Tensor | None = None
        while sequences.length < len(ids):
            piece = list(ids[sequences.length : sequences.length + PREFILL])
            outcome = yield PassRequest(model=self, sequences=sequences, tokens=torch.tensor([piece], device=self.device))
            logits = outcome.logits[0, -1]
        assert logits is not None
        prefix = self.frozen(tuple(ids), sequences)
        others = (kept for kept in self._kept if kept.ids != prefix.ids or kept.adapter is not adapter)
        self._kept = [prefix, *others][:KEPT_PREFIXES]
        while len(self._kept) > 1 and self.token_bytes * sum(len(kept.ids) for kept in self._kept) > self.kept_bytes:
            self._kept.pop()
        return prefix, logits

    def prefill(self, ids: Sequence[int]) -> Iterator[tuple[Prefix, Tensor] | None]:
        """The same by itself: yields None between pieces, at the end the prefix and the logits."""
        return self.alone(self.prefilling(ids))

    def fork(self, prefix: Prefix, count: int, *, spare: int = ROOM) -> Sequences:
        """`count` continuations of a prefix, with room for so many tokens each."""
        if prefix.cache is None:
            cache = self._new_cache(count, spare)
            return Sequences(prefix=prefix, cache=cache, length=len(prefix.ids), adapter=prefix.adapter)
        cache = copy.deepcopy(prefix.cache)
        cache.batch_repeat_interleave(count)
        return Sequences(prefix=None, cache=cache, length=len(prefix.ids))

    def begin(self, tokens: int, adapter: Adapter | None = None) -> Sequences:
        """One row without a prompt, with room for so many tokens."""
        return Sequences(prefix=None, cache=self._new_cache(1, tokens), length=0, adapter=adapter)

    def step(self, sequences: Sequences, tokens: Tensor) -> Tensor:
        """Adds one token to each sequence.

        Args:
            sequences: who is advanced, in place.
            tokens: one per living sequence, shape (sequences,).

        Returns:
            The logits of what comes next, float32, shape (sequences, vocabulary).
        """
        return self.advance([PassRequest(model=self, sequences=sequences, tokens=tokens[:, None])])[0].logits[:, -1]

    def keep(self, sequences: Sequences, rows: Sequence[int]) -> list[int]:
        """Drops all sequences but these, and gives them in the order they have from now on."""
        if isinstance(sequences.cache, KVCache | PagedKVCache):
            with torch.inference_mode():
                return sequences.cache.select(list(rows))
        sequences.cache.batch_select_indices(torch.tensor(list(rows), device=self.device))
        return list(rows)

    def advance(self, requests: Sequence[PassRequest]) -> list[PassResult]:
        """Runs the requests as one pass where the forward pass is our own, and draws their next tokens."""
        began = time.perf_counter()
        with torch.inference_mode():
            logits = self._passed(requests) if self._llama is not None else [self._run(request) for request in requests]
            if self.threads is not None:
                self.threads.passed(sum(request.size for request in requests), time.perf_counter() - began)
            drawing = [place for place, request in enumerate(requests) if request.draw is not None]
            draws = [(request.draw, request.want_logprobs) for request in requests if request.draw is not None]
            outcomes = [PassResult(logits=one) for one in logits]
            for place, outcome in zip(drawing, self._drawn([logits[place] for place in drawing], draws), strict=True):
                outcomes[place] = outcome
            return outcomes

    def _drawn(self, logits: Sequence[Tensor], draws: Sequence[tuple[Draw, bool]]) -> list[PassResult]:
        """The next tokens of all rows, drawn together."""
        if not draws:
            return []
        after = [rows[:, -1] for rows in logits]
        tokens = torch.split(drawn(after, [draw for draw, _told in draws]), list(map(len, after)))
        outcomes = []
        for whole, rows, mine, (draw, told) in zip(logits, after, tokens, draws, strict=True):
            draw.take(said := mine.tolist())
            outcomes.append(PassResult(logits=whole, tokens=said, logprobs=logprobs_of(rows, mine) if told else []))
        return outcomes

    def choose_threads(self, most: int) -> None:
        """Measures how many threads pay, of so many at most, and goes on watching. The worker's thread is the one to call it."""
        self.threads = threads = Threads(most, torch.set_num_threads)
        if most == 1:
            return
        ids = [3 + 7 * step % (self.model.config.get_text_config().vocab_size - 3) for step in range(PROBED[0])]
        prefix = next(found for found in self.prefill(ids) if found is not None)[0]
        self._kept.clear()
        sequences = self.fork(prefix, PROBED[1])
        tokens = torch.tensor(ids[: PROBED[1]], device=self.device)
        self.threads = None
        threads.pick(lambda: self._probe_step(sequences, tokens))
        self.threads = threads

    def _probe_step(self, sequences: Sequences, tokens: Tensor) -> None:
        self.step(sequences, tokens)

    def begun(self, logits: Tensor, draw: Draw, *, want_logprobs: bool) -> PassResult:
        """The first tokens after a prompt, whose logits, shape (vocabulary,), are the same for all rows."""
        with torch.inference_mode():
            return self._drawn([logits.expand(len(draw.streams), 1, -1)], [(draw, want_logprobs)])[0]

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

    # inside

    def _passed(self, requests: Sequence[PassRequest]) -> list[Tensor]:
        """A pass of our own for all requests."""
        assert self._llama is not None
        logits = self._llama.logits([_part(request) for request in requests])
        for request in requests:
            request.sequences.length += request.tokens.shape[1]
        return logits

    def _run(self, request: PassRequest) -> Tensor:
        """A pass of transformers' for one request; the logits after the last of its tokens."""
        sequences, (rows, new) = request.sequences, request.tokens.shape
        positions = torch.arange(sequences.length, sequences.length + new, device=self.device)[None].expand(rows, -1)
        options = {"logits_to_keep": request.last} if self._keeps_logits else {}
        if self._attention is not None:
            self._attention.prefix = sequences.prefix
        try:
            answer = self.model(
                input_ids=request.tokens, position_ids=positions, past_key_values=sequences.cache, use_cache=True, **options
            )
        finally:
            if self._attention is not None:
                self._attention.prefix = None
        sequences.length += new
        after: Tensor = answer.logits[:, -request.last :].float()
        return after

    def _new_cache(self, rows: int, room: int) -> Any:
        ours = self._llama
        return ours.room(rows=rows, tokens=room) if ours else DynamicCache(config=self.model.config)

    def _cache_of(self, known: Prefix | None, room: int) -> Any:
        """A cache with room for so many tokens that holds a prefix; what is added to it leaves the prefix as it was."""
        cache = self._new_cache(1, room)
        if known is not None:
            with torch.inference_mode():
                if isinstance(cache, KVCache | PagedKVCache):
                    cache.fill(known)
                else:
                    for layer, (key, value) in enumerate(zip(known.keys, known.values, strict=True)):
                        cache.update(key, value, layer)
        return cache

    def frozen(self, ids: tuple[int, ...], sequences: Sequences) -> Prefix:
        """What some tokens left behind, for others to go on from."""
        cache = sequences.cache
        if isinstance(cache, PagedKVCache):
            return Prefix(ids=ids, blocks=cache.held(), adapter=sequences.adapter)
        if isinstance(cache, KVCache):
            keys, values = cache.held()
            return Prefix(ids=ids, keys=keys, values=values, adapter=sequences.adapter)
        if self._attention is None:
            return Prefix(ids=ids, cache=cache)
        return Prefix(
            ids=ids, keys=tuple(layer.keys for layer in cache.layers), values=tuple(layer.values for layer in cache.layers)
        )

    def _longest_known(self, ids: Sequence[int], adapter: Adapter | None) -> Prefix | None:
        """The longest part of the prompt that is kept, at least one token shorter than it.

        It ends where a piece of the prefill ends, so a prompt is computed in the same pieces, and to the same bits, whether
        or not a part of it was kept.
        """
        best: Prefix | None = None
        length = 0
        for kept in self._kept:
            length_then = min(common((kept.ids, ids)), len(ids) - 1) // PREFILL * PREFILL
            if kept.cache is None and kept.adapter is adapter and length_then > length:
                best, length = kept, length_then
        if best is None:
            return None
        return Prefix(
            ids=best.ids[:length],
            keys=tuple(key[:, :, :length] for key in best.keys),
            values=tuple(value[:, :, :length] for value in best.values),
            blocks=best.blocks[: length // BLOCK],
        )

    def _share(self, weights: Weights | None, engine: Engine) -> None:
        """Turns shared attention on, and our own forward pass, where this model allows it and the numbers come out the same."""
        if not all(type(layer) is DynamicLayer for layer in DynamicCache(config=self.model.config).layers):
            return  # sliding windows and recurrent layers keep a state that is not one key and value per token
        before = self.model.config._attn_implementation  # noqa: SLF001 - transformers' own name for it
        ids = [3 + 7 * step % (self.model.config.get_text_config().vocab_size - 3) for step in range(12)]
        expected = self._probe(ids)
        attention = SharedAttention()
        try:
            self.model.set_attn_implementation(attention.name)
            self._attention = attention
            same = torch.allclose(self._probe(ids), expected, atol=self._tolerance(expected), rtol=0.0)
        except (ValueError, TypeError, RuntimeError, AttributeError, IndexError) as error:
            log.info("this model cannot share prompts", extra={"model": self.name, "why": str(error)})
            same = False
        self._kept.clear()
        if not same:
            self._attention = None
            self.model.set_attn_implementation(before)
        elif weights is not None:
            if engine == "openvino":
                self._hasten(self._compiled, "int8", ids, expected)
            if self._llama is None:
                self._hasten(lambda: Llama(self.model, weights=weights), weights, ids, expected)

    def _compiled(self) -> OpenVino:
        from generators.engines.text.openvino import OpenVino

        return OpenVino(self.model, scratch=self._scratch)

    def _hasten(self, made: Callable[[], Llama | OpenVino], weights: Weights, ids: list[int], expected: Tensor) -> None:
        """Turns a forward pass of our own on, if it can be made and its numbers are near enough."""
        try:
            self._llama = made()
            alike = float(torch.nn.functional.cosine_similarity(self._probe(ids), expected, dim=-1).min())
        except (Unsuited, ImportError, RuntimeError, TypeError, AttributeError) as why:
            log.info("this model cannot run in this forward pass", extra={"model": self.name, "why": str(why)})
            self._llama = None
            return
        finally:
            self._kept.clear()
        if alike < ALIKE[weights]:
            log.warning("our forward pass strays from transformers'", extra={"model": self.name, "cosine": alike})
            self._llama = None

    def _tolerance(self, expected: Tensor) -> float:
        """How far logits may differ: rounding of the model's dtype, relative to their size."""
        half = self.model.dtype != torch.float32
        return max(TOLERANCE, (0.05 if half else 1e-4) * float(expected.abs().max()))

    def _probe(self, ids: list[int]) -> Tensor:
        """Logits of two sequences after a prompt and two tokens each, shape (2, vocabulary)."""
        prefix = next(found for found in self.prefill(ids[:8]) if found is not None)[0]
        self._kept.clear()
        sequences = self.fork(prefix, 2)
        self.step(sequences, torch.tensor([ids[8], ids[9]], device=self.device))
        return self.step(sequences, torch.tensor([ids[10], ids[11]], device=self.device))


def _part(request: PassRequest) -> Part:
    """A request as a forward pass of ours takes it."""
    sequences = request.sequences
    return Part(
        tokens=request.tokens,
        room=sequences.cache,
        start=sequences.length,
        prefix=sequences.prefix,
        last=request.last,
        adapter=sequences.adapter,
    )
