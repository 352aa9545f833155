"""Two hundred kills and stops in bursts: each acknowledged command ends in one finished message, or one private sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.acceptance.bursting import Town, survived
from tests.acceptance.drivers.slack import SECOND
from tests.acceptance.dying import DiscordWorld, SlackWorld
from tests.contract.conftest import postgres, postgres_url  # noqa: F401 - fixtures
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import running

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore::ResourceWarning",  # the dead close nothing
)
KILLS = 17  # each of twelve times: two hundred and four


@pytest.fixture
def url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    return f"sqlite:///{tmp_path / 'muselab.db'}" if database == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
async def town(platform: str, url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        if platform == "discord":
            world: DiscordWorld | SlackWorld = DiscordWorld(await stack.enter_async_context(FakeDiscord()))
        else:
            world = SlackWorld(await stack.enter_async_context(running(second=SECOND)))
        yield Town(world, url, tmp_path, stack)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("platform", ["discord", "slack"])
async def test_killed_or_stopped_in_the_middle_of_bursts_everything_acknowledged_is_answered_once(
    town: Town, processes: int
) -> None:
    wrong = await survived(town, processes=processes, kills=KILLS, seed=processes)

    assert wrong["acked"] > KILLS
    assert (wrong["unanswered"], wrong["doubled"], wrong["frozen"]) == (0, 0, 0), town.answers()
