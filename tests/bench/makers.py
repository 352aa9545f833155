"""The local Discord as the load of `tests.bench.chat` needs it."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.bench.town import LATELY, PEOPLE, PLACE, ROOMS, START_S, Ready, Times, own, topic
from tests.fakes.discord import Asked, FakeDiscord, Guild, Room, User
from tests.fakes.discord import Message as Posted


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
        await self.fake.people.until(lambda: self.fake.gateway.sessions and self.fake.commands, what="the bot", timeout=START_S)
        await asyncio.sleep(1.0)  # it reads its servers meanwhile

    def another(self) -> tuple[dict[str, str], Ready]:
        there = len(self.fake.gateway.sessions)

        async def ready() -> None:
            more = lambda: len(self.fake.gateway.sessions) > there  # noqa: E731
            await self.fake.people.until(more, what="another bot", timeout=START_S)
            await asyncio.sleep(1.0)

        return {}, ready

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
            if any(PLACE in str(body) for body in bodies):
                self.times.placed.add(number)
            for body, at in zip(bodies, message.times[1:], strict=True):
                if '"spin:' in str(body).replace("'", '"'):
                    self.times.done[number] = at
                    break


@asynccontextmanager
async def makers(*, judging: bool) -> AsyncIterator[Makers]:
    async with FakeDiscord() as fake:
        fake.judging = judging
        yield Makers(fake)
