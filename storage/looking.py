"""Looks at a database and leaves it as it is: nothing is made, migrated or written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.errors import Misconfigured
from bot.domain.models import ModelVersion
from bot.words import _
from storage import _tables as t
from storage import migrate
from storage._engines import connected, looked_at
from storage._faults import translated
from storage.sql import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look at a database has shown."""

    where: str  #: the database, as people may see it
    made: bool = False  #: its tables are there, as this version of Muselab needs them
    versions: Sequence[ModelVersion] = ()  #: of every team's model
    bridges: int = 0  #: between channels of two teams


async def look(url: str) -> Seen:
    """What is in the database at `url`.

    Raises:
        Misconfigured: the URL cannot be used, or the database is of another version of Muselab or of another program.
        StoreDown: it cannot be reached.
    """
    if url.strip() == "memory:":
        return Seen(where="memory:", made=True)
    engine, where = _found(url)
    if engine is None:
        return Seen(where=where)
    store = SqlStore(engine, where)
    try:
        with translated(where, opening=True):
            async with engine.connect() as connection:
                revision = await connection.run_sync(migrate.revision, where)
        if revision is None:
            return Seen(where=where)
        if revision != migrate.head():
            migrate.refuse_unknown(revision, where)
            raise Misconfigured(
                _("The database {where} is of an older Muselab. Make a backup, then run `muselab migrate`.").format(where=where)
            )
        versions = [version for team in await store.teams() for version in await store.versions(team)]
        with translated(where):
            async with engine.connect() as connection:
                mine = select(func.count()).select_from(t.bridges).where(t.bridges.c.first)
                bridges = (await connection.execute(mine)).scalar_one()
        return Seen(where=where, made=True, versions=versions, bridges=bridges)
    finally:
        await store.close()


def _found(url: str) -> tuple[AsyncEngine | None, str]:
    """An engine that only reads, None where there is no such file; and the database's name for people."""
    engine, where = connected(url)
    if engine.dialect.name != "sqlite":
        return engine, where
    file = Path(where)
    return (looked_at(file) if file.exists() else None), where
