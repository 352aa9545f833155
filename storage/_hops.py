"""SQLite's connections with one trip to their thread for a statement.

aiosqlite makes four: for the cursor, the statement, its rows and the cursor's end; and each one waits for the interpreter's lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import aiosqlite

ITER_CHUNK = 64  # aiosqlite's own default; our cursors bring all rows at once


class Done(NamedTuple):
    """What a statement came to."""

    description: Any  #: of the columns; None where there are none
    rowcount: int
    lastrowid: int | None
    rows: list[Any]


class Connection(aiosqlite.Connection):
    """As aiosqlite's; a transaction that was never begun is ended without asking."""

    def cursor(self) -> Cursor:  # type: ignore[override]  # SQLAlchemy needs `async with`, and nobody else calls it
        """A cursor; nothing happens yet."""
        return Cursor(self)

    async def commit(self) -> None:
        """Makes what was written stay."""
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Takes back what was written."""
        if self.in_transaction:
            await super().rollback()

    async def trip(self, work: Any) -> Done:
        """Does some work in the connection's thread."""
        done: Done = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        return done


class Cursor:
    """The part of aiosqlite's cursor that SQLAlchemy uses."""

    __slots__ = ("_connection", "_rows", "arraysize", "description", "lastrowid", "rowcount")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.arraysize = 1
        self.description: Any = None
        self.lastrowid: int | None = None
        self.rowcount = -1

    async def __aenter__(self) -> Cursor:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Runs a statement and brings its rows."""
        return self._take(await self._connection.trip(partial(run, statement=statement, parameters=parameters)))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Cursor:
        """Runs a statement once for each of the parameters."""
        return self._take(await self._connection.trip(partial(run_all, statement=statement, parameters=parameters)))

    async def fetchall(self) -> list[Any]:
        """The rows, which are here already."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is held."""

    def _take(self, done: Done) -> Cursor:
        self.description, self.rowcount, self.lastrowid, self._rows = done
        return self


def run(connection: sqlite3.Connection, *, statement: str, parameters: Sequence[Any]) -> Done:
    """Runs one statement to its end, in the connection's thread."""
    cursor = connection.cursor()
    try:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall() if cursor.description else []
        return Done(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    finally:
        cursor.close()


def run_all(connection: sqlite3.Connection, *, statement: str, parameters: Sequence[Sequence[Any]]) -> Done:
    """Runs one statement for each of the parameters."""
    cursor = connection.cursor()
    try:
        cursor.executemany(statement, parameters)
        return Done(cursor.description, cursor.rowcount, cursor.lastrowid, [])
    finally:
        cursor.close()


def connect(database: str, **how: Any) -> Connection:
    """A connection, to be awaited; see `sqlite3.connect` for `how`."""
    connection = Connection(lambda: sqlite3.connect(database, **how), ITER_CHUNK)
    connection._thread.daemon = True  # as SQLAlchemy does: a program that forgot to close still ends  # noqa: SLF001
    return connection
