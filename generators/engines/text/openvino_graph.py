"""A model of the Llama family as an OpenVINO graph with matrices in eight bits. It knows no requests and computes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as ops
from openvino.op import _PagedAttentionExtension as Attention

from generators.engines.text.network import HEAD, JOINED, NORM, SPEEDS, TABLE
from generators.engines.text.paged_kv_cache import BLOCK
from generators.engines.text.rounded_weights import Rounded, RoundedWeights

NOTHING: dict[str, tuple[Any, tuple[int, ...]]] = {  # inputs of the attention that are for other models: switched off
    "score_aggregation_window": (np.int32, (0,)),
    "rotated_block_indices": (np.int32, (0,)),
    "rotation_deltas": (np.int32, (0,)),
    "rotation_trig_lut": (np.float32, (0,)),
    "xattention_threshold": (np.float32, (0,)),
    "xattention_block_size": (np.int32, ()),
    "xattention_stride": (np.int32, ()),
    "sinks": (np.float32, (0,)),
    "adaptive_rkv_start_size": (np.int32, ()),
    "adaptive_rkv_evictable_sizes": (np.int32, (0,)),
    "adaptive_rkv_diversity_block_set_indices": (np.int32, (0,)),
    "adaptive_rkv_diversity_block_set_indices_begins": (np.int32, (0,)),
    "token_type_ids": (np.int32, (0,)),
    "qq_bias": (np.uint8, (0,)),
    "qq_bias_begins": (np.int32, (0,)),
}


class Graph:
    """Builds the graph of one model.

    Inputs, int32, by name: `tokens`, `positions` (tokens,), sequences one behind the other; `past_lens` (sequences,),
    `subsequence_begins` (sequences + 1,), `block_indices` and `block_indices_begins` (sequences + 1,): each sequence's pages;
    `max_context_len` (); `wanted`: for which tokens what comes next is wanted; `key_cache.N` and `value_cache.N`
    (pages, groups, 32, head width) of each layer, written in place. Output: float32 logits, shape (wanted, vocabulary).

    Of adapters, see `Changes`: `changeable`: all tokens' places, or one where nobody has an adapter; `changed_by` (changeable,):
    whose adapter each has; `ranks.PRODUCT` (ranks,): whose each rank is; `down.PRODUCT.N` (in, ranks) and `up.PRODUCT.N`
    (ranks, out). There may be no ranks at all.
    """

    def __init__(self, weights: RoundedWeights) -> None:
        """Takes a network's rounded weights, which the graph reads where they lie."""
        self._weights = weights
        self._sizes = weights.sizes
        self._parameters: dict[str, Any] = {}
        self._mine: dict[str, Any] = {}  #: whether a rank is of a token's adapter, by product; empty: nothing can be changed
        self._matrices: dict[str, Any] = {}  #: those made so far, so that both graphs share them

    def built(self, *, changeable: bool = False) -> Any:
        """The graph; `changeable` with what adapters need, which makes a pass 7 to 15 % slower, and others' bits no others."""
        self._parameters, self._mine = {}, {}
        if changeable:
            self._begin_changes()
        x = ops.gather(self._matrix(TABLE), self._input("tokens", [-1]), ops.constant(0, dtype=np.int32))
        x = self._through(x, range(self._sizes.layers))
        x = ops.gather(x, self._input("wanted", [-1]), ops.constant(0, dtype=np.int32))
        logits = self._product(self._normed(x, self._weights.vectors[NORM]), HEAD)
        return ov.Model([ops.result(logits)], list(self._parameters.values()), "muselab")

    def one_layer(self, *, head: int = 0) -> Any:
        """A graph of the first layer alone, to try out: `x` (tokens, hidden) stands for `tokens`, and nothing is `wanted`.

        Args:
            head: how many of the vocabulary's logits it gives as well, for every token.
        """
        self._parameters, self._mine = {}, {}
        outputs = [self._through(self._input("x", [-1, self._sizes.hidden], np.float32), range(1))]
        if head:
            whole = self._weights.matrices[HEAD]
            some = _widened(Rounded(whole.whole[:head], whole.scales[:head]))
            normed = self._normed(outputs[0], self._weights.vectors[NORM])
            outputs.append(ops.matmul(normed, some, transpose_a=False, transpose_b=True))
        return ov.Model([ops.result(one) for one in outputs], list(self._parameters.values()), "muselab-layer")

    def _through(self, x: Any, layers: Iterable[int]) -> Any:
        """What layers make of tokens, shape (tokens, hidden)."""
        for name in ("positions", "past_lens", "subsequence_begins", "block_indices", "block_indices_begins"):
            self._input(name, [-1])
        self._input("max_context_len", [])
        cos, sin = self._turn()
        for layer in layers:
            x = ops.add(x, self._attended(layer, x, cos, sin))
            x = ops.add(x, self._thought(layer, x))
        return x

    def _begin_changes(self) -> None:
        self._input("changeable", [-1])
        changed_by = ops.unsqueeze(self._input("changed_by", [-1]), ops.constant(1))
        self._mine = {key: ops.equal(changed_by, self._input(f"ranks.{key}", [-1])) for key in JOINED}  # (changeable, ranks)

    def _input(self, name: str, shape: list[int], dtype: Any = np.int32) -> Any:
        parameter = ops.parameter(shape, dtype, name=name)
        parameter.output(0).set_names({name})
        self._parameters[name] = parameter
        return parameter

    def _attended(self, layer: int, x: Any, cos: Any, sin: Any) -> Any:
        """What a layer's attention adds, shape (tokens, hidden)."""
        sizes, vectors = self._sizes, self._weights.vectors
        joined = self._changed(layer, "qkv", self._normed(x, vectors[f"{layer}.before"]))
        both, width = sizes.heads + sizes.groups, sizes.width
        turned, value = self._cut(joined, [both * width, sizes.groups * width])
        turned = ops.reshape(turned, ops.constant([-1, both, width]), special_zero=False)
        if (norms := vectors.get(f"{layer}.heads")) is not None:  # Qwen3 norms its heads
            turned = self._normed(turned, norms)
        first, second = self._cut(turned, [width // 2] * 2)
        crossed = ops.concat([second, first], -1)
        turned = ops.add(ops.multiply(turned, cos), ops.multiply(crossed, sin))
        flat = ops.reshape(turned, ops.constant([-1, both * width]), special_zero=False)
        query, key = self._cut(flat, [sizes.heads * width, sizes.groups * width])
        shape = [-1, sizes.groups, BLOCK, width]
        caches = [self._input(f"{kind}_cache.{layer}", shape, np.float32) for kind in ("key", "value")]
        named = ("past_lens", "subsequence_begins", "block_indices", "block_indices_begins")
        inputs = [query, key, value, *caches, *(self._parameters[name] for name in named)]
        inputs += [ops.constant(np.float32(sizes.scaling)), ops.constant(np.int32(0)), ops.constant(np.zeros(0, np.float32))]
        inputs.append(self._parameters["max_context_len"])
        inputs += [ops.constant(np.zeros(shape, dtype)) for dtype, shape in NOTHING.values()]
        mixed = Attention([getattr(one, "output", lambda _index, one=one: one)(0) for one in inputs])
        facts = mixed.get_rt_info()
        facts["num_k_heads"] = facts["num_v_heads"] = sizes.groups
        facts["k_head_size"] = facts["v_head_size"] = width
        return self._changed(layer, "out", mixed.output(0))

    def _thought(self, layer: int, x: Any) -> Any:
        """What a layer's two-matrix part adds, shape (tokens, hidden)."""
        between = self._normed(x, self._weights.vectors[f"{layer}.between"])
        gate, up = self._cut(self._changed(layer, "gate_up", between), [self._sizes.inner] * 2)
        return self._changed(layer, "down", ops.multiply(ops.swish(gate), up))

    def _turn(self) -> tuple[Any, Any]:
        """Cosine and sine of each token's angles, shape (tokens, 1, head width); the sine's first half is negative."""
        speeds = np.ascontiguousarray(self._weights.vectors[SPEEDS][None])  # (1, head width / 2)
        places = ops.unsqueeze(ops.convert(self._parameters["positions"], np.float32), ops.constant([1]))
        angles = ops.multiply(places, ops.constant(speeds))
        scale = self._sizes.turning
        cos, sin = (
            ops.multiply(ops.unsqueeze(turn(angles), ops.constant([1])), ops.constant(np.float32(scale)))
            for turn in (ops.cos, ops.sin)
        )
        return ops.concat([cos, cos], -1), ops.concat([ops.negative(sin), sin], -1)

    def _normed(self, x: Any, weight: NDArray[np.float32]) -> Any:
        """X / sqrt(mean(x²) + eps) · weight along the last dimension; OpenVINO knows this form."""
        square = ops.reduce_mean(ops.power(x, ops.constant(np.float32(2))), ops.constant([-1]), keep_dims=True)
        length = ops.sqrt(ops.add(square, ops.constant(np.float32(self._sizes.eps))))
        scaled = ops.multiply(x, ops.divide(ops.constant(np.float32(1)), length))
        return ops.multiply(ops.constant(np.ascontiguousarray(weight[None])), scaled)

    def _changed(self, layer: int, key: str, x: Any) -> Any:
        """One of a layer's products, and what each token's adapter adds to it, if the graph is for that."""
        name = f"{layer}.{key}"
        product = self._product(x, name)
        if not self._mine:
            return product
        out, into = self._weights.matrices[name].whole.shape
        down = self._input(f"down.{key}.{layer}", [into, -1], np.float32)
        up = self._input(f"up.{key}.{layer}", [-1, out], np.float32)
        # chosen, not multiplied by 0: an adapter that overflows must not reach another's tokens
        some = ops.gather(x, self._parameters["changeable"], ops.constant(0, dtype=np.int32))
        inner = ops.select(self._mine[key], ops.matmul(some, down, False, False), ops.constant(np.float32(0)))
        return ops.add(product, ops.matmul(inner, up, False, False))  # all tokens, or one of nothings for all of them

    def _product(self, x: Any, name: str) -> Any:
        """X times a matrix, its bias added."""
        product = ops.matmul(x, self._matrix(name), transpose_a=False, transpose_b=True)
        bias = self._weights.vectors.get(f"{name}.bias")
        return product if bias is None else ops.add(product, ops.constant(np.ascontiguousarray(bias[None])))

    def _cut(self, x: Any, sizes: list[int]) -> list[Any]:
        return list(ops.variadic_split(x, ops.constant(-1), ops.constant(sizes)).outputs())

    def _matrix(self, name: str) -> Any:
        """A matrix of the graph."""
        if name not in self._matrices:
            self._matrices[name] = _widened(self._weights.matrices[name])
        return self._matrices[name]


def _widened(matrix: Rounded) -> Any:
    """A matrix in eight bits, one scale for each of its rows, in the form in which OpenVINO keeps it so."""
    whole = ops.constant(matrix.whole, shared_memory=True)
    scaled = ops.multiply(ops.convert(whole, np.float16), ops.constant(np.ascontiguousarray(matrix.scales)))
    return ops.convert(scaled, np.float32)
