"""A model of the Llama family as an OpenVINO graph with matrices in eight bits. It knows no requests and computes nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import openvino as ov
import torch
from numpy.typing import NDArray
from openvino import opset13 as ops
from openvino.op import _PagedAttentionExtension as Attention
from torch import Tensor

from generators.engines.text.lora import JOINED
from generators.engines.text.paged_kv_cache import BLOCK
from generators.engines.text.unlinked_arrays import Nameless

MOST_GROUP = 64  # numbers that share a scale when what a matrix multiplies is rounded: 192 are 5 % faster and lose twice as much
ROWS = 1024  # of a matrix rounded at a time: the embedded model's table at once took 450 MB beside itself
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

    def __init__(self, model: Any, room: Nameless) -> None:
        """Takes the sizes of a loaded transformers model that `_llama.check` has passed.

        Args:
            model: it stays as it is.
            room: where the rounded matrices are to lie; the graph reads them there.
        """
        self._room = room
        config, body = model.config, model.model
        attention = body.layers[0].self_attn
        self._model = model
        self._heads: int = config.num_attention_heads
        self._groups: int = config.num_key_value_heads
        self._width: int = attention.head_dim
        self._eps: float = config.rms_norm_eps
        self._parameters: dict[str, Any] = {}
        self._mine: dict[str, Any] = {}  #: whether a rank is of a token's adapter, by product; empty: nothing can be changed
        self._matrices: dict[int, Any] = {}  #: those made so far, so that both graphs share them

    @property
    def rounded_together(self) -> int:
        """How many numbers beside one another share a scale: the most that fit all matrices, in steps of 32."""
        config = self._model.config
        widths = (config.hidden_size, config.intermediate_size, self._heads * self._width)
        common = math.gcd(*widths)
        return max((size for size in range(32, MOST_GROUP + 1, 32) if common % size == 0), default=32)

    def built(self, *, changeable: bool = False) -> Any:
        """The graph; `changeable` with what adapters need, which makes a pass without any 3 to 6 % slower and changes no bit."""
        body = self._model.model
        self._parameters, self._mine = {}, {}
        with torch.no_grad():
            if changeable:
                self._begin_changes()
            table = self._matrix(body.embed_tokens)
            x = self._through(ops.gather(table, self._input("tokens", [-1]), ops.constant(0, dtype=np.int32)), body.layers)
            x = ops.gather(x, self._input("wanted", [-1]), ops.constant(0, dtype=np.int32))
            logits = self._product(self._normed(x, body.norm.weight), self._model.lm_head)
        return ov.Model([ops.result(logits)], list(self._parameters.values()), "muselab")

    def one_layer(self, *, head: int = 0) -> Any:
        """A graph of the first layer alone, to try out: `x` (tokens, hidden) stands for `tokens`, and nothing is `wanted`.

        Args:
            head: how many of the vocabulary's logits it gives as well, for every token.
        """
        self._parameters, self._mine = {}, {}
        x = self._input("x", [-1, self._model.config.hidden_size], np.float32)
        with torch.no_grad():
            body, found = self._model.model, []
            found.append(self._through(x, body.layers[:1]))
            if head:
                some = self._eighths(self._model.lm_head.weight[:head])
                found.append(ops.matmul(self._normed(found[0], body.norm.weight), some, transpose_a=False, transpose_b=True))
        return ov.Model([ops.result(one) for one in found], list(self._parameters.values()), "muselab-layer")

    def _through(self, x: Any, layers: Iterable[Any]) -> Any:
        """What layers make of tokens, shape (tokens, hidden)."""
        for name in ("positions", "past_lens", "subsequence_begins", "block_indices", "block_indices_begins"):
            self._input(name, [-1])
        self._input("max_context_len", [])
        cos, sin = self._turn()
        for index, layer in enumerate(layers):
            x = ops.add(x, self._attended(index, layer, x, cos, sin))
            x = ops.add(x, self._thought(index, layer, x))
        return x

    def _begin_changes(self) -> None:
        self._input("changeable", [-1])
        changed_by = ops.unsqueeze(self._input("changed_by", [-1]), ops.constant(1))
        self._mine = {key: ops.equal(changed_by, self._input(f"ranks.{key}", [-1])) for key in JOINED}  # (changeable, ranks)

    def _input(self, name: str, shape: list[int], dtype: Any = np.int32) -> Any:
        made = ops.parameter(shape, dtype, name=name)
        made.output(0).set_names({name})
        self._parameters[name] = made
        return made

    def _attended(self, index: int, layer: Any, x: Any, cos: Any, sin: Any) -> Any:
        """What a layer's attention adds, shape (tokens, hidden)."""
        attention = layer.self_attn
        before = self._normed(x, layer.input_layernorm.weight)
        joined = self._changed(index, "qkv", before, attention.q_proj, attention.k_proj, attention.v_proj)
        both, heads = self._heads + self._groups, self._heads
        turned, value = self._cut(joined, [both * self._width, self._groups * self._width])
        turned = ops.reshape(turned, ops.constant([-1, both, self._width]), special_zero=False)
        if hasattr(attention, "q_norm"):  # Qwen3 norms its heads
            weights = [attention.q_norm.weight.expand(heads, -1), attention.k_norm.weight.expand(self._groups, -1)]
            turned = self._normed(turned, torch.cat(weights))
        first, second = self._cut(turned, [self._width // 2] * 2)
        crossed = ops.concat([second, first], -1)
        turned = ops.add(ops.multiply(turned, cos), ops.multiply(crossed, sin))
        flat = ops.reshape(turned, ops.constant([-1, both * self._width]), special_zero=False)
        query, key = self._cut(flat, [heads * self._width, self._groups * self._width])
        shape = [-1, self._groups, BLOCK, self._width]
        caches = [self._input(f"{kind}_cache.{index}", shape, np.float32) for kind in ("key", "value")]
        named = ("past_lens", "subsequence_begins", "block_indices", "block_indices_begins")
        inputs = [query, key, value, *caches, *(self._parameters[name] for name in named)]
        inputs += [ops.constant(np.float32(attention.scaling)), ops.constant(np.int32(0)), ops.constant(np.zeros(0, np.float32))]
        inputs.append(self._parameters["max_context_len"])
        inputs += [ops.constant(np.zeros(shape, dtype)) for dtype, shape in NOTHING.values()]
        mixed = Attention([getattr(one, "output", lambda _index, one=one: one)(0) for one in inputs])
        facts = mixed.get_rt_info()
        facts["num_k_heads"] = facts["num_v_heads"] = self._groups
        facts["k_head_size"] = facts["v_head_size"] = self._width
        return self._changed(index, "out", mixed.output(0), attention.o_proj)

    def _thought(self, index: int, layer: Any, x: Any) -> Any:
        """What a layer's two-matrix part adds, shape (tokens, hidden)."""
        mlp = layer.mlp
        between = self._normed(x, layer.post_attention_layernorm.weight)
        joined = self._changed(index, "gate_up", between, mlp.gate_proj, mlp.up_proj)
        gate, up = self._cut(joined, [mlp.gate_proj.out_features] * 2)
        return self._changed(index, "down", ops.multiply(ops.swish(gate), up), mlp.down_proj)

    def _turn(self) -> tuple[Any, Any]:
        """Cosine and sine of each token's angles, shape (tokens, 1, head width); the sine's first half is negative."""
        rotary = self._model.model.rotary_emb
        speeds = rotary.inv_freq.float().cpu().numpy()[None]  # (1, head width / 2)
        places = ops.unsqueeze(ops.convert(self._parameters["positions"], np.float32), ops.constant([1]))
        angles = ops.multiply(places, ops.constant(speeds))
        scale = float(rotary.attention_scaling)
        cos, sin = (
            ops.multiply(ops.unsqueeze(turn(angles), ops.constant([1])), ops.constant(np.float32(scale)))
            for turn in (ops.cos, ops.sin)
        )
        return ops.concat([cos, cos], -1), ops.concat([ops.negative(sin), sin], -1)

    def _normed(self, x: Any, weight: Tensor) -> Any:
        """X / sqrt(mean(x²) + eps) · weight along the last dimension; OpenVINO knows this form."""
        square = ops.reduce_mean(ops.power(x, ops.constant(np.float32(2))), ops.constant([-1]), keep_dims=True)
        length = ops.sqrt(ops.add(square, ops.constant(np.float32(self._eps))))
        scaled = ops.multiply(x, ops.divide(ops.constant(np.float32(1)), length))
        return ops.multiply(ops.constant(numbers(weight)[None]), scaled)

    def _changed(self, index: int, key: str, x: Any, *parts: Any) -> Any:
        """One of a layer's products, and what each token's adapter adds to it, if the graph is for that."""
        product = self._product(x, *parts)
        if not self._mine:
            return product
        into, out = parts[0].in_features, sum(part.out_features for part in parts)
        down, up = (
            self._input(f"down.{key}.{index}", [into, -1], np.float32),
            self._input(f"up.{key}.{index}", [-1, out], np.float32),
        )
        # chosen, not multiplied by 0: an adapter that overflows must not reach another's tokens
        some = ops.gather(x, self._parameters["changeable"], ops.constant(0, dtype=np.int32))
        inner = ops.select(self._mine[key], ops.matmul(some, down, False, False), ops.constant(np.float32(0)))
        return ops.add(product, ops.matmul(inner, up, False, False))  # all tokens, or one of nothings for all of them

    def _product(self, x: Any, *parts: Any) -> Any:
        """X times some linear layers side by side, their biases added."""
        product = ops.matmul(x, self._matrix(*parts), transpose_a=False, transpose_b=True)
        if parts[0].bias is None:
            return product
        return ops.add(product, ops.constant(numbers(torch.cat([part.bias for part in parts]))[None]))

    def _cut(self, x: Any, sizes: list[int]) -> list[Any]:
        return list(ops.variadic_split(x, ops.constant(-1), ops.constant(sizes)).outputs())

    def _matrix(self, *parts: Any) -> Any:
        """The weights of some layers side by side."""
        first = id(parts[0])
        if first not in self._matrices:
            self._matrices[first] = self._eighths(
                torch.cat([part.weight for part in parts]) if len(parts) > 1 else parts[0].weight
            )
        return self._matrices[first]

    def _eighths(self, weight: Tensor) -> Any:
        """A matrix in eight bits, one scale for each of its rows, in the form in which OpenVINO keeps it so."""
        whole, scales = self._room.array(tuple(weight.shape)), np.empty((len(weight), 1), np.float16)
        for begin in range(0, len(weight), ROWS):
            some = slice(begin, begin + ROWS)
            full = numbers(weight[some])
            scales[some] = np.maximum(np.abs(full).max(1, keepdims=True) / 127, 1e-7)
            whole[some] = np.rint(full / scales[some].astype(np.float32)).clip(-127, 127)
        scaled = ops.multiply(ops.convert(ops.constant(whole, shared_memory=True), np.float16), ops.constant(scales))
        return ops.convert(scaled, np.float32)


def numbers(tensor: Tensor) -> NDArray[np.float32]:
    """A tensor's values."""
    return np.ascontiguousarray(tensor.detach().float().cpu().numpy())
