"""A bot that dies at any point of an event: what it had acknowledged is answered once, by the next one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.acceptance.drivers.slack import SECOND
from tests.acceptance.dying import EVENTS, DiscordWorld, Event, SlackWorld, World, dies, opened
from tests.contract.conftest import Postgres, postgres  # noqa: F401 - a fixture
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import running

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore::ResourceWarning",  # the dead close nothing
)
PLATFORMS = ("discord", "slack")


@asynccontextmanager
async def a_world(platform: str) -> AsyncIterator[World]:
    if platform == "discord":
        async with FakeDiscord() as fake:
            yield DiscordWorld(fake)
    else:
        async with running(second=SECOND) as slack:
            yield SlackWorld(slack)


async def verdict(platform: str, event: Event, url: str, home: Path, at: int | None) -> tuple[str, list[str]]:
    """What is wrong in the end, if anything, and the points that were passed."""
    async with a_world(platform) as world, opened(url, home / "media") as store:
        seen, death = await dies(world, event, store, home, at)
        return seen.verdict(event), death.points


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_bot_that_lives_answers_once(platform: str, event: Event, tmp_path: Path) -> None:
    wrong, points = await verdict(platform, event, f"sqlite:///{tmp_path / 'muselab.db'}", tmp_path, None)

    assert wrong == ""
    assert len(points) >= 6


Url = Callable[[Path], Awaitable[str]]


async def every_point(platform: str, event: Event, tmp_path: Path, url: Url) -> dict[str, str]:
    """What goes wrong, by point."""
    _wrong, points = await verdict(platform, event, "memory:", tmp_path, None)
    found: dict[str, str] = {}
    for at in range(len(points)):
        home = tmp_path / str(at)
        home.mkdir()
        wrong, passed = await verdict(platform, event, await url(home), home, at)
        if wrong:
            found[f"{at} {passed[-1] if len(passed) > at else 'never reached'}"] = wrong
    return found


@pytest.mark.parametrize("point", [pytest.param("after arrive", marks=pytest.mark.slow), "after create_message"])
async def test_what_is_said_in_words_on_discord_is_answered_once(tmp_path: Path, point: str) -> None:
    wrong, points = await verdict("discord", "words", "memory:", tmp_path, None)
    assert wrong == ""

    wrong, passed = await verdict("discord", "words", "memory:", tmp_path, points.index(point))

    assert passed[-1] == point
    assert wrong == ""


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_killed_at_any_point_what_is_said_on_discord_is_answered_once(tmp_path: Path) -> None:
    async def url(home: Path) -> str:
        return f"sqlite:///{home / 'muselab.db'}"

    assert await every_point("discord", "words", tmp_path, url) == {}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("platform", PLATFORMS)
async def test_killed_at_any_point_an_event_has_exactly_one_answer(platform: str, event: Event, tmp_path: Path) -> None:
    async def url(home: Path) -> str:
        return f"sqlite:///{home / 'muselab.db'}"

    assert await every_point(platform, event, tmp_path, url) == {}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("platform", PLATFORMS)
async def test_the_same_holds_on_postgresql(platform: str, event: Event, tmp_path: Path, postgres: Postgres) -> None:  # noqa: F811
    async def url(_home: Path) -> str:
        return postgres.url(await postgres.migrated())

    assert await every_point(platform, event, tmp_path, url) == {}
