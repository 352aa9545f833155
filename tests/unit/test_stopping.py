"""Whoever asked may stop what is being made, take its result away, and put its topic right; nobody else but admins may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.ideas import Brainstorm
from bot.messages import Card, Form
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import PLATFORM, BareChat, Sheet
from tests.builders import BLUE, RED, a_call, a_press
from tests.fair import PATIENCE_S


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    made = MemoryStore()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def chat() -> BareChat:
    return BareChat()


def furnished(tmp_path: Path, store: MemoryStore, chat: BareChat, *, delay_s: float = 0.0) -> House:
    made = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(delay_s=delay_s))
    made.desk.watch.chats = {PLATFORM: chat, "test": chat}
    made.desk.watch.tallies.pause_s = 0.02
    return made


async def begun(house: House, chat: BareChat, who: str = "ann") -> tuple[asyncio.Task[bool], Sheet]:
    """A brainstorm that is being made, and where it is shown."""
    sheet = Sheet(chat, who)
    asked = asyncio.create_task(house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=5, person=who), sheet))
    async with asyncio.timeout(PATIENCE_S):
        while not (sheet.address and chat.messages[sheet.address].progress):
            await asyncio.sleep(0.005)
    return asked, sheet


def keys(chat: BareChat, sheet: Sheet) -> list[str]:
    return [str(control.key) for control in chat.messages[sheet.address].controls]


async def test_the_asker_stops_it_and_what_is_there_stays(tmp_path: Path, store: MemoryStore, chat: BareChat) -> None:
    house = furnished(tmp_path, store, chat, delay_s=0.2)
    asked, sheet = await begun(house, chat)
    (key,) = keys(chat, sheet)
    assert key.startswith("stop:")

    await house.desk.press(a_press(key), Sheet(chat, "ann"))
    await asked

    card = chat.messages[sheet.address]
    assert card.progress is None
    assert len(card.lines) < 5
    assert "Stopped" in card.footer
    assert any(one.startswith("spin:") for one in keys(chat, sheet))
    (kept,) = await store.brainstorms(RED, limit=9)
    assert kept.state == "done"
    await house.desk.close()


async def test_another_process_stops_it_within_a_second(tmp_path: Path, store: MemoryStore, chat: BareChat) -> None:
    here, there = furnished(tmp_path, store, chat, delay_s=0.2), furnished(tmp_path, store, chat)
    here.services.stopping.look_s = 0.02
    asked, sheet = await begun(here, chat)

    await there.desk.call(a_call("stop"), Sheet(chat, "ann"))
    await asked

    assert "Stopped" in chat.messages[sheet.address].footer
    await here.desk.close()
    await there.desk.close()


@pytest.mark.parametrize("person", ["bob", "cleo"])
async def test_nobody_stops_what_others_asked_for(tmp_path: Path, store: MemoryStore, chat: BareChat, person: str) -> None:
    house = furnished(tmp_path, store, chat, delay_s=0.02)
    asked, sheet = await begun(house, chat)
    (key,) = keys(chat, sheet)

    await house.desk.press(a_press(key, person=person), Sheet(chat, person))
    await house.desk.press(a_press(key, channel=BLUE), Sheet(chat, "ann"))
    await asked

    assert "may stop it" in chat.whispers[person][-1].text
    assert len(chat.messages[sheet.address].lines) == 5


async def test_what_is_finished_or_was_never_there_cannot_be_stopped(tmp_path: Path, store: MemoryStore, chat: BareChat) -> None:
    house = furnished(tmp_path, store, chat)
    await house.desk.call(a_call("stop"), Sheet(chat, "ann"))
    assert "nothing of yours" in chat.whispers["ann"][-1].text

    await house.desk.call(a_call("brainstorm", topic="tea", count=2), Sheet(chat, "ann"))
    (made,) = await store.brainstorms(RED, limit=9)
    await house.desk.press(a_press(f"stop:{made.id}:"), Sheet(chat, "ann"))
    assert "finished" in chat.whispers["ann"][-1].text


async def test_the_asker_takes_a_result_away_and_brings_it_back(tmp_path: Path, store: MemoryStore, chat: BareChat) -> None:
    house, sheet = furnished(tmp_path, store, chat), Sheet(chat, "ann")
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=3), sheet)
    (made,) = await store.brainstorms(RED, limit=9)
    await house.desk.press(a_press(f"idea:{made.id}:", person="bob", values={"text": "The Third Steep"}), Sheet(chat, "bob"))

    await house.desk.press(a_press(f"delete:{made.id}:", person="bob"), Sheet(chat, "bob"))
    assert "may take it away" in chat.whispers["bob"][-1].text
    assert len(await store.ideas(RED)) == 4

    await house.desk.press(a_press(f"delete:{made.id}:"), Sheet(chat, "ann"))
    assert [idea.text for idea in await store.ideas(RED)] == ["The Third Steep"]  # what others added is theirs
    undo = chat.whispers["ann"][-1].controls[0].key

    await house.desk.press(a_press(str(undo)), Sheet(chat, "ann"))
    assert len(await store.ideas(RED)) == 4
    await house.desk.close()


async def test_a_result_that_was_taken_away_leaves_its_message(tmp_path: Path, store: MemoryStore, chat: BareChat) -> None:
    house, sheet = furnished(tmp_path, store, chat), Sheet(chat, "ann")
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), sheet)

    await house.desk.call(a_call("delete"), Sheet(chat, "ann"))

    async with asyncio.timeout(PATIENCE_S):
        while "taken away" not in chat.messages[sheet.address].text:
            await asyncio.sleep(0.01)
    assert "tea" not in chat.messages[sheet.address].title
    await house.desk.close()


async def test_a_topic_is_put_right_in_a_form_that_shows_it(tmp_path: Path, store: MemoryStore, chat: BareChat) -> None:
    house = furnished(tmp_path, store, chat)
    await house.desk.call(a_call("brainstorm", topic="names for a tee bar", count=2, style="playful"), Sheet(chat, "ann"))
    (made,) = await store.brainstorms(RED, limit=9)

    form = await house.desk.form(a_press(f"correct:{made.id}:"))
    assert isinstance(form, Form)
    assert form.fields[0].value == "names for a tee bar"
    press = a_press(f"correct:{made.id}:", values={"topic": "names for a tea bar"})
    await house.desk.press(press, Sheet(chat, "ann"))

    anew = next(one for one in await store.brainstorms(RED, limit=9) if one.id != made.id)
    assert anew.prompt is not None
    assert (anew.prompt.text, anew.prompt.style, anew.prompt.count) == ("names for a tea bar", "playful", 2)


async def corrected(house: House, chat: BareChat, made: Brainstorm, person: str = "ann") -> list[Card]:
    """What somebody is told who puts a topic right."""
    press = a_press(f"correct:{made.id}:", person=person, values={"topic": "names for a tea bar"})
    await house.desk.press(press, Sheet(chat, person))
    return chat.whispers.get(person, [])


async def a_result(house: House, chat: BareChat, store: MemoryStore) -> Brainstorm:
    await house.desk.call(a_call("brainstorm", topic="names for a tee bar", count=2), Sheet(chat, "ann"))
    (made,) = await store.brainstorms(RED, limit=9)
    return made


async def test_what_others_asked_for_stays_when_its_topic_is_put_right(
    tmp_path: Path, store: MemoryStore, chat: BareChat
) -> None:
    house = furnished(tmp_path, store, chat)
    made = await a_result(house, chat, store)

    (told,) = await corrected(house, chat, made, "bob")

    assert "only the person who asked for them" in told.text
    assert len(await store.ideas(RED)) == 4


async def test_where_no_ideas_come_for_the_right_topic_those_for_the_wrong_one_stay(
    tmp_path: Path, store: MemoryStore, chat: BareChat
) -> None:
    made = await a_result(furnished(tmp_path, store, chat), chat, store)
    failing = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(broken_every=1))

    assert await corrected(failing, chat, made) == []

    assert len(await store.ideas(RED)) == 2
    assert await store.hidings(RED, limit=9) == []


async def test_what_made_way_comes_back_with_a_button_or_a_line(tmp_path: Path, store: MemoryStore, chat: BareChat) -> None:
    house = furnished(tmp_path, store, chat)
    made = await a_result(house, chat, store)
    (told,) = await corrected(house, chat, made)
    assert {idea.brainstorm for idea in await store.ideas(RED)} != {made.id}

    await house.desk.press(a_press(str(told.controls[0].key)), Sheet(chat, "ann"))
    assert len(await store.ideas(RED)) == 4

    await house.desk.press(a_press(f"delete:{made.id}:"), Sheet(chat, "ann"))
    await house.desk.call(a_call("delete", undo=True), Sheet(chat, "ann"))
    assert len(await store.ideas(RED)) == 4
    await house.desk.close()


async def test_with_nothing_taken_away_there_is_nothing_to_bring_back(tmp_path: Path, store: MemoryStore, chat: BareChat) -> None:
    house = furnished(tmp_path, store, chat)
    await a_result(house, chat, store)

    await house.desk.call(a_call("delete", undo=True), Sheet(chat, "ann"))

    assert "nothing to bring back" in chat.whispers["ann"][-1].text
