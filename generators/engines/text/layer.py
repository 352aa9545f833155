"""The first layer of a model in OpenVINO, to try out on this machine how fast it is and what a row's numbers depend on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from generators.engines.text.network import Unsuited
from generators.engines.text.openvino_graph import Graph
from generators.engines.text.paged_kv_cache import BlockPool, PagedKVCache
from generators.engines.text.passes import PREFILL
from generators.engines.text.pieces import Part, inputs
from generators.engines.text.rounded_weights import RoundedWeights

KERNELS = 64  # kept, one for each shape of a product, some 20 a pass: unbounded, each new number of tokens takes 0.7 MB
TIMED_ROWS = 32  # of the passes that a number of threads is timed by: twenty drafts and others'
TRIED = 3  # of them in a moment; the fastest counts
#: tokens of a pass that are tried: two must agree with all of them. No request feeds more than 256 at once but one whole long
#: text to be scored
ROWS = (3, 4, 8, 16, 33, 64, 128, 256)
FEWEST = 16  # tokens of a pass that are worth it to keep bits: cut smaller, each reads all matrices for next to nothing
CUTS = ((PREFILL, 33), (5, PREFILL, 28), (PREFILL - 7, 2, 38))  # ways of feeding a prompt that are tried: pieces, in tokens
HEAD = 4096  # logits that are tried: the vocabulary's product has the inputs of a layer's

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Safe:
    """Between which sizes of a pass a row's bits do not depend on the rows beside it."""

    alone: bool  #: whether one token alone has the bits it has among others
    most: int  #: tokens
    anywhere: bool = False  #: whether a prompt may be cut at any token, so long as no piece has one alone


class Layer:
    """The layer, compiled as the model is."""

    def __init__(self, weights: RoundedWeights, threads: int, *, head: int = 0, rounded_together: int | None = None) -> None:
        """Takes a network's weights.

        Args:
            weights: of which the first layer's are read.
            threads: that it gets.
            head: how many logits it gives as well.
            rounded_together: see `Sizes`; the model's own where nothing is said.

        Raises:
            Unsuited: this model cannot be computed here.
        """
        sizes = weights.sizes
        together = sizes.rounded_together if rounded_together is None else rounded_together
        self._request = compiled(Graph(weights).one_layer(head=head), threads, together)
        self._hidden = sizes.hidden
        self._pool = BlockPool(layers=1, groups=sizes.groups, width=sizes.width)
        for name, values in zip(("key_cache.0", "value_cache.0"), self._pool.store, strict=True):
            self._request.set_tensor(name, ov.Tensor(values, shared_memory=True))

    def given(self, rows: int, *, alike: bool) -> dict[str, NDArray[Any]]:
        """What a pass of so many rows of one token reads; those that are all alike share a page, as they write the same there."""
        room = PagedKVCache(self._pool, rows=1 if alike else rows)
        room.prepare(1)
        part = Part(tokens=np.zeros((room.rows, 1), np.int64), room=room, start=0, prefix=None, last=1)
        feed: dict[str, NDArray[Any]] = inputs([part])
        if alike:
            feed |= {name: np.repeat(feed[name], rows) for name in ("positions", "past_lens", "block_indices")}
            feed |= {name: np.arange(rows + 1, dtype=np.int32) for name in ("subsequence_begins", "block_indices_begins")}
        chance = np.random.default_rng(1)
        x = chance.standard_normal((1 if alike else rows, self._hidden), np.float32)
        feed["x"] = np.ascontiguousarray(np.broadcast_to(x, (rows, self._hidden)))
        return {name: value for name, value in feed.items() if name not in ("tokens", "wanted")}

    def prompt(self, cut: Sequence[int]) -> NDArray[np.float32]:
        """What comes out for a prompt that is fed in pieces of so many tokens, shape (tokens, hidden)."""
        room = PagedKVCache(self._pool, rows=1)
        x = np.random.default_rng(2).standard_normal((sum(cut), self._hidden), np.float32)
        found = []
        for new in cut:
            room.prepare(new)
            part = Part(tokens=np.zeros((1, new), np.int64), room=room, start=room.length, prefix=None, last=1)
            feed = {name: value for name, value in inputs([part]).items() if name not in ("tokens", "wanted")}
            found.append(self.run(feed | {"x": x[room.length : room.length + new]})[0].copy())
            room.advance(new)
        return np.concatenate(found)

    def run(self, feed: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        """What comes out, to be read before the next run."""
        self._request.infer(feed, share_inputs=True)
        return [one.data for one in self._request.output_tensors]


def seconds(weights: RoundedWeights, threads: int) -> float:
    """How long the model's first layer takes with so many threads, for a brainstorm of the common size.

    Raises:
        Unsuited: this model cannot be computed here.
    """
    layer = Layer(weights, threads)
    feed = layer.given(TIMED_ROWS, alike=False)
    times = []
    for _try in range(TRIED):
        began = time.perf_counter()
        layer.run(feed)
        times.append(time.perf_counter() - began)
    return min(times)


def safe(weights: RoundedWeights, threads: int, rounded_together: int) -> Safe:
    """How large passes may be for a row to have the same bits alone and among others: tried out, see decisions, page 13.

    Where what a matrix multiplies is not rounded to whole numbers, the order of summing depends on how many rows there are.
    """
    layer = Layer(weights, threads, head=min(HEAD, weights.sizes.vocabulary), rounded_together=rounded_together)

    def rows(count: int) -> list[NDArray[np.float32]]:
        return layer.run(layer.given(count, alike=True))

    two = [one[0].copy() for one in rows(2)]

    def same(count: int) -> bool:
        return all(bool((one == expected).all()) for one, expected in zip(rows(count), two, strict=True))

    found = limits(same)
    one, *others = CUTS
    if found.most <= PREFILL:  # the longest piece of a prompt would be cut once more
        return found
    expected = layer.prompt(one)
    return replace(found, anywhere=all(bool((layer.prompt(cut) == expected).all()) for cut in others))


def limits(same: Callable[[int], bool]) -> Safe:
    """Which sizes of a pass are safe.

    Args:
        same: whether a row among so many has the bits that it has among two.
    """
    alone, most = same(1), 2
    for count in ROWS:
        if not same(count):
            least = count  # that differ
            while least - most > 1:
                between = (least + most) // 2
                most, least = (between, least) if same(between) else (most, between)
            break
        most = count
    if most < FEWEST:
        log.warning("texts may depend on what else is computed: no size of a pass keeps a row's bits", extra={"tokens": most})
        return Safe(alone=True, most=ROWS[-1])
    log.info("passes that keep a row's bits", extra={"alone": alone, "tokens": most})
    return Safe(alone=alone, most=most)


def compiled(graph: Any, threads: int, rounded_together: int) -> Any:
    """A graph made ready to run.

    Raises:
        Unsuited: OpenVINO cannot run it.
    """
    options = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "ENABLE_CPU_PINNING": False,  # a pinned thread waits for whoever else runs on its core
        "INFERENCE_PRECISION_HINT": "f32",  # of what is between the matrices
        "KV_CACHE_PRECISION": "f32",
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": rounded_together,
        "CPU_RUNTIME_CACHE_CAPACITY": KERNELS,
    }
    try:
        return ov.Core().compile_model(graph, "CPU", options).create_infer_request()
    except RuntimeError as error:
        raise Unsuited(f"OpenVINO cannot compile it: {str(error)[-300:]}") from error
