"""A team says who may take part; what is kept about somebody stays theirs to see, whoever they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.models import ChannelSettings
from bot.services.team.governing import whole
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import RED, Hands, a_call, a_press, an_idea


@pytest.fixture
async def house(tmp_path: Any) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    yield house
    await house.desk.close()
    await store.close()


@pytest.fixture
def sheet() -> Sheet:
    return Sheet(BareChat(), "ann")


async def settled(house: House, **given: Any) -> None:
    await house.store.settle(whole(RED.team), ChannelSettings(**given))


def last(sheet: Sheet) -> str:
    return [card.text for card in sheet.chat.whispers.get("ann", [])][-1]


async def test_a_blocked_person_asks_votes_and_adds_nothing_and_still_sees_what_is_kept(house: House, sheet: Sheet) -> None:
    idea = await house.store.add(an_idea())
    await settled(house, blocked=("ann",))

    for event in (a_call("brainstorm", topic="tea"), a_call("idea", text="mine"), a_call("board")):
        await house.desk.call(event, sheet)
        assert "You may not take part here" in last(sheet)
    await house.desk.press(a_press(f"vote:{idea.id}:up"), sheet)
    assert "You may not take part here" in last(sheet)
    await house.desk.call(a_call("privacy"), sheet)

    assert "Muselab keeps your account's id" in last(sheet)
    assert await house.store.ideas(RED) == [idea]
    assert await house.store.feedback(RED.team, [idea.id]) == []


@pytest.mark.parametrize(("roles", "may"), [((), False), (("7",), False), (("8", "9"), True)])
async def test_only_some_roles_ask(house: House, sheet: Sheet, roles: tuple[str, ...], may: bool) -> None:
    await settled(house, askers=("9",))

    await house.desk.call(a_call("brainstorm", topic="tea", roles=roles), sheet)
    await house.desk.call(a_call("board", roles=roles), sheet)

    assert (len(await house.store.brainstorms(RED, limit=9)) == 1) is may


@pytest.mark.parametrize(("roles", "may"), [((), False), (("9",), True)])
async def test_only_some_roles_vote(house: House, sheet: Sheet, roles: tuple[str, ...], may: bool) -> None:
    idea = await house.store.add(an_idea())
    await settled(house, voters=("9",), askers=("3",))

    await house.desk.press(a_press(f"vote:{idea.id}:up", roles=roles), sheet)
    await house.desk.press(a_press(f"emoji:{idea.id}:🔥", roles=roles, reaction="🔥"), sheet)

    assert (len(await house.store.feedback(RED.team, [idea.id])) == 2) is may


@pytest.mark.parametrize(("roles", "may"), [((), False), (("9",), True)])
@pytest.mark.parametrize("by", ["press", "command"])
async def test_only_some_roles_pick(house: House, sheet: Sheet, roles: tuple[str, ...], may: bool, by: str) -> None:
    idea = await house.store.add(an_idea())
    await settled(house, picking=("9",))

    if by == "press":
        await house.desk.press(a_press(f"pick:{idea.id}:yes", roles=roles), sheet)
    else:
        await house.desk.call(a_call("pick", idea=f"#{idea.number}", roles=roles), sheet)

    assert (len(await house.store.feedback(RED.team, [idea.id])) == 1) is may
    assert may or "only some roles may pick" in last(sheet)


async def test_an_admin_may_whatever_roles_are_wanted(house: House, sheet: Sheet) -> None:
    await settled(house, askers=("9",), voters=("9",), picking=("9",))

    await house.desk.call(a_call("idea", text="mine", admin=True), sheet)

    assert len(await house.store.ideas(RED)) == 1


async def test_outsiders_take_part_unless_the_team_says_no(house: House, sheet: Sheet) -> None:
    outside = replace(a_call("idea", text="mine"), outsider=True)
    await house.desk.call(outside, sheet)
    await settled(house, outsiders=False)
    await house.desk.call(replace(outside, id="another", args={"text": "more"}), sheet)

    assert [idea.text for idea in await house.store.ideas(RED)] == ["mine"]
    assert "Only people of the team" in last(sheet)


async def test_settings_read_people_and_roles_as_mentions(house: House, sheet: Sheet) -> None:
    given = {"blocked": "<@!12> <@13|bob>", "askers": "<@&21>", "voters": "<@&22>, 23", "picking": "<@&24>"}

    await house.desk.call(a_call("settings", admin=True, **given), sheet)
    await house.desk.call(a_call("settings", admin=True, voters="-"), sheet)

    assert await house.store.settings(whole(RED.team)) == ChannelSettings(blocked=("12", "13"), askers=("21",), picking=("24",))
