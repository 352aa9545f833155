"""Discord: the real library against the local Discord, and everything judged by Discord's own specifications."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.discord import build
from bot import typed, wiring
from bot.config import DiscordTable, LimitsTable, Settings
from bot.domain.ideas import Channel, Person, Team
from bot.messages import Call
from bot.ports import Generator, Store
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers import Seen
from tests.fakes.discord import Asked, FakeDiscord, Guild, Message, User

TEAMS = ("red", "blue")
#: Commands whose message is done once the board can be reached from it.
GROWING = (
    *("brainstorm", "correct", "copy", "name", "poem", "story", "more", "remix", "spin", "polish"),
    *("imagine", "compose", "say", "pitch"),
)
IDEA = re.compile(r"^\*\*(\d+)\.\*\* (.*)$", re.MULTILINE)


def unescaped(markup: str) -> str:
    """What a person reads where this markup stands."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markup).replace("\u200b", "")


class DiscordDriver:
    """See `tests.acceptance.drivers.Driver`."""

    changes = True

    def __init__(self, house: House, fake: FakeDiscord, guilds: Mapping[str, Guild]) -> None:
        self.house = house
        self.fake = fake
        self.guilds = guilds
        self._users: dict[str, User] = {}

    def user(self, person: str) -> User:
        """Somebody, the same in both teams."""
        if person not in self._users:
            self._users[person] = self.fake.user(person, admin=person == "admin")
        return self._users[person]

    async def ask(self, person: str, line: str, *, team: str = "red") -> Seen:
        user, room = self.user(person), self.guilds[team].rooms[0]
        where = Channel(team=Team(platform="discord", id=self.guilds[team].id), id=room.id)
        source = typed.Source(id="-", person=Person(platform="discord", id=user.id), channel=where, at=datetime.now(UTC))
        meant = typed.parse(line, source)
        if isinstance(meant, Call):
            name, options = meant.command, dict(meant.args)
        else:
            said = meant.values or {"say": meant.key.token}
            name, options = meant.key.verb, {"idea": meant.key.target, **said}
        if name == "brainstorm" and options.get("count", 1) not in range(1, 11):
            # Discord's own input takes no such count; an old client or another program may send it all the same.
            command = self.fake.people.command(name, 1)
            given = [{"name": key, "type": 4 if isinstance(value, int) else 3, "value": value} for key, value in options.items()]
            asked = await self.fake.people.ask(2, room, user, {"id": command["id"], "name": name, "type": 1, "options": given})
        else:
            asked = await self.fake.people.slash(room, user, name, **options)
        return Seen(place=await self.answered(asked, growing=name in GROWING))

    async def answered(self, asked: Asked, *, growing: bool) -> Message:
        """The answer, once it is all there."""

        def done() -> Message | None:
            for message in asked.answers:
                if not growing or message.ephemeral_for or has(message, "board"):
                    return message
            return None

        found = await self.fake.people.until(done, what="the answer")
        assert found is not None
        return found

    async def press(
        self, person: str, message: Seen, verb: str, n: int = 0, token: str = "", *, team: str = "red"
    ) -> Seen | None:
        asked = await self.use(person, message.place, verb, n, token)
        return Seen(place=await self.answered(asked, growing=verb in GROWING))

    async def submit(
        self, person: str, message: Seen, verb: str, n: int, values: Mapping[str, str], *, team: str = "red"
    ) -> Seen | None:
        asked = await self.use(person, message.place, verb, n, None)
        sent = await self.fake.people.submit(asked, **values)
        return Seen(place=await self.answered(sent, growing=verb in GROWING))

    async def use(self, person: str, message: Message, verb: str, n: int, token: str | None) -> Asked:
        """Presses the button or chooses the menu's entry that does this to the n-th idea."""
        target = shown_ideas(message)[n - 1] if n else r"[^:]*"
        wanted = re.compile(rf"{verb}[:?]{target}:{'.*' if token is None else re.escape(token)}")

        def fits(custom_id: str) -> bool:
            return wanted.fullmatch(custom_id) is not None

        def there() -> Callable[[], Any] | None:
            for custom_id in filter(fits, message.buttons):
                return lambda: self.fake.people.click(message, self.user(person), custom_id)
            for menu, select in message.selects.items():
                for value in filter(fits, (option["value"] for option in select["options"])):
                    return lambda: self.fake.people.choose(message, self.user(person), menu, value)
            return None

        act = await self.fake.people.until(there, what=f"a control that fits {wanted.pattern}")
        assert act is not None
        asked: Asked = await act()
        return asked

    async def react(self, person: str, message: Seen, emoji: str, *, team: str = "red", away: bool = False) -> None:
        await self.fake.people.react(message.place, self.user(person), emoji, remove=away)

    async def ideas(self, message: Seen) -> list[str]:
        return [unescaped(text) for _number, text in IDEA.findall(message.place.text)]

    async def text(self, message: Seen) -> str:
        return unescaped(message.place.text)

    async def private(self, person: str, *, team: str = "red") -> list[str]:
        room, user = self.guilds[team].rooms[0], self.user(person)
        alone = [message for message in room.messages if message.ephemeral_for is user and not message.loading]
        return [unescaped(message.text) for message in (*alone, *self.fake.dm(user).messages)]

    async def posted(self, *, team: str = "red") -> list[str]:
        messages = self.guilds[team].rooms[0].messages
        return [unescaped(message.text) for message in messages if message.ephemeral_for is None]


def has(message: Message, verb: str) -> bool:
    """Whether a message has a control of this verb."""
    values = [option["value"] for select in message.selects.values() for option in select["options"]]
    return any(re.match(rf"{verb}[:?]", custom_id) for custom_id in (*message.buttons, *values))


def shown_ideas(message: Message) -> list[str]:
    """The ids of a message's ideas, top first."""
    return list(dict.fromkeys(found[1] for one in message.buttons if (found := re.match(r"vote:([0-9a-f]+):", one))))


@asynccontextmanager
async def connected(
    fake: FakeDiscord,
    tmp_path: Path,
    *,
    store: Store | None = None,
    generator: Generator | None = None,
    wait: bool = True,
    limits: LimitsTable | None = None,
    among: bool = False,
) -> AsyncIterator[House]:
    """The house, connected to the local Discord. `limits`: where more is asked than people may; `among`: other processes."""
    if store is None:
        store = MemoryStore()
        await store.open()
    discord = DiscordTable(token=fake.token, api_base=fake.api_base, gateway=fake.gateway_url)  # type: ignore[arg-type]
    settings = Settings(home=tmp_path, discord=discord, limits=limits or LimitsTable())
    house = wiring.furnish(settings, store=store, generator=generator or ScriptedGenerator())
    chat = build(settings, installations=house.store if among else None, identify_s=0.0)
    serving = asyncio.create_task(house.desk.serve([chat]))
    try:
        if wait:
            await fake.connected()
        yield house
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        await chat.close()


@asynccontextmanager
async def driving(tmp_path: Path) -> AsyncIterator[DiscordDriver]:
    async with FakeDiscord() as fake:
        guilds = {team: fake.guild(team) for team in TEAMS}
        async with connected(fake, tmp_path) as house:
            yield DiscordDriver(house, fake, guilds)
        violations = fake.violations
        assert violations == [], "\n".join(violations)
