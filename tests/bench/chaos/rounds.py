"""One busy day in which something is killed every few seconds, and the minute after it."""

from __future__ import annotations

import asyncio
import math
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.acceptance.drivers.slack import reachable
from tests.bench.chaos.day import Day
from tests.bench.chaos.machines import Machine, PostgreSql, Program, a_port, listens
from tests.bench.hosts import FOREVER_S, LIMITS
from tests.bench.makers import Makers
from tests.bench.town import START_S
from tests.bench.towns import TOWNS
from tests.bench.workspaces import Workspaces

LIFE_S = (2.0, 7.0)  # between two kills; a start takes one or two seconds
AWAY_S = (0.0, 2.0)  # before what was killed is started again
REST_S = 60.0  # within which everything ought to be there, from the last start on
TALLIES_S = 120.0  # within which there must be less amiss than before: a whole minute of changes may have been spent already
REST_MOST_S = 300.0  # Slack takes 50 changes of messages a minute, and every message may be due for two
CHUNK_S = 0.01  # a word; a second for a whole brainstorm: some are always under way
#: What is killed, and how often of ten times.
VICTIMS = {"bot": 5, "service": 2, "learner": 1, "postgresql": 2}


@asynccontextmanager
async def machines(town: Any, chat: str, database: str, home: Path) -> AsyncIterator[dict[str, Machine]]:
    """All that a host runs, started; the bot last."""
    async with AsyncExitStack() as stack:
        there: dict[str, Machine] = {}

        async def started(one: Machine) -> None:
            stack.push_async_callback(one.stop)  # also of one whose start is cut off
            await one.start()
            there[one.name] = one

        url = f"sqlite:///{home / 'muselab.db'}"
        if database == "postgresql":
            folder = Path(tempfile.mkdtemp(prefix="muselab-pg-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            server = PostgreSql(folder)
            await started(server)
            url = server.url
        port = a_port()
        environment = {**town.environment, "MUSELAB_HOME": str(home), "MUSELAB_STORE__URL": url}
        environment |= {"MUSELAB_GENERATOR__URL": f"http://127.0.0.1:{port}/v1", "MUSELAB_GENERATOR__TIMEOUT_S": str(FOREVER_S)}
        environment |= {f"MUSELAB_LIMITS__{name}": value for name, value in LIMITS.items()}
        environment |= {"MUSELAB_LIMITS__PERSON_IDEAS_PER_HOUR": "1000000"}
        service = ("tests.bench.chaos.service", str(port), str(CHUNK_S))
        await started(Program("service", service, {}, home, lambda: listens(port)))
        bot = Program("bot", ("tests.bench.host", chat), environment, home, town.ready)
        await started(bot)
        if isinstance(town, Workspaces):
            bot._ready = lambda: listening(town.port)  # it is installed once
        await started(Program("learner", ("tests.bench.chaos.learner",), environment, home))
        yield there


async def a_round(chat: str, database: str, kills: int, rate: float, seed: int) -> dict[str, int]:
    """A day with so many kills."""
    chance = random.Random(f"{chat}/{database}/{seed}")
    with tempfile.TemporaryDirectory(prefix="muselab-chaos-") as folder:
        home = Path(folder)
        async with TOWNS[chat](judging=False) as town:
            day = Day(town, chance)
            if isinstance(town, Workspaces):
                town.teams = town.teams[:1]
            async with machines(town, chat, database, home) as there:
                url = (
                    there["postgresql"].url
                    if isinstance(there.get("postgresql"), PostgreSql)
                    else f"sqlite:///{home / 'muselab.db'}"
                )
                acting = asyncio.create_task(day.go_on(rate))
                killed = await killing(town, there, kills, chance, day.note)
                acting.cancel()
                await asyncio.gather(acting, *day._tasks, return_exceptions=True)
                found = await rested(day, url, home)
                if any(found[what] for what in ("lost", "stuck", "doubled", "tallies_wrong", "late")):
                    keep(home, f"{chat}-{database}-{seed}", day)
                return {"kills": kills, **found, **day.changes(), **killed}


async def killing(
    town: Any, there: dict[str, Machine], kills: int, chance: random.Random, note: Callable[[str], None]
) -> dict[str, int]:
    """Kills one after another, and starts again what it killed; how often which. `note`: told of each."""
    killed: Counter[str] = Counter()
    names = [name for name in VICTIMS if name in there]
    for _kill in range(kills):
        await asyncio.sleep(chance.uniform(*LIFE_S))
        (name,) = chance.choices(names, [VICTIMS[name] for name in names])
        note(f"killing the {name}")
        await there[name].kill()
        killed[f"killed_{name}"] += 1
        if name == "bot" and isinstance(town, Makers):
            town.fake.gateway.sessions.clear()  # its session died with it
        await asyncio.sleep(chance.uniform(*AWAY_S))
        note(f"starting the {name}")
        await there[name].start()
        note(f"the {name} serves")
        for other, machine in there.items():
            if machine.died:  # a host's supervisor would start it again; that it ended is told
                killed[f"ended_{other}"] += 1
                print(f"  the {other} ended after the {name} was killed: {getattr(machine, 'said', str)()}", flush=True)
                if other == "bot" and isinstance(town, Makers):
                    town.fake.gateway.sessions.clear()
                await machine.start()
    return dict(killed)


async def listening(port: int) -> None:
    """Waits until the next bot listens."""
    async with asyncio.timeout(START_S):
        while True:
            with suppress(TimeoutError):
                await reachable(port)
                return


async def rested(day: Day, url: str, home: Path) -> dict[str, int]:
    """What is amiss once all is well, or nothing gets better any more; what came after `REST_S` alone is late."""
    began = better = time.monotonic()
    least, late, tardy = math.inf, 0, list[str]()
    while True:
        await asyncio.sleep(5.0)
        found, now = await day.count(url, home), time.monotonic()
        amiss = found["lost"] + found["stuck"] + found["tallies_wrong"]
        if now <= began + REST_S:
            late, tardy = found["lost"] + found["stuck"], [one for one in day.amiss if not one.startswith("tally")]
        if amiss < least:
            least, better = amiss, now
        if not amiss or now > min(better + TALLIES_S, began + REST_MOST_S):
            for one in day.amiss:
                print(f"  {one}", flush=True)
            day.note(f"the rest is over; late was {tardy}")
            return {**found, "late": late, "rested_s": round(now - began)}


def keep(home: Path, name: str, day: Day) -> None:
    """Keeps the logs of a day that did not end well, and what happened when."""
    kept = Path("build/chaos") / name
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "day.log").write_text("\n".join([*day.diary, *day.amiss, ""]), encoding="utf-8")
    for log in home.glob("*.log"):
        shutil.copy(log, kept)
