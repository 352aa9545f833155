"""The way from the last release to this version: its database and its adapters, as it left them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.errors import Misconfigured
from bot.domain.models import ChannelSettings
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage import migrate
from storage._tables import SCHEMA
from storage.urls import build
from storage.weights import AdapterFolder
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import RED, Hands, a_call, a_press

EARLIER = Path(__file__).parents[1] / "data" / "earlier"
SOON_AFTER = datetime(2026, 11, 29, 18, tzinfo=UTC)  #: events are known for a day, those of before the upgrade too
BEFORE = "0011"  #: the last release's schema


def dump(home: Path) -> list[str]:
    """All that stands in the database."""
    with closing(sqlite3.connect(home / "muselab.db")) as database:
        return list(database.iterdump())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder of the last release."""
    with closing(sqlite3.connect(tmp_path / "muselab.db")) as database:
        database.executescript((EARLIER / "board.sql").read_text(encoding="utf-8"))
    shutil.copytree(EARLIER / "adapters", tmp_path / "adapters")
    return tmp_path


@pytest.fixture
def url(home: Path) -> str:
    return f"sqlite:///{home / 'muselab.db'}"


@pytest.fixture
async def upgraded(home: Path, url: str) -> AsyncIterator[House]:
    await migrate.upgrade(url)
    store = build(url, media=home / "media")
    await store.open()
    house = wiring.furnish(Settings(home=home), store=store, generator=ScriptedGenerator(), now=Hands(SOON_AFTER))
    yield house
    await house.desk.close()
    await store.close()


async def test_a_board_of_the_last_release_is_not_opened_before_it_is_migrated_and_stays_as_it_is(home: Path, url: str) -> None:
    before = dump(home)
    store = build(url)

    with pytest.raises(Misconfigured, match="muselab migrate"):
        await store.open()
    await store.close()

    assert dump(home) == before


async def test_migrating_says_from_where_to_where_it_went_and_does_nothing_the_second_time(url: str) -> None:
    assert await migrate.upgrade(url) == (BEFORE, SCHEMA)
    assert await migrate.upgrade(url) == (SCHEMA, SCHEMA)


async def test_ideas_votes_settings_and_versions_of_the_last_release_are_all_there(upgraded: House) -> None:
    store = upgraded.store

    ideas = {idea.number: idea for idea in await store.ideas(RED)}
    votes = {vote.idea: vote for vote in await store.feedback(RED.team, [idea.id for idea in ideas.values()])}
    (version, *_base) = await store.versions(RED.team)

    assert sorted(ideas) == [1, 2, 3, 4]
    assert (ideas[4].text, ideas[4].author.id if ideas[4].author else "") == ("The Third Steep", "cleo")
    assert sorted(vote.value for vote in votes.values()) == [-1.0, 1.0]
    assert await store.settings(RED) == ChannelSettings(style="dry humour", count=4)
    assert (version.id, version.stage, version.metrics) == ("team-a-1", "live", {"judge": 0.6})
    (brainstorm,) = await store.brainstorms(RED, limit=5)
    assert brainstorm.prompt is not None
    assert (brainstorm.prompt.text, brainstorm.state) == ("names for a tea bar", "done")
    assert len(await store.candidates(RED.team, brainstorm.id)) == 12


async def test_a_tuned_version_of_the_last_release_has_its_weights(upgraded: House, home: Path) -> None:
    (version, *_base) = await upgraded.store.versions(RED.team)
    folder = AdapterFolder(home / "adapters")

    assert version.adapter is not None
    assert folder.names() == (version.adapter,)
    assert folder.manifest(version.adapter)["base"] == version.base
    assert (folder.folder(version.adapter) / "adapter_model.safetensors").is_file()


async def test_people_go_on_where_they_were(upgraded: House) -> None:
    chat = BareChat()
    old = {idea.number: idea for idea in await upgraded.store.ideas(RED)}

    await upgraded.desk.press(a_press(f"vote:{old[4].id}:up", id="new-1"), Sheet(chat, "ann"))
    await upgraded.desk.call(a_call("brainstorm", id="new-2", topic="team offsite"), Sheet(chat, "ann"))
    await upgraded.desk.call(a_call("idea", id="Ev4", person="cleo", text="The Third Steep"), Sheet(chat, "cleo"))

    ideas = await upgraded.store.ideas(RED)
    assert sorted(idea.number for idea in ideas) == list(range(1, 9))  # four of old, four new ones; Ev4 came before the upgrade
    assert [vote.value for vote in await upgraded.store.feedback(RED.team, [old[4].id])] == [1.0]
