"""The poet's network in numpy, one character at a time for many poems together. Its training: `generators.training.poet`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from generators.engines.shared.layers import Floats, layers, norm, turned, turns
from generators.verse import signs as form
from generators.verse.signs import Ints

HEADS = 5


class State:
    """How far some poems are."""

    def __init__(self, room: Floats, rhymes: Ints, places: Ints) -> None:
        self.kept = room  #: keys and values, (layers, 2, poems, heads, steps, size)
        self.rhymes = rhymes  #: group + 1 of each poem
        self.places = places
        self.count = 0

    def take(self, rows: Ints) -> None:
        """Goes on with these poems, by number; one may stand there more than once."""
        self.kept, self.rhymes = self.kept[:, :, rows], self.rhymes[rows]


class PoetNet:
    """What comes next in a poem."""

    def __init__(self, named: Mapping[str, Floats]) -> None:
        self.sign, self.place, self.need, self.rhyme = (
            named[f"inputs.{name}.weight"] for name in ("sign", "place", "need", "rhyme")
        )
        self.layers = layers(named, HEADS)
        self.last, self.bias = named["norm.weight"], named["bias"]
        self.size = self.last.shape[0] // HEADS
        self.answers = np.ascontiguousarray(self.sign.T)

    def begin(self, keywords: Sequence[Sequence[int]], rhymes: Sequence[int], length: int) -> State:
        """Reads all signs of the keywords but the last.

        Args:
            keywords: each poem's, BEFORE numbers.
            rhymes: the group of each, as a number from 0.
            length: characters in a line.
        """
        places = form.places(length)
        room = np.zeros((len(self.layers), 2, len(rhymes), HEADS, len(places), self.size), dtype=np.float32)
        state = State(room, np.asarray(rhymes, dtype=np.int64) + 1, places)
        before = np.asarray(keywords, dtype=np.int64)[:, :-1]
        self._read(state, before, np.zeros_like(before))
        return state

    def step(self, state: State, signs: Ints, needs: Ints) -> Floats:
        """Logits of the next character, (poems, signs).

        Args:
            state: changed in place.
            signs: the last ones, (poems,).
            needs: what the next must be, (poems,).
        """
        hidden = norm(self._read(state, signs[:, None], needs[:, None])[:, -1], self.last)
        return np.asarray(hidden @ self.answers + self.bias, dtype=np.float32)

    def _read(self, state: State, signs: Ints, needs: Ints) -> Floats:
        first, count = state.count, signs.shape[1]
        places = state.places[first : first + count]
        x = self.sign[signs] + self.place[places] + self.need[needs] + self.rhyme[state.rhymes][:, None]
        by = turns(first, count, self.size)
        later = np.triu(np.full((count, first + count), -1e9, dtype=np.float32), k=first + 1)
        for number, layer in enumerate(self.layers):
            q, k, v = layer.split(np.asarray(x, dtype=np.float32))
            state.kept[number, 0, :, :, first : first + count] = turned(k, by)
            state.kept[number, 1, :, :, first : first + count] = v
            keys, values = state.kept[number, :, :, :, : first + count]
            x = layer.rest(x, turned(q, by), keys, values, later)
        state.count += count
        return np.asarray(x, dtype=np.float32)
