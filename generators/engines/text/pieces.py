"""What several requests feed, cut into passes of at most so many tokens. It computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from generators.engines.text.lora import Adapter
from generators.engines.text.paged_kv_cache import BLOCK, PagedKVCache
from generators.engines.text.passes import PassRequest, Prefix, fed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one request brings into a pass: some rows, in step with one another."""

    tokens: NDArray[np.int64]  #: shape (rows, new)
    room: Any  #: keys and values of the tokens before, private to each row
    start: int  #: the first new token's position
    prefix: Prefix | None  #: what these rows share before their own
    last: int  #: for how many of the last tokens what comes next is wanted
    adapter: Adapter | None = None  #: the changes to the model that this request asks for
    targets: tuple[tuple[int, ...], ...] = ()  #: see `PassRequest`

    @classmethod
    def of(cls, request: PassRequest) -> Part:
        """A request as a forward pass of ours takes it."""
        sequences = request.sequences
        return cls(
            tokens=request.tokens,
            room=sequences.cache,
            start=sequences.length,
            prefix=sequences.prefix,
            last=request.last,
            adapter=sequences.adapter,
            targets=request.targets,
        )

    @property
    def lengths(self) -> list[int]:
        """Tokens that each row feeds."""
        return fed(self.targets) if self.targets else [self.tokens.shape[1]] * len(self.tokens)

    @property
    def wanted(self) -> list[slice]:
        """After which of each row's tokens what comes next is wanted."""
        if self.targets:
            return [slice(0, len(row)) for row in self.targets]
        return [slice(self.tokens.shape[1] - self.last, self.tokens.shape[1])] * len(self.tokens)

    @property
    def count(self) -> int:
        """Tokens of all rows."""
        return sum(self.lengths)

    @property
    def answers(self) -> int:
        """For how many tokens what comes next is wanted."""
        return sum(one.stop - one.start for one in self.wanted)

    def whole(self) -> Part:
        """The same with all tokens of every row fed, and the logits after them."""
        return replace(self, targets=(), last=self.tokens.shape[1]) if self.targets else self


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a part, and some of the tokens that each of them feeds."""

    place: int  #: of the part among all
    rows: slice
    begin: int  #: of its tokens, among those that the part feeds
    part: Part  #: as a pass takes it: these rows and tokens alone


class Steady:
    """How large a pass is made, where one of another size than the last costs more: filled up, until that has cost as much.

    So it costs at most twice what it would by the best choice, whatever comes (ski rental, Karlin et al. 1988).
    """

    def __init__(self, worth: int) -> None:
        """`worth`: rows that cost as much as another size does."""
        self._worth = worth
        self._size = 0
        self._spent = 0  #: rows that were filled up at this size

    def size(self, count: int, *, least: int, most: int) -> int:
        """Tokens of a pass in which so many are needed, `least` at any rate; `most` is never exceeded by filling up."""
        self._spent += self._size - count
        if not count <= self._size <= most or self._spent > self._worth or self._size < least:
            self._size, self._spent = max(count, least), 0
        return self._size


class Window:
    """Some rows of pages, with so many more tokens counted as those that an earlier piece has written."""

    def __init__(self, pages: PagedKVCache, rows: slice, before: int, new: int) -> None:
        self.length = pages.length + before
        self._numbers = pages.numbers()[rows, : -(-(self.length + new) // BLOCK)]

    def numbers(self) -> NDArray[np.int32]:
        """Every row's pages in order, shape (rows, pages of a row)."""
        return self._numbers


def pieces(place: int, part: Part, most: int) -> list[Piece]:
    """A part in pieces of at most so many tokens, in the order in which they must run.

    Where it is cut follows from the part alone, so that a row's numbers do not depend on what else is in its pass. Its room must
    have been prepared for all of it.
    """
    rows, new = part.tokens.shape
    if part.count <= most:
        return [Piece(place, slice(0, rows), 0, part)]
    if part.targets:
        return _of_targets(place, part, most)
    pages, together, width = cast(PagedKVCache, part.room), max(1, most // new), min(new, most)
    pieces = []
    for row in range(0, rows, together):
        some = slice(row, min(rows, row + together))
        for begin in range(0, new, width):
            end = min(new, begin + width)
            window: Any = Window(pages, some, begin, end - begin)
            last = max(0, end - max(begin, new - part.last))
            mine = replace(
                part,
                tokens=part.tokens[some, begin:end],
                room=window,
                start=part.start + begin,
                prefix=None,
                last=last,
            )
            pieces.append(Piece(place, some, begin, mine))
    return pieces


def _of_targets(place: int, part: Part, most: int) -> list[Piece]:
    """Rows of which the likelihood is wanted, in pieces of some whole rows; none of them feeds more than `most`."""
    pages, new, found = cast(PagedKVCache, part.room), part.tokens.shape[1], list[Piece]()
    begin = size = 0
    for row, length in enumerate([*part.lengths, most + 1]):
        if row > begin and size + length > most:
            some = slice(begin, row)
            window: Any = Window(pages, some, 0, new)
            mine = replace(part, tokens=part.tokens[some], room=window, prefix=None, targets=part.targets[some])
            found.append(Piece(place, some, 0, mine))
            begin, size = row, 0
        size += length
    return found


def passes(parts: Sequence[Part], most: int) -> list[list[Piece]]:
    """All parts' pieces in passes: each takes the first that has room for it, later tokens of a row after its earlier ones."""
    passes: list[list[Piece]] = []
    sizes: list[int] = []
    for place, part in enumerate(parts):
        earliest, row = 0, 0
        for piece in pieces(place, part, most):
            if piece.rows.start != row:
                earliest, row = 0, piece.rows.start
            size = piece.part.count
            chosen = next((index for index in range(earliest, len(passes)) if sizes[index] + size <= most), len(passes))
            if chosen == len(passes):
                passes.append([])
                sizes.append(0)
            passes[chosen].append(piece)
            sizes[chosen] += size
            earliest = chosen + 1
    return passes


def inputs(parts: Sequence[Part]) -> dict[str, NDArray[np.int32]]:
    """What the graph reads, see `Graph`; every row of every part is a sequence."""
    rows = np.array([part.tokens.shape[0] for part in parts])
    new = np.array([length for part in parts for length in part.lengths])
    past = np.array([part.room.length for part in parts])
    tables = [part.room.numbers() for part in parts]
    begins = _begins(new)
    wanted = [one for part in parts for one in part.wanted]
    places = [np.arange(before, before + more) for before, more in zip(np.repeat(past, rows), new, strict=True)]
    tokens = [row[:length] for part in parts for row, length in zip(np.asarray(part.tokens), part.lengths, strict=True)]
    arrays = {
        "tokens": np.concatenate(tokens),
        "positions": np.concatenate(places),
        "past_lens": np.repeat(past, rows),
        "subsequence_begins": begins,
        "block_indices": np.concatenate([table.reshape(-1) for table in tables]),
        "block_indices_begins": _begins(np.repeat([table.shape[1] for table in tables], rows)),
        "max_context_len": np.array((np.repeat(past, rows) + new).max()),
        "wanted": np.concatenate(
            [begin + np.arange(one.start, one.stop) for begin, one in zip(begins[:-1], wanted, strict=True)]
        ),
    }
    return {name: value.astype(np.int32, copy=False) for name, value in arrays.items()}


def _begins(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of some pieces that lie one behind the other begins, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(sizes)))
