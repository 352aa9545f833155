"""What `deploy/compose.yaml` puts into containers, as processes with the environment it gives them: they work together."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from tests.docs.pages import ROOT
from tests.fair import START_S
from tests.fakes.discord import FakeDiscord

pytestmark = [pytest.mark.slow]

TOKEN = "a long random text"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Composed:
    """The processes of a composed set, on this machine's loopback."""

    def __init__(self, database: str, folder: Path, discord: FakeDiscord) -> None:
        self.services: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
        self.database = database
        self.folder = folder
        self.discord = discord
        self.ports = {"8100": str(free_port()), "9464": str(free_port())}
        self.running: dict[str, Process] = {}

    def url(self, port: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[port]}{path}"

    def environment(self, name: str) -> dict[str, str]:
        """What compose would set, with this machine's places in the place of the containers'."""
        secrets = {"MUSELAB_SERVICE__TOKEN": TOKEN, "MUSELAB_DISCORD__TOKEN": self.discord.token, "POSTGRES_PASSWORD": "-"}
        given: dict[str, str] = {}
        for variable, value in self.services[name]["environment"].items():
            text = re.sub(r"\$\{(\w+):[?-]([^}]*)\}", lambda found: secrets.get(found[1], ""), str(value))
            text = re.sub(r"http://\w+:(\d+)", lambda found: f"http://127.0.0.1:{self.ports[found[1]]}", text)
            given[variable] = self.ports.get(text, text).replace("0.0.0.0", "127.0.0.1")
        data, cache = self.folder / "data", self.folder / "cache"
        return {
            **{variable: value for variable, value in given.items() if value},
            **({"MUSELAB_STORE__URL": self.database} if "MUSELAB_STORE__URL" in given else {}),
            "MUSELAB_HOME": str(data),
            "MUSELAB_CACHE": str(cache),
            "MUSELAB_LOG_FORMAT": "json",
        }

    async def start(self, name: str, **more: str) -> Process:
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                *self.services[name]["command"],
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment(name), **more},
            )
        self.running[name] = process
        return process

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    async def stop(self) -> None:
        for process in self.running.values():
            if process.returncode is None:
                process.kill()
            await process.wait()


@pytest.fixture
async def composed(empty_postgres_url: str, tmp_path: Path) -> AsyncIterator[Composed]:
    async with FakeDiscord() as discord:
        made = Composed(empty_postgres_url, tmp_path, discord)
        yield made
        await made.stop()


Answers = Callable[[str], Awaitable[tuple[int, str]]]


@pytest.fixture
async def get() -> AsyncIterator[Answers]:
    async with aiohttp.ClientSession() as http:

        async def answer(url: str) -> tuple[int, str]:
            try:
                async with http.get(url) as response:
                    return response.status, await response.text()
            except aiohttp.ClientError:
                return 0, ""

        yield answer


async def ready(get: Answers, url: str, process: Process) -> None:
    async with asyncio.timeout(START_S):
        while (await get(url))[0] != 200:
            assert process.returncode is None, f"it ended with {process.returncode} before it was ready"
            await asyncio.sleep(0.1)


async def test_the_processes_of_the_composed_set_serve_people_are_scraped_and_stop_in_time(
    composed: Composed, get: Answers
) -> None:
    guild = composed.discord.guild("Makers")
    migrated = await composed.start("migrate")
    assert await migrated.wait() == 0, composed.log("migrate")

    service = await composed.start("service", MUSELAB_SERVICE__MODEL="none", MUSELAB_SERVICE__EMBEDDER="none")
    bot = await composed.start(
        "bot",
        MUSELAB_GENERATOR__SCRIPTED="true",
        MUSELAB_DISCORD__API_BASE=composed.discord.api_base,
        MUSELAB_DISCORD__GATEWAY=composed.discord.gateway_url,
    )
    await ready(get, composed.url("8100", "/ready"), service)
    await ready(get, composed.url("9464", "/ready"), bot)

    user, room = composed.discord.user("ann"), guild.rooms[0]
    await composed.discord.people.slash(room, user, "brainstorm", topic="names for a tea bar")
    told = ""

    async def counted() -> bool:
        nonlocal told
        _status, told = await get(composed.url("9464", "/metrics"))
        return 'muselab_bot_brainstorms_total{end="done",modality="text",platform="discord"} 1.0' in told

    async with asyncio.timeout(START_S):
        while not await counted():
            await asyncio.sleep(0.1)
    _status, served = await get(composed.url("8100", "/metrics"))

    assert 'muselab_bot_chat_ready{platform="discord"} 1.0' in told
    assert f'muselab_bot_team_brainstorms_total{{team="discord:{guild.id}"}} 1.0' in told
    assert "muselab_ready 1" in served
    assert "tea bar" not in told + served + composed.log("bot") + composed.log("service")
    grace_s = float(composed.services["bot"]["stop_grace_period"].rstrip("s"))
    bot.send_signal(signal.SIGTERM)
    async with asyncio.timeout(grace_s):
        assert await bot.wait() == 143
    service.send_signal(signal.SIGTERM)
    async with asyncio.timeout(float(composed.services["service"]["stop_grace_period"].rstrip("s"))):
        assert await service.wait() == 0
