"""The layers that our small transformers share, in numpy: none of them needs torch to run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
ROTATION = 10_000.0  # base of the rotary rates; Su et al. 2021 (arXiv 2104.09864)


def weights(path: Path) -> dict[str, Floats]:
    """A network's weights, in float32."""
    return {name: tensor.astype(np.float32) for name, tensor in load_file(path).items()}


def norm(x: Floats, scale: Floats) -> Floats:
    """RMS norm over the last axis."""
    mean = np.add.reduce(x * x, axis=-1, keepdims=True) / x.shape[-1]  # half the time of numpy's own for a row or two
    return np.asarray(x / np.sqrt(mean + 1e-6) * scale, dtype=np.float32)


def gelu(x: Floats) -> Floats:
    """The tanh form of GELU (Hendrycks & Gimpel 2016)."""
    return np.asarray(0.5 * x * (1 + np.tanh(0.7978846 * (x + 0.044715 * x * x * x))), dtype=np.float32)


def softmax(x: Floats) -> Floats:
    """Over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True), dtype=np.float32)


def turns(first: int, count: int, size: int) -> tuple[Floats, Floats]:
    """Cosines and sines of `count` positions, each (count, size / 2)."""
    rates = ROTATION ** (-np.arange(0, size, 2, dtype=np.float32) / size)
    angles = np.arange(first, first + count, dtype=np.float32)[:, None] * rates
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def turned(x: Floats, by: tuple[Floats, Floats]) -> Floats:
    """Rotary positions, halves paired; x is (…, steps, size)."""
    cos, sin = by
    half = x.shape[-1] // 2
    left, right = x[..., :half], x[..., half:]
    return np.concatenate((left * cos - right * sin, left * sin + right * cos), axis=-1)


class Layer:
    """Attention and feed-forward layer; the weights of one block, transposed once."""

    def __init__(self, named: Mapping[str, Floats], number: int, heads: int) -> None:
        mine = {name.split(".", 2)[2]: tensor for name, tensor in named.items() if name.startswith(f"blocks.{number}.")}
        self.heads = heads
        self.norm1, self.norm2 = mine["norm1.weight"], mine["norm2.weight"]
        self.qkv, self.out, self.up, self.down = (
            np.ascontiguousarray(mine[f"{name}.weight"].T) for name in ("qkv", "out", "up", "down")
        )

    def split(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Queries, keys and values of (batch, steps, width), each (batch, heads, steps, size)."""
        batch, count, width = x.shape
        parts = (norm(x, self.norm1) @ self.qkv).reshape(batch, count, 3, self.heads, width // self.heads)
        q, k, v = parts.transpose(2, 0, 3, 1, 4)
        return q, k, v

    def rest(self, x: Floats, q: Floats, k: Floats, v: Floats, seen: Floats | None = None) -> Floats:
        """What follows from attention; `seen` is added to the scores."""
        scores = q @ k.swapaxes(-1, -2) / np.float32(np.sqrt(q.shape[-1]))
        mixed = softmax(scores if seen is None else scores + seen) @ v
        x = np.asarray(x + mixed.transpose(0, 2, 1, 3).reshape(x.shape) @ self.out, dtype=np.float32)
        return np.asarray(x + gelu(np.asarray(norm(x, self.norm2) @ self.up)) @ self.down, dtype=np.float32)


def layers(named: Mapping[str, Floats], heads: int) -> list[Layer]:
    """Every block of a network, in order."""
    count = 1 + max(int(name.split(".")[1]) for name in named if name.startswith("blocks."))
    return [Layer(named, number, heads) for number in range(count)]
