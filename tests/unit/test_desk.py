"""The desk answers everybody, once, in words they can read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot import wiring
from bot.config import Settings
from bot.desk import Desk
from bot.domain.errors import StoreDown
from bot.domain.ideas import Channel
from bot.messages import Card, Form
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import PLATFORM, BareChat, Sheet
from tests.builders import BLUE, RED, Hands, a_brainstorm, a_call, a_press, an_idea
from tests.fair import PATIENCE_S


@pytest.fixture
async def house(tmp_path: Any) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    yield house
    await house.desk.close()
    await store.close()


@pytest.fixture
def chat() -> BareChat:
    return BareChat()


@pytest.fixture
def sheet(chat: BareChat) -> Sheet:
    return Sheet(chat, "ann")


def whispered(sheet: Sheet) -> list[str]:
    return [card.text for card in sheet.chat.whispers.get("ann", [])]


async def test_the_same_event_twice_has_one_effect(house: House, sheet: Sheet) -> None:
    call = a_call("idea", id="again", text="The Third Steep")

    await asyncio.gather(*(house.desk.call(call, sheet) for _time in range(5)))

    assert len(await house.store.ideas(RED)) == 1
    assert whispered(sheet) == []
    assert sheet.acks == 5  # every delivery is acknowledged


async def test_the_same_event_id_of_another_team_is_another_event(house: House, sheet: Sheet) -> None:
    await house.desk.call(a_call("idea", id="1", text="Ours"), sheet)
    await house.desk.call(a_call("idea", BLUE, id="1", text="Theirs"), sheet)

    assert [idea.text for idea in await house.store.ideas(BLUE)] == ["Theirs"]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("vote:nowhere:up", "There is no idea “nowhere”"),
        ("nonsense:x:y", "not one of Muselab's"),
        ("help::", "not one of Muselab's"),
    ],
)
async def test_a_button_of_nowhere_is_answered_in_words(house: House, sheet: Sheet, key: str, sentence: str) -> None:
    await house.desk.press(a_press(key), sheet)

    assert sentence in whispered(sheet)[0]


async def test_a_button_of_another_team_s_idea_does_nothing(house: House, sheet: Sheet) -> None:
    theirs = await house.store.add(an_idea(channel=BLUE))

    await house.desk.press(a_press(f"vote:{theirs.id}:up", RED), sheet)

    assert "There is no idea" in whispered(sheet)[0]
    assert await house.store.feedback(BLUE.team, [theirs.id]) == []


async def test_an_unknown_command_is_answered_in_words(house: House, sheet: Sheet) -> None:
    await house.desk.call(a_call("dance"), sheet)

    assert whispered(sheet) == ["There is no such command. Try /help."]


class Broken(MemoryStore):
    """A database that is gone."""

    async def settings(self, channel: Any) -> Any:
        raise StoreDown

    async def first_time(self, event: str, at: Any) -> bool:
        raise StoreDown


async def test_a_database_that_is_gone_is_said_and_not_raised(tmp_path: Any, sheet: Sheet) -> None:
    house = wiring.furnish(Settings(home=tmp_path), store=Broken(), generator=ScriptedGenerator())

    await house.desk.call(a_call("board"), sheet)

    assert whispered(sheet) == ["The database is not answering right now. Please try again in a moment."]


class Gone(MemoryStore):
    """A database that says where it is."""

    async def first_time(self, event: str, at: Any) -> bool:
        raise StoreDown("/secret/path is full")


@pytest.mark.parametrize(("admin", "told"), [(False, "The database is not answering right now"), (True, "/secret/path is full")])
async def test_the_database_s_own_words_are_for_admins(tmp_path: Any, sheet: Sheet, admin: bool, told: str) -> None:
    house = wiring.furnish(Settings(home=tmp_path), store=Gone(), generator=ScriptedGenerator())

    await house.desk.call(a_call("idea", text="The Third Steep", admin=admin), sheet)

    assert told in whispered(sheet)[0]


async def test_what_changes_nothing_is_served_where_nothing_can_be_stored(tmp_path: Any, sheet: Sheet) -> None:
    store = Gone()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator())
    idea = await store.add(an_idea(channel=RED, text="The Third Steep"))

    await house.desk.call(a_call("board"), sheet)
    await house.desk.press(a_press(f"vote:{idea.id}:up"), sheet)

    assert [line.text for line in sheet.chat.messages[sheet.address].lines] == ["The Third Steep"]
    assert [said[:40] for said in whispered(sheet)] == ["The database is not answering right now."]


class Bug(MemoryStore):
    """A database with a bug in it."""

    async def first_time(self, event: str, at: Any) -> bool:
        raise ZeroDivisionError


async def test_a_bug_is_logged_and_answered_in_words(tmp_path: Any, sheet: Sheet) -> None:
    house = wiring.furnish(Settings(home=tmp_path), store=Bug(), generator=ScriptedGenerator())

    await house.desk.call(a_call("board"), sheet)

    assert "Something went wrong on our side" in whispered(sheet)[0]


async def test_the_person_s_language_decides_unless_the_channel_has_one(house: House, sheet: Sheet) -> None:
    await house.desk.call(a_call("board", locale="zh-CN"), sheet)
    chinese = sheet.chat.messages[sheet.address].title

    await house.desk.call(a_call("settings", admin=True, language="en"), sheet)
    await house.desk.call(a_call("board", locale="zh-CN"), sheet)

    assert chinese == "点子板"
    assert sheet.chat.messages[sheet.address].title == "Board"


async def test_a_form_shows_the_idea_as_it_stands(house: House) -> None:
    idea = await house.store.add(an_idea("The Third Steep"))

    form = await house.desk.form(a_press(f"edit:{idea.id}:text"))

    assert isinstance(form, Form)
    assert form.fields[0].value == "The Third Steep"


@pytest.mark.parametrize("key", ["edit:nowhere:text", "vote:nowhere:up", "remix:nowhere:", "board::", "zzz::"])
async def test_a_form_that_cannot_be_shown_says_why(house: House, key: str) -> None:
    answer = await house.desk.form(a_press(key))

    assert isinstance(answer, Card)
    assert answer.private
    assert answer.text


async def test_only_those_who_may_pick_can(house: House, sheet: Sheet) -> None:
    idea = await house.store.add(an_idea())
    await house.desk.call(a_call("settings", admin=True, pickers="admins"), sheet)

    await house.desk.press(a_press(f"pick:{idea.id}:yes"), sheet)

    assert "only its admins may pick" in whispered(sheet)[-1]
    assert await house.store.feedback(RED.team, [idea.id]) == []


async def test_settings_are_for_admins_and_refuse_nonsense_whole(house: House, sheet: Sheet) -> None:
    await house.desk.call(a_call("settings", count=3), sheet)
    assert "Only people who manage this channel" in whispered(sheet)[-1]

    await house.desk.call(a_call("settings", admin=True, count=3, thread="perhaps"), sheet)

    assert "“perhaps” is not possible here. Say on, off" in whispered(sheet)[-1]
    assert (await house.store.settings(RED)).count is None


async def test_named_people_and_roles_may_administer_too(house: House, sheet: Sheet) -> None:
    await house.desk.call(a_call("settings", admin=True, admins="<@&77> bob"), sheet)

    await house.desk.call(a_call("settings", person="bob", count=3), Sheet(sheet.chat, "bob"))
    await house.desk.call(a_call("settings", person="cleo", roles=("77",), thread="on"), Sheet(sheet.chat, "cleo"))
    await house.desk.call(a_call("settings", person="dan", roles=("78",), thread="off"), Sheet(sheet.chat, "dan"))

    settings = await house.store.settings(RED)
    assert (settings.count, settings.thread) == (3, True)
    assert "Only people who manage" in sheet.chat.whispers["dan"][0].text


async def test_an_hourly_limit_is_told_with_when_to_come_back_and_outlives_a_restart(house: House, sheet: Sheet) -> None:
    clock = house.services.clock
    assert isinstance(clock, Hands)
    await house.desk.call(a_call("settings", admin=True, person_limit=2), sheet)
    for _time in range(2):
        await house.desk.call(a_call("brainstorm", topic="tea", count=1), Sheet(sheet.chat, "ann"))
        clock.forward(minutes=10)

    again = wiring.furnish(house.settings, store=house.store, generator=ScriptedGenerator(), now=clock)
    await again.desk.call(a_call("brainstorm", topic="tea", count=1), sheet)
    told = "Your limit of 2 brainstorms an hour is reached here until 13:00 UTC, for 40 min more;"
    assert whispered(sheet)[-1] == f"{told} an admin can change it with /settings."
    await again.desk.call(a_call("brainstorm", person="bob", topic="tea", count=1), Sheet(sheet.chat, "bob"))
    clock.forward(minutes=41)
    await again.desk.call(a_call("brainstorm", topic="tea", count=1), Sheet(sheet.chat, "ann"))

    assert len(await house.store.brainstorms(RED, limit=10)) == 4


async def test_a_team_s_limit_counts_over_all_its_channels(house: House, sheet: Sheet) -> None:
    elsewhere = Channel(team=RED.team, id="elsewhere")
    await house.desk.call(a_call("settings", admin=True, team_limit=1), sheet)
    await house.desk.call(a_call("brainstorm", elsewhere, topic="tea", count=1), Sheet(sheet.chat, "ann"))

    await house.desk.call(a_call("brainstorm", person="bob", topic="tea", count=1), sheet)

    assert "Your team's limit of 1" in whispered(sheet)[-1]


async def test_in_quiet_hours_interrupted_work_goes_to_the_board_without_a_message(house: House, chat: BareChat) -> None:
    house.desk.watch.chats = {"test": chat}
    await house.desk.call(a_call("settings", admin=True, quiet="11:00-13:00"), Sheet(chat, "ann"))
    chat.messages["bare:9"] = Card(title="half done")
    left = a_brainstorm(address="bare:9")
    await house.store.begin(left)

    await house.desk.watch.resume(left)

    assert chat.messages["bare:9"].title == "half done"
    assert len(await house.store.ideas(RED)) == 5


async def test_settings_decide_what_a_brainstorm_is_like(house: House, sheet: Sheet) -> None:
    await house.desk.call(a_call("settings", admin=True, count=2, style="dry humour"), sheet)

    await house.desk.call(a_call("brainstorm", topic="tea"), Sheet(sheet.chat, "ann"))

    (brainstorm,) = await house.store.brainstorms(RED, limit=5)
    assert brainstorm.prompt is not None
    assert (brainstorm.prompt.count, brainstorm.prompt.style) == (2, "dry humour")


async def test_a_vote_redraws_the_message_the_idea_stands_on(house: House, chat: BareChat) -> None:
    house.desk.watch.chats = {PLATFORM: chat, "test": chat}
    asked = Sheet(chat, "ann")
    await house.desk.call(a_call("brainstorm", topic="tea", count=2), asked)
    idea = chat.messages[asked.address].lines[0].idea

    await asyncio.gather(
        *(house.desk.press(a_press(f"vote:{idea}:up", person=p), Sheet(chat, p)) for p in ("ann", "bob", "cleo"))
    )

    async with asyncio.timeout(PATIENCE_S):
        while (tally := chat.messages[asked.address].lines[0].tally) is None or tally.ups < 3:
            await asyncio.sleep(0.05)


async def test_hidden_tallies_are_told_only_to_those_who_voted(house: House, sheet: Sheet) -> None:
    await house.desk.call(a_call("settings", admin=True, tallies="off"), sheet)
    idea = await house.store.add(an_idea())

    await house.desk.press(a_press(f"vote:{idea.id}:up"), sheet)
    await house.desk.call(a_call("board"), sheet)

    assert "So far: 👍 1 👎 0" in whispered(sheet)[-1]
    assert sheet.chat.messages[sheet.address].lines[0].tally is None


async def test_reactions_count_only_where_the_channel_wants_them(house: House, sheet: Sheet) -> None:
    idea = await house.store.add(an_idea())
    await house.desk.call(a_call("settings", admin=True, reactions="off"), sheet)

    await house.desk.press(a_press(f"emoji:{idea.id}:🔥", reaction="🔥"), sheet)

    assert await house.store.feedback(RED.team, [idea.id]) == []


async def test_an_emoji_that_says_nothing_is_passed_over_in_silence(house: House, sheet: Sheet) -> None:
    idea = await house.store.add(an_idea())

    await house.desk.press(a_press(f"emoji:{idea.id}:🦑", reaction="🦑"), sheet)

    assert whispered(sheet) == []


async def test_taking_one_emoji_away_leaves_what_another_said(house: House, sheet: Sheet) -> None:
    idea = await house.store.add(an_idea())
    await house.desk.press(a_press(f"emoji:{idea.id}:🔥", reaction="🔥"), sheet)
    await house.desk.press(a_press(f"emoji:{idea.id}:😴", reaction="😴"), sheet)

    await house.desk.press(a_press(f"emoji:{idea.id}:none", reaction="🔥"), sheet)

    (said,) = await house.store.feedback(RED.team, [idea.id])
    assert said.token == "😴"


async def test_suggestions_find_ideas_styles_and_choices(house: House) -> None:
    await house.store.add(an_idea("The Third Steep"))
    await house.store.add(an_idea("Leaf & Lantern"))

    assert await house.desk.suggest(RED, "more", "idea", "steep") == [("#1 The Third Steep", "1")]
    assert ("dry humour", "dry humour") in await house.desk.suggest(RED, "brainstorm", "style", "dry")
    assert await house.desk.suggest(RED, "export", "format", "csv") == [("CSV, for a spreadsheet", "csv")]
    assert await house.desk.suggest(RED, "nothing", "at all", "") == []
    assert await house.desk.suggest(BLUE, "more", "idea", "") == []


async def test_work_of_a_dead_process_is_taken_up_and_shown_where_it_was(tmp_path: Any, chat: BareChat) -> None:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    chat.messages["bare:9"] = Card(title="half done")
    left = a_brainstorm(channel=an_idea(channel=RED).channel, address="bare:9", leased_until=None)
    await store.begin(left)

    class Waiting(BareChat):
        name = "test"

        async def run(self, front: Any) -> None:
            async with asyncio.timeout(PATIENCE_S):
                while len(self.messages["bare:9"].lines) < 5 or self.messages["bare:9"].progress is not None:
                    await asyncio.sleep(0.02)

    waiting = Waiting()
    waiting.messages = chat.messages
    await house.desk.serve([waiting])

    stored = await store.brainstorm(RED.team, left.id)
    assert stored is not None
    assert stored.state == "done"


async def test_work_that_nobody_waits_for_any_more_is_closed(house: House, chat: BareChat) -> None:
    clock = house.services.clock
    assert isinstance(clock, Hands)
    old = a_brainstorm(created_at=clock() - timedelta(hours=2))
    await house.store.begin(old)

    await house.desk.watch.resume(old)

    stored = await house.store.brainstorm(RED.team, old.id)
    assert stored is not None
    assert stored.state == "failed"


def test_a_desk_is_a_front() -> None:
    from bot.ports import Front

    front: type[Front] = Desk
    assert front is Desk
