"""Connections of the store on SQLite or PostgreSQL: to read, to write one thing, or several at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import migrate
from storage._engines import BEGIN, COMMAND_S
from storage._faults import translated
from storage._ready import Runner, Straight, Through
from storage._statements import Statements
from storage._tidying import Tidying
from storage._turn import Turn


class Connections:
    """One database, opened and closed; each part of the store is one of these.

    SQLite takes one writer at a time: ours queue on `_turn`, in order, and only other processes wait in the database.
    """

    def __init__(self, engine: AsyncEngine, where: str, *, traces: Sequence[Path] = (), tidying: Tidying | None = None) -> None:
        """Nothing is opened yet.

        Args:
            engine: on the database.
            where: the database's name in messages.
            traces: what an earlier board would have left; see `migrate.ready`.
            tidying: of SQLite's log.
        """
        self._engine = engine
        self._where = where  #: the database's name in messages
        self._traces = traces
        self._tidying = tidying
        self._straight: tuple[Straight, ...]  #: SQLite's: one that reads, one that writes
        self._writes = engine.execution_options(**{BEGIN: "IMMEDIATE"})
        if engine.dialect.name == "sqlite":
            self._insert: Any = sqlite.insert
            self._turn: asyncio.Lock | nullcontext[None] = asyncio.Lock()
            self._single = engine.execution_options(**{BEGIN: ""})
            self._straight = (Straight(self._single), Straight(self._single))
        else:
            self._insert = postgresql.insert
            self._turn = nullcontext()
            self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
            self._straight = ()
        self._ready = Statements(self._insert)

    async def open(self) -> None:
        """Connects, makes an empty database ours, checks the schema of any other."""
        if self._tidying is not None:
            migrate.refuse_to_begin(self._where, self._tidying.orphans)  # before SQLite, which clears them away
        try:
            with translated(self._where, opening=True):
                new = await migrate.ready(self._engine, self._where, traces=self._traces)
                if new and self._tidying is not None:  # a file without tables then never had any: nothing was lost
                    await self._tidying.tidy()
        except BaseException:
            await self._engine.dispose()
            raise
        if self._tidying is not None:
            self._tidying.start()

    async def close(self) -> None:
        """Gives back connections."""
        if self._tidying is not None:
            await self._tidying.stop()
        for straight in self._straight:
            await straight.close()
        await self._engine.dispose()

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        """Holds the place of SQLite's one writer; raises `TimeoutError` when it never gets free."""
        if isinstance(self._turn, asyncio.Lock):
            async with asyncio.timeout(COMMAND_S):
                await self._turn.acquire()
            try:
                yield
            finally:
                self._turn.release()
        else:
            yield

    @asynccontextmanager
    async def _read_transaction(self) -> AsyncIterator[AsyncConnection]:
        with translated(self._where):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def _read_autocommit(self) -> AsyncIterator[AsyncConnection]:
        """For one statement that reads, without the round trips of BEGIN and ROLLBACK."""
        with translated(self._where):
            async with self._single.connect() as connection:
                yield connection

    @asynccontextmanager
    async def _write_transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction."""
        with translated(self._where):
            async with self._my_turn(), self._writes.begin() as connection:
                yield connection

    @asynccontextmanager
    async def _write_autocommit(self) -> AsyncIterator[AsyncConnection]:
        """For statements each of which is a transaction of its own, without the round trips of BEGIN and COMMIT."""
        with translated(self._where):
            async with self._my_turn(), self._single.connect() as connection:
                yield connection

    def _prepared_read(self, *, transaction: bool = False) -> AbstractAsyncContextManager[Runner]:
        """For ready statements that read; `whole` ones see the database as it was at one moment."""
        if self._straight:
            return Turn(self._straight[0], "BEGIN DEFERRED" if transaction else "", self._where)
        return self._through((self._engine if transaction else self._single).connect())

    def _prepared_write(self, *, transaction: bool = False) -> AbstractAsyncContextManager[Runner]:
        """For ready statements that write; `whole` ones are one transaction, others each one of its own."""
        if self._straight:
            assert isinstance(self._turn, asyncio.Lock)
            return Turn(self._straight[1], "BEGIN IMMEDIATE" if transaction else "", self._where, self._turn)
        return self._through(self._writes.begin() if transaction else self._single.connect())

    @asynccontextmanager
    async def _through(self, connecting: AbstractAsyncContextManager[AsyncConnection]) -> AsyncIterator[Runner]:
        with translated(self._where):
            async with connecting as connection:
                yield Through(connection)

    async def _overwrite_log(self) -> None:
        """Takes what was deleted out of SQLite's write-ahead log, too."""
        if self._engine.dialect.name == "sqlite":
            async with self._write_autocommit() as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
