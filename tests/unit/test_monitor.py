"""The bot as whoever watches it sees it: health, readiness, figures; nobody's words among them."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot import wiring
from bot.config import LimitsTable, MonitorTable, Settings
from bot.domain.errors import GeneratorDown, Misconfigured, StoreDown
from bot.domain.ideas import Team
from bot.metrics import Counting, Meter
from bot.monitor import Monitor, monitored
from bot.ports import Health
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import BLUE, RED, a_call, a_press, an_idea


class Watched:
    """A house, and somebody who looks at it."""

    def __init__(self, house: House, chat: BareChat, client: TestClient[Any, Any]) -> None:
        self.house, self.chat, self.client = house, chat, client

    async def ask(self, path: str) -> tuple[int, Any]:
        async with self.client.get(path) as answer:
            return answer.status, await (answer.text() if path == "/metrics" else answer.json())

    async def lines(self) -> list[str]:
        status, text = await self.ask("/metrics")
        assert status == 200
        return str(text).splitlines()


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    settings = Settings(home=tmp_path, monitor=MonitorTable(teams=1), limits=LimitsTable(person_per_hour=2))
    house = wiring.furnish(settings, store=MemoryStore(), generator=ScriptedGenerator())
    chat = BareChat()
    async with TestClient(TestServer(Monitor(house, [chat]).app())) as client:
        yield Watched(house, chat, client)
    await house.desk.close()


async def test_a_bot_that_serves_people_is_well_and_ready(watched: Watched) -> None:
    assert await watched.ask("/health") == (200, {"status": "ok"})
    assert await watched.ask("/ready") == (
        200,
        {
            "ready": True,
            "chats": {"bare": True},
            "database": True,
            "generator": {"ready": True, "doing": (await watched.house.generator.health()).doing},
        },
    )


async def test_a_bot_whose_chat_is_not_connected_is_not_ready(watched: Watched) -> None:
    watched.chat.ready = False

    status, body = await watched.ask("/ready")

    assert (status, body["ready"], body["chats"]) == (503, False, {"bare": False})
    assert 'muselab_bot_chat_ready{platform="bare"} 0.0' in await watched.lines()


async def test_a_bot_that_is_being_stopped_is_not_ready(watched: Watched) -> None:
    await watched.house.desk.close()

    assert (await watched.ask("/ready"))[0] == 503
    assert (await watched.ask("/health"))[0] == 200


async def test_a_database_that_does_not_answer_is_told_and_breaks_no_figures(watched: Watched) -> None:
    async def gone(_platforms: Any) -> Any:
        raise StoreDown

    watched.house.store.stale_posts = gone  # type: ignore[method-assign]

    status, body = await watched.ask("/ready")

    assert (status, body["database"]) == (503, False)
    assert "muselab_bot_store_ready 0.0" in await watched.lines()


async def test_a_generator_that_fails_is_told_and_people_can_still_vote(watched: Watched) -> None:
    async def down() -> Health:
        raise GeneratorDown

    watched.house.generator.health = down  # type: ignore[method-assign]

    status, body = await watched.ask("/ready")

    assert (status, body["generator"]["ready"]) == (200, False)
    assert "muselab_bot_generator_ready 0.0" in await watched.lines()


async def test_what_people_do_is_counted(watched: Watched) -> None:
    idea = await watched.house.store.add(an_idea(channel=RED))

    await watched.house.desk.call(a_call("brainstorm", id="1", topic="chrysanthemums"), Sheet(watched.chat, "ann"))
    await watched.house.desk.press(a_press(f"vote:{idea.id}:up", id="2"), Sheet(watched.chat, "ann"))
    await watched.house.desk.press(a_press("vote:nowhere:up", id="3"), Sheet(watched.chat, "ann"))

    lines = await watched.lines()
    platform = RED.team.platform
    assert f'muselab_bot_commands_total{{command="brainstorm",platform="{platform}"}} 1.0' in lines
    assert f'muselab_bot_brainstorms_total{{end="done",modality="text",platform="{platform}"}} 1.0' in lines
    assert 'muselab_bot_first_idea_seconds_count{modality="text"} 1.0' in lines
    assert 'muselab_bot_brainstorm_seconds_count{modality="text"} 1.0' in lines
    assert f'muselab_bot_votes_total{{platform="{platform}",signal="vote"}} 1.0' in lines
    assert f'muselab_bot_refusals_total{{platform="{platform}",reason="UnknownIdea"}} 1.0' in lines
    assert f'muselab_bot_ack_seconds_count{{platform="{platform}"}} 3.0' in lines
    assert not any("chrysanthemums" in line for line in lines)


async def test_a_refusal_for_its_number_is_counted_by_its_reason(watched: Watched) -> None:
    for number in range(3):
        call = a_call("brainstorm", id=f"b{number}", topic="names")
        await watched.house.desk.call(call, Sheet(watched.chat, "ann"))

    assert f'muselab_bot_refusals_total{{platform="{RED.team.platform}",reason="TooMany"}} 1.0' in await watched.lines()


async def test_teams_beyond_the_limit_are_counted_together(watched: Watched) -> None:
    for number, channel in enumerate((RED, BLUE, RED)):
        call = a_call("brainstorm", channel, id=f"t{number}", topic="names")
        await watched.house.desk.call(call, Sheet(watched.chat, f"person {number}"))

    lines = await watched.lines()
    assert f'muselab_bot_team_brainstorms_total{{team="{RED.team.platform}:{RED.team.id}"}} 2.0' in lines
    assert 'muselab_bot_team_brainstorms_total{team="other"} 1.0' in lines
    assert not any(BLUE.team.id in line for line in lines)


async def test_what_the_generator_did_is_counted_for_the_team(watched: Watched) -> None:
    await watched.house.desk.call(a_call("brainstorm", id="1", topic="names"), Sheet(watched.chat, "ann"))

    meter, team = watched.house.meter, watched.house.meter.name(RED.team)
    tokens = meter.registry.get_sample_value("muselab_bot_tokens_total")
    assert tokens == meter.registry.get_sample_value("muselab_bot_team_tokens_total", {"team": team})
    (brainstorm,) = await watched.house.store.brainstorms(RED, limit=1)
    logged = await watched.house.store.candidates(RED.team, brainstorm.id)
    assert tokens == sum(one.draft.tokens for one in logged)
    assert meter.registry.get_sample_value("muselab_bot_team_generator_seconds_total", {"team": team}) is not None


@pytest.mark.parametrize(
    ("logger", "level", "platform", "counted"),
    [
        ("adapters.slack.web", logging.WARNING, "slack", 1.0),
        ("adapters.discord.chat", logging.ERROR, "discord", 1.0),
        ("discord.gateway", logging.WARNING, "discord", 1.0),
        ("slack_bolt.App", logging.ERROR, "slack", 1.0),
        ("adapters.slack.web", logging.INFO, "slack", None),
        ("bot.desk", logging.WARNING, "", None),
    ],
)
def test_trouble_with_a_platform_is_counted_whoever_logs_it(
    logger: str, level: int, platform: str, counted: float | None
) -> None:
    meter = Meter()
    record = logging.makeLogRecord({"name": logger, "levelno": level, "levelname": logging.getLevelName(level)})
    counting = Counting(meter)

    if record.levelno >= counting.level:  # as `logging` asks each handler
        counting.handle(record)

    labels = {"platform": platform, "level": logging.getLevelName(level).lower()}
    assert meter.registry.get_sample_value("muselab_bot_platform_errors_total", labels) == counted


def test_without_a_limit_of_teams_none_has_a_figure_of_its_own() -> None:
    assert Meter(teams=0).name(Team(platform="slack", id="T1")) == "other"


async def test_nobody_listens_where_no_port_is_set(tmp_path: Path) -> None:
    house = wiring.furnish(Settings(home=tmp_path), store=MemoryStore(), generator=ScriptedGenerator())
    before = asyncio.all_tasks()

    async with monitored(house.settings.monitor, house, []):
        assert asyncio.all_tasks() == before


async def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(home=tmp_path, monitor=MonitorTable(port=taken.getsockname()[1]))
        house = wiring.furnish(settings, store=MemoryStore(), generator=ScriptedGenerator())

        with pytest.raises(Misconfigured, match="MUSELAB_MONITOR__PORT"):
            async with monitored(settings.monitor, house, []):
                pytest.fail("it listened on a port that is taken")
