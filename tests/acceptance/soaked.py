"""The bot in a process of its own whose seconds are short, so that everything it holds can be weighed.

    python -m tests.acceptance.soaked discord --speed 60 [--leak]

A line on standard input is answered with what is alive, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import gc
import json
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import Any

import psutil
import scipy.sparse
import scipy.special  # noqa: F401 - likewise

import adapters.discord.by_token
import adapters.discord.rates
import adapters.discord.reactions
import adapters.discord.render
import adapters.discord.rescue
import adapters.slack.home
import adapters.slack.link
import adapters.slack.ours
import adapters.slack.pace
import adapters.slack.render
import adapters.slack.teams
import bot.services.ideas.marks
import bot.services.ideas.originality
import bot.services.ideas.redrawing
import bot.services.lines
import bot.services.votes.refitting
import bot.tallies
import storage._settings
from adapters.slack.link import Watch
from bot import wiring
from bot.config import Settings
from bot.logs import log_to
from bot.reading import read
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from tests.acceptance.soaking import HastyLoop, clock

WORDS = 60  # a block each: with an event's own fifteen, many times what growth by chance comes to


class Forgetful(list[Any]):
    """A list in which nothing stays: the scripted generator keeps its orders for tests that look at them."""

    def append(self, _thing: Any) -> None:
        """Lets go of it."""


def remember_little(speed: float) -> None:
    """What is remembered up to a bound is full soon, so that all further growth is a leak."""
    adapters.discord.reactions.REMEMBERED = 2
    adapters.discord.render.row = lru_cache(maxsize=2)(adapters.discord.render.row.__wrapped__)
    adapters.slack.render._rows_of = lru_cache(maxsize=2)(adapters.slack.render._rows_of.__wrapped__)
    adapters.discord.by_token.REMEMBERED = adapters.discord.rescue.REMEMBERED = 2
    bot.services.lines.REMEMBERED = bot.tallies.REMEMBERED = 2
    bot.services.ideas.marks.REMEMBERED = bot.services.ideas.originality.REMEMBERED = 2
    bot.services.ideas.redrawing.REMEMBERED = 2
    adapters.slack.ours.MANY = adapters.slack.home.MANY = 2
    bot.services.votes.refitting.REMEMBERED = bot.services.votes.refitting.LOGGED = 20
    bot.services.votes.refitting.PROMPTS = 2
    storage._settings.CHANNELS = 2
    # Work takes as long as ever, however short the seconds are: what waits for an answer waits as long as it takes.
    adapters.slack.teams.ASKED_WITHIN_S = 2.0 * speed
    adapters.slack.link.Watch = partial(Watch, ping_s=max(10.0, speed), broken_s=max(30.0, 3 * speed))  # type: ignore[assignment,misc]


def leak(house: House) -> None:
    """Keeps every event for good, with words that only the count of blocks sees: strings are in no list of objects."""
    kept: list[object] = []

    def keeping(serve: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def kept_and_served(event: object, reply: Any) -> None:
            kept.append((event, [f"{len(kept)} {word}" for word in range(WORDS)]))
            await serve(event, reply)

        return kept_and_served

    for door in ("call", "press"):
        setattr(house.desk, door, keeping(getattr(house.desk, door)))


def files() -> Iterator[str]:
    """What each open file is; the database's are not among them, of which a pool keeps up to five open."""
    process = psutil.Process()
    yield from (f"a socket ({one.status})" for one in process.net_connections("all"))
    yield from (one.path for one in process.open_files() if "muselab.db" not in one.path)


def addresses() -> list[functools._lru_cache_wrapper[Any]]:
    """Where yarl remembers addresses, up to 128 in each; every message and press in Discord has one of its own."""
    caches = [thing for thing in gc.get_objects() if isinstance(thing, functools._lru_cache_wrapper)]
    return [cache for cache in caches if (cache.__module__ or "").startswith("yarl")]


def weight(remembered: Iterable[functools._lru_cache_wrapper[Any]]) -> dict[str, Any]:
    """Everything that must not grow, but for what stood in the house before anybody came.

    Args:
        remembered: see `addresses`; it is forgotten first.
    """
    for cache in remembered:
        cache.cache_clear()
    for _generation in range(3):
        gc.collect()
    return {
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        "files": Counter(files()),
        "blocks": sys.getallocatedblocks(),
        "objects": Counter(f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.get_objects()),
    }


async def answer(remembered: Iterable[functools._lru_cache_wrapper[Any]]) -> None:
    """Weighs whenever it is asked to; `remembered`: see `weight`."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        print(json.dumps(weight(remembered)), flush=True)


async def serve(settings: Settings, chat: str, *, leaks: bool) -> None:
    """Serves one chat until standard input ends."""
    generator = ScriptedGenerator(delay_s=0.2)
    generator.orders = Forgetful()
    async with wiring.opened_store(settings) as store:
        now = clock()
        # What processes agree on is reckoned by the time of day, which here passes as quickly as the loop's.
        adapters.discord.rates.now = adapters.slack.pace.now = now  # type: ignore[assignment]
        house = wiring.furnish(settings, store=store, generator=generator, now=now)
        if leaks:
            leak(house)
        chats = wiring.chats(settings, (chat,), house)
        remembered = addresses()
        wiring.move_in()  # as the bot does; otherwise a weighing takes half a second, most of it for the libraries
        serving = asyncio.create_task(house.desk.serve(chats))
        await asyncio.wait([serving, asyncio.create_task(answer(remembered))], return_when=asyncio.FIRST_COMPLETED)
        for one in chats:
            await one.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await house.services.tasting.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("chat")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--leak", action="store_true")
    given = parser.parse_args()
    settings = read()
    log_to(settings, quiet=False)
    remember_little(given.speed)
    with asyncio.Runner(loop_factory=lambda: HastyLoop(given.speed)) as runner:
        runner.run(serve(settings, given.chat, leaks=given.leak))


if __name__ == "__main__":
    main()
