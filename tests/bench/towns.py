"""The local Discord and the local Slack as the load of `tests.bench.chat` needs them: many rooms, people who act, times noted."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.fernet import Fernet

from tests.acceptance.drivers import slack as installing
from tests.fakes.discord import Asked, FakeDiscord, Guild, Room, User
from tests.fakes.discord import Message as Posted
from tests.fakes.slack import Message, Slack
from tests.fakes.slack.judge import Fault, Judge

ROOMS = 200  # 35 public answers a second are one in six seconds for each; Slack takes one a second
PEOPLE = 4  # in each team
LATELY = 30  # messages being voted on: each is redrawn once a second at most, and Discord takes 50 requests a second from a bot
NUMBER = re.compile(r"bar no (\d+)")


@dataclass
class Times:
    """What became of everything that people did, by the clock of the platform."""

    acks: list[tuple[str, float | None]] = field(default_factory=list)  #: what was done, seconds to the ack; None: missed
    asked: dict[int, float] = field(default_factory=dict)  #: brainstorm → when
    begun: dict[int, float] = field(default_factory=dict)  #: when its card stood
    done: dict[int, float] = field(default_factory=dict)  #: when its last card stood


class Town(Protocol):
    """A platform with many rooms; `act` does one thing in one of them."""

    times: Times

    @property
    def environment(self) -> dict[str, str]:
        """What leads the bot here."""
        ...

    @property
    def rooms(self) -> int:
        """How many there are."""
        ...

    @property
    def violations(self) -> list[str]:
        """Every limit that was broken, and when judging every specification."""
        ...

    async def ready(self) -> None:
        """Waits until the bot serves everybody."""
        ...

    async def act(self, what: str, room: int, number: int, chance: random.Random) -> None:
        """Somebody does it; returns once the platform has sent it."""
        ...

    def settle(self) -> None:
        """Looks at what is known only later."""
        ...


def topic(number: int) -> str:
    """What the n-th brainstorm is about."""
    return f"names for a tea bar no {number}"


def own(number: int) -> str:
    """The n-th idea of a person's own."""
    return f"The Leaf of Day {number}"


# ------------------------------------------------------------------------------------------------ Discord


class Makers:
    """Discord: a hundred servers of two rooms."""

    def __init__(self, fake: FakeDiscord) -> None:
        self.fake = fake
        self.times = Times()
        self.guilds = [fake.guild(f"guild {n}") for n in range(ROOMS // 2)]
        for guild in self.guilds:
            fake.room(guild, "more-ideas")
        self._people: dict[str, list[User]] = {
            guild.id: [fake.user(f"person{n}") for n in range(PEOPLE)] for guild in self.guilds
        }
        self._asked: list[tuple[str, Asked]] = []
        self._brainstorms: dict[int, Asked] = {}
        self._open: dict[int, Asked] = {}
        self._lately: deque[tuple[Posted, list[str]]] = deque(maxlen=LATELY)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "MUSELAB_DISCORD__TOKEN": self.fake.token,
            "MUSELAB_DISCORD__API_BASE": self.fake.api_base,
            "MUSELAB_DISCORD__GATEWAY": self.fake.gateway_url,
        }

    @property
    def rooms(self) -> int:
        return ROOMS

    @property
    def violations(self) -> list[str]:
        return self.fake.violations

    async def ready(self) -> None:
        await self.fake.people.until(lambda: self.fake.gateway.sessions and self.fake.commands, what="the bot", timeout=60)
        await asyncio.sleep(1.0)  # it reads its servers meanwhile

    async def act(self, what: str, room: int, number: int, chance: random.Random) -> None:
        people = self.fake.people
        if what == "vote":
            self._look()
            message, votes = chance.choice(self._lately)
            self._asked.append(
                (what, await people.click(message, self._somebody(message.room.guild, chance), chance.choice(votes)))
            )
            return
        guild = self.guilds[room % len(self.guilds)]
        where: Room = guild.rooms[room // len(self.guilds)]
        options: dict[str, Any] = {"brainstorm": {"topic": topic(number)}, "idea": {"text": own(number)}}.get(what, {})
        asked = await people.slash(where, self._somebody(guild, chance), what, **options)
        self._asked.append((what, asked))
        if what == "brainstorm":
            self.times.asked[number] = asked.born
            self._brainstorms[number] = self._open[number] = asked

    def _somebody(self, guild: Guild | None, chance: random.Random) -> User:
        assert guild is not None
        return chance.choice(self._people[guild.id])

    def _look(self) -> None:
        """Finds brainstorms that have ended."""
        for number, asked in list(self._open.items()):
            message = asked.original
            if message is not None and any(id.startswith("spin:") for id in message.buttons):
                del self._open[number]
                self._lately.append((message, [id for id in message.buttons if id.startswith("vote:")]))

    def settle(self) -> None:
        self._look()
        answered = [(what, None if asked.answered is None else asked.answered_after) for what, asked in self._asked]
        self.times.acks, self._asked = answered, []
        for number, asked in self._brainstorms.items():
            message = asked.original
            if message is None or message.loading:
                continue
            bodies = [*message.history, message.body]  # its times begin with the deferral's
            self.times.begun[number] = message.times[1]
            for body, at in zip(bodies, message.times[1:], strict=True):
                if '"spin:' in str(body).replace("'", '"'):
                    self.times.done[number] = at
                    break


@asynccontextmanager
async def makers(*, judging: bool) -> AsyncIterator[Makers]:
    async with FakeDiscord() as fake:
        fake.judging = judging
        yield Makers(fake)


# ------------------------------------------------------------------------------------------------ Slack


class Lenient(Judge):
    """Finds no fault: judging costs more than the bot's work."""

    def request(self, method: str, args: dict[str, Any]) -> list[Fault]:
        return []

    def kind(self, kind: str, value: Any) -> list[str]:
        return []

    def blocks(self, blocks: Any, surface: str) -> list[Fault]:
        return []


class Workspaces(Slack):
    """Slack: as many workspaces as rooms, installed by OAuth, served by signed HTTP."""

    def __init__(self, *, judging: bool) -> None:
        super().__init__()
        if not judging:
            self.judge = Lenient(self.judge.specs)
        self.times = Times()
        self.teams = [f"T{n:05}" for n in range(ROOMS)]
        self.port = installing.a_port()
        self._key = Fernet.generate_key().decode()  # of every bot that is started here
        self._lately: deque[tuple[Message, list[str]]] = deque(maxlen=LATELY)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "MUSELAB_SLACK__CLIENT_ID": self.client_id,
            "MUSELAB_SLACK__CLIENT_SECRET": self.client_secret,
            "MUSELAB_SLACK__SIGNING_SECRET": self.signing_secret,
            "MUSELAB_SLACK__INSTALLATIONS_KEY": self._key,
            "MUSELAB_SLACK__API_BASE": self.api_base,
            "MUSELAB_SLACK__PORT": str(self.port),
            "MUSELAB_SLACK__PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }

    @property
    def rooms(self) -> int:
        return ROOMS

    async def ready(self) -> None:
        async with asyncio.timeout(60):
            while True:
                try:
                    await installing.reachable(self.port)
                    break
                except TimeoutError:
                    continue
        base = f"http://127.0.0.1:{self.port}"
        self.wire.request_url = f"{base}/slack/events"
        for team in self.teams:
            installing.people(self, team)
            await installing.install(self, base, team)

    async def act(self, what: str, room: int, number: int, chance: random.Random) -> None:
        if what == "vote":
            message, votes = chance.choice(self._lately)
            self._took(what, await self.click(message, chance.choice(votes), self._somebody(chance)))
            return
        team, person = self.teams[room], self._somebody(chance)
        command, text = {
            "brainstorm": ("/brainstorm", topic(number)),
            "idea": ("/muse", f"/idea {own(number)}"),
            "board": ("/board", ""),
        }.get(what, ("/muse", f"/{what}"))
        if what == "brainstorm":
            self.times.asked[number] = time.monotonic()
        self._took(what, await self.slash(team, installing.CHANNEL, person, command, text))

    def _took(self, what: str, ack: Any) -> None:
        self.times.acks.append((what, None if ack.missed or ack.status != 200 else ack.seconds))

    def _somebody(self, chance: random.Random) -> str:
        return f"U0PERSON{chance.randrange(PEOPLE)}"

    def show(self, workspace: Any, message: Message) -> None:
        super().show(workspace, message)
        self._note(message)

    def change(self, message: Message, *, text: str, blocks: list[dict[str, Any]] | None) -> None:
        super().change(message, text=text, blocks=blocks)
        self._note(message)

    def _note(self, message: Message) -> None:
        found = NUMBER.search(message.text)
        if found is None:
            return
        number = int(found[1])
        self.times.begun.setdefault(number, time.monotonic())
        values = [*message.buttons(), *message.options()]
        if number not in self.times.done and any(value.startswith("spin:") for value in values):
            self.times.done[number] = time.monotonic()
            self._lately.append((message, [value for value in values if value.startswith("vote:")]))

    def settle(self) -> None:
        """Everything was noted when it happened."""


@asynccontextmanager
async def workspaces(*, judging: bool) -> AsyncIterator[Workspaces]:
    slack = Workspaces(judging=judging)
    await slack.start()
    try:
        yield slack
    finally:
        await slack.stop()


TOWNS = {"discord": makers, "slack": workspaces}
