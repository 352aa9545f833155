"""Connections to SQLite and PostgreSQL, made the way Muselab needs them."""

from __future__ import annotations

import asyncio
import importlib.util
import random
import sqlite3
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from bot import private
from bot.domain.errors import Misconfigured, StoreDown
from bot.links import shown
from bot.words import _
from storage import _hops
from storage._faults import code_of, unreachable

BUSY_S = 10.0  # another process's write takes milliseconds; after this long somebody holds the file open on purpose
CONNECT_S = 10.0  # a server that answers at all answers sooner, and a person waits
WAIT_S = 10.0  # for a server that has no connection left, or is starting; a person waits
PAUSE_S = (0.02, 0.2)  # between two tries, by chance, so that many do not try at once
CROWDED = ("53300", "57P03")  # SQLSTATE: too many connections, the server is starting
POOL = 10  # connections to PostgreSQL, whose default is 100 for everybody
COMMAND_S = 30.0  # no statement of ours takes a second; a lost network is noticed after this

_PRAGMAS = (
    "journal_mode = WAL",  # people read while somebody votes
    "synchronous = NORMAL",  # no fsync per vote; kill -9 loses nothing, a power cut perhaps the last moments
    "foreign_keys = ON",
    "secure_delete = ON",  # what a person had deleted is overwritten in the file, too
)

#: Execution option: how a transaction begins on SQLite: "IMMEDIATE", "DEFERRED", or "" for a statement that is its own.
BEGIN = "muselab_begin"


class Patient(AsyncAdaptedQueuePool):
    """A pool that waits while a server has no connection left for it: for one of its own to come back, or for room there."""

    def _do_get(self) -> Any:
        deadline = monotonic() + WAIT_S
        while True:
            try:
                return super()._do_get()
            except StoreDown as error:
                if code_of(error) not in CROWDED or monotonic() > deadline:
                    raise
            await_only(asyncio.sleep(random.uniform(*PAUSE_S)))


def connected(url: str, *, pool: int = POOL) -> tuple[AsyncEngine, str]:
    """An engine on the database at `url`, and its name for people. Nothing is opened yet.

    Args:
        url: where.
        pool: connections to a PostgreSQL server, at most.

    Raises:
        Misconfigured: the URL cannot be used, or its driver is not installed.
    """
    scheme, _colon, rest = url.strip().partition(":")
    kind, _plus, driver = scheme.lower().partition("+")
    if kind == "sqlite" and driver in ("", "aiosqlite"):
        name = rest.removeprefix("///")  # everything after is the path as it is: a file's name may hold ? and %
        if name in ("", ":memory:", rest):
            raise Misconfigured(_("An SQLite URL names a file: sqlite:///path/to/file.db. To keep nothing, write memory:"))
        path = Path(name).expanduser()
        return sqlite(path), str(path)
    if kind in ("postgresql", "postgres") and driver in ("", "asyncpg"):
        plain = f"postgresql:{rest}"
        return postgresql(plain, pool=pool), shown(plain)
    if kind == "memory":
        raise Misconfigured(_("memory: keeps no database, so there is nothing to look at or to migrate."))
    if kind in ("sqlite", "postgresql", "postgres"):
        raise Misconfigured(
            _("Muselab does not use the database driver “{driver}”. Leave it out: {kind}://…").format(driver=driver, kind=kind)
        )
    raise Misconfigured(
        _("MUSELAB_STORE__URL cannot be used. Write memory:, sqlite:///path/to/file.db or postgresql://user@host/name.")
    )


def sqlite(path: Path) -> AsyncEngine:
    """An engine on an SQLite file. Nothing is opened yet."""
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        pool_size=7,  # one writes, four read, and two are kept for what people wait for; each is a thread
        max_overflow=0,
        pool_timeout=COMMAND_S,
        connect_args={"async_creator_fn": partial(_hops.connect, busy_s=BUSY_S)},
    )

    ready: list[Path] = []  #: once it is ours alone

    @event.listens_for(engine.sync_engine, "do_connect")
    def try_path(*_connecting: Any) -> None:
        if not path.parent.exists():
            private.folder(path.parent)
        if not ready:
            with suppress(OSError):  # which SQLite has its own word for
                private.database(path)  # what SQLite keeps beside a database is as readable as that is
                ready.append(path)
        # When aiosqlite cannot open a file, its thread still calls the loop, which may be gone by then: so try without it.
        sqlite3.connect(path).close()

    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late to queue writers
    cursor = connection.cursor()
    try:
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()  # nobody else would: the pool does not have it yet
        raise
    cursor.close()


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get(BEGIN, "DEFERRED")
    if mode:
        connection.exec_driver_sql(f"BEGIN {mode}")


def looked_at(path: Path) -> AsyncEngine:
    """An engine on an SQLite file that is there, for reading alone: neither it nor anything beside it changes."""
    # SQLite makes files beside one that it reads while nobody else has it open, unless it is told that nobody will write.
    how = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
    opened = f"file:{quote(str(path.absolute()))}?{how}"
    return create_async_engine(
        "sqlite+aiosqlite://",
        poolclass=NullPool,
        connect_args={"async_creator_fn": lambda *_where, **_how: _hops.connect(opened, busy_s=BUSY_S, uri=True)},
    )


def postgresql(url: str, *, pool: int = POOL) -> AsyncEngine:
    """An engine on a PostgreSQL server, through asyncpg, which reads the URL as libpq does. Nothing is opened yet.

    No statement is prepared under a name: behind a pooler (pgbouncer in transaction mode) the next statement may run on another
    of the server's connections, where that name is unknown, or another client's. Unique names do not help: outside of a
    transaction preparing and running are two of them.

    Raises:
        Misconfigured: asyncpg is not installed.
    """
    if importlib.util.find_spec("asyncpg") is None:
        raise Misconfigured(_("PostgreSQL needs one more package: pip install 'muselab[postgres]'"))
    import asyncpg

    async def connect() -> Any:
        try:
            return await asyncpg.connect(url, timeout=CONNECT_S, command_timeout=COMMAND_S, statement_cache_size=0)
        except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise unreachable(error, shown(url)) from error

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        poolclass=Patient,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=COMMAND_S,
        connect_args={"prepared_statement_cache_size": 0},
    )

    # Like `pool_pre_ping`, without its round trip: the loop has seen a connection close long before it is taken again.
    @event.listens_for(engine.sync_engine, "checkout")
    def alive(connection: Any, _record: Any, _proxy: Any) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine
