"""How the bot bears a hundred commands a second on two cores: acks, its own overhead, processor share, memory.

    python -m tests.bench.chat [--seconds 60] [--rate 100] [--chat discord|slack] [--judged] [--profile FOLDER] [--vs COMMIT]

The bot (real adapter, desk, SQLite, scripted generator) is one process, the local platform with the people another. They act at
random moments whose mean rate is given, whether or not the bot keeps up. Then once more with a bot that gets half of the
processor's time that it took, and with two bots on one PostgreSQL. Ends with one line `RESULT {json}`: `ack_p99_ms`, `missed`,
`busy_ack_p99_ms`, `busy_missed`, `two_process_ack_p99_ms`, with `--vs` `discord_cpu_ratio` and `slack_cpu_ratio`, and others.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import math
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence, Sized
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from tests.bench.hosts import FOREVER_S, ROOT, Bot, Trouble, a_database, checked_out, running, starved
from tests.bench.town import Times, Town
from tests.bench.towns import TOWNS

#: What people do, and how often of a hundred times: fifteen votes for a brainstorm. Five of those a second take nine GPUs.
MIX = {"vote": 75, "board": 10, "idea": 5, "brainstorm": 5, "help": 5}
DRAFTS = 16  # five ideas, 3.2 drafts each: the defaults
DRAFT_S = 0.05  # a second for all of them, as a small model on a GPU takes
WARM_UP = 60  # brainstorms before anything is measured; there must be something to vote on
WARM_RATE = 10.0  # a second
PATIENCE_S = 60  # for what must be there before anything is measured
DRAIN_S = 6.0  # after the last command, for what it began
OPENED, OPENED_FIRST = 1000, 200  # brainstorms held open for weighing, and those before the first weighing
OPEN_RATE = 50.0  # a second
#: Of a run on a machine that is busy, and of two processes: what people notice.
WAITS = ("ack_p50_ms", "ack_p99_ms", "missed", "first_card_p99_ms", "unfinished")


class Load:
    """People who do things at their own pace."""

    def __init__(self, town: Town, *, seed: int = 7) -> None:
        self.town = town
        self.chance = random.Random(seed)
        self.late: list[float] = []  #: seconds by which this process itself was late to act
        self.numbers = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def go_on(self, rate: float, *, seconds: float = math.inf, times: float = math.inf, mix: Mapping[str, int]) -> None:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How a run goes."""

    seconds: float
    rate: float  #: commands a second
    mix: Mapping[str, int]
    judged: bool = False
    profile: str = ""
    tree: Path = ROOT  #: of the commit whose bot it is
    cores: float = math.inf  #: that the bot gets
    processes: int = 1  #: bots; of two both stand on one PostgreSQL


@asynccontextmanager
async def bots(town: Town, chat: str, home: Path, how: How) -> AsyncIterator[list[Bot]]:
    """As many bots as are asked for, connected."""
    async with AsyncExitStack() as stack:
        more: dict[str, str] = {}
        if how.processes > 1:
            more["MUSELAB_STORE__URL"] = await stack.enter_async_context(a_database())
        first = running(town, chat, home, draft_s=DRAFT_S, profile=how.profile, tree=how.tree, more=more)
        started = [await stack.enter_async_context(first)]
        for number in range(1, how.processes):
            (home / str(number)).mkdir()
            own, ready = town.another()
            another = running(town, chat, home / str(number), draft_s=DRAFT_S, tree=how.tree, more=more | own, ready=ready)
            started.append(await stack.enter_async_context(another))
        if how.cores < math.inf:
            await stack.enter_async_context(starved(started[0], how.cores))
        yield started


async def bear(chat: str, home: Path, how: How) -> dict[str, float]:
    """Figures under load."""
    async with TOWNS[chat](judging=how.judged) as town, bots(town, chat, home, how) as there:
        load = Load(town)
        await load.go_on(WARM_RATE, times=WARM_UP, mix={"brainstorm": 1})
        await load.until(lambda: town.times.done, WARM_UP)
        town.times.acks.clear()
        warmed, load.late = load.numbers, []
        await there[0].weight()  # begins to watch what holds its loop up

        def used() -> float:
            return sum(bot.cpu_s() for bot in there)

        bot_s, own_s, all_s, began = used(), time.process_time(), busy_s(), time.monotonic()
        await load.go_on(how.rate, seconds=how.seconds, mix=how.mix)
        took = time.monotonic() - began
        bot_share, own_share = (used() - bot_s) / took, (time.process_time() - own_s) / took
        others_share = (busy_s() - all_s) / took - bot_share - own_share
        await load.rest(DRAIN_S)
        bot_s = used() - bot_s
        weight = await there[0].weight()
        violations = town.violations
    for violation in violations[:5]:
        print(f"  broken: {violation}")
    return {
        "commands_per_s": len(town.times.acks) / took,
        **waits(town.times, warmed),
        "bot_cores": bot_share,
        "bot_cpu_ms_per_command": bot_s / len(town.times.acks) * 1000,
        "platform_cores": own_share,
        "others_cores": others_share,
        "platform_late_p99_ms": percentile(load.late, 0.99) * 1000,
        "bot_mb_after": weight["mb"],
        "tasks_after": weight["tasks"],
        "loop_held_up_p99_ms": weight["held_up_p99_ms"],
        "loop_held_up_max_ms": weight["held_up_max_ms"],
        "violations": len(violations),
    }


def waits(times: Times, warmed: int) -> dict[str, float]:
    """How long people waited, from the brainstorm after number `warmed` on."""
    seen = [after * 1000 for _what, after in times.acks if after is not None]
    asked = {number: at for number, at in times.asked.items() if number > warmed}
    overheads = [(times.done[n] - at - DRAFTS * DRAFT_S) * 1000 for n, at in asked.items() if n in times.done]
    firsts = [(times.begun[n] - at) * 1000 for n, at in asked.items() if n in times.begun]
    return {
        "ack_p50_ms": percentile(seen, 0.5),
        "ack_p99_ms": percentile(seen, 0.99),
        "ack_max_ms": percentile(seen, 1.0),
        "missed": sum(after is None or after > 3.0 for _what, after in times.acks),
        "first_card_p50_ms": percentile(firsts, 0.5),
        "first_card_p99_ms": percentile(firsts, 0.99),
        "overhead_p50_ms": percentile(overheads, 0.5),
        "overhead_p99_ms": percentile(overheads, 0.99),
        "unfinished": len(asked) - len(overheads),
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
    parser.add_argument("--no-busy", action="store_true", help="leave the run out whose bot gets half of the cores it asks for")
    parser.add_argument("--no-two", action="store_true", help="leave the two processes on one PostgreSQL out")
    parser.add_argument("--vs", help="a commit whose bot is measured beside this one, by turns")
    given = parser.parse_args()
    gc.disable()  # looking through all that was said held this process up for half a second, which the bot was blamed for
    result: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="muselab-other-") as folder:
        other = checked_out(given.vs, Path(folder)) if given.vs else None
        for chat in given.chat or TOWNS:
            for name, value in measured(chat, given, other).items():
                print(f"{chat:>8}  {name:24} {value:10.2f}", flush=True)
                result[f"{chat}_{name}"] = round(value, 2)
    worst = {name.partition("_")[2] for name in result} - {"commands_per_s", "cpu_ratio"}
    for name in sorted(worst):
        result[name] = max(value for full, value in result.items() if full.partition("_")[2] == name)
    print("RESULT", json.dumps({name: None if math.isinf(value) else value for name, value in result.items()}))


def measured(chat: str, given: argparse.Namespace, other: Path | None) -> dict[str, float]:
    """All figures of one platform."""
    profile = str(Path(given.profile).absolute() / f"{chat}.prof") if given.profile else ""
    how = How(seconds=given.seconds, rate=given.rate, mix=given.mix, judged=given.judged, profile=profile)
    figures = once(bear, chat, how)
    plain = replace(how, profile="")
    if other is not None:
        turns = [once(bear, chat, replace(plain, tree=tree)) for tree in (other, ROOT)]
        cpu = [one["bot_cpu_ms_per_command"] for one in turns]
        figures |= {"cpu_ratio": (figures["bot_cpu_ms_per_command"] + cpu[1]) / 2 / cpu[0], "other_cpu_ms_per_command": cpu[0]}
    if not given.no_busy:
        busy = once(bear, chat, replace(plain, cores=figures["bot_cores"] / 2))
        figures |= {f"busy_{name}": busy[name] for name in (*WAITS, "bot_cores")}
    if not given.no_two:
        two = once(bear, chat, replace(plain, processes=2))
        figures |= {f"two_process_{name}": two[name] for name in (*WAITS, "violations")}
    if not given.no_memory:
        figures |= once(hold_open, chat)
    return figures


def once(run: Callable[..., Coroutine[Any, Any, dict[str, float]]], chat: str, *how: How) -> dict[str, float]:
    """One run with a data folder of its own."""
    with a_home() as home:
        return asyncio.run(run(chat, home, *how))


if __name__ == "__main__":
    main()
