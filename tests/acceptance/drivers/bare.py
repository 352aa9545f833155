"""No platform at all: stories told straight to the desk, to see that the core keeps its word without any chat."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot import typed, wiring
from bot.config import Settings
from bot.domain.ideas import Channel, Person, Team
from bot.messages import Call, Card, Form, Key, Press, in_utc, lasting
from bot.ports import Front
from bot.services.doors import signal
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers import Seen

PLATFORM = "bare"


class Sheet:
    """A reply that keeps what it was shown."""

    def __init__(self, chat: BareChat, person: str, address: str = "") -> None:
        self.chat = chat
        self.person = person
        self.acks = 0
        self._address = address

    @property
    def address(self) -> str:
        return self._address

    @property
    def back(self) -> str:
        return ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        self.acks += 1

    async def show(self, card: Card) -> None:
        assert self.acks or self._address, "shown before it was acknowledged"
        self._address = self._address or f"bare:{next(self.chat.numbers)}"
        self.chat.messages[self._address] = card
        if card.private:
            self.chat.whispers.setdefault(self.person, []).append(card)

    async def tell(self, card: Card) -> None:
        assert card.private
        self.chat.whispers.setdefault(self.person, []).append(card)

    async def settle(self) -> bool:
        return True


class BareChat:
    """A `Chat` that is a dictionary."""

    name = PLATFORM
    changes = True
    ready = True

    def __init__(self) -> None:
        self.messages: dict[str, Card] = {}
        self.whispers: dict[str, list[Card]] = {}
        self.numbers = itertools.count(1)

    async def run(self, front: Front) -> None:
        """Nobody connects."""

    def at(self, address: str) -> Sheet | None:
        return Sheet(self, "", address) if address in self.messages else None

    def back(self, channel: Channel, way: str, address: str) -> Sheet | None:
        return None

    async def again(self, body: str) -> bool:
        raise ValueError(body)

    def to(self, channel: Channel) -> Sheet | None:
        address = f"{channel.team.id}/{channel.id}/{next(self.numbers)}"
        self.messages[address] = Card()
        return Sheet(self, "", address)

    def whisper(self, channel: Channel, person: Person) -> Sheet | None:
        address = f"aside/{next(self.numbers)}"
        self.messages[address] = Card()
        return Sheet(self, person.id, address)

    async def close(self) -> None:
        """Nothing is open."""


class BareDriver:
    """See `tests.acceptance.drivers.Driver`."""

    changes = True

    def __init__(self, house: House, chat: BareChat) -> None:
        self.house = house
        self.chat = chat
        self.events = itertools.count(1)

    def source(self, person: str, team: str) -> typed.Source:
        return typed.Source(
            id=f"event-{next(self.events)}",
            person=Person(platform=PLATFORM, id=person),
            channel=Channel(team=Team(platform=PLATFORM, id=team), id="general"),
            at=datetime.now(UTC),
            admin=person == "admin",
        )

    async def ask(self, person: str, line: str, *, team: str = "red") -> Seen:
        sheet = Sheet(self.chat, person)
        event = typed.parse(line, self.source(person, team))
        if isinstance(event, Call):
            await self.house.desk.call(event, sheet)
        else:
            await self.house.desk.press(event, sheet)
        return Seen(place=sheet.address)

    async def press(
        self, person: str, message: Seen, verb: str, n: int = 0, token: str = "", *, team: str = "red"
    ) -> Seen | None:
        key = self.key(message, verb, n, token)
        return await self.send(person, team, key, {})

    async def submit(
        self, person: str, message: Seen, verb: str, n: int, values: Mapping[str, str], *, team: str = "red"
    ) -> Seen | None:
        key = self.key(message, verb, n, None)
        source = self.source(person, team)
        asked = Press(id=source.id, key=key, person=source.person, channel=source.channel, at=source.at)
        form = await self.house.desk.form(asked)
        assert isinstance(form, Form), form
        assert {field.name for field in form.fields} == set(values)
        return await self.send(person, team, form.key, values)

    async def react(self, person: str, message: Seen, emoji: str, *, team: str = "red", away: bool = False) -> None:
        line = self.chat.messages[message.place].lines[0]
        plain = emoji.replace("\ufe0f", "")
        said = {
            mark: (verb, token)
            for verb, module in self.house.desk.signals.items()
            for mark, token in signal(module).EMOJI.items()  # type: ignore[arg-type]
        }
        verb, token = said.get(plain, ("emoji", plain))
        source = self.source(person, team)
        key = Key(verb=verb, target=line.idea, token="none" if away else token)
        press = Press(id=source.id, key=key, person=source.person, channel=source.channel, at=source.at, reaction=plain)
        await self.house.desk.press(press, Sheet(self.chat, person))

    async def ideas(self, message: Seen) -> list[str]:
        return [line.text for line in self.chat.messages[message.place].lines]

    async def text(self, message: Seen) -> str:
        card = self.chat.messages[message.place]
        lines = [f"{line.text} {line.note} {line.tally}" for line in card.lines]
        until = [lasting(in_utc(card.until))] if card.until is not None else []
        return "\n".join([card.title, card.text, *lines, *until, card.footer])

    async def private(self, person: str, *, team: str = "red") -> list[str]:
        cards = self.chat.whispers.get(person, [])
        return ["\n".join([card.title, card.text, *(line.text for line in card.lines)]) for card in cards]

    async def posted(self, *, team: str = "red") -> list[str]:
        return [f"{card.title}\n{card.text}" for place, card in self.chat.messages.items() if place.startswith(f"{team}/")]

    def key(self, message: Seen, verb: str, n: int, token: str | None) -> Key:
        card = self.chat.messages[message.place]
        controls = card.lines[n - 1].controls if n else card.controls
        return next(c.key for c in controls if c.key.verb == verb and token in (None, c.key.token))

    async def send(self, person: str, team: str, key: Key, values: Mapping[str, str]) -> Seen | None:
        source = self.source(person, team)
        sheet = Sheet(self.chat, person)
        press = Press(
            id=source.id,
            key=key,
            person=source.person,
            channel=source.channel,
            at=source.at,
            values=values,
            admin=source.admin,
        )
        await self.house.desk.press(press, sheet)
        return Seen(place=sheet.address) if sheet.address else None


@asynccontextmanager
async def driving(tmp_path: Path) -> AsyncIterator[BareDriver]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator())
    chat = BareChat()
    house.desk.watch.chats = {PLATFORM: chat}
    try:
        yield BareDriver(house, chat)
    finally:
        await house.desk.close()
        await store.close()
