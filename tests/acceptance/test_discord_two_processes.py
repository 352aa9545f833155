"""Several processes on one Discord token: whoever acknowledges and whoever serves, everything is answered once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.discord.chat import DiscordChat
from bot import wiring
from bot.config import LimitsTable
from bot.domain.ideas import Channel, Team
from bot.messages import Card
from bot.ports import Reply
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.urls import build
from tests.acceptance.drivers.discord import IDEA, connected, has
from tests.contract.conftest import Postgres, postgres  # noqa: F401 - a fixture
from tests.fakes.discord import Asked, FakeDiscord, Message, User

FAR_S = 0.1  # that a process is further from the database than the others: it acknowledges, and another serves
#: One person asks a year's worth within minutes; a refusal would be told in private, and take the public deferral away.
TIRELESS = LimitsTable(person_per_hour=10_000, person_ideas_per_hour=10_000, channel_per_hour=10_000, team_per_hour=10_000)
COMMANDS: dict[str, dict[str, Any]] = {
    "idea": {"text": "The Third Steep"},
    "board": {},
    "settings": {},
    "help": {"command": "idea"},
    "why": {"idea": "1"},
    "vote": {"idea": "1", "say": "up"},
    "stars": {"idea": "1", "say": "4"},
    "pick": {"idea": "1"},
    "recommend": {"topic": "tea"},
    "privacy": {},
    "model": {},
    "duel": {},
    "export": {},
}
#: Controls that ask, by what is filled in.
FORMS = {
    "idea": {"text": "The Fourth Steep"},
    "edit": {"text": "The Fifth Steep"},
    "stars": {"stars": "4"},
    "remix": {"second": "2"},
}


@asynccontextmanager
async def processes(fake: FakeDiscord, url: str, home: Path, count: int, far: int) -> AsyncIterator[list[House]]:
    """Houses that share a token and a database; number `far` is further away from it."""
    async with AsyncExitStack() as stack:
        houses: list[House] = []
        for number in range(count):
            store = build(url)
            await store.open()
            stack.push_async_callback(store.close)
            generator = ScriptedGenerator(delay_s=0.01)
            house = connected(fake, home / str(number), store=store, generator=generator, wait=False, limits=TIRELESS, among=True)
            houses.append(await stack.enter_async_context(house))
        await fake.people.until(lambda: len(fake.gateway.sessions) == count, what="every connection")
        kept = houses[far].store.arrive

        async def arrive(*given: Any) -> list[bool]:
            await asyncio.sleep(FAR_S)
            return await kept(*given)

        houses[far].store.arrive = arrive  # type: ignore[method-assign]
        yield houses


async def opened(fake: FakeDiscord, grown: Message, ann: User, verb: str) -> Asked:
    """Uses the button or the menu's entry that opens a form."""
    button = next((one for one in grown.buttons if one.startswith(f"{verb}?")), None)
    if button is not None:
        return await fake.people.click(grown, ann, button)
    menu, value = next(
        (menu, option["value"])
        for menu, select in grown.selects.items()
        for option in select["options"]
        if option["value"].startswith(f"{verb}?")
    )
    return await fake.people.choose(grown, ann, menu, value)


async def used(fake: FakeDiscord) -> tuple[list[Asked], list[Message]]:
    """Every kind of command, button, menu and form, each used once, and all of them shortly after one another."""
    guild, ann = fake.guild(), fake.user("ann", admin=True)
    room = guild.rooms[0]
    await fake.gateway.dispatch("GUILD_CREATE", guild.payload(), guild=guild.id)
    asked = [await fake.people.slash(room, ann, "brainstorm", topic="names for a tea bar", count=3)]
    grown = await fake.people.answer(asked[0])
    await fake.people.until(lambda: has(grown, "spin"), what="the ideas")
    asked += [await fake.people.slash(room, ann, name, **options) for name, options in COMMANDS.items()]
    verbs = dict.fromkeys(one.split(":")[0] for one in grown.buttons if "?" not in one.split(":")[0])
    asked += [
        await fake.people.click(grown, ann, next(one for one in grown.buttons if one.startswith(f"{verb}:"))) for verb in verbs
    ]
    for verb, values in FORMS.items():
        asked.append(await fake.people.submit(await opened(fake, grown, ann, verb), **values))
    await fake.people.until(lambda: all(one.answers for one in asked), what="every answer so far")
    entries = [
        (menu, next((one["value"] for one in select["options"] if ":" in one["value"].split("?")[0]), None))
        for menu, select in grown.selects.items()
    ]
    for takes_away in (False, True):  # one takes the ideas away, of which the others make new ones: it comes when these have them
        for menu, value in entries:
            if value is not None and value.startswith("delete:") is takes_away:
                asked.append(await fake.people.choose(grown, ann, menu, value))
        await fake.people.until(lambda: all(one.answers for one in asked), what="what the menus' entries say")
    said = [await fake.people.write(room, ann, f"<@{fake.bot.id}> soups -n 2")]
    return asked, said


def answers_to(said: Message) -> list[Message]:
    """What stands below a message, in answer to it."""
    return [
        one
        for one in said.room.messages
        if not one.deleted and str([*one.history, one.body][0].get("message_reference", {}).get("message_id")) == said.id
    ]


async def everything_once(fake: FakeDiscord, times: int = 1) -> None:
    for _time in range(times):
        asked, said = await used(fake)
        await fake.people.until(lambda: all(one.answers for one in asked), what="every answer")  # noqa: B023 - at once
        await fake.people.until(lambda: all(map(answers_to, said)), what="every answer to words")  # noqa: B023
        (below,) = answers_to(said[0])
        await fake.people.until(lambda: len(IDEA.findall(below.text)) == 2 and has(below, "spin"), what="its ideas")  # noqa: B023
        await asyncio.sleep(2 * FAR_S)  # what comes twice comes now

        assert {
            one.data.get("name") or one.data.get("custom_id"): len(one.answers) for one in asked if len(one.answers) != 1
        } == {}
        assert [len(answers_to(one)) for one in said] == [1]
        assert [heard for heard in fake.rest.heard if heard.method == "DELETE"] == []
        assert not [refused for refused in fake.rest.refused if refused[1] == 404]


Url = Callable[[], Awaitable[str]]


@pytest.mark.parametrize(
    "far", [0, pytest.param(1, marks=pytest.mark.slow)], ids=["the first is further", "the second is further"]
)
async def test_of_two_processes_each_thing_is_answered_by_one(tmp_path: Path, far: int) -> None:
    async with FakeDiscord() as fake, processes(fake, f"sqlite:///{tmp_path / 'muselab.db'}", tmp_path, 2, far):
        await everything_once(fake)


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("far", [0, 1])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_of_several_processes_fifty_of_each_are_answered_once(
    tmp_path: Path,
    postgres: Postgres,  # noqa: F811
    count: int,
    far: int,
    database: str,
) -> None:
    url = f"sqlite:///{tmp_path / 'muselab.db'}" if database == "sqlite" else postgres.url(await postgres.migrated())
    async with FakeDiscord() as fake, processes(fake, url, tmp_path, count, far):
        await everything_once(fake, times=50)


async def test_several_processes_change_messages_of_a_channel_and_post_there_at_one_pace(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    began = wiring.clock() - timedelta(seconds=loop.time())  # what is older than a day the database forgets
    async with FakeDiscord() as fake, processes(fake, f"sqlite:///{tmp_path / 'muselab.db'}", tmp_path, 2, 0) as houses:
        guild = fake.guild()
        await fake.gateway.dispatch("GUILD_CREATE", guild.payload(), guild=guild.id)
        chats = [cast(DiscordChat, next(iter(house.desk.watch.chats.values()))) for house in houses]
        for chat in chats:
            chat.rates._clock = lambda: began + timedelta(seconds=loop.time())
        channel = Channel(team=Team(platform="discord", id=guild.id), id=guild.rooms[0].id)
        await fake.people.until(lambda: all(chat.to(channel) for chat in chats), what="the server")
        replies = [cast(Reply, chats[n % 2].to(channel)) for n in range(8)]

        await asyncio.gather(*(reply.show(Card(text=f"card {n}")) for n, reply in enumerate(replies)))
        await asyncio.gather(*(reply.show(Card(text=f"changed {n}")) for n, reply in enumerate(replies)))
        settled = [await reply.settle() for reply in replies]

        assert settled == [True] * 8
        assert sorted(message.text for message in guild.rooms[0].messages) == [f"changed {n}" for n in range(8)]
        assert not [broken for broken in fake.violations if "rate" in broken]
