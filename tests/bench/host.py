"""The bot as a host runs it, in a process of its own. Its generator takes exactly the time it is told to, or is a service.

    python -m tests.bench.host discord --draft-s 0.05 [--profile FILE]

Everything else comes from the environment. A line on standard input is answered with what the process weighs, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import json
import sys
import time
from contextlib import AsyncExitStack

import psutil

from bot import wiring
from bot.__main__ import block
from bot.config import Settings
from bot.logs import log_to
from bot.patience import patient
from bot.ports import Generator
from bot.reading import read
from bot.starting import seldom
from bot.supply import generator_of
from generators.client.scripted import ScriptedGenerator

LOOK_S = 0.02


async def serve(settings: Settings, chat: str, draft_s: float) -> None:
    """Serves one chat until the process is told to end."""
    async with AsyncExitStack() as stack:
        store = patient(await stack.enter_async_context(wiring.opened_store(settings)))
        generator: Generator = ScriptedGenerator(delay_s=draft_s)
        if settings.generator.url:
            generator, _child = await generator_of(settings, stack)
        house = wiring.furnish(settings, store=store, generator=generator)
        chats = wiring.chats(settings, (chat,), house)
        wiring.move_in()
        seldom()
        held: list[float] = []
        watching, weighing = asyncio.create_task(watch(held)), asyncio.create_task(weigh(held))
        try:
            await house.desk.serve(chats)
        finally:
            watching.cancel()
            weighing.cancel()
            for one in chats:
                await one.close()
            await house.services.tasting.close()


async def watch(held: list[float]) -> None:
    """Notes by how many seconds the loop was late, fifty times a second: how long something held it up."""
    while True:
        before = time.monotonic()
        await asyncio.sleep(LOOK_S)
        held.append(time.monotonic() - before - LOOK_S)


async def weigh(held: list[float]) -> None:
    """Answers every line with what is alive here, once the garbage is gone, and what held the loop up since the line before."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        late = sorted(held) or [0.0]
        gc.collect()
        weight = {"mb": psutil.Process().memory_info().rss / 1e6, "tasks": len(asyncio.all_tasks())}
        weight |= {"held_up_p99_ms": 1000 * late[int(0.99 * (len(late) - 1))], "held_up_max_ms": 1000 * late[-1]}
        held.clear()
        print(json.dumps(weight), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="the bot in a process of its own")
    parser.add_argument("chat", choices=("discord", "slack"))
    parser.add_argument("--draft-s", type=float, default=0.05, help="seconds the generator takes for each draft")
    parser.add_argument("--profile", help="a file for cProfile's statistics")
    given = parser.parse_args()
    settings = read()
    log_to(settings, quiet=False)
    watched = cProfile.Profile() if given.profile else None
    if watched is not None:
        watched.enable()
    try:
        block(serve(settings, given.chat, given.draft_s))
    finally:
        if watched is not None:
            watched.disable()
            watched.dump_stats(given.profile)


if __name__ == "__main__":
    main()
