"""The forward pass of the Llama family with few and large operations. It knows no sampling and no requests.

Queries, keys and values are one product, gate and up another; keys and values are written into rows that have room for more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import silu

from generators.engines._attention import Prefix, plain, split
from generators.engines._linear import Matrix, Weights, matrix

FAMILY = frozenset({"LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM"})
ROPES = frozenset({"default", "linear", "llama3", "yarn"})  # others turn by angles that depend on how long a text becomes
ROOM = 32  # tokens that new rows have room for: an idea has 5 to 40; it doubles when it is full


class Unsuited(Exception):
    """This model is not of the family, or of a kind of it that is not covered."""


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


@dataclass(slots=True)
class Rows:
    """One layer's keys and values, as transformers' cache layers name them."""

    keys: Tensor  #: shape (rows, kv heads, tokens so far, head width): a view of the room
    values: Tensor
    room: tuple[Tensor, Tensor]  #: of each, shape (at least rows, kv heads, at least tokens, head width)


class Room:
    """Keys and values of continuations, written in place. It takes the place of transformers' cache."""

    def __init__(self, tokens: int = ROOM) -> None:
        self._tokens = tokens
        self.layers: list[Rows] = []

    def update(self, key: Tensor, value: Tensor, layer: int) -> tuple[Tensor, Tensor]:
        """Adds what is new, shape (rows, kv heads, new, head width); gives all there is."""
        rows, groups, new, width = key.shape
        if layer == len(self.layers):
            room = key.new_empty(2, rows, groups, max(new, self._tokens), width)
            self.layers.append(Rows(room[0, :, :, :0], room[1, :, :, :0], (room[0], room[1])))
        held = self.layers[layer]
        before = held.keys.shape[2]
        if before + new > held.room[0].shape[2]:
            self._grow(held, before + new)
        keys, values = held.room
        keys[:rows, :, before : before + new] = key
        values[:rows, :, before : before + new] = value
        held.keys, held.values = keys[:rows, :, : before + new], values[:rows, :, : before + new]
        return held.keys, held.values

    def select(self, rows: list[int]) -> list[int]:
        """Drops all rows but these; the last ones move into the gaps. Gives the rows in the order they now have."""
        count = len(rows)
        moved = [row for row in rows if row >= count]
        order = [row if row in set(rows) else moved.pop() for row in range(count)]
        gaps = [place for place, row in enumerate(order) if place != row]
        for held in self.layers:
            if gaps:
                held.keys[gaps] = held.keys[[order[gap] for gap in gaps]]
                held.values[gaps] = held.values[[order[gap] for gap in gaps]]
            held.keys, held.values = held.keys[:count], held.values[:count]
        return order

    def _grow(self, held: Rows, tokens: int) -> None:
        rows, groups, before, width = held.keys.shape
        room = held.keys.new_empty(2, rows, groups, max(tokens, 2 * before), width)
        room[0, :, :, :before] = held.keys
        room[1, :, :, :before] = held.values
        held.room = (room[0], room[1])


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
        self._weights = weights
        with torch.no_grad():
            self.layers = [self._layer(layer) for layer in body.layers]
            self.norm: Tensor = body.norm.weight.to(self.dtype)
            self.head = matrix(model.lm_head.weight, model.lm_head.bias, weights)

    def logits(self, tokens: Tensor, room: Room, *, start: int, prefix: Prefix | None, last: int) -> Tensor:
        """What comes after the last tokens.

        Args:
            tokens: shape (batch, new), in step with one another.
            room: the keys and values of the tokens before, private to each row; the new ones are added.
            start: the first new token's position.
            prefix: what all rows share before their own.
            last: for how many tokens.

        Returns:
            Float32, shape (batch, last, vocabulary).
        """
        batch, new = tokens.shape
        turn = self._turn(start, new, tokens.device)
        x = self.embeddings[tokens.reshape(-1)].to(self.dtype)  # (batch * new, hidden)
        for index, layer in enumerate(self.layers):
            qkv = layer.qkv(self._normed(x, layer.before)).view(batch, new, -1, self.width)
            query, key, value = self._turned(qkv, layer.heads, turn)
            keys, values = room.update(key, value, index)
            if prefix is None:
                mixed = plain(query, keys, values, 1.0)
            else:
                mixed = split(query, keys, values, prefix.keys[index], prefix.values[index], 1.0)
            x = x + layer.out(mixed.reshape(batch * new, -1))
            gate, up = layer.gate_up(self._normed(x, layer.between)).chunk(2, dim=-1)
            x = x + layer.down(silu(gate) * up)
        x = self._normed(x.view(batch, new, -1)[:, -last:].reshape(batch * last, -1), self.norm)
        return self.head(x).float().view(batch, last, -1)

    def release(self) -> None:
        """Takes the matrices away from the transformers model, which cannot run from then on."""
        for part in self._body.layers.modules():
            if isinstance(part, torch.nn.Linear):
                part.weight = torch.nn.Parameter(part.weight.new_empty(0), requires_grad=False)

    def _normed(self, x: Tensor, weight: Tensor) -> Tensor:
        return normed(x, self.eps) * weight

    def _turn(self, start: int, new: int, device: torch.device) -> Tensor:
        """The rotary angles of some positions as complex numbers, shape (1, new, 1, head width / 2)."""
        positions = torch.arange(start, start + new, device=device)[None]
        cos, sin = self._body.rotary_emb(torch.empty(0, device=device), positions)  # float32, (1, new, head width), halves alike
        half = self.width // 2
        return torch.complex(cos[..., :half].float(), sin[..., :half].float())[:, :, None]

    def _turned(self, qkv: Tensor, norm: Tensor | None, turn: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each of shape (batch, its heads, new, head width), the first two turned by position."""
        both = qkv[:, :, : self.heads + self.groups]
        if norm is not None:
            both = normed(both, self.eps) * norm
        pairs = torch.view_as_complex(both.float().reshape(*both.shape[:-1], self.width // 2, 2))
        both = torch.view_as_real(pairs * turn).flatten(-2).to(qkv.dtype).transpose(1, 2)
        return both[:, : self.heads], both[:, self.heads :], qkv[:, :, self.heads + self.groups :].transpose(1, 2)

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

    def _paired(self, rows: Tensor) -> Tensor:
        """Rows of each head in the order of complex numbers: what is turned together lies side by side.

        Queries and keys are reordered alike, so their products stay the same.
        """
        return rows.reshape(-1, 2, self.width // 2, *rows.shape[1:]).transpose(1, 2).reshape(rows.shape)


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
