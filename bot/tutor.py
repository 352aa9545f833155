"""Keeps `muselab learn --watch` running as a child of the bot, with the lowest claim on the machine."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from bot import private
from bot.starting import SAFELY, running

FIRST_S, LONGEST_S = 5.0, 600.0  # between starts of a child that dies; doubled each time
KIND = 10  # of 19: whoever brainstorms comes first
END_S = 20.0  # a child has written its checkpoint within this
LOG = "learn.log"

log = structlog.get_logger(__name__)


@asynccontextmanager
async def tutored(home: Path, command: Sequence[str] | None = None) -> AsyncIterator[None]:
    """Runs the learner for the time of the block, and again when it dies. It never outlives this process.

    Args:
        home: the data folder, for its log.
        command: what to run instead; for tests.
    """
    task = asyncio.create_task(_kept(home, command or running("bot", "learn", "--watch", "--tied")))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _kept(home: Path, command: Sequence[str]) -> None:
    pause = FIRST_S
    while True:
        with private.file(home / LOG).open("ab") as lines:
            child = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=lines, stderr=lines, env={**os.environ, **SAFELY}
            )
        try:
            status = await child.wait()
        finally:
            if child.returncode is None:
                await _end(child)
        log.warning("the learner ended and is started again", status=status, in_s=pause)
        await asyncio.sleep(pause)
        pause = min(LONGEST_S, 2 * pause)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Asks a child to end, and ends it when it does not."""
    with suppress(ProcessLookupError):
        child.terminate()
        try:
            async with asyncio.timeout(END_S):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()


def tie() -> None:
    """Makes this process modest, and ends it when standard input ends, so when whoever started it is gone."""
    if hasattr(os, "nice"):
        os.nice(KIND)

    source = sys.stdin.fileno()

    def listen() -> None:
        while os.read(source, 1):  # no buffer, whose lock this thread would hold when the interpreter ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=listen, daemon=True).start()
