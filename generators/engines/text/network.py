"""A network of the Llama family as plain arrays: its sizes, its matrices and its vectors. It knows no library that computes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

FAMILY = frozenset({"LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM"})
MOST_GROUP = 64  # numbers that share a scale when what a matrix multiplies is rounded: 192 are 5 % faster and lose twice as much
TABLE, HEAD, NORM, SPEEDS = "table", "head", "norm", "speeds"
JOINED = {  # what has the same input is one product
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "out": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}


class Unsuited(Exception):
    """This model is not of the family, or of a kind of it that is not covered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What a network's arrays are like."""

    hidden: int
    inner: int  #: of the two-matrix part
    layers: int
    heads: int  #: of queries
    groups: int  #: heads of keys and of values
    width: int  #: of a head
    vocabulary: int
    eps: float  #: of the norms
    scaling: float  #: of the products of queries and keys
    turning: float = 1.0  #: what the cosines and sines of the positions are multiplied by

    @property
    def rounded_together(self) -> int:
        """How many numbers beside one another share a scale: the most that fit all matrices, in steps of 32."""
        common = math.gcd(self.hidden, self.inner, self.heads * self.width)
        return max((size for size in range(32, MOST_GROUP + 1, 32) if common % size == 0), default=32)

    @property
    def changeable(self) -> dict[str, tuple[int, int]]:
        """Outputs and inputs of each matrix that an adapter can change, by its name within a layer."""
        mixed, shared = self.heads * self.width, self.groups * self.width
        return {
            "self_attn.q_proj": (mixed, self.hidden),
            "self_attn.k_proj": (shared, self.hidden),
            "self_attn.v_proj": (shared, self.hidden),
            "self_attn.o_proj": (self.hidden, mixed),
            "mlp.gate_proj": (self.inner, self.hidden),
            "mlp.up_proj": (self.inner, self.hidden),
            "mlp.down_proj": (self.hidden, self.inner),
        }


class Rows(Protocol):
    """A matrix as somebody keeps it, read a few rows at a time."""

    @property
    def shape(self) -> Any:
        """(out, in)."""
        ...

    def read(self, begin: int, end: int) -> NDArray[np.float32]:
        """Rows from `begin` to before `end`, shape (rows, in)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network with its full weights.

    Matrices, by name: "table", "head", and of layer N "N.qkv", "N.out", "N.gate_up", "N.down": those with one input side by side.
    Vectors: "norm", "speeds" (angles a position, shape (width / 2,)), "N.before", "N.between", "N.heads" (the norms of each query
    and key head, shape (heads + groups, width)), and a matrix's name with ".bias". What a model has not is not there.
    """

    sizes: Sizes
    matrices: Mapping[str, tuple[Rows, ...]]
    vectors: Mapping[str, NDArray[np.float32]]

    def full(self, name: str) -> NDArray[np.float32]:
        """A whole matrix, shape (out, in)."""
        parts = [part.read(0, part.shape[0]) for part in self.matrices[name]]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)
