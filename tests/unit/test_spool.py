"""What was acknowledged while the database was away outlives the process: it lies in a small file until the database has it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import receiving
from bot.domain.errors import StoreAway
from bot.patience import patient
from bot.ports import Arrival
from bot.spool import Spool
from bot.wiring import House
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import Sheet
from tests.builders import NOON, RED, Hands, a_call, a_person
from tests.fair import until
from tests.unit.test_inbox import Chat, a_house, kept, left_to


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "KEEP_S", 0.01)


class Gone(MemoryStore):
    """Takes no event while it is away."""

    away = True

    async def arrive(self, *given: Any) -> list[bool]:
        if self.away:
            raise StoreAway
        return await super().arrive(*given)


def files(house: House) -> list[Path]:
    return list((house.settings.home / "waiting").glob("*"))


async def test_what_was_acknowledged_while_the_database_was_away_is_done_by_the_next_process(tmp_path: Path) -> None:
    chat, store = Chat(), Gone()
    first = a_house(patient(store), tmp_path, Hands(), chat)
    sheet = Sheet(chat, "ann")
    asking = asyncio.create_task(first.desk.call(kept(a_call("idea", text="The Third Steep"), chat), sheet))
    await until(lambda: sheet.acks)
    for task in (asking, *first.desk._tasks):  # it dies
        task.cancel()
    await asyncio.gather(asking, *first.desk._tasks, return_exceptions=True)
    store.away = False

    for _start in range(2):
        house = a_house(store, tmp_path, Hands(), chat)
        await house.desk.receiving.unspool(["test"])
        await left_to(house)

    assert [idea.text for idea in await store.ideas(RED)] == ["The Third Steep"]
    assert files(first) == []


async def test_what_the_same_process_sees_stored_at_last_is_done_once_and_its_file_goes(tmp_path: Path) -> None:
    chat, store = Chat(), Gone()
    house = a_house(patient(store), tmp_path, Hands(), chat)
    sheet = Sheet(chat, "ann")
    asking = asyncio.create_task(house.desk.call(kept(a_call("idea", text="The Third Steep"), chat), sheet))
    await until(lambda: sheet.acks)
    modes = [file.stat().st_mode & 0o777 for file in files(house)]
    store.away = False
    await asking
    await left_to(house)

    assert modes == [0o600]
    assert files(house) == []
    assert len(await store.ideas(RED)) == len(chat.messages) == 1


async def test_who_waited_longer_than_the_bot_does_is_told_that_it_is_kept_and_gets_it_later(tmp_path: Path) -> None:
    chat, store = Chat(), Gone()
    house = a_house(patient(store, patience_s=0.05), tmp_path, Hands(), chat)
    house.desk.receiving.again_s = 0.01

    await house.desk.call(kept(a_call("idea", text="The Third Steep"), chat), Sheet(chat, "ann"))
    told = [card.text for card in chat.whispers["ann"]]
    store.away = False
    await until(lambda: house.desk.watch._left)
    await left_to(house)

    assert ["kept" in text for text in told] == [True]
    assert len(await store.ideas(RED)) == 1
    assert files(house) == []


async def test_where_there_is_no_disk_either_people_are_told_to_ask_again(tmp_path: Path) -> None:
    chat, store = Chat(), Gone()
    house = a_house(patient(store, patience_s=0.05), tmp_path, Hands(), chat)
    (tmp_path / "waiting").touch()  # a file where the folder ought to be

    await house.desk.call(kept(a_call("idea", text="The Third Steep"), chat), Sheet(chat, "ann"))

    assert ["try again" in card.text for card in chat.whispers["ann"]] == [True]
    await until(lambda: not house.desk._tasks)


def test_an_event_comes_back_from_its_file_as_it_was_and_a_broken_or_an_old_file_harms_nobody(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "waiting")
    whole = Arrival(team=RED.team, id="Ev1", at=NOON, body='{"said": "茶"}', subject="ann on 3", person=a_person())
    bare = Arrival(team=RED.team, id="Ev2", at=NOON + timedelta(seconds=1), body="…")
    old = Arrival(team=RED.team, id="Ev3", at=NOON - timedelta(days=2), body="…")
    for one in (bare, whole, old):
        assert spool.keep(one)
    (tmp_path / "waiting" / "broken.json").write_text("{")

    left = Spool(tmp_path / "waiting").left(["test"], NOON - timedelta(days=1))

    assert left == [whole, bare]
    assert Spool(tmp_path / "waiting").left(["another platform"], NOON - timedelta(days=1)) == []
    assert len(list((tmp_path / "waiting").iterdir())) == 3
