"""A load on the bot of one platform: people who act at their own pace, how long they waited, and what it cost."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence, Sized
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.hosts import FOREVER_S, ROOT, Bot, Trouble, a_database, running, starved
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
TOLD_S = 10.0  # between two lines about a run under way
OPENED, OPENED_FIRST = 1000, 200  # brainstorms held open for weighing, and those before the first weighing
OPEN_RATE = 50.0  # a second

Say = Callable[[str], None]


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
    processes: int = 1  #: bots; of several all stand on one PostgreSQL


@dataclass(frozen=True, slots=True)
class Meter:
    """Processor time used since it was made: the bots', this process's, everything's on the machine."""

    bots: Sequence[Bot]
    bots_s: float
    own_s: float
    all_s: float
    at: float

    @classmethod
    def of(cls, bots: Sequence[Bot]) -> Meter:
        """Begins now."""
        return cls(bots, sum(bot.cpu_s() for bot in bots), time.process_time(), busy_s(), time.monotonic())

    def cores(self) -> dict[str, float]:
        """Cores used on average so far."""
        took = time.monotonic() - self.at
        bots, own = self.spent() / took, (time.process_time() - self.own_s) / took
        return {"bot_cores": bots, "platform_cores": own, "others_cores": (busy_s() - self.all_s) / took - bots - own}

    def spent(self) -> float:
        """Seconds that the bots used so far."""
        return sum(bot.cpu_s() for bot in self.bots) - self.bots_s


def busy_s() -> float:
    """Seconds of processor time that everything on this machine has used."""
    used = psutil.cpu_times()
    return used.user + used.nice + used.system


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies; infinity where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else math.inf


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


async def bear(chat: str, home: Path, say: Say, how: How) -> dict[str, float]:
    """Figures under load."""
    async with TOWNS[chat](judging=how.judged) as town, bots(town, chat, home, how) as there:
        load = Load(town)
        await load.go_on(WARM_RATE, times=WARM_UP, mix={"brainstorm": 1})
        await load.until(lambda: town.times.done, WARM_UP)
        town.times.acks.clear()
        warmed, load.late = load.numbers, []
        await there[0].weight()  # begins to watch what holds its loop up
        meter = Meter.of(there)
        telling = asyncio.create_task(tell(say, how, load, meter))
        try:
            await load.go_on(how.rate, seconds=how.seconds, mix=how.mix)
            cores, took = meter.cores(), time.monotonic() - meter.at
            await load.rest(DRAIN_S)
        finally:
            telling.cancel()
        spent = meter.spent()
        weight = await there[0].weight()
        violations = town.violations
    for violation in violations[:5]:
        say(f"broken: {violation}")
    return {
        "commands_per_s": len(town.times.acks) / took,
        **waits(town.times, warmed),
        **cores,
        "bot_cpu_ms_per_command": spent / len(town.times.acks) * 1000,
        "platform_late_p99_ms": percentile(load.late, 0.99) * 1000,
        "bot_mb_after": weight["mb"],
        "tasks_after": weight["tasks"],
        "loop_held_up_p99_ms": weight["held_up_p99_ms"],
        "loop_held_up_max_ms": weight["held_up_max_ms"],
        "violations": len(violations),
    }


async def tell(say: Say, how: How, load: Load, meter: Meter) -> None:
    """Says every few seconds how far a run is."""
    first = load.numbers
    while True:
        await asyncio.sleep(TOLD_S)
        used = ", ".join(f"{name} {cores:.2f}" for name, cores in meter.cores().items())
        say(f"{time.monotonic() - meter.at:3.0f} of {how.seconds:.0f} s, {load.numbers - first} commands; {used}")


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
        "unseen": len(asked) - len(firsts),
        "told_place": len(times.placed & asked.keys()),
    }


async def hold_open(chat: str, home: Path, _say: Say) -> dict[str, float]:
    """What a thousand brainstorms weigh whose generator never answers."""
    async with TOWNS[chat](judging=False) as town, running(town, chat, home, draft_s=FOREVER_S) as bot:
        load = Load(town)
        weights: list[float] = []
        for count in (OPENED_FIRST, OPENED):
            await load.go_on(OPEN_RATE, times=count, mix={"brainstorm": 1})
            weights.append(await weighed(bot, load.numbers))
    return {"mb_per_1000_open": (weights[1] - weights[0]) * 1000 / OPENED, "bot_mb": weights[0]}


async def weighed(bot: Bot, count: int) -> float:
    """Megabytes of a bot once it works on so many brainstorms; on Discord their first sign is no card of ours."""
    for _second in range(PATIENCE_S):
        weight = await bot.weight()
        if weight["tasks"] >= count:
            return weight["mb"]
        await asyncio.sleep(1.0)
    raise Trouble(f"the bot does not work on {count} brainstorms after {PATIENCE_S} s, but on {weight['tasks']} at most")
