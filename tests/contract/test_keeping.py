"""A board that is backed up while people vote comes back whole; one that moves takes everything along; a lost one is told of."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import Misconfigured, Refusal
from bot.domain.ideas import Candidate, Draft, Prompt
from bot.messages import File
from bot.ports import Store
from storage import backup, migrate, move
from storage._engines import connected
from storage._tidying import Tidying
from storage.urls import build
from storage.weights import AdapterFolder
from tests.contract.stores import ANN, BOB, NOW, TEAM, a_brainstorm, a_version, a_vote, an_idea, everything_in

ROOT = Path(__file__).parents[2]


def places(home: Path, url: str = "") -> backup.Places:
    return backup.Places(
        store_url=url or f"sqlite:///{home / 'muselab.db'}",
        media=home / "media",
        adapters=home / "adapters",
        styles=home / "styles",
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return (
        str(request.getfixturevalue("postgres_url"))
        if request.param == "postgresql"
        else f"sqlite:///{tmp_path / 'home/muselab.db'}"
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return (
        str(request.getfixturevalue("empty_postgres_url"))
        if request.param == "postgresql"
        else f"sqlite:///{tmp_path / 'empty.db'}"
    )


async def opened(where: backup.Places) -> Store:
    store = build(where.store_url, media=where.media)
    await store.open()
    return store


async def lived_in(where: backup.Places) -> None:
    """Something in every table that people fill, two files, an adapter and a style."""
    store = await opened(where)
    asked = a_brainstorm(
        prompt=Prompt(text="茶 “names”", about=("one",), options=(("audience", "cats"),)), parents=("x" * 24,), seed=2**63
    )  # type: ignore[arg-type]
    await store.begin(asked)
    ideas = [await store.add(an_idea(text=f"Idea {n} \u2028 🍵", brainstorm=asked.id, author=ANN, asker=BOB)) for n in range(30)]
    await store.log(TEAM, [Candidate(brainstorm=asked.id, draft=Draft(text="a draft", logprob=-1.5), verdict="kept")] * 3)
    for idea in ideas:
        await store.hear(TEAM, a_vote(idea))
        await store.hear(TEAM, a_vote(idea, value=0.5, token="4", signal="stars"))
    await store.keep_version(a_version(metrics={"won": 0.5}, trained_on=("a:b:c",)))
    await store.keep_media(TEAM, ideas[0].id, [File(name="a.png", media_type="image/png", content=b"pixels", alt="A cat")], NOW)
    await store.posted(TEAM, "C1-1", [ideas[0].id], NOW)
    await store.first_time("event", NOW)
    await store.close()
    made = where.media.parent / "made"
    made.mkdir()
    (made / "adapter_config.json").write_text("{}")
    (made / "adapter_model.safetensors").write_bytes(b"weights")
    AdapterFolder(where.adapters).keep(made, {"base": "x"})
    where.styles.mkdir()
    (where.styles / "abc.safetensors").write_bytes(b"style")


def named(folder: Path, part: str) -> list[Path]:
    return [one for one in folder.rglob("*") if part in one.name]


async def whole(where: backup.Places) -> list[str]:
    """Everything in every table, whatever database holds it."""
    board = where.media.parent / f"looked-at-{len(list(where.media.parent.iterdir()))}.db"
    await backup.snapshot(where.store_url, board)
    with closing(sqlite3.connect(board)) as database:
        return sorted(line for line in database.iterdump() if line.startswith("INSERT") and "sqlite_sequence" not in line)


# ------------------------------------------------------------------------------------------------------------- backups


async def test_a_backup_brings_everything_back(url: str, tmp_path: Path) -> None:
    before, after = places(tmp_path / "home", url), places(tmp_path / "new")
    (tmp_path / "home").mkdir()
    await lived_in(before)

    saved = await backup.save(before, tmp_path / "b.zip")
    restored = await backup.restore(tmp_path / "b.zip", after)

    assert saved == restored
    assert (saved.rows["ideas"], saved.rows["feedback"], saved.rows["candidates"], saved.files) == (30, 60, 3, 5)
    assert await whole(after) == await whole(before)
    store = await opened(after)
    (medium,) = next(iter((await store.media(TEAM, [idea.id for idea in await store.team_ideas(TEAM)])).values()))
    assert await store.content(TEAM, medium.digest) == b"pixels"
    assert (await store.add(an_idea())).number == 31
    await store.close()
    assert AdapterFolder(after.adapters).names() == AdapterFolder(before.adapters).names() != ()
    assert (after.styles / "abc.safetensors").read_bytes() == b"style"


async def test_a_backup_is_read_by_its_owner_alone_and_overwrites_nothing(tmp_path: Path) -> None:
    where = places(tmp_path)
    await lived_in(where)
    file = tmp_path / "b.zip"

    await backup.save(where, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Refusal, match="never overwritten"):
        await backup.save(where, file)
    assert named(tmp_path, "part") == []


async def test_a_backup_taken_while_people_vote_and_delete_is_whole(url: str, tmp_path: Path) -> None:
    where = places(tmp_path / "home", url)
    (tmp_path / "home").mkdir()
    await lived_in(where)
    store, done = await opened(where), asyncio.Event()

    async def busy() -> None:
        number = 0
        while not done.is_set():
            idea = await store.add(an_idea(modality="image", asker=ANN))
            content = File(name="a.png", media_type="image/png", content=f"pixels {number}".encode())
            await store.keep_media(TEAM, idea.id, [content], NOW)
            await store.hear(TEAM, a_vote(idea))
            if number % 3 == 0:
                await store.drop_media(TEAM, [idea.id])
            number += 1

    working = asyncio.create_task(busy())
    try:
        for number in range(3):
            await backup.save(where, tmp_path / f"b{number}.zip")  # which checks that no named file is missing
    finally:
        done.set()
        await working
        await store.close()

    assert [backup.check(tmp_path / f"b{number}.zip").rows["brainstorms"] for number in range(3)] == [1, 1, 1]


@pytest.mark.parametrize("name", ["muselab.db", "media", "muselab.json", "adapters"])
async def test_a_damaged_backup_is_refused_and_nothing_is_put_in_place(tmp_path: Path, name: str) -> None:
    where = places(tmp_path / "home")
    (tmp_path / "home").mkdir()
    await lived_in(where)
    await backup.save(where, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for one in good.infolist():
            content = good.read(one)
            bad.writestr(one.filename, content[:-1] + b"!" if one.filename.startswith(name) else content)

    with pytest.raises(Refusal, match="no whole backup"):
        await backup.restore(tmp_path / "bad.zip", places(tmp_path / "new"))

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("evil", ["../../evil", "/evil", "media/../../evil", "styles/..", "adapters/x/y", "muselab.db/x"])
async def test_a_backup_writes_nowhere_but_in_its_folders(tmp_path: Path, evil: str) -> None:
    where = places(tmp_path / "home")
    (tmp_path / "home").mkdir()
    await lived_in(where)
    await backup.save(where, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for one in good.infolist():
            content = good.read(one)
            if one.filename == backup.LIST:
                content = content.replace(b'"files": {', f'"files": {{"{evil}": "00",'.encode())
            bad.writestr(one.filename, content)
        bad.writestr(evil, b"evil")

    with pytest.raises(Refusal, match="no whole backup"):
        await backup.restore(tmp_path / "bad.zip", places(tmp_path / "new"))

    assert named(tmp_path, "evil") == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"a photo"])
def test_what_is_no_backup_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)

    with pytest.raises(Refusal, match="no whole backup"):
        backup.check(tmp_path / "b.zip")
    with pytest.raises(Refusal, match="There is no file"):
        backup.check(tmp_path / "nothing.zip")


async def test_a_backup_is_not_restored_over_a_board(tmp_path: Path) -> None:
    where = places(tmp_path)
    await lived_in(where)
    await backup.save(where, tmp_path / "b.zip")

    with pytest.raises(Misconfigured, match="There is a board already"):
        await backup.restore(tmp_path / "b.zip", where)


async def test_a_backup_of_an_older_version_is_brought_to_this_one(tmp_path: Path) -> None:
    where, after = places(tmp_path), places(tmp_path / "new")
    engine, _name = connected(where.store_url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate._migrate, "0012")
        await connection.exec_driver_sql(
            "INSERT INTO channels (platform, team, id, ideas) VALUES ('discord', 'red', 'general', 7)"
        )
    await engine.dispose()

    saved = await backup.save(where, tmp_path / "b.zip")
    await backup.restore(tmp_path / "b.zip", after)

    assert (saved.revision, saved.rows["channels"]) == ("0012", 1)
    assert await migrate.current(after.store_url) == migrate.head() != await migrate.current(where.store_url)


# -------------------------------------------------------------------------------------------------------------- moving


async def test_a_board_moves_from_sqlite_to_postgresql_and_back(tmp_path: Path, empty_postgres_url: str) -> None:
    old, new = places(tmp_path), places(tmp_path, empty_postgres_url)
    await lived_in(old)

    counts = await move.move(old.store_url, new.store_url)
    store = await opened(new)
    added = await store.add(an_idea())
    await store.log(
        TEAM,
        [
            Candidate(
                brainstorm=(await store.brainstorms(an_idea().channel, limit=1))[0].id, draft=Draft(text="x"), verdict="kept"
            )
        ],
    )
    await store.close()
    back = await move.move(new.store_url, f"sqlite:///{tmp_path / 'back.db'}")

    assert (counts["ideas"], counts["feedback"], added.number) == (30, 60, 31)
    assert (back["ideas"], back["candidates"]) == (31, 4)
    first = set(await whole(old))
    assert first - set(await whole(places(tmp_path, f"sqlite:///{tmp_path / 'back.db'}"))) == {
        line for line in first if 'INTO "channels"' in line or "INTO channels" in line
    }


async def test_nothing_moves_into_a_board_or_out_of_nothing(tmp_path: Path) -> None:
    where, other = places(tmp_path), places(tmp_path / "other")
    (tmp_path / "other").mkdir()
    await lived_in(where)
    await (await opened(other)).close()

    with pytest.raises(Misconfigured, match="There is a board in .* already"):
        await move.move(where.store_url, other.store_url)
    with pytest.raises(Misconfigured, match="There is no board"):
        await move.move(f"sqlite:///{tmp_path / 'nothing.db'}", f"sqlite:///{tmp_path / 'new.db'}")

    assert not (tmp_path / "nothing.db").exists()
    assert "sqlite" in where.store_url


def test_the_commands_do_it(tmp_path: Path) -> None:
    home, env = tmp_path / "home", {name: value for name, value in os.environ.items() if not name.startswith("MUSELAB")}

    def muselab(*args: str, home: Path = home) -> str:
        command = [sys.executable, "-m", "bot", *args]
        ended = subprocess.run(
            command, cwd=ROOT, env=env | {"MUSELAB_HOME": str(home)}, capture_output=True, text=True, check=False
        )
        return f"{ended.returncode} {ended.stdout}{ended.stderr}"

    assert muselab("board").startswith("0")
    assert "It was read back and is whole" in muselab("backup", str(tmp_path / "b.zip"))
    assert "Restored: 0 ideas" in muselab("restore", str(tmp_path / "b.zip"), home=tmp_path / "new")
    assert "rows were copied" in muselab("move", f"sqlite:///{tmp_path / 'moved.db'}")


# ----------------------------------------------------------------------------------------------------------- SQLite's log


def alone(file: Path, scratch: Path) -> int:
    """How many ideas are in the file by itself, as who copies it without its log finds it."""
    copy = scratch / "alone.db"
    shutil.copyfile(file, copy)
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        return int(database.execute("SELECT count(*) FROM ideas").fetchone()[0])


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


async def test_what_was_written_is_in_the_file_itself_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage._tidying.EVERY_S", 0.01)
    store = build(f"sqlite:///{tmp_path / 'muselab.db'}")
    store._tidying._every_s = 0.01  # type: ignore[attr-defined]
    await store.open()
    try:
        for number in range(1, 4):
            await store.add(an_idea())
            await until(lambda number=number: alone(tmp_path / "muselab.db", tmp_path) == number)
    finally:
        await store.close()


async def test_a_new_board_has_its_tables_in_the_file_from_the_start(tmp_path: Path) -> None:
    store = build(f"sqlite:///{tmp_path / 'muselab.db'}")
    await store.open()

    assert alone(tmp_path / "muselab.db", tmp_path) == 0

    await store.close()


async def test_an_idle_log_is_not_copied_again(tmp_path: Path) -> None:
    store = build(f"sqlite:///{tmp_path / 'muselab.db'}")
    await store.open()
    await store.add(an_idea())
    tidying = Tidying(tmp_path / "muselab.db")

    assert await tidying.tidy()
    (tmp_path / "muselab.db-wal").stat()
    tidying._file = tmp_path / "nowhere" / "muselab.db"  # opening it would fail

    assert await tidying.tidy()
    await store.close()


async def test_who_reads_for_long_does_not_stop_it(tmp_path: Path) -> None:
    store = build(f"sqlite:///{tmp_path / 'muselab.db'}")
    await store.open()
    with closing(sqlite3.connect(tmp_path / "muselab.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM ideas").fetchone()
        await store.add(an_idea())
        tidying = Tidying(tmp_path / "muselab.db")

        assert not await tidying.tidy()
        reader.execute("COMMIT")

        assert await tidying.tidy()
    await store.close()


# ------------------------------------------------------------------------------------------------- a board that is gone


@pytest.mark.parametrize("trace", ["media/ab/cd", "adapters/ab/manifest.json", "history"])
async def test_an_empty_board_is_not_begun_in_silence_where_there_was_one(tmp_path: Path, empty_url: str, trace: str) -> None:
    (tmp_path / "home" / trace).parent.mkdir(parents=True)
    (tmp_path / "home" / trace).write_text("something")
    traces = [tmp_path / "home" / trace.partition("/")[0]]

    with pytest.raises(Misconfigured, match=r"something of an earlier board is left: .*muselab restore.*MUSELAB_STORE__ANEW"):
        await build(empty_url, traces=traces).open()

    store = build(empty_url)  # as MUSELAB_STORE__ANEW has it
    await store.open()
    await store.close()
    again = build(empty_url, traces=traces)  # there is a board now
    await again.open()
    await again.close()


async def test_a_log_without_its_database_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "muselab.db-wal").write_bytes(b"x" * 5000)

    with pytest.raises(Misconfigured, match="muselab.db-wal"):
        await build(f"sqlite:///{tmp_path / 'muselab.db'}").open()


async def test_empty_folders_are_no_traces(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    store = build(
        f"sqlite:///{tmp_path / 'muselab.db'}", traces=[tmp_path / "media", tmp_path / "adapters", tmp_path / "history"]
    )

    await store.open()
    await store.close()


async def test_everything_is_still_there_after_a_move(tmp_path: Path) -> None:
    where = places(tmp_path)
    await lived_in(where)
    store = await opened(where)
    text = await everything_in(store, where.store_url)
    await store.close()

    assert "a draft" in text
