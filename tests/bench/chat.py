"""How the bot bears a hundred commands a second on two cores: acks, its own overhead, processor share, memory.

    python -m tests.bench.chat [--seconds 60] [--rate 100] [--chat discord|slack] [--judged] [--profile FOLDER]

The bot (real adapter, desk, SQLite, scripted generator) is one process, the local platform with the people another. They act at
random moments whose mean rate is given, whether or not the bot keeps up. Ends with one line `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence, Sized
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.bench.towns import TOWNS, Town

#: What people do, and how often of a hundred times: fifteen votes for a brainstorm. Five of those a second take nine GPUs.
MIX = {"vote": 75, "board": 10, "idea": 5, "brainstorm": 5, "help": 5}
DRAFTS = 20  # five ideas, four drafts each: the defaults
DRAFT_S = 0.05  # a second for all of them, as a small model on a GPU takes
WARM_UP = 60  # brainstorms before anything is measured; there must be something to vote on
WARM_RATE = 10.0  # a second
PATIENCE_S = 60  # for what must be there before anything is measured
DRAIN_S = 6.0  # after the last command, for what it began
OPENED, OPENED_FIRST = 1000, 200  # brainstorms held open for weighing, and those before the first weighing
OPEN_RATE = 50.0  # a second
FOREVER_S = 3600.0
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
async def running(town: Town, chat: str, home: Path, *, draft_s: float, profile: str = "") -> AsyncIterator[Bot]:
    """The bot in a process of its own, connected to the town."""
    variables = {**os.environ, **town.environment, "MUSELAB_HOME": str(home), "MUSELAB_GENERATOR__TIMEOUT_S": str(2 * FOREVER_S)}
    variables |= {f"MUSELAB_LIMITS__{name}": value for name, value in LIMITS.items()}
    more = ["--profile", profile] if profile else []
    with (home / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.host", chat, "--draft-s", str(draft_s), *more),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=variables,
        )
        try:
            await connected(town, process)
            yield Bot(process)
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 30)
            except TimeoutError:
                process.kill()
                await process.wait()


async def connected(town: Town, process: asyncio.subprocess.Process) -> None:
    """Waits until the bot serves the town; a bot that has ended never will."""
    ready, ended = asyncio.ensure_future(town.ready()), asyncio.ensure_future(process.wait())
    await asyncio.wait([ready, ended], return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not ready.done():
        ready.cancel()
        raise Trouble("the bot ended before it was connected")
    await ready


class Load:
    """People who do things at their own pace."""

    def __init__(self, town: Town, *, seed: int = 7) -> None:
        self.town = town
        self.chance = random.Random(seed)
        self.late: list[float] = []  #: seconds by which this process itself was late to act
        self.numbers = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def go_on(self, rate: float, *, seconds: float = math.inf, times: float = math.inf, mix: dict[str, int]) -> None:
        """Acts at random moments; never waits for an answer."""
        loop = asyncio.get_running_loop()
        began = at = loop.time()
        while times > 0 and (at := at + self.chance.expovariate(rate)) < began + seconds:
            await asyncio.sleep(at - loop.time())
            self.late.append(loop.time() - at)
            (what,) = self.chance.choices(list(mix), list(mix.values()))
            self.numbers += 1
            times -= 1
            task = loop.create_task(self.town.act(what, self.numbers % self.town.rooms, self.numbers, self.chance))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        task.result()

    async def until(self, there: Callable[[], Sized], count: int) -> None:
        """Waits until so many are there."""
        for _second in range(PATIENCE_S):
            await self.rest(1.0)
            if len(there()) >= count:
                return
        raise Trouble(f"only {len(there())} of {count} brainstorms came so far within {PATIENCE_S} s")

    async def rest(self, seconds: float) -> None:
        """Lets what is under way end."""
        await asyncio.sleep(seconds)
        self.town.settle()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies; infinity where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else math.inf


def busy_s() -> float:
    """Seconds of processor time that everything on this machine has used."""
    used = psutil.cpu_times()
    return used.user + used.nice + used.system


async def bear(
    chat: str, home: Path, *, seconds: float, rate: float, mix: dict[str, int], judged: bool, profile: str
) -> dict[str, float]:
    """Figures under load."""
    async with TOWNS[chat](judging=judged) as town, running(town, chat, home, draft_s=DRAFT_S, profile=profile) as bot:
        load = Load(town)
        await load.go_on(WARM_RATE, times=WARM_UP, mix={"brainstorm": 1})
        await load.until(lambda: town.times.done, WARM_UP)
        town.times.acks.clear()
        warmed, load.late = load.numbers, []
        await bot.weight()  # begins to watch what holds its loop up
        bot_s, own_s, all_s, began = bot.cpu_s(), time.process_time(), busy_s(), time.monotonic()
        await load.go_on(rate, seconds=seconds, mix=mix)
        took = time.monotonic() - began
        bot_share, own_share = (bot.cpu_s() - bot_s) / took, (time.process_time() - own_s) / took
        others_share = (busy_s() - all_s) / took - bot_share - own_share
        await load.rest(DRAIN_S)
        bot_s = bot.cpu_s() - bot_s
        times = town.times
        weight = await bot.weight()
        violations = town.violations
    for violation in violations[:5]:
        print(f"  broken: {violation}")
    seen = [after * 1000 for _what, after in times.acks if after is not None]
    asked = {number: at for number, at in times.asked.items() if number > warmed}
    overheads = [(times.done[n] - at - DRAFTS * DRAFT_S) * 1000 for n, at in asked.items() if n in times.done]
    firsts = [(times.begun[n] - at) * 1000 for n, at in asked.items() if n in times.begun]
    return {
        "commands_per_s": len(times.acks) / took,
        "ack_p50_ms": percentile(seen, 0.5),
        "ack_p99_ms": percentile(seen, 0.99),
        "ack_max_ms": percentile(seen, 1.0),
        "missed": sum(after is None or after > 3.0 for _what, after in times.acks),
        "first_card_p50_ms": percentile(firsts, 0.5),
        "first_card_p99_ms": percentile(firsts, 0.99),
        "overhead_p50_ms": percentile(overheads, 0.5),
        "overhead_p99_ms": percentile(overheads, 0.99),
        "unfinished": len(asked) - len(overheads),
        "bot_cores": bot_share,
        "bot_cpu_ms_per_command": bot_s / len(times.acks) * 1000,
        "platform_cores": own_share,
        "others_cores": others_share,
        "platform_late_p99_ms": percentile(load.late, 0.99) * 1000,
        "bot_mb_after": weight["mb"],
        "tasks_after": weight["tasks"],
        "loop_held_up_p99_ms": weight["held_up_p99_ms"],
        "loop_held_up_max_ms": weight["held_up_max_ms"],
        "violations": len(violations),
    }


async def hold_open(chat: str, home: Path) -> dict[str, float]:
    """What a thousand brainstorms weigh whose generator never answers."""
    async with TOWNS[chat](judging=False) as town, running(town, chat, home, draft_s=FOREVER_S) as bot:
        load = Load(town)
        weights: list[float] = []
        for count in (OPENED_FIRST, OPENED):
            await load.go_on(OPEN_RATE, times=count, mix={"brainstorm": 1})
            await load.until(lambda: town.times.begun, load.numbers)
            weights.append((await bot.weight())["mb"])
    return {"mb_per_1000_open": (weights[1] - weights[0]) * 1000 / OPENED, "bot_mb": weights[0]}


def mixture(text: str) -> dict[str, int]:
    """`vote=90,brainstorm=10`, read."""
    return {what: int(share) for what, _equals, share in (part.partition("=") for part in text.split(","))}


@contextmanager
def a_home() -> Iterator[Path]:
    """An empty data folder; in trouble, what the bot said last is printed."""
    with tempfile.TemporaryDirectory(prefix="muselab-bench-") as folder:
        try:
            yield Path(folder)
        except Trouble as trouble:
            raise SystemExit("\n".join([*(Path(folder) / "bot.log").read_text().splitlines()[-15:], str(trouble)])) from trouble


def main() -> None:
    parser = argparse.ArgumentParser(description="acks, overhead and memory under load")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=100.0, help="commands a second")
    parser.add_argument("--chat", choices=tuple(TOWNS), action="append", help="default: both")
    parser.add_argument("--mix", type=mixture, default=MIX, help="what people do, such as vote=90,brainstorm=10")
    parser.add_argument("--judged", action="store_true", help="judge everything said; costs more than the bot's own work")
    parser.add_argument("--profile", help="a folder for cProfile's statistics of the bot")
    parser.add_argument("--no-memory", action="store_true", help="leave the open brainstorms out")
    given = parser.parse_args()
    gc.disable()  # looking through all that was said held this process up for half a second, which the bot was blamed for
    result: dict[str, float] = {}
    for chat in given.chat or TOWNS:
        figures: dict[str, float] = {}
        profile = str(Path(given.profile) / f"{chat}.prof") if given.profile else ""
        with a_home() as home:
            how = {"seconds": given.seconds, "rate": given.rate, "mix": given.mix, "judged": given.judged, "profile": profile}
            load = bear(chat, home, **how)
            figures |= asyncio.run(load)
        if not given.no_memory:
            with a_home() as home:
                figures |= asyncio.run(hold_open(chat, home))
        for name, value in figures.items():
            print(f"{chat:>8}  {name:22} {value:10.2f}", flush=True)
            result[f"{chat}_{name}"] = round(value, 2)
    worst = {name.partition("_")[2] for name in result} - {"commands_per_s"}
    for name in sorted(worst):
        result[name] = max(value for full, value in result.items() if full.partition("_")[2] == name)
    print("RESULT", json.dumps({name: None if math.isinf(value) else value for name, value in result.items()}))


if __name__ == "__main__":
    main()
