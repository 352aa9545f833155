"""The adapters of a pass side by side, as OpenVINO's graph takes them: which ranks are whose. It knows no requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from generators.engines.text.lora import Adapter, Change

NOBODY = -1  # whom tokens without an adapter belong to: no rank is its
UNUSED = 64  # passes after which an adapter that nobody asks for is left out; putting others together anew costs their size

Arrays = dict[str, NDArray[np.float32] | NDArray[np.int32]]


class Changes:
    """Puts adapters side by side: for each layer and product A of all, shape (in, ranks), and B of all, shape (ranks, out).

    Every rank belongs to one adapter, and the graph sets to nothing what a token gets from the ranks of others. Nothing is added
    exactly, so a row's numbers do not depend on which adapters are here, nor on their order.
    """

    def __init__(
        self, sizes: Mapping[str, tuple[int, int]], *, layers: int, most_ranks: int, give: Callable[[Arrays], None]
    ) -> None:
        """None yet.

        Args:
            sizes: outputs and inputs of each product that can be changed.
            layers: of the model.
            most_ranks: of all adapters together, see `_steady`; one with more is here alone.
            give: gives the graph some of its inputs, which it reads where they are from then on.
        """
        self._most = most_ranks
        self._give = give
        self._sizes = sizes
        self._layers = layers
        self._idle: dict[int, int] = {}  #: passes since each was used, by its number
        self._held: tuple[Adapter, ...] = ()  #: an adapter's number is its place
        self._none = self._side_by_side(())  #: what a pass without adapters is given
        self._together = self._none  #: what one with adapters is
        self._given: Arrays = {}
        self._tell(self._none)

    def groups(self, needed: Sequence[Adapter]) -> list[list[Adapter]]:
        """Those that can be here together, each adapter once."""
        groups: list[list[Adapter]] = []
        room = 0
        for adapter in {id(one): one for one in needed}.values():
            room -= adapter.ranks
            if room < 0 or not groups:
                groups.append([])
                room = self._most - adapter.ranks
            groups[-1].append(adapter)
        return groups

    def hold(self, needed: Sequence[Adapter]) -> None:
        """Makes sure that the graph has these adapters, of which there are some."""
        mine = {id(adapter): adapter for adapter in needed}
        self._idle = {key: 0 if key in mine else passes + 1 for key, passes in self._idle.items()}
        if not mine.keys() <= self._idle.keys() or max(self._idle.values()) >= UNUSED:
            staying = [one for one in self._held if id(one) not in mine and self._idle[id(one)] < UNUSED]
            self._held = (*mine.values(), *staying)
            while len(self._held) > len(mine) and sum(one.ranks for one in self._held) > self._most:
                self._held = self._held[:-1]
            self._idle = {id(adapter): self._idle.get(id(adapter), 0) for adapter in self._held}
            self._forget()  # before there are others, so that both are not in memory
            self._together = self._side_by_side(self._held)
        return self._tell(self._together)

    def drop(self) -> None:
        """Lets go of all."""
        self._held, self._idle = (), {}
        self._forget()

    def numbers(self, adapters: Sequence[Adapter | None]) -> list[int]:
        """Whom each one's ranks belong to."""
        known = {id(adapter): number for number, adapter in enumerate(self._held)}
        return [NOBODY if adapter is None else known[id(adapter)] for adapter in adapters]

    def _forget(self) -> None:
        self._together = self._none
        self._tell(self._none)

    def _tell(self, arrays: Arrays) -> None:
        if arrays is not self._given:
            self._give(arrays)
            self._given = arrays

    def _side_by_side(self, adapters: Sequence[Adapter]) -> Arrays:
        arrays: Arrays = {}
        for key, (out, into) in self._sizes.items():
            ranks = [max((layer[key].ranks for layer in one.layers if key in layer), default=0) for one in adapters]
            arrays[f"ranks.{key}"] = np.repeat(np.arange(len(adapters), dtype=np.int32), ranks)
            for index in range(self._layers):
                parts = [_filled(one.layers[index].get(key), rank, out, into) for one, rank in zip(adapters, ranks, strict=True)]
                arrays[f"down.{key}.{index}"] = _joined([down for down, _up in parts], np.zeros((into, 0), np.float32), axis=1)
                arrays[f"up.{key}.{index}"] = _joined([up for _down, up in parts], np.zeros((0, out), np.float32), axis=0)
        return arrays


def _filled(change: Change | None, ranks: int, out: int, into: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A and B of one adapter, with ranks that change nothing where this layer has fewer than others."""
    if change is None:
        return np.zeros((into, ranks), np.float32), np.zeros((ranks, out), np.float32)
    down, up = change.down.T, change.up.T
    if (few := ranks - change.ranks) == 0:
        return down, up
    return np.pad(down, ((0, 0), (0, few))), np.pad(up, ((0, few), (0, 0)))


def _joined(parts: Sequence[NDArray[np.float32]], nothing: NDArray[np.float32], *, axis: int) -> NDArray[np.float32]:
    """Matrices side by side; one alone is not copied where it lies as the graph reads it."""
    if not parts:
        return nothing
    return np.ascontiguousarray(parts[0] if len(parts) == 1 else np.concatenate(parts, axis))
