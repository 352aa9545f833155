"""A team's own weights, from a folder through the real service to a blind slate, and what happens when the folder is broken."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import wiring
from bot.config import GeneratorTable, Settings
from bot.domain.errors import Refusal
from bot.domain.ideas import Channel, Prompt
from bot.wiring import House
from generators.client.remote import RemoteGenerator
from generators.service.app import Service
from storage.memory import MemoryStore
from storage.weights import AdapterFolder
from tests import tiny
from tests.builders import BLUE, RED, Hands, a_person, a_version
from tests.fair import START_S
from tests.unit.test_generator_lora import saved

pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")


@asynccontextmanager
async def a_house(tmp_path: Path) -> AsyncIterator[tuple[House, Service]]:
    store = MemoryStore()
    await store.open()
    async with tiny.served(tiny.text_model(), tiny.vector_model(), adapters=tmp_path / wiring.ADAPTERS) as (url, service):
        generator = RemoteGenerator(url, timeout_s=START_S, adapters=str(tmp_path / wiring.ADAPTERS), again_s=0.0)
        settings = Settings(home=tmp_path, generator=GeneratorTable(oversample=4))
        try:
            yield wiring.furnish(settings, store=store, generator=generator, now=Hands(), learns=False), service
        finally:
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
    version = a_version(adapter=AdapterFolder(tmp_path / wiring.ADAPTERS).keep(saved(tmp_path / "made"), {}))
    async with a_house(tmp_path) as (house, _service):
        await house.store.keep_version(version)

        mine = await drafted(house, "names for a tea bar")
        theirs = await drafted(house, "names for a tea bar", BLUE)
        await house.services.versions.promote(RED.team, "v1")
        live = await drafted(house, "names for a boat")

        assert mine.keys() == {"", version.id}
        assert mine[version.id] != mine[""]
        assert theirs.keys() == {""}
        assert live.keys() == {version.id}


async def test_a_version_whose_weights_are_gone_is_not_promoted(tmp_path: Path) -> None:
    async with a_house(tmp_path) as (house, _service):
        await house.store.keep_version(a_version(adapter="e5" * 16, stage="retired", reason="replaced", forgotten=3))

        with pytest.raises(Refusal, match="weights of v1 are gone"):
            await house.services.versions.promote(RED.team, "v1")

        (version,) = await house.services.versions.of(RED.team)
        assert version.stage == "retired"


async def test_broken_weights_are_stood_in_for_by_the_base_and_by_nobody_else_s(tmp_path: Path) -> None:
    broken = a_version(adapter="b2" * 16)
    folder = saved(tmp_path / wiring.ADAPTERS / ("b2" * 16))
    weights = folder / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    theirs = a_version(2, team=BLUE.team, adapter="c3" * 16)
    saved(tmp_path / wiring.ADAPTERS / ("c3" * 16), seed=3)
    async with a_house(tmp_path) as (house, _service):
        for version in (broken, theirs):
            await house.store.keep_version(version)

        blue = await drafted(house, "names for a tea bar", BLUE)
        red = await drafted(house, "names for a tea bar")

        assert blue.keys() == {"", theirs.id}
        assert red.keys() == {""}


@asynccontextmanager
async def served_with_a_live_version(tmp_path: Path) -> AsyncIterator[tuple[House, Service, Path]]:
    """A team whose version is live and loaded, the service, and the folder of the version's weights."""
    folder = saved(tmp_path / wiring.ADAPTERS / ("d4" * 16))
    async with a_house(tmp_path) as (house, service):
        await house.store.keep_version(a_version(adapter="d4" * 16, stage="live", reason="won"))
        yield house, service, folder


def made_room(service: Service) -> None:
    """The service needed the memory for other teams' weights."""
    assert service.loading.models is not None
    service.loading.models.adapter_cache._held.clear()


@pytest.mark.parametrize("harm", ["gone", "cut", "others"])
async def test_weights_that_break_under_a_running_service_are_stood_in_for_and_come_back_when_they_are_mended(
    tmp_path: Path, harm: str
) -> None:
    async with served_with_a_live_version(tmp_path) as (house, service, folder):
        before = await drafted(house, "names for a tea bar")
        aside = folder.rename(tmp_path / "aside")
        if harm != "gone":
            shutil.copytree(aside if harm == "cut" else saved(tmp_path / "theirs", seed=9), folder)
        if harm == "cut":
            (folder / "adapter_model.safetensors").write_bytes(b"{")
        made_room(service)

        meanwhile = await drafted(house, "names for a boat")
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
        (mine,) = [version for version in await house.services.versions.of(RED.team) if version.stage == "live"]
        after = await drafted(house, "names for a bakery")
        (again,) = [version for version in await house.services.versions.of(RED.team) if version.stage == "live"]

        assert before.keys() == after.keys() == {a_version().id}
        assert meanwhile.keys() == {""}
        assert (mine.stage, mine.reason) == ("live", "missing")
        assert (again.stage, again.reason) == ("live", "back")


async def test_another_team_s_weights_under_a_version_s_name_are_not_served(tmp_path: Path) -> None:
    kept = AdapterFolder(tmp_path / wiring.ADAPTERS)
    mine, theirs = (kept.keep(saved(tmp_path / f"made{seed}", seed=seed), {}) for seed in (1, 2))
    shutil.rmtree(kept.root / mine)
    shutil.copytree(kept.root / theirs, kept.root / mine)
    async with a_house(tmp_path) as (house, _service):
        await house.store.keep_version(a_version(adapter=mine, stage="live"))
        await house.store.keep_version(a_version(2, team=BLUE.team, adapter=theirs, stage="live"))

        red = await drafted(house, "names for a tea bar")
        blue = await drafted(house, "names for a tea bar", BLUE)

        assert red.keys() == {""}
        assert blue.keys() == {a_version(2, team=BLUE.team).id}
