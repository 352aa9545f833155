"""Bursts of commands at one process or several, one of which is killed or stopped in each, and what became of everything."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import wiring
from bot.ports import LEASE
from generators.client.scripted import ScriptedGenerator
from tests.acceptance.drivers.slack import CHANNEL
from tests.acceptance.dying import UNFINISHED, DiscordWorld, Life, SlackWorld, opened
from tests.fakes.death import Death, Mortal

BURST = 6  # commands; as many as were sent at once where this was first seen to fail
SPAN_S = 0.6  # within which a process dies; an answer takes about as long
OVER_S = 60.0  # after the last death, until when everything is to be answered
TOPIC, TEXT = "soups number {}x", "Leaf number {}x"


@dataclass
class Asked:
    """One command, by a person of its own, so that what they alone are told is known for its answer."""

    number: int
    kind: str  #: "brainstorm" or "idea"
    acked: bool = False

    @property
    def words(self) -> str:
        return (TOPIC if self.kind == "brainstorm" else TEXT).format(self.number)


@dataclass
class Town:
    """A platform, and the processes that serve it."""

    world: DiscordWorld | SlackWorld
    url: str
    home: Path
    stack: AsyncExitStack
    lives: list[tuple[Life, Mortal]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    _begun: int = 0

    async def begin(self) -> tuple[Life, Mortal]:
        """Starts one more process, with a store of its own."""
        self._begun += 1
        home = self.home / str(self._begun)
        mortal = Mortal(await self.stack.enter_async_context(opened(self.url, self.home / "media")), Death())
        settings, built = self.world.bot(home)
        house = wiring.furnish(settings, store=mortal, generator=ScriptedGenerator(delay_s=0.02), now=the_clock())  # type: ignore[arg-type]
        chat = built(settings)
        life = Life(house, chat, asyncio.create_task(house.desk.serve([chat])))
        await until(lambda: chat.ready)
        return life, mortal

    async def dies(self, which: int, *, killed: bool) -> None:
        """Ends a process, at once or as a host would, and starts another in its place."""
        life, mortal = self.lives[which]
        mortal.buried = killed
        await life.end(dead=killed)
        if not killed:
            await life.house.desk.close()
        self.lives[which] = await self.begin()

    async def burst(self, chance: random.Random) -> list[asyncio.Task[None]]:
        """Several people ask within a moment."""
        tasks = []
        for _one in range(BURST):
            asked = Asked(len(self.asked), chance.choice(["brainstorm", "brainstorm", "idea"]))
            self.asked.append(asked)
            tasks.append(asyncio.create_task(self._asks(asked, chance.uniform(0, SPAN_S / 2))))
        return tasks

    async def _asks(self, asked: Asked, after_s: float) -> None:
        await asyncio.sleep(after_s)
        with suppress(AssertionError):  # nobody is connected to hear it
            asked.acked = await (self._on_discord if isinstance(self.world, DiscordWorld) else self._on_slack)(asked)

    async def _on_discord(self, asked: Asked) -> bool:
        fake = self.world.fake  # type: ignore[union-attr]
        given: dict[str, Any] = {"topic": asked.words, "count": 2} if asked.kind == "brainstorm" else {"text": asked.words}
        it = await fake.people.slash(self.world.room, fake.user(person(asked)), asked.kind, **given)  # type: ignore[union-attr]
        with suppress(AssertionError, TimeoutError):
            await until(lambda: it.answered is not None, within_s=4.0)
        return it.answered is not None

    async def _on_slack(self, asked: Asked) -> bool:
        slack, team = self.world.slack, self.world.team  # type: ignore[union-attr]
        slack.team(team).person(person(asked))
        command, text = ("/brainstorm", f"{asked.words} -n 2") if asked.kind == "brainstorm" else ("/muse", f"idea {asked.words}")
        ack = await slack.slash(team, CHANNEL, person(asked), command, text)
        return not ack.missed and ack.status == 200

    def answers(self) -> dict[int, list[str]]:
        """What everybody reads of each command, and what its person alone was told."""
        public, private = self._read()
        found = {}
        for asked in self.asked:
            own = re.compile(
                rf"Ideas for “{asked.words}|\d+\.\W+{asked.words}"
            )  # an idea's words may stand beside those of another
            mine = [text for text in public if own.search(text)]
            found[asked.number] = mine or private.get(person(asked), [])[:1]
        return found

    def _read(self) -> tuple[list[str], dict[str, list[str]]]:
        public: list[str] = []
        private: dict[str, list[str]] = {}
        if isinstance(self.world, DiscordWorld):
            for message in self.world.room.messages:
                if message.deleted:
                    continue
                text = "Thinking" if message.loading else message.text
                if message.ephemeral_for is None:
                    public.append(text)
                else:
                    private.setdefault(message.ephemeral_for.name, []).append(text)
        else:
            for said in self.world.slack.team(self.world.team).messages:
                if said.bot and not said.deleted and said.only_for is None:
                    public.append(said.words)
                elif said.bot and not said.deleted:
                    private.setdefault(str(said.only_for), []).append(said.words)
        return public, private

    def verdict(self) -> Counter[str]:
        """How many acknowledged commands have no answer, how many more than one, and what is frozen."""
        found, (public, _private) = self.answers(), self._read()
        acked = [one for one in self.asked if one.acked]
        return Counter(
            acked=len(acked),
            unanswered=sum(not found[one.number] for one in acked),
            doubled=sum(len(texts) > 1 for texts in found.values()),
            frozen=sum(any(sign in text for sign in UNFINISHED) for text in public),
        )

    @property
    def busy(self) -> bool:
        return any(life.busy for life, _mortal in self.lives)


def person(asked: Asked) -> str:
    return f"U0ASKER{asked.number}"


def the_clock() -> Callable[[], datetime]:
    """Of every process the same, and as quick as the loop's: a dead one's leases end while the test waits."""
    loop = asyncio.get_running_loop()

    def now() -> datetime:
        return START + timedelta(seconds=loop.time() - BEGAN[loop])

    BEGAN.setdefault(loop, loop.time())
    return now


START = wiring.clock()
BEGAN: dict[asyncio.AbstractEventLoop, float] = {}


async def until(so: Callable[[], bool], *, within_s: float = 30.0) -> None:
    """Waits, in the loop's time."""
    async with asyncio.timeout(within_s):
        while not so():
            await asyncio.sleep(0.02)


async def survived(town: Town, *, processes: int, kills: int, seed: int) -> Counter[str]:
    """Bursts, each with a death in it, and a minute's time; what is wrong then."""
    chance = random.Random(seed)
    town.lives = [await town.begin() for _one in range(processes)]
    for _kill in range(kills):
        asking = await town.burst(chance)
        await asyncio.sleep(chance.uniform(0, SPAN_S))
        await town.dies(chance.randrange(processes), killed=chance.random() < 0.5)
        await asyncio.gather(*asking)
    ends = asyncio.get_running_loop().time() + OVER_S + LEASE.total_seconds()
    while asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(0.5)
        wrong = town.verdict()
        if not town.busy and not (wrong["unanswered"] or wrong["frozen"]):
            await asyncio.sleep(1.0)  # what comes twice comes now
            break
    for life, _mortal in town.lives:
        await life.end(dead=False)
    return town.verdict()
