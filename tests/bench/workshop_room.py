"""The room of a workshop: a whole Muselab with the embedded model and no chat, and a book in which all that was shown is kept."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil

from adapters.terminal._render import render, styled
from bot import wiring
from bot.config import Settings
from bot.messages import Card, File
from bot.supply import generator_of, maker_of
from generators.client.handover import Succession
from tests.acceptance.drivers import Seen
from tests.acceptance.drivers.bare import PLATFORM, BareChat, BareDriver
from tests.bench.embedded import CACHE

COUNTED = re.compile(r"^muselab_(?:prompt|completion)_tokens_total (\d+)$", re.MULTILINE)
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
WIDTH = 100  # columns in which the book sets its cards


@dataclass(kw_only=True)
class Step:
    """What one step of a workshop took."""

    name: str
    seconds: float = 0.0
    waited_s: float = 0.0  #: of it, in which somebody looked at a screen and waited
    cpu_s: float = 0.0  #: of all processes
    tokens: int = 0  #: read and written by the model


@dataclass(kw_only=True)
class Room:
    """One house, its people, and the book."""

    driver: BareDriver
    service: Succession
    folder: Path  #: where the book and the files are kept
    steps: list[Step] = field(default_factory=list)
    longest: tuple[float, str] = (0.0, "")  #: wait, and what for
    tallest: tuple[int, str] = (0, "")  #: characters of a card, and which
    book: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[Step]:
        """Measures a step, and says what it took."""
        step = Step(name=name)
        self.steps.append(step)
        self.book.append(f"# {name}\n")
        began, cpu, tokens = time.monotonic(), used(), await self.tokens()
        try:
            yield step
        finally:
            step.seconds, step.cpu_s = time.monotonic() - began, used() - cpu
            step.tokens = await self.tokens() - tokens
            (self.folder / "book.md").write_text("\n".join(self.book), encoding="utf-8")
        print(
            f"{name:20}{step.seconds:8.1f} s {step.waited_s:8.1f} s waited {step.cpu_s:8.1f} CPU-s {step.tokens:7} tokens",
            flush=True,
        )

    @contextmanager
    def wait(self, what: str) -> Iterator[None]:
        """Counts seconds in which somebody waits."""
        began = time.monotonic()
        yield
        waited = time.monotonic() - began
        self.steps[-1].waited_s += waited
        self.longest = max(self.longest, (waited, what))

    async def ask(self, person: str, line: str) -> Seen:
        """Somebody types a line, and waits until it is answered."""
        began, whispers = time.monotonic(), len(self.driver.chat.whispers.get(person, []))
        with self.wait(line):
            seen = await self.driver.ask(person, line)
        self.keep(f"{person}: {line}", time.monotonic() - began, seen, person, whispers)
        return seen

    async def press(self, person: str, message: Seen, verb: str, token: str = "", n: int = 0) -> Seen:
        """Somebody presses a button of a message, and waits until it is answered."""
        key = self.driver.key(message, verb, n, token or None)
        began, whispers = time.monotonic(), len(self.driver.chat.whispers.get(person, []))
        with self.wait(str(key)):
            seen = await self.driver.send(person, "red", key, {}) or Seen(place="")
        self.keep(f"{person} presses {key.verb} {key.token}", time.monotonic() - began, seen, person, whispers)
        return seen

    async def submit(self, person: str, message: Seen, verb: str, values: dict[str, str]) -> None:
        """Somebody fills in the form behind a button."""
        with self.wait(f"the form of {verb}"):
            await self.driver.submit(person, message, verb, 0, values)

    def keep(self, what: str, seconds: float, seen: Seen, person: str, whispers: int) -> None:
        """Puts what was said and shown into the book."""
        cards = [self.card(seen)] if seen.place else []
        cards += [card for card in self.driver.chat.whispers.get(person, [])[whispers:] if card not in cards]
        self.book.append(f"## {what}  [{seconds:.1f} s]\n")
        for card in cards:
            self.show(card)

    def show(self, card: Card) -> None:
        """Puts a card into the book as a terminal sets it, and its files into the folder."""
        text = ESCAPES.sub("", styled(render(card), width=WIDTH, colours=False)).strip("\n")
        rows = text.count("\n") + 1
        self.tallest = max(self.tallest, (len(text), card.title))
        self.book.append(f"({len(text)} characters, {rows} rows)\n\n```\n{text}\n```\n")
        files: list[File] = [*card.files, *(file for line in card.lines for file in line.media)]
        for file in files:
            (self.folder / f"{len(self.book)}-{Path(file.name).name}").write_bytes(file.content)
            self.book.append(f"file {len(self.book)}-{file.name}, {file.media_type}, {len(file.content)} bytes: {file.alt}\n")

    def card(self, seen: Seen) -> Card:
        """A message as it is now."""
        return self.driver.chat.messages[seen.place]

    async def tokens(self) -> int:
        """Tokens that the service has read and written so far."""
        url = (await self.service.url()).removesuffix("/v1")
        headers = {"Authorization": f"Bearer {self.service.token}"}
        async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics", headers=headers) as answer:
            return sum(map(int, COUNTED.findall(await answer.text())))


def used() -> float:
    """CPU seconds so far of this process and of all that it started."""
    here = psutil.Process()
    times = [one.cpu_times() for one in (here, *here.children(recursive=True))]
    return sum(one.user + one.system + one.children_user + one.children_system for one in times)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Room]:
    """A room whose model is loaded.

    Args:
        folder: in which the database, the book and the files are kept.
    """
    settings = Settings(home=folder / "home", cache=CACHE)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(wiring.opened_store(settings))
        generator, service = await generator_of(settings, stack)
        assert service is not None
        house = wiring.furnish(settings, store=store, generator=generator, maker=await maker_of(settings, service, stack))
        chat = BareChat()
        house.desk.watch.chats = {PLATFORM: chat}
        stack.push_async_callback(house.desk.close)
        house.services.redrawing.watch()
        stack.push_async_callback(house.services.redrawing.close)
        yield Room(driver=BareDriver(house, chat), service=service, folder=folder)
