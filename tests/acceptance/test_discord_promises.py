"""What Discord's documentation asks of a bot, held by its own numbers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.discord import build
from bot import wiring
from bot.config import DiscordTable, Settings
from bot.messages import Card
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.fakes.discord import FakeDiscord, Message


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake
        assert fake.violations == []


@pytest.mark.asyncio(loop_factories=["jumping"])
async def test_two_hundred_messages_changed_at_once_are_fifty_requests_a_second_at_most(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    """Five in each of forty rooms, as many as Discord takes of a room at once: only the bot's own turns hold them back."""
    guild, messages = fake.guild(), []
    for room in (fake.room(guild) for _ in range(40)):
        room.messages += [Message(room, fake.bot, {"content": "", "flags": 1 << 15, "components": []}) for _ in range(5)]
        messages += room.messages
    settings = Settings(home=tmp_path, discord=DiscordTable(token=fake.token, api_base=fake.api_base, gateway=fake.gateway_url))  # type: ignore[arg-type]
    house = wiring.furnish(settings, store=MemoryStore(), generator=ScriptedGenerator())
    await house.store.open()
    chat = build(settings, identify_s=0.0)
    serving = asyncio.create_task(house.desk.serve([chat]))
    try:
        await fake.connected()

        replies = [chat.at(f"{message.room.id}-{message.id}") for message in messages]
        async with asyncio.TaskGroup() as all_of_them:
            for reply in filter(None, replies):
                await reply.show(Card(text="Changed"))
                all_of_them.create_task(reply.settle())

        times = sorted(heard.at for heard in fake.rest.heard if heard.operation == "update_message")
        assert [message.text for message in messages] == ["Changed"] * 200
        assert len(times) == 200
        assert times[-1] - times[0] >= 3.0  # 50 at once, and then 50 in each second
        assert min(later - earlier for earlier, later in zip(times, times[50:], strict=False)) >= 0.999
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await chat.close()
