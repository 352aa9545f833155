"""What is Discord's own: menus, completions, modals, threads, reactions, direct conversations, invitations."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import build, check, invite
from bot import wiring
from bot.config import DiscordTable, Settings
from bot.domain.errors import Misconfigured, Outage
from bot.domain.ideas import Channel, Idea, Team
from bot.domain.models import ChannelSettings
from bot.services.team.governing import whole
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.discord import IDEA, connected, shown_ideas, unescaped
from tests.acceptance.test_discord_faults import Town
from tests.builders import a_version
from tests.fair import PATIENCE_S
from tests.fakes.discord import FakeDiscord, Message, rules

EVIL = (
    "Call @everyone and <@123456789012345678> now",
    "[free tea](https://evil.example) and https://evil.example",
    "# Big `code` ||secret|| <@&42> <#7> **bold**",
)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest.fixture
async def town(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Town]:
    guild, ann = fake.guild(), fake.user("ann")
    async with connected(fake, tmp_path) as house:
        yield Town(fake, house, guild, guild.rooms[0], ann)
    violations = fake.violations
    assert violations == [], "\n".join(violations)


async def own(town: Town, text: str, **where: Any) -> Message:
    """A person's own idea, alone on a message."""
    asked = await town.fake.people.slash(where.get("room", town.room), where.get("user", town.ann), "idea", text=text)
    return await town.fake.people.answer(asked)


async def brainstorm(town: Town, count: int = 3, **where: Any) -> Message:
    room, user = where.get("room", town.room), where.get("user", town.ann)
    asked = await town.fake.people.slash(room, user, "brainstorm", topic="names for a tea bar", count=count)
    return await town.done(lambda: asked.original)


def shown_texts(message: Message) -> list[str]:
    return [unescaped(text) for _number, text in IDEA.findall(message.text)]


async def opinions(town: Town) -> dict[tuple[str, str], str]:
    """(idea's text, signal) -> what was said."""
    ideas = await town.board()
    feedback = await town.house.services.store.feedback(ideas[0].channel.team, [idea.id for idea in ideas])
    texts = {idea.id: idea.text for idea in ideas}
    return {(texts[said.idea], said.signal): said.token for said in feedback}


async def soon(town: Town, wanted: dict[tuple[str, str], str]) -> None:
    """Waits until these, and only these, opinions stand."""
    async with asyncio.timeout(PATIENCE_S):
        while await opinions(town) != wanted:
            await asyncio.sleep(0.02)


# ------------------------------------------------------------------------------------------------ commands


async def test_every_plugin_is_a_described_command_and_the_menu_has_remix(town: Town) -> None:
    names = {one["name"]: one for one in town.fake.commands}

    assert {"brainstorm", "more", "remix", "spin", "polish", "idea", "board", "pick", "export", "privacy", "help"} <= set(names)
    assert {"vote", "stars", "edit", "emoji"} <= set(names)
    assert names["Remix this idea"]["type"] == 3
    assert all(len(one["description"]) > 5 for one in town.fake.commands if one["type"] == 1)
    count = next(option for option in names["brainstorm"]["options"] if option["name"] == "count")
    assert (count["min_value"], count["max_value"]) == (1, 10)


async def test_a_page_of_the_board_is_turned_in_its_place(town: Town) -> None:
    for number in range(11):
        await town.house.services.store.add(an_idea_in(town, number))
    asked = await town.fake.people.slash(town.room, town.ann, "board")
    board = await town.fake.people.answer(asked)
    first, messages = shown_ideas(board), len(town.room.messages)

    await town.fake.people.click(board, town.fake.user("bob"), "board::2")
    await town.fake.people.until(lambda: "board::1" in board.buttons, what="the second page")
    second = shown_ideas(board)
    await town.fake.people.click(board, town.ann, "board::1")
    await town.fake.people.until(lambda: "board::2" in board.buttons, what="the first page")

    assert (len(first), len(second)) == (10, 1)
    assert not set(first) & set(second)
    assert shown_ideas(board) == first
    assert len(town.room.messages) == messages


async def test_the_board_asked_for_under_ideas_does_not_take_their_place(town: Town) -> None:
    message = await brainstorm(town)
    ideas = shown_ideas(message)

    board = await town.fake.people.answer(await town.fake.people.click(message, town.ann, "board::"))

    assert board is not message
    assert shown_ideas(message) == ideas


async def test_commands_are_there_for_servers_people_and_direct_conversations(town: Town) -> None:
    for one in town.fake.commands:
        assert sorted(one["contexts"]) == [0, 1, 2]
        assert sorted(one["integration_types"]) == [0, 1]


async def test_commands_and_answers_speak_chinese_to_who_does(town: Town) -> None:
    names = {one["name"]: one for one in town.fake.commands}
    li = town.fake.user("li", locale="zh-CN")

    asked = await town.fake.people.slash(town.room, li, "idea", text="第三泡")
    message = await town.fake.people.answer(asked)
    vote = await town.fake.people.click(message, li, f"vote:{shown_ideas(message)[0]}:up")

    assert names["brainstorm"]["name_localizations"]["zh-CN"] == "头脑风暴"
    for described in (names["brainstorm"], *names["brainstorm"]["options"]):
        assert re.search(r"[\u4e00-\u9fff]", described["description_localizations"]["zh-CN"])
    formats = next(option for option in names["export"]["options"] if option["name"] == "format")["choices"]
    assert re.search(r"[\u4e00-\u9fff]", formats[0]["name_localizations"]["zh-CN"])
    assert re.search(r"[\u4e00-\u9fff]", (await town.fake.people.answer(vote)).text.replace("第三泡", ""))


async def test_ideas_and_styles_are_offered_while_typing(town: Town) -> None:
    await own(town, "The Third Steep")
    await own(town, "The Fourth Steep")

    ideas = await town.fake.people.complete(town.room, town.ann, "more", "idea", "third")
    votes = await town.fake.people.complete(town.room, town.ann, "vote", "idea", "")
    styles = await town.fake.people.complete(town.room, town.ann, "brainstorm", "style", "pla", topic="tea")

    assert [(one["name"], one["value"]) for one in ideas] == [("#1 The Third Steep", "1")]
    assert len(votes) == 2
    assert "playful" in [one["value"] for one in styles]


async def test_stars_are_given_with_a_command(town: Town) -> None:
    await own(town, "The Third Steep")

    asked = await town.fake.people.slash(town.room, town.ann, "stars", idea="1", say="4")
    message = await town.fake.people.answer(asked)

    assert message.ephemeral_for is town.ann
    assert "★★★★" in message.text
    assert await opinions(town) == {("The Third Steep", "stars"): "4"}


@pytest.mark.parametrize("nonsense", ["a:b", "x" * 200])
async def test_a_vote_for_nonsense_is_answered_in_words(town: Town, nonsense: str) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, "vote", idea=nonsense, say="up")
    message = await town.fake.people.answer(asked)

    assert message.ephemeral_for is town.ann
    assert "no such idea in this channel" in message.text


async def test_your_own_idea_is_added_through_the_button_under_a_brainstorm(town: Town) -> None:
    message = await brainstorm(town, 2)
    button = next(one for one in message.buttons if one.startswith("idea?"))

    asked = await town.fake.people.click(message, town.ann, button)
    sent = await town.fake.people.submit(asked, text="The Third Steep")
    added = await town.fake.people.answer(sent)

    assert added.ephemeral_for is None
    assert await texts(added) == ["The Third Steep"]
    assert f"<@{town.ann.id}>" in added.text


async def test_remix_from_the_menu_asks_for_the_other_idea(town: Town) -> None:
    first = await own(town, "The Third Steep")
    await own(town, "The Fourth Steep")

    asked = await town.fake.people.menu(first, town.ann, "Remix this idea")
    sent = await town.fake.people.submit(asked, second="#2")
    message = await town.done(lambda: sent.original if sent.answered == 5 else next(iter(sent.answers), None))

    assert "remix" in message.text
    assert IDEA.findall(message.text)


async def test_remix_from_the_menu_of_many_ideas_asks_for_both(town: Town) -> None:
    several = await brainstorm(town)

    asked = await town.fake.people.menu(several, town.ann, "Remix this idea")
    sent = await town.fake.people.submit(asked, first="1", second="3")
    message = await town.done(lambda: next(iter(sent.answers), None))

    assert IDEA.findall(message.text)


async def test_remix_from_the_menu_of_a_person_s_message_says_what_to_do(town: Town) -> None:
    said = await town.fake.people.write(town.room, town.ann, "how about this")

    asked = await town.fake.people.menu(said, town.ann, "Remix this idea")
    message = await town.fake.people.answer(asked)

    assert message.ephemeral_for is town.ann
    assert "/idea" in unescaped(message.text)


async def test_a_command_discord_still_shows_after_it_went_is_answered(town: Town) -> None:
    data = {"id": "1", "name": "gone", "type": 1, "options": []}

    asked = await town.fake.people.ask(2, town.room, town.ann, data)

    assert "have just changed" in (await town.fake.people.answer(asked)).text


# ------------------------------------------------------------------------------------------------ markup


async def test_nothing_a_model_or_a_person_writes_notifies_or_links(fake: FakeDiscord, tmp_path: Path) -> None:
    guild, ann = fake.guild(), fake.user("ann")
    async with connected(fake, tmp_path, generator=ScriptedGenerator(texts=EVIL)) as house:
        town = Town(fake, house, guild, guild.rooms[0], ann)
        asked = await fake.people.slash(town.room, ann, "brainstorm", topic=f"{EVIL[0]} {EVIL[1]}", count=3)
        message = await town.done(lambda: asked.original)
        mine = await own(town, EVIL[2] + " by me")

        for one in town.posts():
            assert one.pinged == []
            assert one.body["allowed_mentions"]["parse"] == []
            assert not re.search(r"(?<!\\)\]\(", one.text)
            assert "://" not in one.text
            assert rules.pings(rules.texts(one.body), {"parse": ["everyone", "users", "roles"]}) in ([], [ann.id])
        assert "@everyone" in unescaped(message.text)
        assert "# Big `code` ||secret|| **bold** by me" in unescaped(mine.text)  # what a person writes loses the ids in it
    assert fake.violations == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("a gift for <@BOB>", "a gift for Bob"),
        ("a gift for <@!BOB> and <@4242>", "a gift for Bob and"),
        ("<@US> slogans for a tram <@US>!", "slogans for a tram!"),
        ("icebreakers for <@&CREW>, in <#ROOM>", "icebreakers for Crew, in ideas"),
        ("icebreakers for <@&4242> in <#4242>", "icebreakers for in"),
        ("a poster for </board:4242> <:tea:4242> <a:steam:4242>", "a poster for /board :tea: :steam:"),
        ("a party on <t:1700000000:D> <id:browse>", "a party on Nov 14, 2023"),
        ("2 <3 4 and a < b", "2 <3 4 and a < b"),
    ],
)
async def test_a_topic_has_names_in_it_and_never_an_id(fake: FakeDiscord, tmp_path: Path, text: str, topic: str) -> None:
    guild, ann, bob = fake.guild(), fake.user("ann"), fake.user("bob")
    crew, room = guild.role("Crew"), guild.rooms[0]
    for name, id in (("BOB", bob.id), ("US", fake.bot.id), ("CREW", crew), ("ROOM", room.id)):
        text = text.replace(f"{name}>", f"{id}>")
    async with connected(fake, tmp_path) as house:
        town = Town(fake, house, guild, room, ann)

        mine = await own(town, text)

        assert [idea.text for idea in await town.board()] == [topic]
        assert topic in unescaped(mine.text)
    assert fake.violations == []


async def test_a_name_that_discord_does_not_tell_in_time_is_left_out(town: Town) -> None:
    bob = town.fake.user("bob")
    town.fake.fail("get_guild_member", 500, times=9)

    await own(town, f"a gift for <@{bob.id}>")

    assert [idea.text for idea in await town.board()] == ["a gift for"]


# ------------------------------------------------------------------------------------------------ talking


async def said(town: Town, text: str, **where: Any) -> Message:
    """The bot's answer to what somebody says to it."""
    room = where.pop("room", town.room)
    before = len([one for one in room.messages if one.author.bot])
    await town.fake.people.write(room, where.pop("user", town.ann), text.replace("@muselab", f"<@{town.fake.bot.id}>"), **where)

    def answered() -> Message | None:
        new = [one for one in room.messages if one.author.bot][before:]
        return new[-1] if new and not re.search("[▱▰]", new[-1].text) else None

    found = await town.fake.people.until(answered, what="an answer")
    assert found is not None
    return found


async def test_a_mention_is_answered_below_it_with_ideas(town: Town) -> None:
    message = await said(town, "hey @muselab board game ideas for families -n 2")

    assert "hey board game ideas for families" in unescaped(message.text)
    assert len(IDEA.findall(message.text)) == 2
    first = [*message.history, message.body][0]
    assert str(first["message_reference"]["message_id"]) == town.room.messages[0].id
    assert message.pinged == []


async def test_an_answer_to_ideas_and_a_word_in_their_thread_go_on_with_them(town: Town) -> None:
    first = await brainstorm(town)
    second = shown_texts(first)[1]

    more = await said(town, "more like the second one", answering=first)
    shorter = await said(town, "shorter", answering=first)

    assert f"More like “{second}”" in unescaped(more.text)
    assert "names for a tea bar" in unescaped(shorter.text)
    assert "short" in unescaped(shorter.text)


async def test_in_a_direct_conversation_every_line_is_for_us(town: Town) -> None:
    room = town.fake.dm(town.ann)

    hello = await said(town, "hi", room=room)
    ideas = await said(town, "names for a tea bar -n 2", room=room)
    more = await said(town, "再来几个", room=room)

    assert "names for a tea bar" in unescaped(hello.text)
    assert [len(IDEA.findall(one.text)) for one in (hello, ideas, more)] == [0, 2, 2]


async def test_what_is_for_one_person_alone_is_sent_to_them_alone(town: Town) -> None:
    told = town.fake.dm(town.ann)

    await town.fake.people.write(town.room, town.ann, f"<@{town.fake.bot.id}> privacy")
    await town.fake.people.until(lambda: told.messages, what="an answer")

    assert "Muselab keeps your account's id" in unescaped(told.messages[0].text)
    assert town.posts() == []


async def test_nothing_is_read_or_answered_that_is_not_said_to_us(town: Town) -> None:
    other = town.fake.user("bob")
    theirs = await town.fake.people.write(town.room, other, "names for a tea bar")

    await town.fake.people.write(town.room, town.ann, "more", answering=theirs)
    await town.fake.people.write(town.room, town.ann, "@everyone names for a tea bar")
    await said(town, "@muselab idea The Third Steep")

    assert [idea.text for idea in await town.board()] == ["The Third Steep"]
    assert len(town.posts()) == 1


@pytest.mark.parametrize(("name", "may"), [("boss", True), ("ann", False)])
async def test_rights_are_those_that_the_server_gives(fake: FakeDiscord, tmp_path: Path, name: str, may: bool) -> None:
    guild, user = fake.guild(), fake.user(name)
    if name == "boss":
        guild.members.insert(0, user)  # who owns the server
    async with connected(fake, tmp_path) as house:
        told = fake.dm(user)
        await fake.people.write(guild.rooms[0], user, f"<@{fake.bot.id}> settings count 3")
        await fake.people.until(lambda: told.messages, what="an answer")
        where = Channel(team=Team(platform="discord", id=guild.id), id=guild.rooms[0].id)

        assert ((await house.store.settings(where)).count == 3) is may


# ------------------------------------------------------------------------------------------------ starting


LAUNCH = {
    "id": "4242",
    "application_id": "4343",
    "type": 4,
    "name": "launch",
    "description": "",
    "handler": 2,
    "version": "1",
    "default_member_permissions": None,
}


async def test_an_entry_point_is_kept_beside_our_commands_and_keeps_nobody_from_being_served(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    guild, ann = fake.guild(), fake.user("ann")
    fake.commands = [dict(LAUNCH)]
    async with connected(fake, tmp_path) as house:
        await own(Town(fake, house, guild, guild.rooms[0], ann), "The Third Steep")

    assert {one["name"] for one in fake.commands} >= {"launch", "brainstorm", "Remix this idea"}
    found = await check(settings(fake, fake.token))
    assert any("Entry Point, launch" in one.say for one in found)


@pytest.mark.parametrize(("status", "code"), [(400, 50240), (400, 50035), (403, 20012), (500, 0), (429, 0)])
async def test_commands_that_discord_does_not_take_keep_nobody_from_being_served(
    fake: FakeDiscord, tmp_path: Path, status: int, code: int
) -> None:
    guild, ann = fake.guild(), fake.user("ann")
    async with connected(fake, tmp_path):
        registered = list(fake.commands)
    fake.fail("bulk_set_application_commands", status, times=99, code=code)

    async with connected(fake, tmp_path, wait=False) as house:
        await fake.connected()
        mine = await own(Town(fake, house, guild, guild.rooms[0], ann), "The Third Steep")

    assert "The Third Steep" in mine.text
    assert fake.commands == registered


# ------------------------------------------------------------------------------------------------ boundaries


async def settled(town: Town, **options: Any) -> str:
    """What an admin reads who settles something."""
    boss = town.fake.user("boss", admin=True)
    asked = await town.fake.people.slash(options.pop("room", town.room), boss, "settings", **options)
    return unescaped((await town.fake.people.answer(asked)).text)


async def test_news_of_a_team_are_sent_to_no_room_of_another_server(town: Town) -> None:
    other = town.fake.guild("Rivals")
    await town.fake.gateway.dispatch("GUILD_CREATE", other.payload(), guild=other.id)

    said = [await settled(town, admin_channel=id) for id in (other.rooms[0].id, f"<#{other.rooms[0].id}>", "4242", "nonsense")]

    assert all("not one of this team's" in one for one in said)
    assert other.rooms[0].messages == []
    assert (await town.house.store.settings(whole(Team(platform="discord", id=town.guild.id)))).admin_channel is None


async def test_from_a_conversation_of_ones_own_nothing_is_sent_into_a_server(town: Town) -> None:
    said = await settled(town, admin_channel=town.room.id, room=town.fake.dm(town.fake.user("boss2", admin=True)))

    assert "not one of this team's" in said
    assert town.posts() == []


async def test_where_we_may_not_write_the_setting_is_refused_at_once(town: Town) -> None:
    town.room.denied.add("send")

    said = await settled(town, admin_channel="here")

    assert "cannot write in that channel" in said


async def test_news_for_a_room_of_another_server_that_was_settled_before_stay_untold(town: Town) -> None:
    other, team = town.fake.guild("Rivals"), Team(platform="discord", id=town.guild.id)
    await town.fake.gateway.dispatch("GUILD_CREATE", other.payload(), guild=other.id)
    await town.house.store.settle(whole(team), ChannelSettings(admin_channel=other.rooms[0].id))
    await town.house.store.keep_version(a_version(team=team, stage="retired", reason="lost", untold=True))

    told = await town.house.services.announcing.tell(team)

    assert told is False
    assert other.rooms[0].messages == []
    assert [one.untold for one in await town.house.store.versions(team)] == [True]


async def test_news_that_could_not_be_posted_stay_untold(town: Town) -> None:
    team = Team(platform="discord", id=town.guild.id)
    await town.house.store.settle(whole(team), ChannelSettings(admin_channel=town.room.id))
    await town.house.store.keep_version(a_version(team=team, stage="retired", reason="lost", untold=True))
    town.room.denied.add("send")

    refused = await town.house.services.announcing.tell(team)
    town.room.denied.discard("send")
    told = await town.house.services.announcing.tell(team)

    assert (refused, told) == (False, True)
    assert [one.untold for one in await town.house.store.versions(team)] == [False]


@asynccontextmanager
async def hosted(fake: FakeDiscord, tmp_path: Path, **table: Any) -> AsyncIterator[House]:
    """The house with more settings of Discord's, and a place where leaving servers are noted."""
    store = MemoryStore()
    await store.open()
    discord = DiscordTable(token=fake.token, api_base=fake.api_base, gateway=fake.gateway_url, **table)  # type: ignore[arg-type]
    settings = Settings(home=tmp_path, discord=discord)
    house = wiring.furnish(settings, store=store, generator=ScriptedGenerator())
    chat = build(settings, installations=store, identify_s=0.0)
    serving = asyncio.create_task(house.desk.serve([chat]))
    try:
        await fake.connected()
        yield house
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await chat.close()


async def test_a_server_that_is_not_among_those_allowed_is_left_and_served_nothing(fake: FakeDiscord, tmp_path: Path) -> None:
    ours, other, ann = fake.guild("Ours"), fake.guild("Others"), fake.user("ann")
    async with hosted(fake, tmp_path, servers=ours.id) as house:
        asked = await fake.people.slash(other.rooms[0], ann, "brainstorm", topic="tea")
        refused = await fake.people.answer(asked)
        fine = await own(Town(fake, house, ours, ours.rooms[0], ann), "The Third Steep")
        await fake.people.until(lambda: not other.installed, what="the bot's leaving")

    assert "not offered in this server" in unescaped(refused.text)
    assert refused.ephemeral_for is ann
    assert "The Third Steep" in fine.text
    assert ours.installed
    assert await house.store.team_ideas(Team(platform="discord", id=other.id)) == []


async def test_a_server_that_removes_the_bot_is_noted_until_it_adds_it_again(fake: FakeDiscord, tmp_path: Path) -> None:
    guild, later = fake.guild(), datetime.now(UTC) + timedelta(days=1)
    fake.guild("Others")
    async with hosted(fake, tmp_path) as house:

        async def noted(count: int) -> None:
            async with asyncio.timeout(4):
                while len(await house.store.departed(later)) != count:
                    await asyncio.sleep(0.02)

        await fake.gateway.dispatch("GUILD_DELETE", {"id": guild.id, "unavailable": True}, guild=guild.id)
        await fake.gateway.dispatch("GUILD_CREATE", guild.payload(), guild=guild.id)
        assert await house.store.departed(later) == []  # only out of reach for a while
        await fake.gateway.dispatch("GUILD_DELETE", {"id": guild.id}, guild=guild.id)
        await noted(1)
        await fake.gateway.dispatch("GUILD_CREATE", guild.payload(), guild=guild.id)
        await noted(0)


# ------------------------------------------------------------------------------------------------ moderators


async def empty(town: Town) -> None:
    """Waits until nothing stands on the board."""
    async with asyncio.timeout(4):
        while await town.board():
            await asyncio.sleep(0.02)


async def test_a_deleted_message_hides_the_ideas_it_showed(town: Town) -> None:
    message = await brainstorm(town)
    own_message = await own(town, "The Third Steep")
    assert len(await town.board()) == 4

    await town.fake.delete(message)
    await town.fake.delete(own_message)
    await empty(town)

    where = Channel(team=Team(platform="discord", id=town.guild.id), id=town.room.id)
    hidings = await town.house.services.store.hidings(where)
    assert len(hidings) == 4
    assert {one.by for one in hidings} == {None}


async def test_a_brainstorm_deleted_after_a_restart_is_hidden_too(fake: FakeDiscord, tmp_path: Path) -> None:
    guild, ann, store = fake.guild(), fake.user("ann"), MemoryStore()
    await store.open()
    async with connected(fake, tmp_path, store=store) as house:
        message = await brainstorm(Town(fake, house, guild, guild.rooms[0], ann))
    async with connected(fake, tmp_path, store=store) as house:
        town = Town(fake, house, guild, guild.rooms[0], ann)

        await fake.delete(message)

        await empty(town)


async def test_a_board_or_another_s_message_that_is_deleted_hides_nothing(town: Town) -> None:
    message = await brainstorm(town)
    asked = await town.fake.people.slash(town.room, town.ann, "board")
    board = await town.fake.people.answer(asked)
    theirs = await town.fake.people.write(town.room, town.ann, "hello")
    alone = await own(town, "The Third Steep")

    await town.fake.delete(board)
    await town.fake.delete(theirs)
    await town.fake.delete(alone)
    async with asyncio.timeout(4):
        while len(await town.board()) != 3:
            await asyncio.sleep(0.02)

    assert {idea.brainstorm for idea in await town.board()} != {None}
    assert message.deleted is False


# ------------------------------------------------------------------------------------------------ teams


async def test_a_button_copied_from_another_team_does_nothing(town: Town) -> None:
    other = town.fake.guild("Rivals")
    bob = town.fake.user("bob")
    await town.fake.gateway.dispatch("GUILD_CREATE", other.payload(), guild=other.id)
    secret = shown_ideas(await own(town, "The Third Steep"))[0]
    mine = await own(town, "A rival's idea", room=other.rooms[0], user=bob)

    data = {"custom_id": f"vote:{secret}:down", "component_type": rules.BUTTON}
    copied = {"type": rules.BUTTON, "style": 2, "label": "x", "custom_id": data["custom_id"]}
    mine.body = {**mine.body, "components": [{"type": rules.ROW, "components": [copied]}]}
    asked = await town.fake.people.ask(3, other.rooms[0], bob, data, message=mine)
    message = await town.fake.people.answer(asked)

    assert "There is no idea" in message.text
    assert await opinions(town) == {}


async def test_a_role_named_in_the_settings_may_change_them(fake: FakeDiscord, tmp_path: Path) -> None:
    guild = fake.guild()
    curators = guild.role("curators")
    boss, cleo, dan = fake.user("boss", admin=True), fake.user("cleo", roles=[curators]), fake.user("dan")
    async with connected(fake, tmp_path):
        room = guild.rooms[0]
        await fake.people.answer(await fake.people.slash(room, boss, "settings", admins=f"<@&{curators}>"))

        allowed = await fake.people.answer(await fake.people.slash(room, cleo, "settings", thread="on"))
        refused = await fake.people.answer(await fake.people.slash(room, dan, "settings", thread="off"))

    assert "Settings saved" in allowed.text
    assert "Settings saved" not in refused.text
    assert fake.violations == []


async def test_a_direct_conversation_is_a_team_of_its_own(town: Town) -> None:
    await own(town, "The team's idea")
    room = town.fake.dm(town.ann)

    message = await brainstorm(town, 2, room=room)
    board = await town.fake.people.answer(await town.fake.people.slash(room, town.ann, "board"))

    assert len(IDEA.findall(message.text)) == 2
    assert "The team's idea" not in board.text
    assert len(IDEA.findall(board.text)) == 2


async def test_somebody_who_installed_the_bot_for_themselves_uses_it_where_it_is_no_member(town: Town) -> None:
    elsewhere = town.fake.guild("Elsewhere", installed=False)

    message = await brainstorm(town, 2, room=elsewhere.rooms[0])
    vote = await town.fake.people.click(message, town.ann, f"vote:{shown_ideas(message)[0]}:up")

    assert "Recorded" in (await town.fake.people.answer(vote)).text


async def test_a_channel_that_wants_threads_gets_one_for_each_brainstorm_and_it_shares_the_board(town: Town) -> None:
    where = Channel(team=Team(platform="discord", id=town.guild.id), id=town.room.id)
    await town.house.services.store.settle(where, ChannelSettings(thread=True))

    message = await brainstorm(town, 2)
    thread = await town.fake.people.until(lambda: town.fake.rooms.get(message.id), what="the thread")
    assert thread is not None
    await own(town, "From the thread", room=thread)

    assert thread.parent is town.room
    assert "names for a tea bar" in thread.name
    assert "From the thread" in [idea.text for idea in await town.board()]


async def test_a_thread_that_may_not_be_opened_costs_nothing(town: Town) -> None:
    where = Channel(team=Team(platform="discord", id=town.guild.id), id=town.room.id)
    await town.house.services.store.settle(where, ChannelSettings(thread=True))
    town.room.denied.add("threads")

    message = await brainstorm(town, 2)

    assert len(IDEA.findall(message.text)) == 2


# ------------------------------------------------------------------------------------------------ reactions


async def texts(message: Message) -> list[str]:
    return [unescaped(text) for _number, text in IDEA.findall(message.text)]


async def test_a_number_emoji_means_that_idea_and_taking_it_away_withdraws(town: Town) -> None:
    message = await brainstorm(town)
    ideas = await texts(message)

    await town.fake.people.react(message, town.ann, "2️⃣")
    await soon(town, {(ideas[1], "vote"): "2⃣"})
    await town.fake.people.react(message, town.ann, "2️⃣", remove=True)
    await soon(town, {})


async def test_a_number_emoji_means_the_number_people_read_before_the_place(town: Town) -> None:
    await brainstorm(town)
    second = await brainstorm(town, 4)
    ideas = await texts(second)
    assert [number for number, _text in IDEA.findall(second.text)] == ["4", "5", "6", "7"]

    await town.fake.people.react(second, town.ann, "4️⃣")
    await town.fake.people.react(second, town.ann, "2️⃣")

    await soon(town, {(ideas[0], "vote"): "4⃣", (ideas[1], "vote"): "2⃣"})


@pytest.mark.parametrize(("emoji", "signal"), [("👍", "vote"), ("❤️", "emoji"), ("✅", "pick"), ("💤", "emoji")])
async def test_an_emoji_on_a_single_idea_is_an_opinion_of_it(town: Town, emoji: str, signal: str) -> None:
    message = await own(town, "The Third Steep")

    await town.fake.people.react(message, town.ann, emoji)

    await soon(town, {("The Third Steep", signal): emoji.replace("\ufe0f", "")})


@pytest.mark.parametrize("emoji", ["👍🏻", "👍🏼", "👍🏽", "👍🏾", "👍🏿"])
async def test_a_thumb_of_any_colour_is_a_vote_and_taking_it_away_withdraws(town: Town, emoji: str) -> None:
    message = await own(town, "The Third Steep")

    await town.fake.people.react(message, town.ann, emoji)
    await soon(town, {("The Third Steep", "vote"): "👍"})
    await town.fake.people.react(message, town.ann, emoji, remove=True)
    await soon(town, {})


async def test_a_joined_heart_says_what_a_heart_says(town: Town) -> None:
    message = await own(town, "The Third Steep")

    await town.fake.people.react(message, town.ann, "❤️\u200d🔥")

    await soon(town, {("The Third Steep", "emoji"): "❤"})


async def test_who_reacts_to_several_ideas_with_an_emoji_that_names_none_is_told_once(town: Town) -> None:
    several, bob = await brainstorm(town), town.fake.user("bob")
    told = town.fake.dm(bob)

    for emoji in ("👍", "🦆", "👀"):
        await town.fake.people.react(several, bob, emoji)
    await town.fake.people.react(several, bob, "2️⃣")
    await town.fake.people.until(lambda: told.messages, what="a hint")
    await soon(town, {(shown_texts(several)[1], "vote"): "2⃣"})

    (hint,) = told.messages
    assert "1️⃣ to 🔟" in unescaped(hint.text)
    assert not [message for message in town.posts() if message is not several]


async def test_reactions_that_mean_no_idea_are_passed_over(town: Town) -> None:
    several, theirs = await brainstorm(town), await town.fake.people.write(town.room, town.ann, "hello")
    single = await own(town, "The Third Steep")

    await town.fake.people.react(several, town.ann, "👍")  # which of them?
    await town.fake.people.react(several, town.ann, "9️⃣")
    await town.fake.people.react(theirs, town.ann, "👍")
    await town.fake.people.react(single, town.ann, "🦆")
    await town.fake.people.react(single, town.ann, "👎")

    await soon(town, {("The Third Steep", "vote"): "👎"})
    assert not any(heard.operation == "get_message" for heard in town.fake.rest.heard)


# ------------------------------------------------------------------------------------------------ invitation and doctor


def settings(fake: FakeDiscord, token: str) -> Settings:
    return Settings(discord=DiscordTable(token=token, api_base=fake.api_base))  # type: ignore[arg-type]


async def test_the_invitation_asks_for_no_more_than_is_used(fake: FakeDiscord) -> None:
    link = await invite(settings(fake, fake.token))

    assert f"client_id={fake.application}" in link
    granted = int(link.rpartition("permissions=")[2])
    administrator, manage_messages, mention_everyone = 1 << 3, 1 << 13, 1 << 17
    assert not granted & (administrator | manage_messages | mention_everyone)
    assert "scope=bot+applications.commands" in link


async def test_the_check_names_what_is_missing(fake: FakeDiscord) -> None:
    nothing = await check(settings(fake, ""))
    wrong = await check(settings(fake, "wrong"))
    alone = await check(settings(fake, fake.token))
    fake.guild()
    invited = await check(settings(fake, fake.token))

    assert [finding.ok for finding in nothing] == [None]
    assert [finding.ok for finding in wrong] == [False]
    assert "MUSELAB_DISCORD__TOKEN" in wrong[0].say
    assert "muselab invite discord" in alone[-1].say
    assert all(finding.ok is not False for finding in invited)
    assert fake.violations == []


async def test_an_unreachable_discord_is_said_in_a_sentence() -> None:
    nowhere = Settings(discord=DiscordTable(token="x", api_base="http://127.0.0.1:9/api/v10"))  # type: ignore[arg-type]

    with pytest.raises(Outage, match="cannot be reached"):
        await invite(nowhere)
    with pytest.raises(Misconfigured):
        await invite(Settings(discord=DiscordTable()))


def an_idea_in(town: Town, number: int) -> Idea:
    from tests.builders import an_idea

    where = Channel(team=Team(platform="discord", id=town.guild.id), id=town.room.id)
    return an_idea(f"Idea number {number}", channel=where)
