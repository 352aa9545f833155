"""What SQLite and PostgreSQL must survive: kills, broken connections, foreign files, other versions, full disks."""

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, text
from sqlalchemy.exc import OperationalError

from bot.domain.errors import Misconfigured, MuselabError, StoreDown
from storage import _engines, migrate
from storage._faults import fault
from storage._tables import VERSION_TABLE, metadata
from storage.looking import look
from storage.sql import SqlStore
from storage.urls import build
from tests.contract.conftest import Postgres
from tests.contract.stores import ANN, CHANNEL, NOW, TEAM, a_brainstorm, a_vote, an_idea, later, people
from tests.fair import START_S

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "muselab.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, file: Path) -> str:
    """The URL of an empty database."""
    return f"sqlite:///{file}" if request.param == "sqlite" else str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture
async def store(new_url: str) -> AsyncIterator[SqlStore]:
    opened = build(new_url)
    assert isinstance(opened, SqlStore)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def postgres_store(postgres_url: str) -> AsyncIterator[SqlStore]:
    opened = build(postgres_url)
    assert isinstance(opened, SqlStore)
    await opened.open()
    yield opened
    await opened.close()


async def run(url: str, *statements: str) -> None:
    """Runs statements behind the store's back."""
    engine, _where = _engines.connected(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def refused(url: str) -> MuselabError:
    """What opening the store at `url` says."""
    store = build(url)
    try:
        with pytest.raises(MuselabError) as caught:
            await store.open()
    finally:
        await store.close()
    return caught.value


def fill(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def forbid_writing(file: Path) -> None:
    file.chmod(0o400)


def content_of(file: Path) -> bytes:
    return file.read_bytes()


# killed processes and broken connections


async def test_a_killed_process_loses_nothing_that_was_acknowledged(new_url: str) -> None:
    command = [sys.executable, "-m", "tests.contract.writing_process", new_url]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    acknowledged = [int(await asyncio.wait_for(process.stdout.readline(), timeout=START_S)) for _ in range(40)]

    process.kill()
    acknowledged += [int(line) for line in (await process.stdout.read()).splitlines(keepends=True) if line.endswith(b"\n")]
    await process.wait()

    store = build(new_url)
    await store.open()
    ideas = {idea.number: idea for idea in await store.ideas(CHANNEL, limit=10**6)}
    voted = {said.idea for said in await store.feedback(TEAM, [idea.id for idea in ideas.values()])}
    following = await store.add(an_idea(id="f" * 24))
    await store.close()
    assert acknowledged == list(range(1, len(acknowledged) + 1))
    assert all(number in ideas and ideas[number].id in voted for number in acknowledged)
    assert sorted(ideas) == list(range(1, len(ideas) + 1))
    assert following.number == len(ideas) + 1


async def test_a_store_recovers_when_its_connections_are_cut(postgres_store: SqlStore, postgres: Postgres) -> None:
    store, idea = postgres_store, await postgres_store.add(an_idea())
    await asyncio.gather(*(store.hear(TEAM, a_vote(idea, person=person)) for person in people(10)))

    clients = "pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    await postgres.run(f"SELECT pg_terminate_backend(pid, 5000) FROM {clients}")
    await asyncio.sleep(0)  # the loop reads that the sockets are closed

    await asyncio.gather(*(store.hear(TEAM, a_vote(idea, person=person, token="down")) for person in people(10)))
    assert {said.token for said in await store.feedback(TEAM, [idea.id])} == {"down"}


async def test_a_transaction_killed_in_the_middle_leaves_nothing_half_written(
    postgres_store: SqlStore, postgres_url: str, postgres: Postgres
) -> None:
    store = postgres_store
    await store.add(an_idea(parents=("a", "b")))
    blocker = await _held(postgres_url, "LOCK TABLE idea_parents IN ACCESS EXCLUSIVE MODE")

    adding = asyncio.create_task(store.add(an_idea(parents=("a", "b"))))
    await _until_waiting(postgres)
    await postgres.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")

    with pytest.raises(StoreDown, match="try again"):
        await adding
    await blocker.close()
    assert [idea.number for idea in await store.ideas(CHANNEL)] == [1]
    assert (await store.add(an_idea(parents=("a",)))).number == 2


async def _held(url: str, statement: str) -> Any:
    """A connection whose open transaction has run the statement."""
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute("BEGIN")
    await connection.execute(statement)
    return connection


async def _until_waiting(postgres: Postgres) -> None:
    """Until some transaction waits for a lock."""
    import asyncpg

    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    connection = await asyncpg.connect(postgres.url("postgres"))
    async with asyncio.timeout(START_S):
        while not await connection.fetchval(waiting):
            await asyncio.sleep(0.01)
    await connection.close()


async def test_a_failure_in_the_middle_of_a_transaction_leaves_nothing(store: SqlStore) -> None:
    await store.begin(a_brainstorm())
    idea = await store.add(an_idea(author=ANN))
    await store.hear(TEAM, a_vote(idea))

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE brainstorms"):
            raise OSError(errno.EIO, "the disk is gone")

    event.listen(store._engine.sync_engine, "before_cursor_execute", fail)
    with pytest.raises(StoreDown):
        await store.forget(TEAM, ANN)
    event.remove(store._engine.sync_engine, "before_cursor_execute", fail)

    kept = await store.about(TEAM, ANN)
    assert (len(kept.brainstorms), kept.ideas, kept.feedback) == (1, (idea,), (a_vote(idea),))


async def test_what_was_stored_is_there_after_a_restart(store: SqlStore, new_url: str) -> None:
    brainstorm = a_brainstorm(leased_until=later(1))
    await store.begin(brainstorm)
    idea = await store.add(an_idea(brainstorm=brainstorm.id))
    await store.hear(TEAM, a_vote(idea))
    await store.close()

    again = build(new_url)
    await again.open()

    assert await again.brainstorm(TEAM, brainstorm.id) == brainstorm
    assert await again.ideas_of(TEAM, brainstorm.id) == [idea]
    assert await again.hear(TEAM, a_vote(idea, token="down")) == a_vote(idea)
    await again.close()


async def test_a_vote_is_one_statement(store: SqlStore) -> None:
    idea = await store.add(an_idea())
    seen: list[str] = []
    event.listen(store._engine.sync_engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    for straight in store._straight[1:]:  # SQLite's own connection for writing, which SQLAlchemy does not see at work
        assert straight._driver is not None
        await straight._driver.set_trace_callback(seen.append)

    await store.hear(TEAM, a_vote(idea))
    await store.hear(TEAM, a_vote(idea, token="down"))

    assert [statement.split()[0] for statement in seen] == ["INSERT", "INSERT"]


# versions of the tables


async def test_an_empty_database_becomes_ours_when_it_is_opened(new_url: str) -> None:
    before = await migrate.current(new_url)
    stores = [build(new_url) for _ in range(3)]

    await asyncio.gather(*(store.open() for store in stores))

    for store in stores:
        await store.close()
    assert before is None
    assert await migrate.current(new_url) == migrate.head()


async def test_upgrading_says_from_where_to_where(new_url: str) -> None:
    assert await migrate.upgrade(new_url) == (None, migrate.head())
    assert await migrate.upgrade(new_url) == (migrate.head(), migrate.head())


async def test_the_migrations_make_the_tables_that_the_code_uses(new_url: str) -> None:
    await migrate.upgrade(new_url)
    engine, _where = _engines.connected(new_url)

    def differences(connection: Any) -> list[Any]:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []


async def test_a_new_database_has_what_all_migrations_come_to(new_url: str) -> None:
    made, migrated = {}, {}
    store = build(new_url)
    await store.open()
    await store.close()
    engine, _where = _engines.connected(new_url)

    async with engine.begin() as connection:
        await connection.run_sync(described, made)
        await connection.run_sync(metadata.drop_all)
        await connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
    await migrate.upgrade(new_url)
    async with engine.connect() as connection:
        await connection.run_sync(described, migrated)

    await engine.dispose()
    assert made == migrated


def described(connection: Any, tables: dict[str, Any]) -> None:
    """All tables as the database knows them, without the order of columns, nor what a column gets that nobody names."""
    found = inspect(connection)
    for table in found.get_table_names():
        tables[table] = {
            "columns": {one["name"]: (str(one["type"]), one["nullable"]) for one in found.get_columns(table)},
            "key": found.get_pk_constraint(table),
            "foreign": sorted(map(str, found.get_foreign_keys(table))),
            "unique": sorted(map(str, found.get_unique_constraints(table))),
            "indexes": sorted(
                f"{one['name']} {one['column_names']} {one['unique']} "
                + str({name: str(value) for name, value in one.get("dialect_options", {}).items()})
                for one in found.get_indexes(table)
            ),
        }


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "storage" / "_migrations"))

    assert ScriptDirectory.from_config(config).get_heads() == [migrate.head()]


async def test_a_database_from_the_future_is_refused_and_left_alone(store: SqlStore, new_url: str) -> None:
    await store.add(an_idea())
    await run(new_url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    refusal = await refused(new_url)

    assert isinstance(refusal, Misconfigured)
    assert "from the future" in str(refusal)
    with pytest.raises(Misconfigured, match="from the future"):
        await migrate.upgrade(new_url)
    assert await migrate.current(new_url) == "9999"
    assert len(await store.ideas(CHANNEL)) == 1


async def older(url: str) -> None:
    """Makes the empty database one of the first version, with ideas counted in one channel."""
    engine, _where = _engines.connected(url)
    async with engine.execution_options(**{_engines.BEGIN: "IMMEDIATE"}).begin() as connection:
        await connection.run_sync(migrate._migrate, "0001")
        await connection.execute(text("INSERT INTO channels VALUES ('discord', 'guild-1', 'general', 41)"))
    await engine.dispose()


async def test_an_older_database_names_the_command_that_helps(new_url: str) -> None:
    await older(new_url)

    refusal = await refused(new_url)

    assert isinstance(refusal, Misconfigured)
    assert "muselab migrate" in str(refusal)
    assert await migrate.current(new_url) == "0001"


async def test_an_upgraded_database_holds_what_it_held(new_url: str) -> None:
    await older(new_url)

    assert await migrate.upgrade(new_url) == ("0001", migrate.head())

    store = build(new_url)
    await store.open()
    assert (await store.add(an_idea())).number == 42
    await store.close()


async def test_no_migration_copies_a_table() -> None:
    """Alembic's batch mode drops the old table: with foreign keys on, all that hangs on its rows would be deleted with it."""
    steps = sorted((Path(migrate.__file__).parent / "_migrations" / "versions").glob("0*.py"))

    assert steps
    assert not [step.name for step in steps if "batch_alter_table" in step.read_text(encoding="utf-8")]


async def test_memory_has_nothing_to_migrate() -> None:
    with pytest.raises(Misconfigured, match="nothing to look at or to migrate"):
        await migrate.upgrade("memory:")


async def test_another_programs_database_is_refused_and_left_alone(new_url: str) -> None:
    await run(new_url, "CREATE TABLE invoices (id INTEGER)")

    refusal = await refused(new_url)

    assert isinstance(refusal, Misconfigured)
    assert "another program" in str(refusal)
    with pytest.raises(Misconfigured, match="another program"):
        await migrate.upgrade(new_url)


# files that cannot be used


async def test_missing_folders_are_made(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "m % 茶?.db"
    store = build(f"sqlite:///{file}")

    await store.open()

    await store.close()
    assert file.is_file()


async def test_a_path_through_a_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a folder")

    refusal = await refused(f"sqlite:///{tmp_path / 'notes.txt' / 'muselab.db'}")

    assert isinstance(refusal, Misconfigured)
    assert str(tmp_path / "notes.txt" / "muselab.db") in str(refusal)
    assert "cannot be opened" in str(refusal)


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    refusal = await refused(f"sqlite:///{tmp_path}")

    assert isinstance(refusal, Misconfigured)
    assert str(tmp_path) in str(refusal)


async def test_a_file_that_is_no_database_is_refused_by_name(file: Path) -> None:
    fill(file, b"Dear diary, today I learned what a B-tree is. " * 100)

    refusal = await refused(f"sqlite:///{file}")

    assert isinstance(refusal, Misconfigured)
    assert f"{file} is not a database" in str(refusal)
    assert content_of(file).startswith(b"Dear diary")


async def test_a_read_only_folder_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user, probably root, may write everywhere")

    refusal = await refused(f"sqlite:///{folder / 'muselab.db'}")

    assert isinstance(refusal, Misconfigured)
    assert str(folder) in str(refusal)


async def test_a_read_only_file_is_refused_by_name(file: Path) -> None:
    await migrate.upgrade(f"sqlite:///{file}")
    forbid_writing(file)
    if os.access(file, os.W_OK):
        pytest.skip("this user, probably root, may write everywhere")

    refusal = await refused(f"sqlite:///{file}")

    assert isinstance(refusal, Misconfigured)
    assert f"{file} is read-only" in str(refusal)


def _limit(store: SqlStore, *pragmas: str) -> None:
    """Makes every further connection of the store run the pragmas."""

    @event.listens_for(store._engine.sync_engine, "connect")
    def restrict(connection: Any, _record: object) -> None:
        for pragma in pragmas:
            connection.cursor().execute(f"PRAGMA {pragma}")


async def test_a_read_only_database_says_so_and_can_still_be_read(file: Path) -> None:
    store = build(f"sqlite:///{file}")
    assert isinstance(store, SqlStore)
    await store.open()
    idea = await store.add(an_idea())
    await store.close()
    _limit(store, "query_only = ON")  # the same refusal as from a file without write permission, for root too

    with pytest.raises(StoreDown, match="read-only"):
        await store.hear(TEAM, a_vote(idea))

    assert await store.idea(TEAM, idea.id) == idea
    await store.close()


async def test_a_full_disk_says_so_and_loses_nothing(file: Path) -> None:
    store = build(f"sqlite:///{file}")
    assert isinstance(store, SqlStore)
    await store.open()
    stored = [await store.add(an_idea()) for _ in range(3)]
    await store.close()
    _limit(store, "max_page_count = 1")  # the file may not grow: SQLite reports what it reports for a full disk

    async def fill_up() -> None:
        for _ in range(100):
            stored.append(await store.add(an_idea(text="x" * 5000)))

    with pytest.raises(StoreDown, match="disk is full"):
        await fill_up()

    assert {idea.id for idea in await store.ideas(CHANNEL)} == {idea.id for idea in stored}
    await store.close()


async def test_a_file_locked_for_too_long_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_engines, "BUSY_S", 0.05)
    store = build(f"sqlite:///{file}")
    await store.open()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StoreDown, match="locked by another program"):
            await store.add(an_idea())

        other.execute("ROLLBACK")
    assert (await store.add(an_idea())).number == 1
    await store.close()


async def test_a_damaged_file_says_so(file: Path) -> None:
    store = build(f"sqlite:///{file}")
    await store.open()
    for _ in range(200):
        await store.add(an_idea(text="x" * 300))
    await store.close()
    content = content_of(file)
    fill(file, content[:4096] + b"\xaa" * (len(content) - 4096))  # the first page says what the file is

    with pytest.raises(StoreDown, match="is damaged"):
        await store.ideas(CHANNEL)

    await store.close()


async def test_a_copied_file_is_the_same_store(file: Path, tmp_path: Path) -> None:
    store = build(f"sqlite:///{file}")
    await store.open()
    idea = await store.add(an_idea())
    await store.close()

    shutil.copy(file, tmp_path / "copy.db")  # closed, the one file is the whole database

    copy = build(f"sqlite:///{tmp_path / 'copy.db'}")
    await copy.open()
    assert await copy.idea(TEAM, idea.id) == idea
    await copy.close()


async def test_reading_goes_on_while_another_program_writes(file: Path) -> None:
    store = build(f"sqlite:///{file}")
    await store.open()
    idea = await store.add(an_idea())
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM ideas")

        assert await store.idea(TEAM, idea.id) == idea

        other.execute("ROLLBACK")
    await store.close()


async def test_a_look_at_an_empty_database_makes_nothing_in_it(new_url: str) -> None:
    seen = await look(new_url)

    assert not seen.made
    assert await migrate.current(new_url) is None


async def test_a_look_at_a_database_of_ours_sees_that_it_is(new_url: str) -> None:
    await migrate.upgrade(new_url)

    assert (await look(new_url)).made


# servers that cannot be used


async def test_a_server_that_is_not_there_is_named_without_user_and_password() -> None:
    failure = await refused("postgresql://muse:s3cret@127.0.0.1:1/ideas")

    assert isinstance(failure, StoreDown)
    assert "postgresql://127.0.0.1:1/ideas cannot be reached" in str(failure)
    assert "s3cret" not in str(failure)
    assert "muse" not in str(failure)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://muse:s3/cret@127.0.0.1:1/ideas",
        "postgresql://muse:s3?cret@127.0.0.1:1/ideas",
        "postgresql://muse:s3cret@[::1/ideas",
        "postgresql://muse:s3cret@host:port/ideas",
        "postgresql://127.0.0.1:1/ideas?user=muse&password=s3cret",
        "postgresql://127.0.0.1:1/ideas?passwort=s3cret",
    ],
)
async def test_an_odd_url_is_a_sentence_that_tells_nothing_of_what_is_secret(url: str) -> None:
    failure = await refused(url)

    assert isinstance(failure, StoreDown | Misconfigured)
    assert "postgresql://" in str(failure)
    assert not any(secret in str(failure) for secret in ("muse:", "muse@", "s3", "cret"))


async def test_a_database_that_does_not_exist_is_named(postgres: Postgres) -> None:
    refusal = await refused(postgres.url("nowhere"))

    assert isinstance(refusal, Misconfigured)
    assert "nowhere does not exist" in str(refusal)


async def test_a_user_that_does_not_exist_is_refused(postgres: Postgres) -> None:
    refusal = await refused(postgres.url("postgres").replace("postgres:@", "nobody:@"))

    assert isinstance(refusal, Misconfigured)
    assert "refuses the user name" in str(refusal)


async def test_a_user_that_may_only_read_is_told(empty_postgres_url: str) -> None:
    await run(empty_postgres_url, "ALTER ROLE postgres SET default_transaction_read_only = on")
    refusal = await refused(empty_postgres_url)
    await run(empty_postgres_url, "SET TRANSACTION READ WRITE", "ALTER ROLE postgres RESET default_transaction_read_only")

    assert isinstance(refusal, Misconfigured)
    assert "is read-only" in str(refusal)


@pytest.mark.parametrize(("scheme", "works"), [("postgres", True), ("postgresql+asyncpg", True), ("PostgreSQL", True)])
async def test_a_postgresql_url_is_taken_as_people_write_it(postgres_url: str, scheme: str, works: bool) -> None:
    store = build(postgres_url.replace("postgresql:", f"{scheme}:"))

    await store.open()

    assert await store.first_time("Ev1", NOW) is works
    await store.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "sqlite:///path"),
        ("mysql://localhost/ideas", "sqlite:///path"),
        ("muselab.db", "sqlite:///path"),
        ("sqlite://", "names a file"),
        ("sqlite:///", "names a file"),
        ("sqlite:///:memory:", "memory:"),
        ("sqlite+pysqlcipher:///x.db", "pysqlcipher"),
        ("postgresql+psycopg://localhost/ideas", "psycopg"),
    ],
)
def test_a_url_that_cannot_be_used_gets_one_sentence(url: str, says: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        build(url)

    assert says in str(caught.value)


def test_a_missing_driver_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)

    with pytest.raises(Misconfigured, match=r"muselab\[postgres\]"):
        build("postgresql://localhost/ideas")


def test_memory_needs_no_database_library() -> None:
    program = "import sys, storage.urls; storage.urls.build('memory:'); sys.exit('sqlalchemy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    ("sqlstate", "says"),
    [
        ("53100", "is full"),
        ("53300", "no connection left"),
        ("42501", "may not"),
        ("40P01", "too busy"),
        ("57P03", "restarting"),
        ("08006", "broke"),
        ("57014", "too long"),
    ],
)
def test_every_state_of_a_server_has_its_sentence(sqlstate: str, says: str) -> None:
    error = Exception("what the server said")
    error.sqlstate = sqlstate  # type: ignore[attr-defined]

    assert says in str(fault(OperationalError("SELECT 1", None, error), "postgresql://host/ideas"))
