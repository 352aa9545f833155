"""A team's own weights, from a folder through the real service to a blind slate, and what happens when the folder is broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import compose
from bot.compose import House
from bot.config import GeneratorTable, Settings
from bot.domain.ideas import Channel, Prompt
from generators.remote import RemoteGenerator
from storage.memory import MemoryStore
from tests import tiny
from tests.builders import BLUE, RED, Hands, a_person, a_version
from tests.unit.test_generator_lora import saved

pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")


@asynccontextmanager
async def a_house(tmp_path: Path) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    async with tiny.served(tiny.text_model(), tiny.vector_model()) as (url, _service):
        generator = RemoteGenerator(url, timeout_s=30, adapters=str(tmp_path / compose.ADAPTERS))
        settings = Settings(home=tmp_path, generator=GeneratorTable(oversample=4))
        yield compose.furnish(settings, store=store, generator=generator, now=Hands(), learns=False)
        await generator.close()


async def drafted(house: House, topic: str, channel: Channel = RED) -> dict[str, set[str]]:
    """What each version drafted for a topic."""

    async def unseen(news: object) -> None:
        """Nobody looks."""

    begun = await house.services.brainstorming.begin(channel=channel, asker=a_person(), prompt=Prompt(text=topic, count=4))
    ideas = await house.services.brainstorming.work(begun, unseen)
    found: dict[str, set[str]] = {}
    for candidate in await house.store.candidates(channel.team, begun.id):
        assert candidate.draft.model is not None
        found.setdefault(candidate.draft.model, set()).add(candidate.draft.text)
    assert {idea.model for idea in ideas} <= found.keys()
    return found


async def test_a_team_s_weights_draft_beside_the_base_and_only_for_that_team(tmp_path: Path) -> None:
    version = a_version(adapter="a1" * 16)
    saved(tmp_path / compose.ADAPTERS / "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1")
    async with a_house(tmp_path) as house:
        await house.store.keep_version(version)

        mine = await drafted(house, "names for a tea bar")
        theirs = await drafted(house, "names for a tea bar", BLUE)
        await house.services.versions.promote(RED.team, "v1")
        live = await drafted(house, "names for a boat")

        assert mine.keys() == {"", version.id}
        assert mine[version.id] != mine[""]
        assert theirs.keys() == {""}
        assert live.keys() == {version.id}


async def test_broken_weights_are_stood_in_for_by_the_base_and_by_nobody_else_s(tmp_path: Path) -> None:
    broken = a_version(adapter="b2" * 16)
    folder = saved(tmp_path / compose.ADAPTERS / ("b2" * 16))
    weights = folder / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    theirs = a_version(2, team=BLUE.team, adapter="c3" * 16)
    saved(tmp_path / compose.ADAPTERS / ("c3" * 16), seed=3)
    async with a_house(tmp_path) as house:
        for version in (broken, theirs):
            await house.store.keep_version(version)

        blue = await drafted(house, "names for a tea bar", BLUE)
        red = await drafted(house, "names for a tea bar")

        assert blue.keys() == {"", theirs.id}
        assert red.keys() == {""}
