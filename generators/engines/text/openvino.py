"""The forward pass of the Llama family in OpenVINO on a CPU: one graph, eight bits a weight, pages of keys and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from generators.engines.text.determinism import most_ranks
from generators.engines.text.layer import Safe, compiled
from generators.engines.text.layer import safe as tried
from generators.engines.text.lora import Adapter
from generators.engines.text.lora_batch import Arrays, Changes
from generators.engines.text.network import JOINED
from generators.engines.text.openvino_graph import Graph
from generators.engines.text.paged_kv_cache import BlockPool, PagedKVCache
from generators.engines.text.pieces import Part, Piece, Steady, inputs, passes
from generators.engines.text.rounded_weights import RoundedWeights
from generators.engines.text.sampling import logprobs_of, picked

Logits = NDArray[np.float32]

#: Rows' worth of time that a pass of another size costs more, in which OpenVINO lays its nodes out anew: 6 ms, where a row has
#: .6 ms with VNNI and 2.3 without.
ANEW, ANEW_SLOWLY = 10, 2


@dataclass(slots=True)
class Running:
    """A graph that is ready to run."""

    request: Any  #: of OpenVINO
    steady: Steady
    grown: int = -1  #: how often the pages had moved when it was told where they are
    fresh: bool = True  #: whether it has not run yet


class OpenVino:
    """A model of the family, compiled. It gives a row the same numbers alone and among others."""

    def __init__(self, weights: RoundedWeights, *, threads: int, exact: bool = False, safe: Safe | None = None) -> None:
        """Compiles a network.

        Args:
            weights: OpenVINO puts them in its own order, never reads them as they are again, and never lets go of them either.
                So they had better lie in a file, whose memory the system takes back.
            threads: that it gets.
            exact: what the matrices multiply is not rounded to eight bits; a third as fast.
            safe: which sizes of a pass keep a row's bits here, where it is known; None: it is tried out.

        Raises:
            Unsuited: this model cannot be computed here.
        """
        self._weights = weights
        self._graph = Graph(weights)
        sizes = weights.sizes
        self._settings = (threads, 0 if exact else sizes.rounded_together)
        self.safe: Safe = safe or tried(weights, *self._settings)
        self._plain = self._running(compiled(self._graph.built(), *self._settings))
        self._changeable: Running | None = None  #: for passes with adapters, once there are any
        self._making = Lock()
        self._layers = sizes.layers
        self.pool = BlockPool(layers=sizes.layers, groups=sizes.groups, width=sizes.width)
        self._changes: Changes | None = None

    def room(self, *, rows: int, tokens: int) -> PagedKVCache:
        """Memory for keys and values; it grows by itself."""
        del tokens
        return PagedKVCache(self.pool, rows=rows)

    def warm(self) -> None:
        """Runs a first pass, in which OpenVINO puts the matrices in its own order, so that no request waits for that."""
        self.logits([self._nothing()])

    @property
    def held_bytes(self) -> int:
        """Memory of all keys and values that somebody holds."""
        return self.pool.used * self.pool.block_bytes

    def logits(self, parts: Sequence[Part]) -> list[Logits]:
        """What comes after the last tokens of every part: one pass, or some where not all adapters or tokens can be together.

        Returns:
            For each part float32, shape (rows, last, vocabulary); for one with targets their log-probabilities, shape (targets,).
        """
        if self._changeable is not None and self._changes is None:
            self._begin_changes(self._changeable)
        used = [part.adapter for part in parts if part.adapter is not None]
        if self._changes is not None and used:
            if len(groups := self._changes.groups(used)) > 1:
                return self._in_turn(parts, groups)
            self._changes.hold(used)
        for part in parts:
            if part.prefix is not None and part.room.length == 0:
                part.room.fill(part.prefix)
            part.room.prepare(part.tokens.shape[1])
        whole = sum(part.count for part in parts) <= self.safe.most
        logits = self._passed(parts) if whole else self._in_pieces(parts)
        for part in parts:
            part.room.advance(part.tokens.shape[1])
        return logits

    def _passed(self, parts: Sequence[Part]) -> list[Logits]:
        """One pass. Where a lone row is multiplied in another order, as it is by an adapter's matrices, it is not left alone."""
        asked, sizes = parts, [part.answers for part in parts]
        changed = any(part.adapter is not None for part in parts)
        running = self._changeable if changed and self._changeable is not None else self._plain
        lonely = not self.safe.alone or changed
        count, least = sum(part.count for part in parts), 2 if lonely else 1
        tokens = running.steady.size(count, least=least, most=self.safe.most)
        if tokens > count:
            parts = [*parts, self._nothing(tokens - count)]
        feed = inputs(parts)
        wanted, least = sum(sizes), 1 if self.safe.alone else 2  # nor is one of whom it is wanted what comes next
        feed["wanted"] = np.resize(feed["wanted"][:wanted], max(wanted, least))
        self._bind(running)
        running.request.infer(feed | self._whose(parts) if changed else feed, share_inputs=True)
        if running.fresh:  # by now OpenVINO has put the matrices in its own order
            running.fresh = False
            self._weights.rest()
        after = running.request.get_output_tensor(0).data[: sum(sizes)]
        return [_told(part, piece) for part, piece in zip(asked, np.split(after, np.cumsum(sizes)[:-1]), strict=True)]

    def _in_pieces(self, parts: Sequence[Part]) -> list[Logits]:
        """Some passes, of as many tokens each as keep a row's bits. Nothing counts as written before all of them were run."""
        most = self.safe.most
        asked, parts = parts, [part.whole() if max(part.lengths) > most else part for part in parts]
        found: list[list[tuple[int, Logits]]] = [[] for _part in parts]
        for pieces in passes(parts, most):
            for piece, logits in zip(pieces, self._passed([piece.part for piece in pieces]), strict=True):
                part, mine = parts[piece.place], found[piece.place]
                if part.targets or part.count <= most:
                    mine.append((piece.rows.start, logits))
                    continue
                if not mine:
                    mine.append((0, np.empty((len(part.tokens), part.last, logits.shape[-1]), np.float32)))
                _placed(piece, logits, mine[0][1], part)
        outputs = [_in_order(mine) for mine in found]
        return [
            picked(logits, part.targets) if part.targets and not whole.targets else logits
            for part, whole, logits in zip(asked, parts, outputs, strict=True)
        ]

    def allow_changes(self) -> None:
        """Makes ready for adapters; safe in any thread. Passes with one run in another graph, with the same bits for others.

        Both graphs stay, 140 MB more, so that who has no adapter pays nothing for those that are loaded.

        Raises:
            Unsuited: OpenVINO cannot run that.
        """
        with self._making:
            if self._changeable is None:
                self._changeable = self._running(compiled(self._graph.built(changeable=True), *self._settings))

    def _running(self, request: Any) -> Running:
        return Running(request, Steady(ANEW if self.safe.alone else ANEW_SLOWLY))

    def _begin_changes(self, changeable: Running) -> None:
        def give(arrays: Arrays) -> None:
            for name, values in arrays.items():
                changeable.request.set_tensor(name, ov.Tensor(values, shared_memory=True))

        products = _joined(self._weights.sizes.changeable)
        most = most_ranks(max(out for out, _into in products.values()))
        self._changes = Changes(products, layers=self._layers, most_ranks=most, give=give)

    def _whose(self, parts: Sequence[Part]) -> dict[str, NDArray[np.int32]]:
        """Whose adapter each token has, in a pass in which some have one."""
        assert self._changes is not None
        counts = [part.count for part in parts]
        numbers = np.repeat(np.array(self._changes.numbers([part.adapter for part in parts]), np.int32), counts)
        return {"changeable": np.arange(sum(counts), dtype=np.int32), "changed_by": numbers}

    def _in_turn(self, parts: Sequence[Part], groups: Sequence[Sequence[Adapter]]) -> list[Logits]:
        """One pass after the other. Where one fails, none has been: all can be run again."""
        by_place: dict[int, Logits] = {}
        try:
            for number, group in enumerate(groups):
                mine = {id(adapter) for adapter in group} | ({id(None)} if number == 0 else set())
                places = [place for place, part in enumerate(parts) if id(part.adapter) in mine]
                by_place |= zip(places, self.logits([parts[place] for place in places]), strict=True)
        except Exception:
            for place in by_place:
                parts[place].room.advance(-parts[place].tokens.shape[1])
            raise
        return [by_place[place] for place in range(len(parts))]

    def reserve(self, size: int) -> None:
        """Takes address space for so many bytes of keys and values. Nobody may hold any."""
        self.pool.reserve(size)

    def rest(self) -> None:
        """Gives back what is held only to be at hand, as nothing is to be done for a while."""
        self.pool.rest()
        if self._changes is not None:
            self._changes.drop()

    @property
    def depth(self) -> int:
        """Layers."""
        return self._layers

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Outputs and inputs of each matrix that an adapter can change, by its name within a layer."""
        return self._weights.sizes.changeable

    def ordered(self, _name: str, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows of an adapter's matrix as this pass has them: as they are."""
        return rows

    def laid(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """An adapter's matrix as the graph reads it: column by column, so that it need not be copied."""
        return np.asfortranarray(matrix)

    def _nothing(self, rows: int = 1) -> Part:
        """Rows that nobody looks at, all of them the same in the same block."""
        room = self.room(rows=1, tokens=1)
        room.prepare(1)
        room.repeat(rows)
        return Part(tokens=np.zeros((rows, 1), np.int64), room=room, start=0, prefix=None, last=1)

    def _bind(self, running: Running) -> None:
        """Tells OpenVINO where the pages are, at first and after they have moved."""
        if running.grown == self.pool.grown:
            return
        for layer in range(self._layers):
            running.request.set_tensor(f"key_cache.{layer}", ov.Tensor(self.pool.store[2 * layer], shared_memory=True))
            running.request.set_tensor(f"value_cache.{layer}", ov.Tensor(self.pool.store[2 * layer + 1], shared_memory=True))
        running.grown = self.pool.grown


def _joined(of: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Outputs and inputs of each product, from those of its matrices."""
    return {key: (sum(of[one][0] for one in names), of[names[0]][1]) for key, names in JOINED.items()}


def _told(part: Part, after: Logits) -> Logits:
    """What a part is given of the logits after its tokens: a copy, as the next pass writes there."""
    if part.targets:
        return np.array(logprobs_of(after, [token for row in part.targets for token in row]), np.float32)
    return after.copy().reshape(len(part.tokens), part.last, after.shape[-1])


def _in_order(pieces: list[tuple[int, Logits]]) -> Logits:
    """What came of a part's pieces, by their first rows."""
    if len(pieces) == 1:
        return pieces[0][1]
    return np.concatenate([logits for _row, logits in sorted(pieces, key=lambda one: one[0])])


def _placed(piece: Piece, logits: Logits, whole: Logits, part: Part) -> None:
    """Puts what came of a piece where it belongs in the logits of its whole part, shape (rows, last, vocabulary)."""
    end = piece.begin + piece.part.tokens.shape[1] - (part.tokens.shape[1] - part.last)
    whole[piece.rows, max(0, end - piece.part.last) : max(0, end)] = logits
