"""Brings a database's tables up to this version of Muselab, and says how far they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import Misconfigured
from bot.words import _
from storage._engines import BEGIN, connected
from storage._faults import translated
from storage._tables import SCHEMA, VERSION_TABLE, metadata

_STEPS = Path(__file__).parent / "_migrations" / "versions"
_LOCK = 0x6D757365  # "muse": any number that no other program on the server takes for its advisory lock


def head() -> str:
    """The revision this version of Muselab works with."""
    return SCHEMA


async def current(url: str) -> str | None:
    """The revision of the database at `url`; None when it is empty.

    Raises:
        Misconfigured: it holds another program's tables, or the URL cannot be used.
        StoreDown: it cannot be reached.
    """
    async with _alone(url) as (connection, where):
        return await connection.run_sync(revision, where)


async def upgrade(url: str) -> tuple[str | None, str]:
    """Brings the database at `url` to `head()`, in one transaction.

    Returns:
        The revision before (None: it was empty) and after.

    Raises:
        Misconfigured: it is newer than this version of Muselab, holds another program's tables, or the URL cannot be used.
        StoreDown: it cannot be reached.
    """
    async with _alone(url) as (connection, where):
        before = await connection.run_sync(revision, where)
        if before != SCHEMA:
            refuse_unknown(before, where)
            await connection.run_sync(_migrate)
    return before, SCHEMA


async def ready(engine: AsyncEngine, where: str, *, traces: Sequence[Path] = ()) -> bool:
    """Makes an empty database ours, and checks that any other is of this version; whether it was empty.

    Args:
        engine: on the database.
        where: its name for people.
        traces: files and folders that an earlier board would have left.

    Raises:
        Misconfigured: it is older or newer than this version of Muselab, holds another program's tables, or is empty where
            something of an earlier board is left.
    """
    async with _locked(engine) as connection:
        schema = await connection.run_sync(revision, where)
        if schema is None:
            refuse_to_begin(where, traces)
            await connection.run_sync(_create)
        else:
            _refuse_other(schema, where)
        # Changes nothing, and fails at once where writing would: SQLite quietly begins a reading transaction on a read-only file.
        await connection.execute(text(f"DELETE FROM {VERSION_TABLE} WHERE 1 = 0"))  # noqa: S608 - a constant of ours
    return schema is None


async def revision_of(connection: AsyncConnection, where: str) -> str | None:
    """The revision of the database that a connection is to; see `current`."""
    return await connection.run_sync(revision, where)


async def make(connection: AsyncConnection) -> None:
    """Makes our tables in an empty database, in the connection's transaction."""
    await connection.run_sync(_create)


async def of_this_version(connection: AsyncConnection, where: str, *, older: bool = False) -> None:
    """Raises `Misconfigured` unless the database holds a board of this version; `older`: or of an earlier one."""
    schema = await revision_of(connection, where)
    if schema is None:
        raise Misconfigured(_("There is no board in {where}.").format(where=where))
    if older:
        refuse_unknown(schema, where)
    else:
        _refuse_other(schema, where)


def refuse_to_begin(where: str, traces: Sequence[Path]) -> None:
    """Raises `Misconfigured` where something of an earlier board is left, and the board is not."""
    left = [trace for trace in traces if _is_left(trace)]
    if left:
        raise Misconfigured(
            _(
                "The database {where} is empty, but something of an earlier board is left: {left}. Bring the board back with "
                "`muselab restore FILE`, or point MUSELAB_STORE__URL at it. To begin an empty one all the same, move that away "
                "or set MUSELAB_STORE__ANEW=true."
            ).format(where=where, left=", ".join(map(str, left)))
        )


def _is_left(trace: Path) -> bool:
    try:
        return any(trace.iterdir()) if trace.is_dir() else trace.stat().st_size > 0
    except OSError:
        return False


def _refuse_other(schema: str, where: str) -> None:
    """Raises `Misconfigured` for a board of another version."""
    if schema != SCHEMA:
        refuse_unknown(schema, where)
        raise Misconfigured(
            _("The database {where} is of an older Muselab. Make a backup, then run `muselab migrate`.").format(where=where)
        )


def refuse_unknown(revision: str | None, where: str) -> None:
    """Raises `Misconfigured` where a revision is none of this version's or an earlier one's."""
    known = {step.name.partition("_")[0] for step in _STEPS.glob("[0-9]*_*.py")}
    if revision is not None and revision not in known:
        raise Misconfigured(
            _(
                "The database {where} is from the future: a newer Muselab made it. Update Muselab, or use another database."
            ).format(where=where)
        )


def revision(connection: Connection, where: str) -> str | None:
    """The database's revision, None when it has no tables."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE in tables:
        schema = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant of ours
        if schema is not None:
            return str(schema)
    if tables:
        raise Misconfigured(
            _("The database {where} holds another program's tables. Give Muselab a database of its own.").format(where=where)
        )
    return None


def _create(connection: Connection) -> None:
    """Makes our tables in an empty database: in a file in one step, without alembic and its tenth of a second."""
    if connection.dialect.name != "sqlite":  # where each migration says in what order texts stand
        _migrate(connection)
        return
    metadata.create_all(connection, checkfirst=False)
    column = Column("version_num", String(32), nullable=False)
    version = Table(VERSION_TABLE, MetaData(), column, PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"))
    version.create(connection)
    connection.execute(version.insert().values(version_num=SCHEMA))


def _migrate(connection: Connection, to: str = SCHEMA) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_STEPS.parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


@asynccontextmanager
async def _locked(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that no other process has at the same time."""
    async with engine.execution_options(**{BEGIN: "IMMEDIATE"}).begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield connection


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[tuple[AsyncConnection, str]]:
    """`_locked` on the database at `url`, and that database's name for people."""
    engine, where = connected(url)
    try:
        with translated(where, opening=True):
            async with _locked(engine) as connection:
                yield connection, where
    finally:
        await engine.dispose()
