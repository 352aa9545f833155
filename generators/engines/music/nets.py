"""The two small transformers, in numpy: making music needs no torch. Their training: `generators.training.music`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from generators.engines.music import steps
from generators.engines.music.cells import MASK, VOICES, WORDS
from generators.engines.shared.layers import Floats, Ints, gelu, layers, norm, softmax, turned, turns, weights

__all__ = ["FourPartNet", "MelodyNet", "MelodyState", "weights"]


class MelodyNet:
    """What comes next in a tune. One note at a time, for several continuations together; earlier keys and values are kept."""

    def __init__(self, named: Mapping[str, Floats], *, heads: int = 4) -> None:
        self.w = named
        self.layers = layers(named, heads)
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
        self.layers = layers(named, heads)
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
