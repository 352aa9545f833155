"""What a soak needs: an hour that passes in a minute, people who do everything again and again, and scales that notice a leak."""

from __future__ import annotations

import asyncio
import html
import json
import os
import selectors
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.acceptance.drivers.discord import has, shown_ideas
from tests.acceptance.drivers.slack import CHANNEL, people, user
from tests.fair import START_S, FairLoop, Waiting
from tests.fakes.discord import FakeDiscord, Message, Room, User, endpoints, server
from tests.fakes.slack import Ack, Slack, running
from tests.fakes.slack import Message as SlackMessage

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CALM_S = 10.0  # after which everything that was begun has ended, messages redrawn and events repeated
WEIGHED = 3
REST_S = 30.0  # between two weighings, longer than any request lasts
IDLE_S = 100.0  # after which connections that nobody uses are closed: aiohttp's server keeps them for 75 s


# ------------------------------------------------------------------------------------------------ time


class Hasty(Waiting):
    """Waits a fraction of what it is told to."""

    speed = 1.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self.speed)


class HastyLoop(FairLoop):
    """An event loop whose seconds are short: every pace, pause, lease, heartbeat and deadline in it is so, too."""

    def __init__(self, speed: float) -> None:
        selector = Hasty()
        selector.speed = self.speed = speed
        super().__init__(selector)

    def time(self) -> float:
        return self.fair() * self.speed


def clock() -> Callable[[], datetime]:
    """Tells the time of day by the loop's seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    return lambda: NOON + timedelta(seconds=loop.time() - began)


# ------------------------------------------------------------------------------------------------ scales


Weight = dict[str, Any]  #: see `tests.acceptance.soaked.weight`


#: What libraries remember up to a bound that a soak does not reach, and how many blocks of memory one of it takes: SQLite 128
#: statements, and weak references to its last 200 cursors, for each of five connections. What yarl remembers is cleared instead.
BOUNDED = {"sqlite3.Statement": 3, "weakref.ReferenceType": 1}
CHANCE = 6  # objects by which a bot at rest may differ from itself: a cache that fills, a connection more
BLOCKS = 5  # for every event from which growth is a leak; keeping one call or press takes fifteen


def grown(weights: Sequence[Weight], meetings: int, events: int) -> list[str]:
    """What has grown from each weighing to the next, and so goes on growing; what is full grows and shrinks by chance.

    Args:
        weights: the bot's, one after the other.
        meetings: between two weighings.
        events: likewise.
    """
    said = []
    for name in ("tasks", "threads"):
        more = weights[-1][name] - weights[0][name]
        if more > 3:  # a reconnection under way; whatever leaks does so once a meeting at least
            said.append(f"{more} more {name}")
    more_files = Counter(weights[-1]["files"]) - Counter(weights[0]["files"])
    if more_files.total() > 3:  # likewise
        said.append(f"more files: {dict(more_files)}")
    steps = list(pairwise(weights))
    for name in set(weights[-1]["objects"]) - set(BOUNDED):
        least = min(after["objects"].get(name, 0) - before["objects"].get(name, 0) for before, after in steps)
        if least >= max(meetings, CHANCE):
            said.append(f"{least} more of {name} every {meetings} meetings")
    least = min(blocks(after) - blocks(before) for before, after in steps)
    if least > BLOCKS * events:
        said.append(f"{least} more blocks of memory every {events} events")
    return sorted(said)


def least(found: Sequence[int] | Sequence[dict[str, int]]) -> int | dict[str, int]:
    """The least of some numbers, or of each number in some tables of them."""
    if isinstance(found[0], dict):
        return {name: min(table.get(name, 0) for table in found) for name in found[0]}  # type: ignore[union-attr]
    return min(found)  # type: ignore[type-var]


def blocks(weight: Weight) -> int:
    """The bot's blocks of memory without what libraries remember."""
    return int(weight["blocks"]) - sum(weight["objects"].get(name, 0) * size for name, size in BOUNDED.items())


@dataclass
class Bot:
    """The bot's process."""

    process: asyncio.subprocess.Process

    async def weight(self) -> Weight:
        """What is alive in it at rest: the least of three weighings, as in each something may be under way."""
        weights = [await self._weight()]
        while len(weights) < WEIGHED:
            await asyncio.sleep(REST_S)
            weights.append(await self._weight())
        return {name: least([weight[name] for weight in weights]) for name in weights[0]}

    async def _weight(self) -> Weight:
        """What is alive in it now."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"weigh\n")
        weight: Weight = json.loads(await self.process.stdout.readline())
        return weight


@asynccontextmanager
async def running_bot(chat: str, home: Path, variables: dict[str, str], *, leak: bool) -> AsyncIterator[Bot]:
    """The bot in a process of its own, where nothing but it is weighed."""
    limits = {f"MUSELAB_LIMITS__{who}_PER_HOUR": "100000" for who in ("PERSON", "CHANNEL", "TEAM")}
    speed = getattr(asyncio.get_running_loop(), "speed", 1.0)
    with (home / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.acceptance.soaked", chat, "--speed", str(speed), *(["--leak"] if leak else [])),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            limit=2**24,  # bytes of a line
            cwd=Path(__file__).parents[2],
            env={**os.environ, **limits, **variables, "MUSELAB_HOME": str(home), "MUSELAB_LOG_LEVEL": "WARNING"},
        )
        try:
            yield Bot(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 30 * speed)
            except TimeoutError:
                process.kill()
                await process.wait()


# ------------------------------------------------------------------------------------------------ people


class Crowd(Protocol):
    """People on one platform."""

    bot: Bot
    events: int  #: things they have done so far

    async def meet(self, n: int) -> None:
        """One meeting: they ask, vote, react, page through the board and add an idea; returns when all of it is answered."""
        ...

    async def disturb(self, n: int) -> None:
        """The connection breaks, in one of the ways in which it does."""
        ...

    def judge(self, on: bool) -> None:
        """Whether from now on everything said is held against the specifications; limits always are."""
        ...

    @property
    def violations(self) -> list[str]:
        """Everything that broke a specification or a limit."""
        ...


@dataclass
class DiscordCrowd:
    """Three people in one room of Discord."""

    fake: FakeDiscord
    room: Room
    bot: Bot
    people: dict[str, User] = field(default_factory=dict)
    events: int = 0

    async def meet(self, n: int) -> None:
        ann, bob, cleo = (self.people.setdefault(name, self.fake.user(name)) for name in ("ann", "bob", "cleo"))
        hands = self.fake.people
        asked = await hands.slash(self.room, ann, "brainstorm", topic=f"names for tea bar {n}", count=3)
        message = await hands.until(
            lambda: asked.original if asked.original is not None and has(asked.original, "spin") else None, what="the ideas"
        )
        assert message is not None
        ideas = shown_ideas(message)
        for person, idea, token in ((ann, ideas[0], "up"), (bob, ideas[0], "down"), (cleo, ideas[2], "up")):
            await hands.answer(await hands.click(message, person, f"vote:{idea}:{token}"))
        for remove in (False, True):
            await hands.react(message, bob, "2️⃣", remove=remove)
        await hands.answer(await hands.slash(self.room, cleo, "idea", text=f"The Leaf of Day {n}"))
        board = await hands.answer(await hands.slash(self.room, bob, "board"))
        await self._turn(board, bob)
        await hands.answer(await hands.slash(self.room, ann, "help"))
        self.events += 10

    async def _turn(self, board: Message, person: User) -> None:
        """Turns the board's page, when it has another."""
        if "board::2" not in board.buttons:
            return
        await self.fake.people.click(board, person, "board::2")
        await self.fake.people.until(lambda: "board::1" in board.buttons, what="another page")
        self.events += 1

    async def disturb(self, n: int) -> None:
        gateway = self.fake.gateway
        resumes, identifies = gateway.resumes, len(gateway.identifies)
        breaks = (gateway.drop, lambda: gateway.drop(4000), gateway.reconnect, lambda: gateway.invalidate(resumable=False))
        await breaks[n % len(breaks)]()
        await self.fake.people.until(
            lambda: gateway.resumes > resumes or len(gateway.identifies) > identifies, what="the bot", timeout=START_S
        )
        self.events += 1

    def judge(self, on: bool) -> None:
        self.fake.judging = on

    @property
    def violations(self) -> list[str]:
        return self.fake.violations


@asynccontextmanager
async def on_discord(home: Path, *, leak: bool) -> AsyncIterator[DiscordCrowd]:
    loop = asyncio.get_running_loop()
    with pytest.MonkeyPatch.context() as patch:
        for module in (endpoints, server):  # acks are judged by the clock on the wall: work takes as long as ever
            patch.setattr(module, "ACK_S", 3.0 * getattr(loop, "speed", 1.0))
        async with FakeDiscord() as fake:
            fake.clock = loop.time  # type: ignore[method-assign]  # its limits and tokens live in the loop's seconds
            room = fake.guild().rooms[0]
            variables = {"MUSELAB_DISCORD__TOKEN": fake.token, "MUSELAB_DISCORD__API_BASE": fake.api_base}
            variables |= {"MUSELAB_DISCORD__GATEWAY": fake.gateway_url}
            async with running_bot("discord", home, variables, leak=leak) as bot:
                await fake.people.until(lambda: fake.gateway.sessions and fake.commands, what="the bot", timeout=START_S)
                yield DiscordCrowd(fake, room, bot)


TEAM = "T0RED"


@dataclass
class SlackCrowd:
    """Three people in one channel of Slack."""

    slack: Slack
    bot: Bot
    events: int = 0

    async def meet(self, n: int) -> None:
        slack, (ann, bob, cleo) = self.slack, (user(name) for name in ("ann", "bob", "cleo"))
        await self._do(lambda: slack.slash(TEAM, CHANNEL, ann, "/brainstorm", f"names for tea bar {n} -n 3"))
        message = await slack.wait(lambda: self._whole(f"tea bar {n}”"), deadline=START_S, what="the ideas")
        votes = [value for value in message.buttons() if value.startswith("vote:")]
        told = len(slack.private(TEAM, bob))
        for person, vote in zip((ann, cleo, bob), votes, strict=False):
            await self._do(partial(slack.press, message, vote, person))
        await slack.wait(lambda: len(slack.private(TEAM, bob)) > told, deadline=START_S, what="a confirmation")
        for remove in (False, True):
            await self._do(partial(slack.react, message, "two", bob, remove=remove))
        posts = len(slack.posts(TEAM, CHANNEL))
        await self._do(lambda: slack.slash(TEAM, CHANNEL, cleo, "/muse", f"/idea The Leaf of Day {n}"))
        await self._do(lambda: slack.slash(TEAM, CHANNEL, bob, "/board", ""))
        await slack.wait(lambda: len(slack.posts(TEAM, CHANNEL)) >= posts + 2, deadline=START_S, what="the board")
        if "board::2" in (board := slack.posts(TEAM, CHANNEL)[-1]).buttons():
            await self._do(lambda: slack.press(board, "board::2", bob))
        direct = "D" + ann[1:]
        said = len(slack.posts(TEAM, direct))
        await self._do(partial(self._write, ann, "/board"))
        await slack.wait(lambda: len(slack.posts(TEAM, direct)) > said, deadline=START_S, what="the board for one")
        await self._do(lambda: slack.open_home(TEAM, ann))
        self.events += 1

    async def _write(self, person: str, text: str) -> Ack:
        await self.slack.dm(TEAM, person, text)
        return self.slack.heard

    async def _do(self, act: Callable[[], Awaitable[Ack]]) -> None:
        """Does it; once more where nobody was there to hear it, or the connection broke meanwhile: people are shown that.

        Slack's client ends a connection before it makes the next, and on a busy machine ends one whose pong is late.
        """
        self.events += 1
        while True:
            await self.slack.wait(self.slack.wire.live, deadline=START_S, what="the bot")
            ack = await act()
            if not ack.unheard:
                return

    def _whole(self, topic: str) -> SlackMessage | None:
        for message in reversed(self.slack.posts(TEAM, CHANNEL)):
            if topic in html.unescape(message.words) and any(value.startswith("spin:") for value in message.buttons()):
                return message
        return None

    async def disturb(self, n: int) -> None:
        wire = self.slack.wire
        opened = wire.opened
        if n % 2:
            await wire.drop()
        else:
            await wire.disconnect("refresh_requested")
        await self.slack.wait(lambda: wire.opened > opened and wire.live(), deadline=START_S, what="the bot")
        self.events += 1

    def judge(self, on: bool) -> None:
        """Judging is quick here, and always on."""

    @property
    def violations(self) -> list[str]:
        missed = [f"no ack of {ack.kind} within 3 s" for ack in self.slack.wire.acks if ack.missed and not ack.unheard]
        return [*self.slack.violations, *missed]


@asynccontextmanager
async def on_slack(home: Path, *, leak: bool) -> AsyncIterator[SlackCrowd]:
    speed = getattr(asyncio.get_running_loop(), "speed", 1.0)
    async with running() as slack:
        slack.wire.ack_s *= speed  # as above
        slack.trigger_life *= speed
        people(slack, TEAM)
        variables = {"MUSELAB_SLACK__BOT_TOKEN": slack.team(TEAM).bot_token, "MUSELAB_SLACK__APP_TOKEN": slack.app_token}
        variables |= {"MUSELAB_SLACK__API_BASE": slack.api_base}
        async with running_bot("slack", home, variables, leak=leak) as bot:
            await slack.wire.connected(deadline=START_S)
            yield SlackCrowd(slack, bot)


CROWDS = {"discord": on_discord, "slack": on_slack}
