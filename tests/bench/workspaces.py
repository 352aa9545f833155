"""The local Slack as the load of `tests.bench.chat` needs it."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from cryptography.fernet import Fernet

from tests.acceptance.drivers import slack as installing
from tests.bench.town import LATELY, PEOPLE, PLACE, ROOMS, START_S, Ready, Times, own, topic
from tests.fakes.slack import Message, Slack
from tests.fakes.slack.judge import Fault, Judge

FEW_BLOCKS = 6  # a card without ideas has fewer; looking through every other takes this process's time
NUMBER = re.compile(r"bar no (\d+)")


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
        self._doors: list[int] = []  #: of further bots
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
        await self._reachable(self.port)
        base = f"http://127.0.0.1:{self.port}"
        self.wire.request_url = f"{base}/slack/events"
        for team in self.teams:
            installing.people(self, team)
            await installing.install(self, base, team, asking=None)

    async def _reachable(self, port: int) -> None:
        async with asyncio.timeout(START_S):
            while True:
                with suppress(TimeoutError):
                    await installing.reachable(port)
                    return

    def another(self) -> tuple[dict[str, str], Ready]:
        port = installing.a_port()

        async def ready() -> None:
            await self._reachable(port)
            self._doors.append(port)

        return {"MUSELAB_SLACK__PORT": str(port)}, ready

    async def act(self, what: str, room: int, number: int, chance: random.Random) -> None:
        if self._doors:  # a load balancer's
            self.wire.request_url = f"http://127.0.0.1:{chance.choice([self.port, *self._doors])}/slack/events"
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
        if len(message.blocks) < FEW_BLOCKS and PLACE in message.words:
            self.times.placed.add(number)
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
