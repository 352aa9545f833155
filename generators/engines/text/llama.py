"""The forward pass of the Llama family with few and large operations. It knows no sampling and no requests.

Queries, keys and values are one product, gate and up another. Several requests share a pass: their tokens lie one behind
the other, each matrix is read once for all of it, and each request looks at its own keys and values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import silu

from generators.engines.text.attention import plain, split
from generators.engines.text.kv_cache import KVCache, Shape
from generators.engines.text.linear import LEAST_ROWS, Matrix, Weights, matrix
from generators.engines.text.lora import Adapter, Change
from generators.engines.text.network import FAMILY, Unsuited
from generators.engines.text.pieces import Part
from generators.engines.text.released_weights import rest

ROPES = frozenset({"default", "linear", "llama3", "yarn"})  # others turn by angles that depend on how long a text becomes


@dataclass(slots=True)
class Layer:
    """One layer's matrices."""

    before: Tensor  #: the norm's weights before attention, shape (width,)
    qkv: Matrix
    heads: (
        Tensor | None
    )  #: the norm's weights of each query and key head, where there is one, shape (heads + kv heads, head width)
    out: Matrix
    between: Tensor  #: the norm's weights before the gate
    gate_up: Matrix
    down: Matrix


class Llama:
    """A model of the family, with matrices of its own."""

    def __init__(self, model: Any, *, weights: Weights) -> None:
        """Takes the weights of a loaded transformers model.

        Args:
            model: it stays as it is.
            weights: "full" keeps its dtype, "int8" rounds all matrices to eight bits (on a CPU only).

        Raises:
            Unsuited: this model cannot be computed here.
        """
        check(model)
        config = model.config
        body = model.model
        attention = body.layers[0].self_attn
        self.heads: int = config.num_attention_heads
        self.groups: int = config.num_key_value_heads
        self.width: int = attention.head_dim
        self.eps: float = config.rms_norm_eps
        self.embeddings: Tensor = body.embed_tokens.weight
        #: what is between the matrices: on a CPU single precision costs no more than half, which it has to emulate
        self.dtype = torch.float32 if self.embeddings.device.type == "cpu" else self.embeddings.dtype
        self._body = body
        self._scale: float = 1.0 if hasattr(attention, "q_norm") else float(attention.scaling)
        self._weights = weights
        with torch.no_grad():
            self.layers = [self._layer(layer) for layer in body.layers]
            self.norm: Tensor = body.norm.weight.to(self.dtype)
            self.head = matrix(model.lm_head.weight, model.lm_head.bias, weights)
        self.shape = Shape(
            layers=len(self.layers), groups=self.groups, width=self.width, dtype=self.dtype, device=self.embeddings.device
        )

    def room(self, *, rows: int, tokens: int) -> KVCache:
        """Memory for keys and values."""
        return KVCache(self.shape, rows=rows, tokens=tokens)

    @property
    def held_bytes(self) -> int:
        """Memory of all keys and values that are alive."""
        return self.shape.held.bytes

    @torch.no_grad()
    def logits(self, parts: Sequence[Part]) -> list[Tensor]:
        """What comes after the last tokens of every part: one pass for all of them.

        A matrix is read once for the tokens of all parts, and each part's attention is computed by itself. A row's numbers
        therefore depend on its own part alone, as far as a product's row does not depend on how many rows there are.

        Returns:
            For each part float32, shape (rows, last, vocabulary).
        """
        for part in parts:
            part.room.prepare(part.tokens.shape[1])
        tokens = torch.cat([torch.as_tensor(part.tokens).reshape(-1) for part in parts]).to(self.embeddings.device)
        turn = self._turn(parts, tokens.device)
        x = self.embeddings[tokens].to(self.dtype)  # (tokens, hidden)
        changed = _changed(parts)
        for index, layer in enumerate(self.layers):
            qkv = self._product(layer, index, "qkv", self._normed(x, layer.before), changed).view(len(tokens), -1, self.width)
            mixed = self._mixed(index, qkv, self._turned(qkv, layer.heads, turn), parts)
            x = x + self._product(layer, index, "out", mixed, changed)
            gate, up = self._product(layer, index, "gate_up", self._normed(x, layer.between), changed).chunk(2, dim=-1)
            x = x + self._product(layer, index, "down", silu(gate) * up, changed)
        for part in parts:
            part.room.advance(part.tokens.shape[1])
        wanted = torch.cat([piece.view(*part.tokens.shape, -1)[:, -part.last :].flatten(0, 1) for part, piece in _cut(x, parts)])
        after = self.head(self._normed(wanted, self.norm)).float()
        sizes = [part.tokens.shape[0] * part.last for part in parts]
        return [piece.view(-1, part.last, piece.shape[-1]) for part, piece in zip(parts, torch.split(after, sizes), strict=True)]

    @property
    def depth(self) -> int:
        """Layers."""
        return len(self.layers)

    def _product(self, layer: Layer, index: int, name: str, x: Tensor, changed: Sequence[tuple[Adapter, int, int]]) -> Tensor:
        """One of a layer's matrices, with the changes of those requests that have an adapter."""
        matrix: Matrix = getattr(layer, name)
        product = matrix(x)
        for adapter, begin, end in changed:
            if (change := adapter.layers[index].get(name)) is not None:
                _add(change, product[begin:end], x[begin:end])
        return product

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Outputs and inputs of each matrix that an adapter can change, by its name within a layer."""
        return sizes(self._body.layers[0])

    def ordered(self, name: str, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows of a matrix as this pass has them: heads are turned in pairs, and the scale of the products is in the queries."""
        if name == "self_attn.q_proj":
            paired: NDArray[np.float32] = self._paired(rows) * self._scale
            return paired
        return self._paired(rows) if name == "self_attn.k_proj" else rows

    def laid(self, matrix: NDArray[np.float32]) -> Tensor:
        """A matrix of an adapter where and as this pass reads it."""
        return torch.from_numpy(matrix).to(self.embeddings.device, self.dtype)

    def _mixed(self, index: int, qkv: Tensor, turned: Tensor, parts: Sequence[Part]) -> Tensor:
        """What the heads of a layer see, shape (tokens, heads * head width): for each part what it holds."""
        mixed = []
        value = qkv[:, self.heads + self.groups :]
        for (part, piece), (_same, worth) in zip(_cut(turned, parts), _cut(value, parts), strict=True):
            rows, new = part.tokens.shape
            both = piece.view(rows, new, -1, self.width).transpose(1, 2)
            query, key = both[:, : self.heads], both[:, self.heads :]
            keys, values = part.room.write(index, key, worth.view(rows, new, -1, self.width).transpose(1, 2))
            if part.prefix is None:
                seen = plain(query, keys, values, 1.0)
            else:
                seen = split(query, keys, values, part.prefix.keys[index], part.prefix.values[index], 1.0)
            mixed.append(seen.reshape(part.count, -1))
        return mixed[0] if len(mixed) == 1 else torch.cat(mixed)

    def release(self) -> None:
        """Takes the matrices away from the transformers model, which cannot run from then on.

        The file they lie in stays open for the table of tokens, of which a few rows are read again.
        """
        rest(self._body)
        for part in self._body.layers.modules():
            if isinstance(part, torch.nn.Linear):
                part.weight = torch.nn.Parameter(part.weight.new_empty(0), requires_grad=False)

    def _normed(self, x: Tensor, weight: Tensor) -> Tensor:
        return normed(x, self.eps) * weight

    def _turn(self, parts: Sequence[Part], device: torch.device) -> Tensor:
        """The rotary angles of all tokens' positions as complex numbers, shape (tokens, 1, head width / 2)."""
        spans = [torch.arange(part.start, part.start + part.tokens.shape[1]).repeat(part.tokens.shape[0]) for part in parts]
        positions = torch.cat(spans).to(device)[None]
        cos, sin = self._body.rotary_emb(torch.empty(0, device=device), positions)  # float32, (1, tokens, width), halves alike
        half = self.width // 2
        return torch.complex(cos[0, :, :half].float(), sin[0, :, :half].float())[:, None]

    def _turned(self, qkv: Tensor, norm: Tensor | None, turn: Tensor) -> Tensor:
        """Queries and keys turned by position, shape (tokens, heads + groups, head width)."""
        both = qkv[:, : self.heads + self.groups]
        if norm is not None:
            both = normed(both, self.eps) * norm
        pairs = torch.view_as_complex(both.float().reshape(*both.shape[:-1], self.width // 2, 2))
        return torch.view_as_real(pairs * turn).flatten(-2).to(qkv.dtype)

    def _layer(self, layer: Any) -> Layer:
        attention, mlp = layer.self_attn, layer.mlp
        scale = float(attention.scaling)
        norm: Tensor | None = None
        if hasattr(attention, "q_norm"):  # Qwen3 norms its heads, so the scale of the products goes into those weights
            of_query = self._paired(attention.q_norm.weight.to(self.dtype) * scale)
            of_key = self._paired(attention.k_norm.weight.to(self.dtype))
            norm = torch.cat((of_query.expand(self.heads, -1), of_key.expand(self.groups, -1)))
            scale = 1.0
        parts = [(attention.q_proj, scale, True), (attention.k_proj, 1.0, True), (attention.v_proj, 1.0, False)]
        qkv = [self._paired(part.weight) * factor if turned else part.weight for part, factor, turned in parts]
        biases = [
            None if part.bias is None else (self._paired(part.bias) * factor if turned else part.bias)
            for part, factor, turned in parts
        ]
        return Layer(
            before=layer.input_layernorm.weight.to(self.dtype),
            qkv=self._joined(qkv, biases),
            heads=norm,
            out=self._joined([attention.o_proj.weight], [attention.o_proj.bias]),
            between=layer.post_attention_layernorm.weight.to(self.dtype),
            gate_up=self._joined([mlp.gate_proj.weight, mlp.up_proj.weight], [mlp.gate_proj.bias, mlp.up_proj.bias]),
            down=self._joined([mlp.down_proj.weight], [mlp.down_proj.bias]),
        )

    def _joined(self, weights: list[Tensor], biases: list[Tensor | None]) -> Matrix:
        """Matrices with the same input as one."""
        bias = None if biases[0] is None else torch.cat([one for one in biases if one is not None]).detach()
        return matrix(torch.cat(weights).detach(), bias, self._weights)

    def _paired(self, rows: Any) -> Any:
        """Rows of each head in the order of complex numbers: what is turned together lies side by side.

        Queries and keys are reordered alike, so their products stay the same. The rows are a tensor or an array.
        """
        return rows.reshape(-1, 2, self.width // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def _add(change: Change, product: Tensor, x: Tensor) -> None:
    """Adds what an adapter changes to rows of a product, in place."""
    rows = len(x)
    if rows < LEAST_ROWS:  # see `generators.engines.text.linear.Plain`: a row alone is computed as it is among others
        x = torch.cat((x, x.new_zeros(LEAST_ROWS - rows, x.shape[1])))
    product += (x @ change.down.T @ change.up.T)[:rows]


def _changed(parts: Sequence[Part]) -> list[tuple[Adapter, int, int]]:
    """Which tokens each adapter changes, request by request, so that a row's changes do not depend on other requests."""
    spans, begun = [], 0
    for part in parts:
        if part.adapter is not None:
            spans.append((part.adapter, begun, begun + part.count))
        begun += part.count
    return spans


def _cut(x: Tensor, parts: Sequence[Part]) -> Iterator[tuple[Part, Tensor]]:
    """What belongs to each part."""
    return zip(parts, torch.split(x, [part.count for part in parts]), strict=True)


def sizes(layer: Any) -> dict[str, tuple[int, int]]:
    """Outputs and inputs of each matrix of a layer of transformers', by its name within it."""
    return {
        name: (part.out_features, part.in_features) for name, part in layer.named_modules() if isinstance(part, torch.nn.Linear)
    }


def normed(x: Tensor, eps: float) -> Tensor:
    """X / sqrt(mean(x²) + eps) along the last dimension; torch's own takes ten operations on a CPU, three of them large."""
    length = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
    inverse: Tensor = length.square_().mul_(1 / x.shape[-1]).add_(eps).rsqrt_()
    return x * inverse.to(x.dtype)


def check(model: Any) -> None:
    """Raises `Unsuited` for a model that `Llama` does not cover, saying what about it."""
    config = model.config
    if type(model).__name__ not in FAMILY:
        raise Unsuited(f"{type(model).__name__} is not of the family")
    if config.hidden_act != "silu":
        raise Unsuited(f"its activation is {config.hidden_act}")
    if model.model.rotary_emb.rope_type not in ROPES:
        raise Unsuited(f"its rotary embedding is {model.model.rotary_emb.rope_type}")
    cos, _sin = model.model.rotary_emb(
        torch.empty(0, device=model.device), torch.zeros(1, 1, dtype=torch.long, device=model.device)
    )
    if cos.shape[-1] != model.model.layers[0].self_attn.head_dim:
        raise Unsuited("it turns a part of each head only")
