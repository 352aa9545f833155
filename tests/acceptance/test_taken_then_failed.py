"""A platform that takes a message and then fails shows it once; two processes on one token answer once, whoever acknowledges."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ideas import Channel, Team
from bot.messages import Card
from bot.ports import Arrival
from generators.client.scripted import ScriptedGenerator
from storage.urls import build
from tests.acceptance.drivers.discord import IDEA, connected, has
from tests.acceptance.drivers.slack import CHANNEL, SECOND, TEAMS, user
from tests.acceptance.drivers.slack import connected as slack_connected
from tests.fakes.discord import CUT, FakeDiscord
from tests.fakes.slack import Slack, running

TEAM, ANN = TEAMS["red"], user("ann")

# ------------------------------------------------------------------------------------------------ Slack


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with running(second=SECOND) as local:
        yield local
        assert not local.violations, "\n".join(local.violations)


def answers(slack: Slack) -> list[Any]:
    return [message for message in slack.posts(TEAM, CHANNEL) if "Ideas for" in message.words]


@pytest.mark.parametrize("status", [500, 503])
async def test_a_post_that_slack_took_before_it_failed_stands_there_once(slack: Slack, tmp_path: Path, status: int) -> None:
    async with slack_connected(slack, tmp_path) as here:
        slack.fail("chat.postMessage", status=status, done=True)
        message = await here.ask("ann", "/brainstorm names for a tea bar -n 3")

    assert len(answers(slack)) == 1
    assert len(await here.ideas(message)) == 3
    assert "⏳" not in message.place.text
    assert slack.count("chat.postMessage") == 1


async def test_a_post_whose_answer_was_cut_off_is_found_in_a_thread_too(slack: Slack, tmp_path: Path) -> None:
    async with slack_connected(slack, tmp_path) as here:
        slack.fail("chat.startStream", status=503, done=True)
        await slack.dm(TEAM, ANN, "names for a tea bar -n 3")
        await here.settle()
        shown = [one for one in slack.posts(TEAM, "D" + ANN[1:]) if "Ideas for" in one.words]

    assert len(shown) == 1
    assert shown[0].words.count("\n") > 3
    assert not shown[0].streaming


async def test_a_post_that_slack_did_not_take_is_posted(slack: Slack, tmp_path: Path) -> None:
    async with slack_connected(slack, tmp_path) as here:
        slack.fail("chat.postMessage", status=503)
        message = await here.ask("ann", "/brainstorm names for a tea bar -n 3")

    assert len(answers(slack)) == 1
    assert len(await here.ideas(message)) == 3


async def test_a_workspace_that_shows_no_history_still_gets_its_answer(slack: Slack, tmp_path: Path) -> None:
    async with slack_connected(slack, tmp_path) as here:
        slack.team(TEAM).scopes -= {"channels:history", "groups:history", "mpim:history"}
        slack.fail("chat.postMessage", status=503)
        message = await here.ask("ann", "/brainstorm names for a tea bar -n 3")

    assert len(await here.ideas(message)) == 3
    assert len(answers(slack)) == 1


async def test_an_event_that_could_not_be_stored_is_not_acknowledged_and_served_when_slack_repeats_it(
    slack: Slack, tmp_path: Path
) -> None:
    async with slack_connected(slack, tmp_path) as here:
        message = await here.ask("ann", "/brainstorm names for a tea bar -n 3")
        store, stored = here.house.desk.inbox.store, here.house.desk.inbox.store.arrive
        asked = 0

        async def full(arrivals: list[Arrival], *given: Any) -> list[bool]:
            nonlocal asked
            asked += 1
            if asked == 1:
                from bot.domain.errors import StoreDown

                raise StoreDown
            return await stored(arrivals, *given)

        store.arrive = full  # type: ignore[method-assign]
        await slack.react(message.place, "one", ANN)
        await slack.wait(lambda: "👍 1" in message.place.words)

    assert asked == 2
    assert slack.wire.acks[-1].retries == 1


# ------------------------------------------------------------------------------------------------ Discord


@pytest.mark.parametrize("fault", [503, 500, CUT])
@pytest.mark.parametrize("how", ["slash", "press"])
async def test_an_answer_that_discord_took_before_it_failed_stands_there_once(tmp_path: Path, fault: int, how: str) -> None:
    async with FakeDiscord() as fake:
        guild, ann = fake.guild(), fake.user("ann")
        room = guild.rooms[0]
        async with connected(fake, tmp_path):
            asked = await fake.people.slash(room, ann, "brainstorm", topic="names for a tea bar", count=3)
            first = await fake.people.answer(asked)
            await fake.people.until(lambda: has(first, "spin"))
            for operation in ("update_original_webhook_message", "execute_webhook", "create_message"):
                fake.fail(operation, fault, takes_effect=True)
            before = len(room.messages)
            if how == "slash":
                await fake.people.slash(room, ann, "brainstorm", topic="soups", count=3)
            else:
                await fake.people.click(first, ann, next(one for one in first.buttons if one.startswith("more:")))
            new = [message for message in room.messages[before:] if not message.ephemeral_for]
            await fake.people.until(lambda: any(has(one, "spin") for one in room.messages[before:]), timeout=20.0)
            await asyncio.sleep(0.3)
            new = [one for one in room.messages[before:] if not one.deleted and one.ephemeral_for is None]

        assert len(new) == 1
        assert len(IDEA.findall(new[0].text)) == (3 if how == "slash" else 5)


@pytest.mark.parametrize("slow", [0, 1], ids=["the first is slower", "the second is slower"])
async def test_two_processes_on_one_token_answer_everything_once(tmp_path: Path, slow: int) -> None:
    """Both hear everything; the one that is further from the database acknowledges, and the other serves."""
    url = f"sqlite:///{tmp_path / 'muselab.db'}"
    async with FakeDiscord() as fake, AsyncExitStack() as stack:
        guild, ann = fake.guild(), fake.user("ann")
        room = guild.rooms[0]
        houses = []
        for number in range(2):
            store = build(url)
            await store.open()
            stack.push_async_callback(store.close)
            how = {"store": store, "generator": ScriptedGenerator(delay_s=0.01), "wait": False}
            houses.append(await stack.enter_async_context(connected(fake, tmp_path / str(number), **how)))
        await fake.people.until(lambda: len(fake.gateway.sessions) == 2, what="two connections")
        kept = houses[slow].store.arrive

        async def far(*given: Any) -> list[bool]:
            await asyncio.sleep(0.1)
            return await kept(*given)

        houses[slow].store.arrive = far  # type: ignore[method-assign]
        asked = [await fake.people.slash(room, ann, "idea", text=f"Idea number {n}") for n in range(4)]
        asked += [await fake.people.slash(room, ann, name) for name in ("board", "settings", "help")]
        asked.append(await fake.people.slash(room, ann, "brainstorm", topic="names for a tea bar", count=3))
        grown = await fake.people.answer(asked[-1])
        await fake.people.until(lambda: has(grown, "spin"), timeout=15.0)
        vote = next(one for one in grown.buttons if one.startswith("vote:"))
        asked.append(await fake.people.click(grown, ann, vote))
        await fake.people.until(lambda: all(len(one.answers) == 1 for one in asked), what="every answer", timeout=10.0)
        await asyncio.sleep(0.3)

        assert [len(one.answers) for one in asked] == [1] * len(asked)
        assert not any(heard.method == "DELETE" for heard in fake.rest.heard)
        assert not [refused for refused in fake.rest.refused if refused[1] == 404]


async def test_a_third_process_goes_on_where_the_second_knew_of_the_firsts_deferral_only_that_it_was_there(
    tmp_path: Path,
) -> None:
    """So it has the token and no address; what discord.py returns for such an interaction's message names no channel."""
    async with FakeDiscord() as fake:
        guild, ann = fake.guild(), fake.user("ann")
        room = guild.rooms[0]
        where = Channel(team=Team(platform="discord", id=guild.id), id=room.id)
        async with connected(fake, tmp_path, generator=ScriptedGenerator(delay_s=0.01)) as house:
            asked = await fake.people.slash(room, ann, "brainstorm", topic="names for a tea bar", count=3)
            await fake.people.until(lambda: house.desk._tasks and house.store._brainstorms, what="a brainstorm")
            (begun,) = await house.store.brainstorms(where, limit=1)
            chat = house.desk.watch.chats["discord"]
            message = await fake.people.answer(asked)
            await fake.people.until(lambda: has(message, "spin") and chat.ready, what="all ideas")

            reply = chat.back(where, begun.back, "")
            assert reply is not None
            await reply.show(Card(title="Names", text="1. Leaf & Let Leaf"))
            await reply.settle()

            assert reply.address == f"{room.id}-{message.id}"
            assert "Leaf & Let Leaf" in message.text.replace("\\", "")
