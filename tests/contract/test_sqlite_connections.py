"""SQLite's connections: what can be done at once is done at once, and only waiting happens elsewhere."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.errors import StoreDown
from storage import _engines, _hops
from storage.sql import SqlStore
from storage.urls import build
from tests.builders import RED, an_idea
from tests.fair import until

HELD_S = 0.4


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "muselab.db"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[SqlStore]:
    store = build(f"sqlite:///{file}")
    assert isinstance(store, SqlStore)
    await store.open()
    yield store
    await store.close()


class Lock:
    """Another program that holds the database."""

    def __init__(self, file: Path) -> None:
        self.other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self.other.execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        self.other.execute("COMMIT")
        self.other.close()


async def test_waiting_for_another_program_holds_nobody_up(store: SqlStore, file: Path) -> None:
    idea = await store.add(an_idea())
    lock = Lock(file)
    turns = 0

    async def watch() -> None:
        nonlocal turns
        while not adding.done():
            await asyncio.sleep(HELD_S / 40)
            turns += 1

    adding = asyncio.create_task(store.add(an_idea()))
    watching = asyncio.create_task(watch())
    await until(lambda: turns >= 30, what="others' turns")  # were they held up, the waiting would end first, in an outage
    found = await store.idea(RED.team, idea.id)
    waited = not adding.done()
    lock.release()
    added = await adding
    watching.cancel()

    assert waited
    assert found == idea
    assert added.number == 2


async def test_a_lock_that_is_never_given_back_is_said_to_be_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_engines, "BUSY_S", 0.2)
    store = build(f"sqlite:///{file}")
    await store.open()
    lock = Lock(file)

    with pytest.raises(StoreDown, match="locked by another program"):
        await store.first_time("an event", datetime.now(UTC))

    lock.release()
    assert await store.first_time("an event", datetime.now(UTC))
    await store.close()


async def test_the_log_does_not_grow_for_good(store: SqlStore, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_hops, "CHECKPOINT_EVERY", 20)
    log = file.with_name(f"{file.name}-wal")
    sizes = []
    for _round in range(6):
        for _idea in range(20):
            await store.add(an_idea())
        sizes.append(log.stat().st_size)

    assert sizes[-1] <= 2 * sizes[0]


async def test_what_was_rolled_back_is_gone_and_the_connection_goes_on(store: SqlStore) -> None:
    async def break_off() -> None:
        async with store._write_transaction() as connection:
            await connection.exec_driver_sql("INSERT INTO events (id, at) VALUES ('one', '2026-05-04 12:00:00')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_off()

    assert await store.first_time("one", datetime.now(UTC))
