"""The part of the store on SQLite or PostgreSQL that keeps team material."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ideas import Person, Team
from bot.domain.material import Piece
from storage import _rows
from storage import _tables as t
from storage._connections import Connections
from storage._rules import storable


class SqlMaterial(Connections):
    """The methods of the `MaterialStore` port."""

    async def keep_material(self, team: Team, pieces: Sequence[Piece]) -> None:
        """Stores the pieces of documents in the place of those they had."""
        rows = [piece_row(storable(piece)) for piece in pieces if piece.team == team]
        documents = sorted({row["document"] for row in rows})
        if not rows:
            return
        before = delete(t.material).where(_rows.in_team(t.material, team), t.material.c.document.in_(documents))
        async with self._write_transaction() as connection:
            await connection.execute(before)
            await connection.execute(self._insert(t.material), rows)

    async def material(self, team: Team) -> list[Piece]:
        """The team's pieces, its documents in the order they were added."""
        mine = t.material.c
        query = select(t.material).where(_rows.in_team(t.material, team)).order_by(mine.at, mine.document, mine.place)
        async with self._read_autocommit() as connection:
            return [piece_of(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def drop_material(self, team: Team, document: str) -> bool:
        """Deletes a document of the team for good, from SQLite's write-ahead log too."""
        gone = delete(t.material).where(_rows.in_team(t.material, team), t.material.c.document == storable(document))
        async with self._write_transaction() as connection:
            there = (await connection.execute(gone)).rowcount > 0
        if there:
            await self._overwrite_log()
        return there


async def material_of(connection: AsyncConnection, team: Team, person: Person) -> tuple[Piece, ...]:
    """The documents that a person added, in pieces."""
    mine = t.material.c
    query = select(t.material).where(_rows.in_team(t.material, team), _rows.by(t.material, "person", person))
    rows = await connection.execute(query.order_by(mine.at, mine.document, mine.place))
    return tuple(piece_of(dict(row)) for row in rows.mappings())


def piece_row(piece: Piece) -> dict[str, Any]:
    """The columns of a piece."""
    return {
        **_rows.team_of(piece.team),
        "document": piece.document,
        "place": piece.place,
        "name": piece.name,
        "text": piece.text,
        "encoder": piece.encoder,
        "vector": piece.vector,
        **_rows.columns_of(piece.by, "person"),
        "at": piece.at,
    }


def piece_of(row: _rows.Row) -> Piece:
    """The piece in a row."""
    person = _rows.person_of(row, "person")
    assert person is not None  # the columns are never NULL
    plain = {name: row[name] for name in ("document", "place", "name", "text", "encoder", "at")}
    return Piece(team=Team(platform=row["platform"], id=row["team"]), vector=bytes(row["vector"]), by=person, **plain)
