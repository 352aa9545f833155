"""Keys and values in blocks of 32 tokens, as OpenVINO's attention reads them. Rows with the same prompt hold the same blocks."""

from __future__ import annotations

import heapq
import mmap
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

BLOCK = 32  # tokens; what the CPU plugin's attention is written for
BLOCKS = 96  # that a pool has room for where nobody has reserved more


class BlockPool:
    """All blocks of a model, in one array. It is address space: memory follows as blocks are written, and goes back in `rest`."""

    def __init__(self, *, layers: int, groups: int, width: int, blocks: int = BLOCKS) -> None:
        """Takes address space.

        Args:
            layers: of the model.
            groups: heads of keys and of values.
            width: of a head.
            blocks: to begin with.
        """
        self._shape = (groups, BLOCK, width)
        self._layers = layers
        self.store: NDArray[np.float32]
        self.grown = -1  #: how often the store was replaced by a larger one
        self._free: list[int] = []  # a heap: low numbers first, so that what was touched once is touched again
        self._touched = 0  #: the first of the blocks that nobody has held since the last rest
        self._begin(blocks)

    @property
    def used(self) -> int:
        """Blocks that somebody holds."""
        return int(self.store.shape[1]) - len(self._free)

    @property
    def block_bytes(self) -> int:
        """Memory of one block."""
        return int(self.store[:, 0].size * self.store.itemsize)

    def take(self) -> Block:
        """A block that nobody holds. What was in it is still there."""
        if not self._free:
            self._grow()
        number = heapq.heappop(self._free)
        self._touched = max(self._touched, number + 1)
        return Block(self, number)

    def give(self, number: int) -> None:
        """Takes a block back."""
        heapq.heappush(self._free, number)

    def copy(self, source: Block, targets: Sequence[Block]) -> None:
        """Writes one block's keys and values into others."""
        self.store[:, [block.number for block in targets]] = self.store[:, source.number][:, None]

    def reserve(self, size: int) -> None:
        """Makes room for so many bytes, so that the store need not be replaced. Nobody may hold a block.

        A row that parts from a prompt copies that one's last block, which is counted to nobody: a quarter more is for these.
        """
        blocks = -(-size * 5 // 4 // self.block_bytes)
        if blocks > self.store.shape[1] and not self.used:
            self._begin(blocks)

    def rest(self) -> None:
        """Gives the memory of free blocks back to the system, where it can take it."""
        if sys.platform != "linux":
            return
        block = int(self.store[0, 0].nbytes)
        for begin, end in _runs(sorted(number for number in self._free if number < self._touched)):
            for layer in range(2 * self._layers):
                first = layer * self.store.shape[1] * block
                start = -(-(first + begin * block) // mmap.PAGESIZE) * mmap.PAGESIZE
                stop = (first + end * block) // mmap.PAGESIZE * mmap.PAGESIZE
                if stop > start:
                    self._memory.madvise(mmap.MADV_DONTNEED, start, stop - start)
        self._touched = 1 + max(set(range(self._touched)) - set(self._free), default=-1)

    def _begin(self, blocks: int) -> None:
        """A store of so many blocks, all of them free."""
        shape = (2 * self._layers, blocks, *self._shape)
        size = int(np.prod(shape)) * np.dtype(np.float32).itemsize
        # private, as shared memory does not go back
        self._memory = mmap.mmap(
            -1, size, **({"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if sys.platform != "win32" else {})
        )
        self.store = np.frombuffer(self._memory, np.float32).reshape(shape)
        self.grown += 1
        self._free = list(range(blocks))

    def _grow(self) -> None:
        before, held = int(self.store.shape[1]), self.store
        self._begin(2 * before)
        self.store[:, :before] = held
        self._free = list(range(before, 2 * before))


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where numbers that follow one another begin, and where they end."""
    for _gap, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        members = [number for _place, number in run]
        yield members[0], members[-1] + 1


class Block:
    """One block, given back to its pool when nobody holds it any more."""

    __slots__ = ("_pool", "number")

    def __init__(self, pool: BlockPool, number: int) -> None:
        self._pool = pool
        self.number = number

    def __del__(self) -> None:
        self._pool.give(self.number)


class Prompt(Protocol):
    """A prompt whose keys and values lie in blocks; `generators.engines.text.attention.Prefix` is one."""

    @property
    def ids(self) -> tuple[int, ...]:
        """Its tokens."""
        ...

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What holds their keys and values."""
        ...


class PagedKVCache:
    """Keys and values of some rows that advance together."""

    def __init__(self, pool: BlockPool, *, rows: int) -> None:
        self.rows = rows
        self.length = 0  #: tokens that each row holds, a shared prompt's included
        self._pool = pool
        self._tables: list[list[Block]] = [[] for _row in range(rows)]
        self._numbers: NDArray[np.int32] | None = None

    @property
    def size(self) -> int:
        """Bytes, shared blocks once."""
        return len({block.number for table in self._tables for block in table}) * self._pool.block_bytes

    def fill(self, prefix: Prompt) -> None:
        """Lets every row begin with a prompt."""
        self.begin(prefix.blocks, len(prefix.ids))

    def begin(self, held: Sequence[Block], length: int) -> None:
        """Lets every row begin with the first `length` tokens of these blocks. The last block is copied where it is not full."""
        whole = list(held[: length // BLOCK])
        self._tables = [list(whole) for _row in range(self.rows)]
        if length % BLOCK:
            own = [self._pool.take() for _row in range(self.rows)]
            self._pool.copy(held[length // BLOCK], own)
            for table, block in zip(self._tables, own, strict=True):
                table.append(block)
        self.length = length
        self._numbers = None

    def prepare(self, new: int) -> None:
        """Makes sure that each row has room for so many more tokens."""
        needed = -(-(self.length + new) // BLOCK)
        if self.rows and needed > len(self._tables[0]):
            for table in self._tables:
                table += [self._pool.take() for _page in range(needed - len(table))]
            self._numbers = None

    def advance(self, new: int) -> None:
        """Counts what a pass has written."""
        self.length += new

    def held(self) -> tuple[Block, ...]:
        """The first row's blocks."""
        return tuple(self._tables[0])

    def numbers(self) -> NDArray[np.int32]:
        """Every row's blocks in order, shape (rows, blocks of a row)."""
        if self._numbers is None:
            self._numbers = np.array([[block.number for block in table] for table in self._tables], np.int32)
        return self._numbers

    def select(self, rows: Sequence[int]) -> list[int]:
        """Drops all rows but these, in this order. One that is named several times parts into as many.

        Blocks that are full stay shared, as nobody writes there any more; of the others each has its own.
        """
        full, seen, tables = self.length // BLOCK, set[int](), []
        for row in rows:
            table = self._tables[row]
            tables.append(self._parted(table, full) if row in seen else table)
            seen.add(row)
        self._tables = tables
        self.rows = len(rows)
        self._numbers = None
        return list(rows)

    def repeat(self, rows: int) -> None:
        """So many rows, all in the blocks of the first: for what nobody reads."""
        self._tables = [self._tables[0]] * rows
        self.rows = rows
        self._numbers = None

    def _parted(self, table: Sequence[Block], full: int) -> list[Block]:
        """A row's blocks for another that goes on from there, of which so many are full."""
        own = [self._pool.take() for _block in table[full:]]
        for source, block in zip(table[full:], own, strict=True):
            self._pool.copy(source, [block])
        return [*table[:full], *own]
