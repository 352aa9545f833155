"""The forward pass of the Llama family in single precision, a layer at a time: what other forms are compared with. No torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generators.engines.text.network import HEAD, NORM, SPEEDS, TABLE, Network

Array = NDArray[np.float32]


def hidden(network: Network, ids: list[int]) -> Array:
    """What the layers make of a text, normed, shape (tokens, hidden). Each matrix is read once and not kept."""
    sizes, vectors = network.sizes, network.vectors
    x = np.concatenate([network.matrices[TABLE][0].read(token, token + 1) for token in ids])
    turn = np.arange(len(ids), dtype=np.float32)[:, None] * vectors[SPEEDS]  # (tokens, head width / 2)
    turn = np.concatenate([turn, turn], -1)[:, None]
    cos, sin = np.cos(turn) * np.float32(sizes.turning), np.sin(turn) * np.float32(sizes.turning)
    for layer in range(sizes.layers):
        joined = _times(network, f"{layer}.qkv", _normed(x, vectors[f"{layer}.before"], sizes.eps))
        x = x + _times(network, f"{layer}.out", _attended(network, layer, joined, cos, sin))
        gate, up = np.split(_times(network, f"{layer}.gate_up", _normed(x, vectors[f"{layer}.between"], sizes.eps)), 2, -1)
        with np.errstate(over="ignore"):  # exp of a large number is infinite, and what is divided by it nothing
            x = x + _times(network, f"{layer}.down", gate / (1 + np.exp(-gate)) * up)
    return _normed(x, vectors[NORM], sizes.eps)


def logits(network: Network, normed: Array, rows: int) -> Array:
    """What comes next after tokens, shape (tokens, vocabulary); the head is read `rows` of its rows at a time."""
    parts = network.matrices[HEAD]
    found = [
        normed @ part.read(begin, min(part.shape[0], begin + rows)).T for part in parts for begin in range(0, part.shape[0], rows)
    ]
    return np.concatenate(found, -1)


def _times(network: Network, name: str, x: Array) -> Array:
    product = x @ network.full(name).T
    bias = network.vectors.get(f"{name}.bias")
    return product if bias is None else product + bias


def _normed(x: Array, weight: Array, eps: float) -> Array:
    normed: Array = x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(eps)) * weight
    return normed


def _attended(network: Network, layer: int, joined: Array, cos: Array, sin: Array) -> Array:
    """What the heads see, shape (tokens, heads * width)."""
    sizes, tokens = network.sizes, len(joined)
    both = sizes.heads + sizes.groups
    turned: Any = joined[:, : both * sizes.width].reshape(tokens, both, -1)
    if (norms := network.vectors.get(f"{layer}.heads")) is not None:
        turned = _normed(turned, norms, sizes.eps)
    half = sizes.width // 2
    turned = turned * cos + np.concatenate([-turned[..., half:], turned[..., :half]], -1) * sin
    query = turned[:, : sizes.heads].reshape(tokens, sizes.groups, -1, sizes.width)
    key, value = turned[:, sizes.heads :], joined[:, both * sizes.width :].reshape(tokens, sizes.groups, -1)
    later = np.triu(np.full((tokens, tokens), -np.inf, np.float32), 1)
    seen = np.empty_like(query)
    for group in range(sizes.groups):
        scores = np.einsum("thw,sw->hts", query[:, group], key[:, group], optimize=True) * np.float32(sizes.scaling) + later
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        seen[:, group] = (scores @ value[:, group]).swapaxes(0, 1)
    mixed: Array = seen.reshape(tokens, -1)
    return mixed
