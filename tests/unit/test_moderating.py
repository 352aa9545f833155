"""What is hidden is in nothing that is made of ideas; what people add is limited, and who hid what is kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import wiring
from bot.config import LimitsTable, Settings
from bot.domain.ideas import Candidate, Draft, Idea, Prompt
from bot.domain.models import ChannelSettings
from bot.services.ideas.logbook import Logbook
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from learning.gathering import gather
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import RED, Hands, a_brainstorm, a_call, a_person, a_press, an_idea, an_opinion


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def house(tmp_path: Any, hands: Hands) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    settings = Settings(home=tmp_path, limits=LimitsTable(person_ideas_per_hour=3))
    house = wiring.furnish(settings, store=store, generator=ScriptedGenerator(), now=hands)
    yield house
    await house.desk.close()
    await store.close()


@pytest.fixture
def sheet() -> Sheet:
    return Sheet(BareChat(), "ann")


async def a_set(house: House, *texts: str, **changes: Any) -> list[Idea]:
    source = a_brainstorm(**changes)
    await house.store.begin(source)
    await house.store.finish(source, "done", source.created_at)
    ideas = [await house.store.add(an_idea(text, brainstorm=source.id, slot=n)) for n, text in enumerate(texts)]
    for idea in ideas:
        await house.store.hear(RED.team, an_opinion(idea, "bob"))
    return ideas


def whispered(sheet: Sheet) -> list[str]:
    return [card.text for card in sheet.chat.whispers.get("ann", [])]


async def hide(house: House, sheet: Sheet, idea: Idea, **how: Any) -> None:
    await house.desk.call(a_call("hide", idea=f"#{idea.number}", **{"admin": True, **how}), sheet)


async def test_a_hidden_idea_is_in_no_board_export_recommendation_slate_log_or_training(house: House, sheet: Sheet) -> None:
    await house.store.settle(RED, ChannelSettings(training=True))
    gone, seen = await a_set(house, "Secret Steep", "Steep & Co")
    child = a_brainstorm(prompt=Prompt(text="names", operation="more", about=("Secret Steep",)), parents=(gone.id,))
    await house.store.begin(child)
    await house.store.add(an_idea("Third Cup", brainstorm=child.id, origin="more", parents=(gone.id,)))

    await hide(house, sheet, gone)

    services = house.services
    whole = [await services.exporting.board(RED, form) for form in ("markdown", "csv", "jsonl", "html")]
    log = "".join([line async for line in Logbook(house.store).lines(RED)])
    assert all("Secret Steep" not in file.content.decode() for file in whole)
    assert [standing.idea.text for standing in await services.boards.all(RED)] == ["Steep & Co", "Third Cup"]
    found = await services.recommending.fitting(RED, a_person("bob"), "Secret Steep", count=9)
    assert "Secret Steep" not in [one.idea.text for one in found]
    cards = [await services.cards.brainstorm(one) for one in await house.store.brainstorms(RED, limit=9)]
    assert "Secret Steep" not in repr(cards)
    assert "Secret Steep" not in [json.loads(line)["text"] for line in log.splitlines()]
    topics = await gather(house.store, RED.team)
    assert "Secret Steep" not in repr([(topic.ideas, topic.prompt) for topic in topics])
    assert seen.text in repr([topic.ideas for topic in topics])


async def test_nobody_votes_on_a_hidden_idea_and_its_text_does_not_come_again(house: House, sheet: Sheet) -> None:
    (gone,) = await a_set(house, "Secret Steep")
    await hide(house, sheet, gone)

    await house.desk.press(a_press(f"vote:{gone.id}:up"), sheet)
    background = await house.services.brainstorming._backgrounds.of(a_brainstorm(), Prompt(text="names"))

    assert "was taken off the board" in whispered(sheet)[-1]
    assert "Secret Steep" not in whispered(sheet)[-1]
    assert background.known.has("Secret Steep", None)
    assert "Secret Steep" not in background.avoid


async def test_who_hid_what_can_be_read_by_admins(house: House, sheet: Sheet) -> None:
    one, other = await a_set(house, "Secret Steep", "Steep & Co")
    await hide(house, sheet, one, person="cleo")
    await house.services.moderating.deleted(RED, "", [other.id])

    await house.desk.call(a_call("hide", admin=True), sheet)
    await house.desk.call(a_call("hide"), sheet)

    listed, nothing = whispered(sheet)[-2:]
    assert "#1 “Secret Steep” — by an admin (cleo)" in listed
    assert "#2 “Steep & Co” — its message was deleted" in listed
    assert nothing == "Nothing is hidden here."


async def test_hiding_twice_is_said_and_noted_once(house: House, sheet: Sheet) -> None:
    (gone,) = await a_set(house, "Secret Steep")

    await hide(house, sheet, gone)
    await hide(house, sheet, gone)

    assert "hidden already" in whispered(sheet)[-1]
    assert len(await house.store.hidings(RED)) == 1


async def test_a_person_adds_so_many_ideas_an_hour_edits_and_hidden_ones_among_them(
    house: House, sheet: Sheet, hands: Hands
) -> None:
    (original,) = await a_set(house, "Steep & Co")
    await house.desk.call(a_call("idea", text="one"), sheet)
    await house.desk.press(a_press(f"edit:{original.id}:text", values={"text": "two"}), sheet)
    await house.desk.call(a_call("idea", text="three"), sheet)
    await hide(house, sheet, (await house.store.ideas(RED))[0])

    await house.desk.call(a_call("idea", text="four"), sheet)
    await house.desk.call(a_call("idea", person="bob", text="five"), sheet)
    hands.forward(minutes=61)
    await house.desk.call(a_call("idea", text="six"), sheet)

    assert "Your limit of 3 ideas of your own an hour is reached here." in whispered(sheet)[-1]
    texts = {idea.text for idea in await house.store.ideas(RED, hidden=True)}
    assert texts == {"Steep & Co", "one", "two", "three", "five", "six"}


async def test_admins_see_what_the_filter_dropped_and_why_and_others_do_not(house: House, sheet: Sheet) -> None:
    source = a_brainstorm()
    await house.store.begin(source)
    drafts = [("unsafe", "A fucking kettle"), ("repeat", "Steep"), ("repeat", "Steep!"), ("shown", "Leaf"), ("kept", "Oak")]
    logged = [Candidate(brainstorm=source.id, draft=Draft(text=text), verdict=why) for why, text in drafts]
    await house.store.log(RED.team, logged)

    await house.desk.call(a_call("hide", admin=True), sheet)
    await house.desk.call(a_call("hide"), sheet)

    for_admins, for_others = whispered(sheet)
    assert "2 × said already\n1 × words that do not belong on a team's board — “A fucking kettle”" in for_admins
    assert "Leaf" not in for_admins
    assert for_others == "Nothing is hidden here."
