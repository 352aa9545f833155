"""SQLite's connections that work at once, and go to a thread only for what has to wait.

aiosqlite goes there four times a statement, and each time waits until a busy loop gives the interpreter's lock away: up to 20 ms
for what SQLite does in 20 µs. In WAL mode nobody's writing holds up who reads, and writing means appending to a file that the
operating system holds in memory. What may wait is another program's lock, and the disk when the log is copied into the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import aiosqlite

ITER_CHUNK = 64  # aiosqlite's own default; our cursors bring all rows at once
CHECKPOINT_EVERY = 500  # writes of a connection: the log grows to some megabytes, and the disk is waited for that seldom


class Done(NamedTuple):
    """What a statement came to."""

    description: Any  #: of the columns; None where there are none
    rowcount: int
    lastrowid: int | None
    rows: list[Any]


Work = Callable[[sqlite3.Connection], Any]


class Connection(aiosqlite.Connection):
    """As aiosqlite's, with the thread as the place to wait."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, busy_s: float) -> None:
        super().__init__(connector, ITER_CHUNK)
        self._thread.daemon = True  # as SQLAlchemy does it: a program that forgot to close still ends
        self._busy_s = busy_s
        self._writes = 0  #: since the log was last copied

    def cursor(self) -> Cursor:  # type: ignore[override]  # SQLAlchemy needs `async with`, and nobody else calls it
        """A cursor; nothing happens yet."""
        return Cursor(self)

    async def commit(self) -> None:
        """Makes what was written stay."""
        if self.in_transaction:
            await self.do(sqlite3.Connection.commit)
        await self._tidy()

    async def rollback(self) -> None:
        """Takes back what was written."""
        if self.in_transaction:
            self._conn.rollback()

    async def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Runs one statement, and gives its rows: no cursor is of use to who wants nothing else."""
        try:
            rows = self._conn.execute(statement, parameters).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            rows = (await self.wait(partial(run, statement=statement, parameters=parameters))).rows
        if not statement.startswith(("SELECT", "BEGIN")):
            await self.wrote()
        return rows

    async def do(self, work: Work) -> Any:
        """Does it at once, or in the thread where another program holds a lock."""
        try:
            return work(self._conn)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        return await self.wait(work)

    async def wait(self, work: Work) -> Any:
        """Does it in the thread, which waits for locks."""
        waiting = partial(patiently, work=work, busy_s=self._busy_s)
        return await self._execute(waiting, self._conn)  # type: ignore[no-untyped-call]

    async def wrote(self) -> None:
        """Notes a write."""
        self._writes += 1
        await self._tidy()

    async def _tidy(self) -> None:
        if self._writes < CHECKPOINT_EVERY or self.in_transaction:
            return
        self._writes = 0
        try:
            await self._execute(checkpoint, self._conn)  # type: ignore[no-untyped-call]
        except sqlite3.OperationalError:
            return  # what is in the log is as safe there, and it is copied another time


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
        """Runs a statement and keeps its rows."""
        work = partial(run, statement=statement, parameters=parameters)
        # Pragmas may wait for the disk, or for those who read.
        do = self._connection.wait if statement.startswith("PRAGMA") else self._connection.do
        return await self._take(await do(work), writes=not statement.startswith(("SELECT", "BEGIN")))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Cursor:
        """Runs a statement once for each of the parameters."""
        work = partial(run_all, statement=statement, parameters=parameters)
        return await self._take(await self._connection.do(work), writes=True)

    async def fetchall(self) -> list[Any]:
        """The rows, which are here already."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is held."""

    async def _take(self, done: Done, *, writes: bool) -> Cursor:
        self.description, self.rowcount, self.lastrowid, self._rows = done
        if writes:
            await self._connection.wrote()
        return self


def run(connection: sqlite3.Connection, *, statement: str, parameters: Sequence[Any]) -> Done:
    """Runs one statement to its end."""
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


def patiently(connection: sqlite3.Connection, *, work: Work, busy_s: float) -> Any:
    """Does it as soon as no other program holds a lock."""
    connection.execute(f"PRAGMA busy_timeout = {int(busy_s * 1000)}")
    try:
        return work(connection)
    finally:
        connection.execute("PRAGMA busy_timeout = 0")


def checkpoint(connection: sqlite3.Connection) -> None:
    """Copies what is in the log into the database, without waiting for those who read it."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def connect(database: str, *, busy_s: float, **how: Any) -> Connection:
    """A connection, to be awaited.

    Args:
        database: the file.
        busy_s: seconds to wait for another program's lock.
        how: see `sqlite3.connect`.
    """

    def connector() -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(database, **(how | {"timeout": 0.0, "check_same_thread": False}))
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        return connection

    return Connection(connector, busy_s=busy_s)
