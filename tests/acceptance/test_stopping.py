"""`muselab stop`: the bot ends politely, within the time that a container is given, and owes nobody anything."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot import presence
from bot.domain.ideas import Channel, Team
from storage.urls import build
from tests.fair import START_S

pytestmark = pytest.mark.slow  # three starts of a whole program

Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a `muselab` command in a data folder of its own; none outlives the test."""
    begun: list[Process] = []

    async def started(*arguments: str) -> Process:
        given = {"MUSELAB_HOME": str(tmp_path / "home"), "MUSELAB_GENERATOR__SCRIPTED": "true", "LANG": "C.UTF-8"}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), **given},
        )
        begun.append(process)
        return process

    yield started
    for process in begun:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def said(process: Process) -> tuple[int | None, str]:
    async with asyncio.timeout(START_S):
        out, err = await process.communicate()
    return process.returncode, (out + err).decode()


async def test_a_bot_that_serves_people_is_stopped_and_what_it_made_is_there(start: Start, tmp_path: Path) -> None:
    bot = await start("run", "--chat", "terminal")
    assert bot.stdin is not None
    assert bot.stdout is not None
    bot.stdin.write(b"/brainstorm names\n")
    await bot.stdin.drain()
    async with asyncio.timeout(START_S):
        while not (await bot.stdout.readline()).startswith(b"1."):
            pass

    stopped = await said(await start("stop"))
    async with asyncio.timeout(START_S):
        status = await bot.wait()

    assert stopped == (0, "1 process has stopped.\n")
    assert status == 143  # 128 and SIGTERM, as a shell tells it
    assert presence.running(tmp_path / "home") == []
    store = build(f"sqlite:///{tmp_path / 'home' / 'muselab.db'}")
    await store.open()
    assert len(await store.ideas(Channel(team=Team(platform="terminal", id="local"), id="main"))) >= 1
    await store.close()


async def test_where_nothing_runs_that_is_said(start: Start, tmp_path: Path) -> None:
    status, words = await said(await start("stop"))

    assert (status, words) == (0, f"Nothing runs in {tmp_path / 'home'}.\n")
