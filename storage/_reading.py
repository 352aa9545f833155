"""Reads whole values: the row, and the rows that belong to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ideas import Brainstorm, Idea
from storage import _rows
from storage import _tables as t
from storage._ready import Params, Ready, Runner

BATCH = 500  # ids in one statement; asyncpg takes 32 767, SQLite as many, and every length is a statement to prepare


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The distinct ids, in order, `BATCH` at a time."""
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), BATCH):
        yield distinct[start : start + BATCH]


@cache
def _belonging_query(table: Table) -> Select[Any]:
    owner, place, content = table.c
    return select(owner, content).where(owner.in_(bindparam("ids", expanding=True))).order_by(owner, place)


async def _belonging(connection: AsyncConnection, table: Table, ids: Sequence[str]) -> dict[str, list[str]]:
    """For each id that has any, the third column of `table` in order of place; the first column holds the id."""
    by_id: dict[str, list[str]] = {}
    for some in batches(ids):
        for id, value in await connection.execute(_belonging_query(table), {"ids": some}):
            by_id.setdefault(id, []).append(value)
    return by_id


async def brainstorms(connection: AsyncConnection, query: Select[Any]) -> list[Brainstorm]:
    """The brainstorms that `query` selects all columns of."""
    rows = (await connection.execute(query)).mappings().all()
    ids = [row["id"] for row in rows]
    parents = await _belonging(connection, t.brainstorm_parents, ids)
    about = await _belonging(connection, t.brainstorm_about, ids)
    return [_rows.brainstorm_of(dict(row), parents=parents.get(row["id"], ()), about=about.get(row["id"], ())) for row in rows]


async def ideas(connection: AsyncConnection, query: Select[Any]) -> list[Idea]:
    """The ideas that `query` selects all columns of."""
    rows = (await connection.execute(query)).mappings().all()
    parents = await _belonging(connection, t.idea_parents, [row["id"] for row in rows])
    return [_rows.idea_of(dict(row), parents=parents.get(row["id"], ())) for row in rows]


async def found_ideas(runner: Runner, ready: Ready, params: Params) -> list[Idea]:
    """As `ideas`, by a statement that is ready and lists the parents itself."""
    return [_rows.idea_of(row, parents=listed(row["parents"])) for row in await runner.run(ready, params)]


async def found_brainstorms(runner: Runner, ready: Ready, params: Params) -> list[Brainstorm]:
    """As `brainstorms`, by a statement that is ready and lists parents and passages itself."""
    rows = await runner.run(ready, params)
    return [_rows.brainstorm_of(row, parents=listed(row["parents"]), about=listed(row["about"])) for row in rows]


def listed(text: str | None) -> Sequence[str]:
    """A list in JSON; most are empty."""
    return () if text is None or text == "[]" else json.loads(text)
