"""What owners of Discord servers meet: menus, permissions, what the doctor says, who may take part."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.discord import check
from adapters.discord.install import NEEDED
from bot import commands, plugins
from bot.config import DiscordTable, LimitsTable, Settings
from bot.domain.ideas import Channel, IdeaId, Team
from bot.domain.models import ChannelSettings
from bot.quotas import RoleQuota
from bot.services.team.governing import whole
from tests.acceptance.drivers.discord import connected, shown_ideas, unescaped
from tests.acceptance.test_discord_faults import Town
from tests.docs.pages import DOCS
from tests.fakes.discord import FakeDiscord, Message, User
from tests.fakes.discord.world import STAGE_ROOM, VOICE_ROOM

#: Permissions as Discord's settings call them, by discord.py's names.
NAMES = {
    "read_messages": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
GUIDE = DOCS / "how-to" / "connect-discord.md"


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


def settings(fake: FakeDiscord, **more: object) -> Settings:
    return Settings(discord=DiscordTable(token=fake.token, api_base=fake.api_base, **more))  # type: ignore[arg-type]


async def test_anybody_s_message_is_put_on_the_board_from_its_menu(town: Town) -> None:
    bob = town.fake.user("bob")
    said = await town.fake.people.write(town.room, bob, f"The Third Steep, says <@{bob.id}>")

    put = await town.fake.people.answer(await town.fake.people.menu(said, town.ann, "Put this on the board"))
    empty = await town.fake.people.write(town.room, bob, " ")
    refused = await town.fake.people.answer(await town.fake.people.menu(empty, town.ann, "Put this on the board"))

    assert [idea.text for idea in await town.board()] == ["The Third Steep, says Bob"]
    assert "The Third Steep" in put.text
    assert refused.ephemeral_for is town.ann
    assert "no words" in refused.text


async def test_of_several_ideas_the_menu_asks_which_by_the_argument_s_own_name(town: Town) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=2)
    several = await town.done(lambda: asked.original)

    opened = await town.fake.people.menu(several, town.ann, "Remix this idea")
    await town.fake.people.until(lambda: opened.modal is not None, what="the form")

    assert opened.modal is not None
    assert len(opened.modal["components"]) == 2


@pytest.mark.parametrize(("role", "counts"), [(True, 1), (False, 0)], ids=["with the role", "without"])
async def test_only_roles_that_may_vote_are_counted_by_button_reaction_and_after_a_restart(
    fake: FakeDiscord, tmp_path: Path, role: bool, counts: int
) -> None:
    guild = fake.guild()
    crew = guild.role("Crew")
    bob = fake.user("bob", roles=[crew] if role else [])
    async with connected(fake, tmp_path) as house:
        town = Town(fake, house, guild, guild.rooms[0], fake.user("ann"))
        team = Team(platform="discord", id=guild.id)
        await house.store.settle(whole(team), ChannelSettings(voters=(crew,)))
        mine = await fake.people.answer(await fake.people.slash(town.room, town.ann, "idea", text="The Third Steep"))
        (idea,) = shown_ideas(mine)
        chat = house.desk.watch.chats["discord"]

        await fake.people.react(mine, bob, "👍")
        said = await fake.people.answer(await fake.people.click(mine, bob, f"vote:{idea}:up"))
        kept = {
            "kind": "reaction",
            "id": "reaction-1",
            "key": f"vote:{idea}:up",
            "person": "4242",
            "team": guild.id,
            "channel": town.room.id,
            "at": "2026-11-29T12:00:00+00:00",
            "reaction": "👍",
            "roles": bob.roles,
        }
        await fake.people.until(lambda: chat.ready, what="the connection")
        assert await chat.again(json.dumps(kept))
        feedback = await house.store.feedback(team, [(await town.board())[0].id])

    assert len({one.person for one in feedback}) == 2 * counts
    assert ("only some roles" in said.text) is not role


@pytest.mark.parametrize("role", [True, False], ids=["with the role", "without"])
@pytest.mark.parametrize("may", ["askers", "picking"])
async def test_only_roles_that_may_ask_or_pick_do(town: Town, may: str, role: bool) -> None:
    crew, team = town.guild.role("Crew"), Team(platform="discord", id=town.guild.id)
    bob = town.fake.user("bob", roles=[crew] if role else [])
    mine = await town.fake.people.answer(await town.fake.people.slash(town.room, town.ann, "idea", text="The Third Steep"))
    (idea,) = shown_ideas(mine)
    await town.fake.gateway.dispatch("GUILD_CREATE", town.guild.payload(), guild=town.guild.id)  # which tells of the role
    settings = ChannelSettings(askers=(crew,)) if may == "askers" else ChannelSettings(pickers="admins", picking=(crew,))
    await town.house.store.settle(whole(team), settings)
    if may == "picking":
        await town.house.store.settle(Channel(team=team, id=town.room.id), ChannelSettings(pickers="admins"))

    if may == "askers":
        asked = await town.fake.people.slash(town.room, bob, "idea", text="The Fourth Steep")
    else:
        asked = await town.fake.people.slash(town.room, bob, "pick", idea="1")
    said = await town.fake.people.answer(asked)
    board = await town.fake.people.answer(await town.fake.people.slash(town.room, bob, "board"))

    assert (said.ephemeral_for is bob) is not role
    assert len(await town.board()) == (2 if role and may == "askers" else 1)
    picked = [one.person for one in await town.house.store.feedback(team, [IdeaId(idea)]) if one.signal == "pick"]
    assert len(picked) == (1 if role and may == "picking" else 0)
    assert "The Third Steep" in board.text


async def test_somebody_who_is_blocked_is_told_so_and_changes_nothing(town: Town) -> None:
    bob = town.fake.user("bob")
    team = Team(platform="discord", id=town.guild.id)
    await town.house.store.settle(whole(team), ChannelSettings(blocked=(bob.id,)))

    said = await town.fake.people.answer(await town.fake.people.slash(town.room, bob, "idea", text="The Third Steep"))

    assert said.ephemeral_for is bob
    assert "may not take part" in said.text
    assert await town.house.store.ideas(Channel(team=team, id=town.room.id)) == []


# ------------------------------------------------------------------------------------------------ settings


async def opened(town: Town, user: User, form: str, **values: str) -> Message:
    """What an admin reads who fills in a form of the settings."""
    card = await town.fake.people.answer(await town.fake.people.slash(town.room, user, "settings"))
    asked = await town.fake.people.click(card, user, f"settings?:{form}")
    return await town.fake.people.answer(await town.fake.people.submit(asked, **values))


async def test_who_may_take_part_is_picked_and_what_is_picked_is_shown(town: Town) -> None:
    boss, bob, crew = town.fake.user("boss", admin=True), town.fake.user("bob"), town.guild.role("Crew")
    await town.fake.gateway.dispatch("GUILD_CREATE", town.guild.payload(), guild=town.guild.id)

    await opened(town, boss, "people", admins=f"{bob.id} {crew}", blocked="42", askers=crew)
    said = await opened(town, boss, "people", blocked="")  # what is not touched stays as it is shown

    kept = await town.house.store.settings(whole(Team(platform="discord", id=town.guild.id)))
    assert (kept.admins, kept.blocked, kept.askers, kept.voters) == ((bob.id, crew), (), (crew,), ())
    assert "Settings saved" in said.text


async def test_a_channel_is_settled_with_boxes_and_rings(town: Town) -> None:
    boss = town.fake.user("boss", admin=True)

    await opened(town, boss, "channel", on="thread tallies", pickers="asker", language="zh")

    kept = await town.house.store.settings(Channel(team=Team(platform="discord", id=town.guild.id), id=town.room.id))
    assert (kept.thread, kept.reactions, kept.hide_tally, kept.training) == (True, False, False, False)
    assert (kept.pickers, kept.language) == ("asker", "zh")


async def test_where_news_go_is_picked_and_taken_back(town: Town) -> None:
    boss, everywhere = town.fake.user("boss", admin=True), whole(Team(platform="discord", id=town.guild.id))

    await opened(town, boss, "news", admin_channel=town.room.id)
    there = (await town.house.store.settings(everywhere)).admin_channel
    await opened(town, boss, "news", admin_channel="")

    assert there == town.room.id
    assert (await town.house.store.settings(everywhere)).admin_channel is None


@pytest.mark.parametrize("kind", [VOICE_ROOM, STAGE_ROOM])
async def test_threads_are_refused_where_there_can_be_none(fake: FakeDiscord, tmp_path: Path, kind: int) -> None:
    boss = fake.user("boss", admin=True)
    room = fake.room(fake.guild(), "voice", type=kind)
    async with connected(fake, tmp_path) as house:
        said = await fake.people.answer(await fake.people.slash(room, boss, "settings", thread="on"))
        kept = await house.store.settings(Channel(team=Team(platform="discord", id=room.guild.id), id=room.id))  # type: ignore[union-attr]

    assert "No thread can be opened here" in said.text
    assert not kept.thread


async def test_settings_are_shown_to_who_manages_the_server_and_offer_their_values(town: Town) -> None:
    commands_there = {one["name"]: one for one in town.fake.commands}
    options = {one["name"]: one for one in commands_there["settings"]["options"]}

    assert commands_there["settings"]["default_member_permissions"] == str(1 << 5)
    assert commands_there["brainstorm"]["default_member_permissions"] is None
    for name in ("thread", "reactions", "tallies", "training", "outsiders"):
        assert [one["value"] for one in options[name]["choices"]] == ["on", "off"]
    assert [one["value"] for one in options["pickers"]["choices"]] == ["everyone", "asker", "admins"]


# ------------------------------------------------------------------------------------------------ what the doctor says


async def test_the_doctor_says_that_strangers_may_use_this_machine_unless_servers_are_named(fake: FakeDiscord) -> None:
    guild = fake.guild()

    open_to_all = await check(settings(fake))
    named = await check(settings(fake, servers=(guild.id,)))

    assert any("Public Bot" in one.say for one in open_to_all)
    assert not any("Public Bot" in one.say for one in named)


async def test_the_doctor_names_commands_that_discord_does_not_have(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.guild()
    async with connected(fake, tmp_path):
        pass
    whole_list = await check(settings(fake))
    fake.commands = [one for one in fake.commands if one["name"] not in ("board", "vote")]

    lacking = await check(settings(fake))

    assert not any(one.ok is False for one in whole_list)
    (missing,) = [one for one in lacking if one.ok is False]
    assert "/board /vote" in unescaped(missing.say)


# ------------------------------------------------------------------------------------------------ what the guide says


def test_the_guide_s_table_of_permissions_is_what_the_invitation_asks_for() -> None:
    section = GUIDE.read_text(encoding="utf-8").split("## Permissions", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| ([A-Z][^|]+) \|", section, re.MULTILINE)
    named = sorted(part.strip() for cell in cells for part in cell.split(","))

    assert named == sorted(NAMES[flag] for flag, on in NEEDED if on)


def test_every_entry_of_a_menu_is_said_by_a_command() -> None:
    modules = [plugins.load(commands, name) for name in plugins.names(commands)]
    labels = [getattr(module, door, "") for module in modules for door in ("ON_IDEAS", "ON_WORDS")]

    assert sorted(filter(None, labels)) == ["Put this on the board", "Remix this idea"]


@pytest.mark.parametrize("name", ["export", "imagine", "compose", "say", "pitch"])
async def test_a_command_that_makes_a_file_is_refused_where_none_can_be_attached(town: Town, name: str) -> None:
    town.room.denied.add("attach")
    options = {} if name == "export" else {"what": "a fox in the snow"}

    said = await town.fake.people.answer(await town.fake.people.slash(town.room, town.ann, name, **options))

    assert "“Attach Files”" in said.text
    assert said.ephemeral_for is town.ann
    assert town.posts() == []


async def test_a_button_that_makes_a_file_is_refused_where_none_can_be_attached(town: Town) -> None:
    mine = await town.fake.people.answer(await town.fake.people.slash(town.room, town.ann, "idea", text="The Third Steep"))
    (idea,) = shown_ideas(mine)
    town.room.denied.add("attach")

    said = await town.fake.people.answer(await town.fake.people.click(mine, town.ann, f"imagine:{idea}:"))

    assert "“Attach Files”" in said.text
    assert len(await town.board()) == 1


@pytest.mark.parametrize(("denied", "missing"), [("view", "“View Channel”"), ("send", "“Send Messages”")])
async def test_news_in_a_channel_that_the_bot_may_not_write_in_are_refused_with_what_it_lacks(
    town: Town, denied: str, missing: str
) -> None:
    room, admin = town.fake.room(town.guild, "leads"), town.fake.user("boss", admin=True)
    room.denied.add(denied)
    await town.fake.gateway.dispatch("GUILD_CREATE", town.guild.payload(), guild=town.guild.id)

    said = await town.fake.people.answer(
        await town.fake.people.slash(town.room, admin, "settings", admin_channel=f"<#{room.id}>")
    )

    assert missing in said.text
    where = Channel(team=Team(platform="discord", id=town.guild.id), id=town.room.id)
    assert (await town.house.store.settings(whole(where.team))).admin_channel is None


async def test_files_are_asked_for_by_what_a_command_can_read(town: Town) -> None:
    asked = {
        (command["name"], option["name"]): option.get("file_types")
        for command in town.fake.commands
        for option in command.get("options") or []
        if option["type"] == 11
    }

    assert asked["imagine", "picture"] == asked["photo", "file"] == asked["copy", "picture"] == ["image"]
    assert asked["memo", "file"] == ["audio", "video"]
    assert asked["compose", "file"] == [".mid", ".midi", ".abc", ".txt"]
    assert {".csv", "image"} <= set(asked["import", "file"])
    assert None not in asked.values()


@pytest.mark.parametrize(("name", "kinds"), [("imagine", ["image"]), ("memo", ["audio", "video"])])
async def test_a_form_asks_for_files_by_kind_too(town: Town, name: str, kinds: list[str]) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, name)
    await town.fake.people.until(lambda: asked.modal, what="the form")

    parts = [label["component"] for label in asked.modal["components"] if label["component"]["type"] == 19]
    assert [part["file_types"] for part in parts] == [kinds] * len(parts)
    assert parts


async def test_a_role_s_number_of_brainstorms_holds_for_whoever_has_it(fake: FakeDiscord, tmp_path: Path) -> None:
    guild = fake.guild()
    crew = guild.role("Crew")
    bob = fake.user("bob", roles=[crew])
    async with connected(fake, tmp_path, limits=LimitsTable(roles={crew: RoleQuota(per_hour=1)})):
        first, second = [
            await fake.people.answer(await fake.people.slash(guild.rooms[0], bob, "brainstorm", topic="names", count=1))
            for _time in range(2)
        ]

    assert (first.ephemeral_for, second.ephemeral_for) == (None, bob)
    assert re.match(r"Your limit of 1 brainstorms .* whoever hosts Muselab can change it", unescaped(second.text))
