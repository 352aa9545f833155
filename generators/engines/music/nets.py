"""The two small transformers, in numpy: making music needs no torch. Their training: `generators.training.music`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from generators.engines.music import steps
from generators.engines.music.cells import MASK, VOICES, WORDS

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
ROTATION = 10_000.0  # base of the rotary rates; Su et al. 2021 (arXiv 2104.09864)


def weights(path: Path) -> dict[str, Floats]:
    """A network's weights, in float32."""
    return {name: tensor.astype(np.float32) for name, tensor in load_file(path).items()}


def norm(x: Floats, scale: Floats) -> Floats:
    """RMS norm over the last axis."""
    return np.asarray(x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6) * scale, dtype=np.float32)


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
    left, right = np.split(x, 2, axis=-1)
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


class MelodyNet:
    """What comes next in a tune. One note at a time, for several continuations together; earlier keys and values are kept."""

    def __init__(self, named: Mapping[str, Floats], *, heads: int = 4) -> None:
        self.w = named
        self.layers = [Layer(named, number, heads) for number in range(_layers(named))]
        self.heads = heads
        self.size = named["norm.weight"].shape[0] // heads

    def begin(self, rows: int, conditions: tuple[int, int, int]) -> MelodyState:
        """A fresh state of so many continuations.

        Args:
            rows: continuations.
            conditions: kind, metre, mode.
        """
        whole = sum(self.w[f"{name}.weight"][value] for name, value in zip(("kind", "metre", "mode"), conditions, strict=True))
        room = (len(self.layers), 2, rows, self.heads, steps.MAX_STEPS, self.size)
        return MelodyState(np.asarray(whole), np.zeros(room, dtype=np.float32))

    def step(self, state: MelodyState, before: Ints, place: int, bar: int, left: int) -> tuple[Floats, Floats]:
        """One note further.

        Args:
            state: changed in place.
            before: pitch, length and place of the note before, (rows, 3).
            place: tick in the bar of the note that is asked for.
            bar: its bar in the part.
            left: the bars that are left with this one.

        Returns:
            Log-probabilities of pitches, (rows, PITCHES), and the hidden state from which `lengths` goes on, (rows, width).
        """
        w = self.w
        past = w["pitch.weight"][before[:, 0]] + w["length.weight"][before[:, 1]] + w["place.weight"][before[:, 2]]
        whole = w["next_place.weight"][place] + w["bar.weight"][bar] + w["left.weight"][left] + state.whole
        x = np.asarray((past + whole)[:, None], dtype=np.float32)
        by = turns(state.count, 1, self.size)
        for number, layer in enumerate(self.layers):
            q, k, v = layer.split(x)
            state.kept[number, 0, :, :, state.count] = turned(k, by)[:, :, 0]
            state.kept[number, 1, :, :, state.count] = v[:, :, 0]
            x = layer.rest(x, turned(q, by), *state.kept[number, :, :, :, : state.count + 1])
        state.count += 1
        hidden = norm(x[:, 0], w["norm.weight"])
        logits = np.asarray(hidden @ w["to_pitch.weight"].T + w["to_pitch.bias"])
        return np.asarray(np.log(softmax(logits) + 1e-9), dtype=np.float32), hidden

    def lengths(self, hidden: Floats, pitches: Ints) -> Floats:
        """Log-probabilities of lengths, given the pitches, (rows, lengths)."""
        w = self.w
        chosen = np.asarray(hidden + w["chosen.weight"][pitches], dtype=np.float32)
        inner = gelu(np.asarray(chosen @ w["mix.weight"].T + w["mix.bias"]))
        return np.asarray(
            np.log(softmax(np.asarray(inner @ w["to_length.weight"].T + w["to_length.bias"])) + 1e-9), dtype=np.float32
        )


class MelodyState:
    """How far some continuations are."""

    def __init__(self, whole: Floats, kept: Floats) -> None:
        self.whole = whole  #: what holds for the whole tune, (width,)
        self.kept = kept  #: keys and values, (layers, 2, rows, heads, steps, size)
        self.count = 0


class FourPartNet:
    """What stands in hidden cells of a four-part piece."""

    def __init__(self, named: Mapping[str, Floats], *, heads: int = 6) -> None:
        self.w = named
        self.layers = [Layer(named, number, heads) for number in range(_layers(named))]
        self.size = named["norm.weight"].shape[0] // heads

    def logprobs(self, cells: Ints, places: Ints, closes: Ints, minor: int, offset: int) -> Floats:
        """Log-probabilities of each cell.

        Args:
            cells: words, MASK where hidden, (steps, voices).
            places: eighths into the bar, (steps,).
            closes: 1 where a phrase closes, (steps,).
            minor: 1 in minor.
            offset: how far the tonic is from C, plus 5.

        Returns:
            (steps, voices, MASK).
        """
        w = self.w
        known = w["cell.weight"][cells + np.arange(VOICES) * WORDS].reshape(len(cells), -1)
        x = known @ w["join.weight"].T + w["join.bias"] + w["place.weight"][places] + w["close.weight"][closes]
        x = (x + w["mode.weight"][minor] + w["offset.weight"][offset])[None]
        by = turns(0, len(cells), self.size)
        for layer in self.layers:
            q, k, v = layer.split(x)
            x = layer.rest(x, turned(q, by), turned(k, by), v)
        logits = norm(x[0], w["norm.weight"]) @ w["to_cells.weight"].T + w["to_cells.bias"]
        return np.asarray(np.log(softmax(logits.reshape(len(cells), VOICES, MASK)) + 1e-9), dtype=np.float32)


def _layers(named: Mapping[str, Floats]) -> int:
    return 1 + max(int(name.split(".")[1]) for name in named if name.startswith("blocks."))
