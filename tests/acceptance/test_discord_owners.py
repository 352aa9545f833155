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
from bot.config import DiscordTable, Settings
from bot.domain.ideas import Channel, Team
from bot.domain.models import ChannelSettings
from bot.services.team.governing import whole
from tests.acceptance.drivers.discord import connected, shown_ideas, unescaped
from tests.acceptance.test_discord_faults import Town
from tests.docs.pages import DOCS
from tests.fakes.discord import FakeDiscord

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


async def test_somebody_who_is_blocked_is_told_so_and_changes_nothing(town: Town) -> None:
    bob = town.fake.user("bob")
    team = Team(platform="discord", id=town.guild.id)
    await town.house.store.settle(whole(team), ChannelSettings(blocked=(bob.id,)))

    said = await town.fake.people.answer(await town.fake.people.slash(town.room, bob, "idea", text="The Third Steep"))

    assert said.ephemeral_for is bob
    assert "may not take part" in said.text
    assert await town.house.store.ideas(Channel(team=team, id=town.room.id)) == []


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
