"""Keys and values of rows that advance together, in one block of memory with room for more. It knows no model and no requests."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from generators.engines.text.passes import Prefix


@dataclass(slots=True)
class Held:
    """Counts the memory of all blocks that are alive."""

    bytes: int = 0

    def add(self, block: Tensor) -> None:
        """Counts a block until nobody looks at it any more, be it through a view."""
        size = block.numel() * block.element_size()
        self.bytes += size
        weakref.finalize(block.untyped_storage(), self._drop, size)

    def _drop(self, size: int) -> None:
        self.bytes -= size


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a token's keys and values are in one model."""

    layers: int
    groups: int  #: heads of keys and of values
    width: int  #: of a head
    dtype: torch.dtype
    device: torch.device
    held: Held = field(default_factory=Held, compare=False)

    @property
    def token_bytes(self) -> int:
        """Memory of one token of one row."""
        return 2 * self.layers * self.groups * self.width * self.dtype.itemsize


class KVCache:
    """Keys and values of some rows. A pass writes them layer by layer and then moves on: a pass that failed can be run again."""

    def __init__(self, shape: Shape, *, rows: int, tokens: int) -> None:
        """Takes memory for so many tokens of so many rows; more tokens may come, at the price of a copy."""
        self.shape = shape
        self.rows = rows
        self.length = 0  #: tokens that each row holds
        self._block = self._taken(rows, tokens)  # (layers, keys and values, rows, groups, tokens, width)

    @property
    def size(self) -> int:
        """Bytes."""
        return self._block.numel() * self._block.element_size()

    def prepare(self, new: int) -> None:
        """Makes sure that so many more tokens have room: twice as much when it is full."""
        needed = self.length + new
        if needed <= self._block.shape[4]:
            return
        block = self._taken(self.rows, max(needed, 2 * self._block.shape[4]))
        block[:, :, :, :, : self.length] = self._block[:, :, : self.rows, :, : self.length]
        self._block = block

    def write(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Puts what is new behind what there is.

        Args:
            layer: whose.
            key: shape (rows, groups, new, width).
            value: likewise.

        Returns:
            All keys and all values of that layer, shape (rows, groups, length + new, width).
        """
        end = self.length + key.shape[2]
        block = self._block[layer, :, : self.rows]
        block[0, :, :, self.length : end] = key
        block[1, :, :, self.length : end] = value
        return block[0, :, :, :end], block[1, :, :, :end]

    def advance(self, new: int) -> None:
        """Counts what every layer has written."""
        self.length += new

    def fill(self, prefix: Prefix) -> None:
        """Copies a prompt to the beginning of every row."""
        count = len(prefix.ids)
        self.prepare(count)
        for layer, (key, value) in enumerate(zip(prefix.keys, prefix.values, strict=True)):
            self._block[layer, 0, : self.rows, :, :count] = key
            self._block[layer, 1, : self.rows, :, :count] = value
        self.length = count

    def held(self) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Keys and values per layer, as they lie here: tokens that come later do not change them."""
        rows = self._block[:, :, : self.rows, :, : self.length]
        return tuple(rows[:, 0]), tuple(rows[:, 1])

    def select(self, rows: Sequence[int]) -> list[int]:
        """Drops all rows but these; the last ones move into the gaps. Gives the rows in the order they now have."""
        count, staying = len(rows), set(rows)
        moved = [row for row in rows if row >= count]
        order = [row if row in staying else moved.pop() for row in range(count)]
        gaps = [place for place, row in enumerate(order) if place != row]
        if gaps:
            self._block[:, :, gaps, :, : self.length] = self._block[:, :, [order[gap] for gap in gaps], :, : self.length]
        self.rows = count
        return order

    def _taken(self, rows: int, tokens: int) -> Tensor:
        shape = self.shape
        block = torch.empty(shape.layers, 2, rows, shape.groups, tokens, shape.width, dtype=shape.dtype, device=shape.device)
        shape.held.add(block)
        return block
