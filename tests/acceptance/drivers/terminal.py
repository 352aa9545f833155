"""The terminal: everybody sits at the end of a pipe of their own, types lines and reads plain text."""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.terminal import Piped, Terminal
from bot import wiring
from bot.config import Settings
from bot.domain.ideas import Channel, Person, Team
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers import Seen
from tests.fair import PATIENCE_S

PLATFORM = "terminal"
IDEA = re.compile(r"^\d+\. (.*?)(?:  .*)?$", re.MULTILINE)  # two spaces end an idea's text


class Seat:
    """One person at one team's terminal."""

    def __init__(self, house: House, person: str, team: str, folder: Path) -> None:
        self.answers: list[str] = []
        self._reading, self._writing = os.pipe()
        self._out = io.StringIO()
        self._ends = itertools.count(1)
        terminal = Terminal(
            face=Piped(source=self._reading, out=self._out, err=io.StringIO()),
            person=Person(platform=PLATFORM, id=person),
            channel=channel(team),
            clock=lambda: datetime.now(UTC),
            folder=folder,
        )
        self._talking = asyncio.create_task(terminal.run(house.desk))

    async def say(self, line: str) -> str:
        """Types a line; returns what is printed for it.

        The next line is an unknown command. A pipe's lines are served one after another, so its refusal ends the answer.
        """
        begin, end = len(self._out.getvalue()), f"/end{next(self._ends)}"
        ends = re.compile(rf"[“「]{end}[”」]")
        os.write(self._writing, f"{line}\n{end}\n".encode())
        async with asyncio.timeout(PATIENCE_S):
            while not ends.search(self._out.getvalue(), begin):
                assert not self._talking.done(), await self._talking
                await asyncio.sleep(0.005)
        whole = self._out.getvalue()[begin:]
        answer = whole[
            : whole.rfind("\n", 0, max(match.start() for match in ends.finditer(whole))) + 1
        ]  # the refusal is a line, in any language
        self.answers.append(answer)
        return answer

    async def leave(self) -> None:
        """Closes the pipe, which ends the conversation."""
        os.close(self._writing)
        async with asyncio.timeout(PATIENCE_S):
            await self._talking
        os.close(self._reading)


class TerminalDriver:
    """See `tests.acceptance.drivers.Driver`. A message is what was printed; lines on paper do not change."""

    changes = False

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self._folder = folder
        self._seats: dict[tuple[str, str], Seat] = {}

    def seat(self, person: str, team: str) -> Seat:
        if (person, team) not in self._seats:
            self._seats[person, team] = Seat(self.house, person, team, self._folder)
        return self._seats[person, team]

    async def ask(self, person: str, line: str, *, team: str = "red") -> Seen:
        return Seen(place=await self.seat(person, team).say(line))

    async def press(
        self, person: str, message: Seen, verb: str, n: int = 0, token: str = "", *, team: str = "red"
    ) -> Seen | None:
        about = f" {await self.number(message, n, team)}" if n else ""
        said = "" if verb == "pick" and token == "yes" else f" {token}"
        return await self.ask(person, f"/{verb}{about}{said}".rstrip(), team=team)

    async def submit(
        self, person: str, message: Seen, verb: str, n: int, values: Mapping[str, str], *, team: str = "red"
    ) -> Seen | None:
        about = f" {await self.number(message, n, team)}" if n else ""
        return await self.ask(person, " ".join([f"/{verb}{about}", *values.values()]), team=team)

    async def react(self, person: str, message: Seen, emoji: str, *, team: str = "red", away: bool = False) -> None:
        number = await self.number(message, 1, team)
        await self.ask(person, f"/emoji {number} none" if away else f"{number} {emoji}", team=team)

    async def ideas(self, message: Seen) -> list[str]:
        return IDEA.findall(message.place)

    async def text(self, message: Seen) -> str:
        return str(message.place)

    async def board(self, person: str, *, team: str = "red") -> list[str]:
        """The texts on the board, best first."""
        return await self.ideas(await self.ask(person, "/board", team=team))

    async def private(self, person: str, *, team: str = "red") -> list[str]:
        return list(self.seat(person, team).answers)

    async def posted(self, *, team: str = "red") -> list[str]:
        pytest.skip("a pipe gets answers only")

    async def number(self, message: Seen, n: int, team: str) -> str:
        """How everybody in the channel, whatever is on their screen, names the n-th idea of a message: `#17`."""
        text = (await self.ideas(message))[n - 1]
        ideas = await self.house.store.ideas(channel(team))
        return f"#{next(idea.number for idea in ideas if idea.text == text)}"

    async def close(self) -> None:
        for seat in self._seats.values():
            await seat.leave()


def channel(team: str) -> Channel:
    return Channel(team=Team(platform=PLATFORM, id=team), id="main")


@asynccontextmanager
async def driving(tmp_path: Path) -> AsyncIterator[TerminalDriver]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator())
    driver = TerminalDriver(house, tmp_path)
    try:
        yield driver
    finally:
        await driver.close()
        await house.desk.close()
        await store.close()
