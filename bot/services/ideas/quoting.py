"""Finds what a team's own documents say about something, by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Team
from bot.domain.material import Piece, Quote
from bot.ports import Generator, Store

QUOTED = 3  # pieces for one topic; each is a paragraph, and more crowd the topic out
NEAR = 0.35  # cosine of MiniLM vectors from which a piece has to do with a topic, as of gaps
AT_ONCE = 64  # texts embedded by one request, so that a brainstorm's own requests get between
FLOATS = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class Quoting:
    """Quotes material."""

    store: Store
    generator: Generator

    async def near(self, team: Team, text: str, *, most: int = QUOTED) -> list[Quote]:
        """What the team's documents say about a text, the nearest first; nothing where there are none, or no meanings.

        Raises:
            GeneratorDown: meanings cannot be had now.
        """
        pieces = await self.store.material(team)
        if not pieces:
            return []
        vectors = await self.generator.embed([text])
        if vectors is None:
            return []
        pieces = await self._current(team, pieces)
        near = matrix(pieces) @ vectors[0] if pieces else np.zeros(0)
        order = [int(row) for row in np.argsort(-near, kind="stable")[:most] if near[row] >= NEAR]
        return [Quote(text=pieces[row].text, source=pieces[row].name) for row in order]

    async def _current(self, team: Team, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces with vectors of today's encoder; those of another are embedded anew, and kept."""
        encoder = self.generator.encoder
        stale = {piece.document for piece in pieces if piece.encoder != encoder}
        if not stale:
            return list(pieces)
        fresh: list[Piece] = []
        for document, some in groupby(pieces, key=lambda piece: piece.document):
            mine = list(some)
            if document in stale:
                vectors = await embedded(self.generator, [piece.text for piece in mine])
                if vectors is None:
                    continue
                mine = [replace(piece, encoder=encoder, vector=row) for piece, row in zip(mine, vectors, strict=True)]
                await self.store.keep_material(team, mine)
            fresh += mine
        return fresh


async def embedded(generator: Generator, texts: Sequence[str]) -> list[bytes] | None:
    """Vectors of texts as they are kept; None where there are no meanings."""
    rows: list[bytes] = []
    for start in range(0, len(texts), AT_ONCE):
        vectors = await generator.embed(texts[start : start + AT_ONCE])
        if vectors is None:
            return None
        rows += [np.asarray(vector, dtype=FLOATS).tobytes() for vector in vectors]
    return rows


def matrix(pieces: Sequence[Piece]) -> NDArray[np.float32]:
    """The pieces' vectors, shape (pieces, dimensions)."""
    return np.stack([np.frombuffer(piece.vector, dtype=FLOATS) for piece in pieces]).astype(np.float32)


def said(quote: Quote) -> str:
    """A quote as a model reads it."""
    return f"{quote.text} ({quote.source})"
