"""A language model in torch, on a GPU or a CPU: by a forward pass of our own where it is of the Llama family."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from generators.engines.text.kv_cache import KVCache
from generators.engines.text.language_model import ROOM, Engine, LanguageModel
from generators.engines.text.linear import Weights
from generators.engines.text.llama import Llama
from generators.engines.text.lora import BadAdapter, Changeable
from generators.engines.text.network import Unsuited
from generators.engines.text.passes import PassRequest, PassResult, Prefix, Sequences
from generators.engines.text.pieces import Part
from generators.engines.text.sampling import Draw
from generators.engines.text.tensor_sampling import drawn, likeliest, logprobs_of, picked
from generators.engines.text.threads import Threads
from generators.engines.text.tokens import Tokens, context, ends
from generators.engines.text.transformers_pass import TransformersPass

TOLERANCE = 2e-3  # of logits in float32 between shared and plain attention; measured differences are 1e-5
ALIKE = {"full": 0.999, "int8": 0.97}  # least cosine of logits to transformers' own; the embedded model: 0.99995, 0.998

PROBED = (32, 16)  # tokens of a prompt and rows after it that threads are measured by: a brainstorm of the common size

log = logging.getLogger(__name__)


class TextModel(LanguageModel):
    """A model of transformers and its tokenizer on one device."""

    engine: Engine = "torch"

    def __init__(self, model: Any, tokenizer: Any, *, name: str, weights: Weights | None = "full") -> None:
        """Takes a loaded transformers model.

        Args:
            model: any causal language model of transformers.
            tokenizer: its tokenizer.
            name: what clients call it.
            weights: of the faster forward pass, where the model is of the Llama family; None: transformers' own pass always.
        """
        config = model.config.get_text_config()
        super().__init__(tokens_of(model, tokenizer), name=name, vocabulary=config.vocab_size)
        self.model = model.eval()
        self.device: torch.device = model.device
        self._theirs = TransformersPass(self.model)
        self.threads: Threads | None = None  #: where their number is ours to choose
        self._llama: Llama | None = None
        self.dtype: torch.dtype = model.dtype
        self.weights = weights  #: the form of our own pass's matrices
        self._share(weights)

    @property
    def fast(self) -> bool:  # type: ignore[override]
        """Whether the forward pass is our own."""
        return self._llama is not None

    @property
    def on_gpu(self) -> bool:  # type: ignore[override]
        """Whether it computes on a GPU."""
        return self.device.type == "cuda"

    @property
    def form(self) -> dict[str, object]:
        """See `LanguageModel`."""
        threads = torch.get_num_threads()
        return {"device": str(self.device), "dtype": str(self.dtype), "weights": self.weights, "threads": threads}

    @property
    def own(self) -> Llama:
        """Our own forward pass, where there is one."""
        assert self._llama is not None
        return self._llama

    def allow_adapters(self) -> None:
        """See `LanguageModel`: a pass takes them as they come."""

    def release(self) -> None:
        """See `LanguageModel`."""
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

    @property
    def weight_bytes(self) -> int:
        """Memory of the model's weights, in its dtype."""
        config = self.model.config.get_text_config()
        inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
        layer = config.hidden_size * (4 * config.hidden_size + 3 * inner)
        return int(self.model.dtype.itemsize * (config.num_hidden_layers * layer + config.vocab_size * config.hidden_size))

    @property
    def parameters(self) -> int:
        """See `LanguageModel`."""
        return self.weight_bytes // int(self.model.dtype.itemsize)

    @property
    def held_bytes(self) -> int:
        """Memory of keys and values held just now, kept prompts included."""
        return 0 if self._llama is None else self._llama.held_bytes

    def changeable(self) -> Changeable:
        """See `LanguageModel`."""
        if self._llama is None:
            raise BadAdapter(f"The model {self.name} cannot have adapters: only our own forward pass of the Llama family has.")
        return self._llama

    @property
    def shares(self) -> bool:  # type: ignore[override]
        """Whether sequences share the prompt's keys and values, or each has a copy."""
        return self._theirs.attention is not None

    def fork(self, prefix: Prefix, count: int, *, spare: int = ROOM) -> Sequences:
        """`count` continuations of a prefix, with room for so many tokens each."""
        if prefix.cache is None:
            cache = self._new_cache(count, spare)
            return Sequences(prefix=prefix, cache=cache, length=len(prefix.ids), adapter=prefix.adapter)
        cache = copy.deepcopy(prefix.cache)
        cache.batch_repeat_interleave(count)
        return Sequences(prefix=None, cache=cache, length=len(prefix.ids))

    def keep(self, sequences: Sequences, rows: Sequence[int]) -> list[int]:
        """Drops all sequences but these, and gives them in the order they have from now on."""
        if isinstance(sequences.cache, KVCache):
            with torch.inference_mode():
                return sequences.cache.select(list(rows))
        sequences.cache.batch_select_indices(torch.tensor(list(rows), device=self.device))
        return list(rows)

    def advance(self, requests: Sequence[PassRequest]) -> list[PassResult]:
        """Runs the requests as one pass where the forward pass is our own, and draws their next tokens."""
        began = time.perf_counter()
        with torch.inference_mode():
            logits = self._passed(requests) if self._llama is not None else [self._theirs.logits(request) for request in requests]
            if self.threads is not None:
                self.threads.passed(sum(request.size for request in requests), time.perf_counter() - began)
            drawing = [place for place, request in enumerate(requests) if request.draw is not None]
            draws = [(request.draw, request.want_logprobs) for request in requests if request.draw is not None]
            outcomes = [
                PassResult(logits=None, logprobs=picked(one, request.targets)) if request.targets else PassResult(logits=one)
                for request, one in zip(requests, logits, strict=True)
            ]
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
        for whole, rows, mine, (draw, with_logprobs) in zip(logits, after, tokens, draws, strict=True):
            draw.take(ids := mine.tolist())
            outcomes.append(PassResult(logits=whole, tokens=ids, logprobs=logprobs_of(rows, mine) if with_logprobs else []))
        return outcomes

    def choose_threads(self, *, settled: int) -> None:
        """See `LanguageModel`: on a CPU, of as many as torch has at most."""
        most = torch.get_num_threads()
        if settled or self.device.type != "cpu":
            return
        self.threads = threads = Threads(most, torch.set_num_threads)
        if most == 1:
            return
        ids = [3 + 7 * step % (self.model.config.get_text_config().vocab_size - 3) for step in range(PROBED[0])]
        prefix = next(outcome for outcome in self.prefill(ids) if outcome is not None)[0]
        self._kept.clear()
        sequences = self.fork(prefix, PROBED[1])
        self.threads = None
        threads.pick(lambda: self._probe_step(sequences, ids[: PROBED[1]]))
        self.threads = threads

    def logprobs(self, logits: Tensor, targets: Sequence[int]) -> list[float]:
        """See `LanguageModel`."""
        return logprobs_of(logits, targets)

    def likeliest(self, logits: Tensor, count: int) -> list[list[tuple[int, float]]]:
        """See `LanguageModel`."""
        return likeliest(logits, count)

    def _probe_step(self, sequences: Sequences, tokens: Sequence[int]) -> None:
        self.step(sequences, tokens)

    def begun(self, logits: Tensor, draw: Draw, *, want_logprobs: bool) -> PassResult:
        """The first tokens after a prompt, whose logits, shape (vocabulary,), are the same for all rows."""
        with torch.inference_mode():
            return self._drawn([logits.expand(len(draw.streams), 1, -1)], [(draw, want_logprobs)])[0]

    # inside

    def _passed(self, requests: Sequence[PassRequest]) -> list[Tensor]:
        """A pass of our own for all requests."""
        assert self._llama is not None
        logits = self._llama.logits([Part.of(request).whole() for request in requests])
        for request in requests:
            request.sequences.length += request.tokens.shape[1]
        return logits

    def _new_cache(self, rows: int, room: int) -> Any:
        ours = self._llama
        return ours.room(rows=rows, tokens=room) if ours else self._theirs.cache()

    def _opened(self, known: Prefix | None, room: int) -> Any:
        cache = self._new_cache(1, room)
        if known is not None:
            with torch.inference_mode():
                if isinstance(cache, KVCache):
                    cache.fill(known)
                else:
                    for layer, (key, value) in enumerate(zip(known.keys, known.values, strict=True)):
                        cache.update(key, value, layer)
        return cache

    def frozen(self, ids: tuple[int, ...], sequences: Sequences) -> Prefix:
        """What some tokens left behind, for others to go on from."""
        cache = sequences.cache
        if isinstance(cache, KVCache):
            keys, values = cache.held()
            return Prefix(ids=ids, keys=keys, values=values, adapter=sequences.adapter)
        if not self.shares:
            return Prefix(ids=ids, cache=cache)
        return Prefix(
            ids=ids, keys=tuple(layer.keys for layer in cache.layers), values=tuple(layer.values for layer in cache.layers)
        )

    def _share(self, weights: Weights | None) -> None:
        """Turns shared attention on, and our own forward pass, where this model allows it and the numbers come out the same."""
        if not self._theirs.may_share:
            return
        ids = [3 + 7 * step % (self.model.config.get_text_config().vocab_size - 3) for step in range(12)]
        expected = self._probe(ids)
        try:
            self._theirs.share()
            same = torch.allclose(self._probe(ids), expected, atol=self._tolerance(expected), rtol=0.0)
        except (ValueError, TypeError, RuntimeError, AttributeError, IndexError) as error:
            log.info("this model cannot share prompts", extra={"model": self.name, "why": str(error)})
            same = False
        self._kept.clear()
        if not same:
            self._theirs.unshare()
        elif weights is not None:
            self._hasten(weights, ids, expected)

    def _hasten(self, weights: Weights, ids: list[int], expected: Tensor) -> None:
        """Turns a forward pass of our own on, if it can be made and its numbers are near enough."""
        try:
            self._llama = Llama(self.model, weights=weights)
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
        prefix = next(outcome for outcome in self.prefill(ids[:8]) if outcome is not None)[0]
        self._kept.clear()
        sequences = self.fork(prefix, 2)
        self.step(sequences, [ids[8], ids[9]])
        after: Tensor = self.step(sequences, [ids[10], ids[11]])
        return after


def tokens_of(model: Any, tokenizer: Any) -> Tokens:
    """What a model of transformers knows of its texts."""
    config = model.config.get_text_config()
    return Tokens(
        tokenizer, ends=ends(getattr(model, "generation_config", None), model.config, tokenizer), most=context(config, tokenizer)
    )
