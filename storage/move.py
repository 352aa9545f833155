"""Copies a whole board from one database into another, of the same kind or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Table, func, insert, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import Misconfigured
from bot.words import _
from storage import _tables as t
from storage import migrate
from storage._engines import BEGIN, connected
from storage._faults import translated

ROWS = 1000  # read and written at a time


async def move(source: str, target: str) -> dict[str, int]:
    """Copies every row of the board at one URL into the empty database at another; how many there are of each table.

    While it copies nobody else writes to either. Files of pictures and sounds are not in a database, and stay where they are.

    Raises:
        Misconfigured: there is no board, it is of another version, or the other database is not empty.
        StoreDown: one of them cannot be reached, or is being written to all the time.
    """
    await look(source)
    async with held(source) as reading, _made(target) as writing:
        return await copied(reading, writing)


async def look(url: str, *, older: bool = False) -> None:
    """Raises what `move` would where there is no board of this version; `older`: one of an earlier version will do."""
    async with _engine(url) as (engine, where):
        if engine.dialect.name == "sqlite" and not Path(where).exists():
            raise Misconfigured(_("There is no board in {where}.").format(where=where))  # looking must not make one
        with translated(where, opening=True):
            async with engine.connect() as connection:
                await migrate.of_this_version(connection, where, older=older)


async def copied(reading: AsyncConnection, writing: AsyncConnection) -> dict[str, int]:
    """Copies all rows between two transactions, into tables that are empty; how many of each table."""
    counts: dict[str, int] = {}
    for table in t.metadata.sorted_tables:
        counts[table.name] = await _copied(table, reading, writing)
        count = (await writing.execute(select(func.count()).select_from(table))).scalar_one()
        if count != counts[table.name]:  # a trigger, a rule: not Muselab's database any more
            raise Misconfigured(
                _("Of {rows} rows of “{table}” only {found} arrived. Nothing was kept.").format(
                    rows=counts[table.name], table=table.name, found=count
                )
            )
    if writing.dialect.name == "postgresql":
        last = (
            "SELECT setval(pg_get_serial_sequence('candidates', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM candidates), false)"
        )
        await writing.execute(text(last))
    return counts


async def _copied(table: Table, reading: AsyncConnection, writing: AsyncConnection) -> int:
    count, key = 0, tuple(table.primary_key.columns)
    page = select(table).order_by(*key).limit(ROWS)
    query = page
    while rows := [dict(row) for row in (await reading.execute(query)).mappings()]:
        await writing.execute(insert(table), rows)
        count += len(rows)
        last = [literal(rows[-1][column.name], column.type) for column in key]
        query = page.where(tuple_(*key) > tuple_(*last))
    return count


@asynccontextmanager
async def held(url: str) -> AsyncIterator[AsyncConnection]:
    """A transaction that sees a database as it was at one moment; SQLite's takes no other writer meanwhile."""
    async with _engine(url) as (engine, where):
        plain = engine.dialect.name == "sqlite"
        begun = engine.execution_options(**{BEGIN: "IMMEDIATE"} if plain else {"isolation_level": "REPEATABLE READ"})
        with translated(where, opening=True):
            async with begun.connect() as connection, connection.begin():
                yield connection


@asynccontextmanager
async def _made(url: str) -> AsyncIterator[AsyncConnection]:
    """A transaction in a database that was empty and has our tables now."""
    async with _engine(url) as (engine, where):
        with translated(where, opening=True):
            async with engine.execution_options(**{BEGIN: "IMMEDIATE"}).begin() as connection:
                if await migrate.revision_of(connection, where) is not None:
                    raise Misconfigured(
                        _("There is a board in {where} already. Choose an empty database, or move that one away.").format(
                            where=where
                        )
                    )
                await migrate.make(connection)
                yield connection


@asynccontextmanager
async def _engine(url: str) -> AsyncIterator[tuple[AsyncEngine, str]]:
    engine, where = connected(url)
    try:
        yield engine, where
    finally:
        await engine.dispose()
