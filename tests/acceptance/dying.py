"""One event, a bot that dies at one point of it, and the next bot: what people see in the end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from pydantic import SecretStr

from adapters.discord import build as build_discord
from adapters.slack import build as build_slack
from bot import wiring
from bot.config import DiscordTable, Settings, SlackTable
from bot.domain.ideas import Channel, Team
from bot.ports import Chat, Store
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.urls import build
from tests.acceptance.drivers.slack import CHANNEL, QUICK, SECOND, TEAMS, people, user
from tests.fakes.death import Death, Mortal
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import Slack

Event = Literal["brainstorm", "idea", "vote", "more", "words"]
EVENTS: tuple[Event, ...] = ("brainstorm", "idea", "vote", "more")
COUNT = 3
#: Ideas or votes that come of each.
MADE: dict[Event, int] = {"brainstorm": COUNT, "more": 5, "idea": 1, "vote": 1, "words": COUNT}
TEXT = "The Third Steep"
LATER = timedelta(seconds=30)  # the dead process's leases have ended by then
UNFINISHED = ("Thinking", "⏳", "▱")


@dataclass
class Seen:
    """What stands in the channel in the end, and what is stored."""

    answers: list[str]  #: public messages that answer the event
    whole: bool  #: the answer is all there: ideas, controls, tallies
    private: int  #: messages for the person alone
    stored: int  #: ideas, or votes, that came of it
    acked: bool  #: the person was told that an answer would come

    def verdict(self, event: Event) -> str:
        """Empty where all is well: once if it was accepted; not at all, or once, if it was not."""
        if any(sign in text for text in self.answers for sign in UNFINISHED):
            return f"stuck: {self.answers}"
        wanted = MADE[event]
        if not self.acked and not self.answers and not self.stored:
            return ""
        if self.stored != wanted:
            return f"{self.stored} stored"
        if event == "vote":
            if self.private > 1:
                return f"confirmed {self.private} times"
            return "" if self.whole else "the tally is not drawn"
        if len(self.answers) != 1:
            return f"{len(self.answers)} answers"
        return "" if self.whole else f"not whole: {self.answers}"


class World(Protocol):
    """A platform with one channel, one person, and a message with ideas where the event needs one."""

    death: Death

    def bot(self, home: Path) -> tuple[Settings, Callable[[Settings], Chat]]:
        """What a bot needs to serve here."""
        ...

    async def connected(self) -> None:
        """Waits until a bot listens."""
        ...

    async def prepare(self, house: House) -> None:
        """What the event is about is there."""
        ...

    async def happens(self, event: Event) -> None:
        """The event, as a person makes it happen."""
        ...

    async def seen(self, event: Event, store: Store) -> Seen:
        """What has come of it by now."""
        ...


@dataclass
class Life:
    """One process."""

    house: House
    chat: Any
    serving: asyncio.Task[None]

    @classmethod
    def begin(cls, world: World, store: Any, home: Path, later: timedelta) -> Life:
        settings, built = world.bot(home)

        def now() -> datetime:
            return wiring.clock() + later

        house = wiring.furnish(settings, store=cast("Store", store), generator=ScriptedGenerator(), now=now)
        chat = built(settings)
        return cls(house, chat, asyncio.create_task(house.desk.serve([chat])))

    @property
    def busy(self) -> bool:
        desk = self.house.desk
        return bool(desk._tasks or desk.inbox.waiting or desk.watch._left)

    async def end(self, *, dead: bool) -> None:
        """Stops; a dead one says goodbye to nobody."""
        if dead:
            under_way = getattr(self.chat, "_tasks" if self.chat.name == "slack" else "_work")
            for task in [*self.house.desk._tasks, *under_way]:
                task.cancel()
        self.serving.cancel()
        await asyncio.gather(self.serving, return_exceptions=True)
        await self.chat.close()


async def dies(world: World, event: Event, store: Store, home: Path, at: int | None) -> tuple[Seen, Death]:
    """Lets the event happen to a bot that dies at a point of it, then lets the next bot settle."""
    world.death.armed, world.death.dead = False, False
    mortal = Mortal(store, world.death)
    first = Life.begin(world, mortal, home, timedelta(0))
    await world.connected()
    await world.prepare(first.house)
    await until(lambda: not first.busy, 10.0)
    world.death.points, world.death.at, world.death.armed = [], at, True
    await world.happens(event)
    await until(lambda: world.death.dead or not first.busy, 15.0)
    if not world.death.dead:
        await asyncio.sleep(0.05)
        await until(lambda: world.death.dead or not first.busy, 15.0)
    died = world.death.dead
    await first.end(dead=died)
    mortal.buried = True
    world.death.armed, world.death.dead = False, False
    if died:
        second = Life.begin(world, store, home, LATER)
        try:
            await world.connected()
            await settled(world, event, store, second)
        finally:
            await second.end(dead=False)
    return await world.seen(event, store), world.death


async def settled(world: World, event: Event, store: Store, life: Life) -> None:
    """Waits until all is well, or nothing more happens."""
    ends = asyncio.get_running_loop().time() + 12.0
    while asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(0.1)
        if not life.busy and not (await world.seen(event, store)).verdict(event):
            await asyncio.sleep(0.2)  # what comes twice comes at once
            if not life.busy:
                return


async def until(true: Callable[[], bool], within_s: float) -> None:
    """Waits; what has not come by then is seen in the end."""
    ends = asyncio.get_running_loop().time() + within_s
    while not true() and asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(0.02)


IDEA = re.compile(r"^\W*\d+\.\W+\S", re.MULTILINE)


@dataclass
class DiscordWorld:
    """The local Discord."""

    fake: FakeDiscord
    message: Any = None
    before: set[str] = field(default_factory=set)
    asked: Any = None

    @property
    def death(self) -> Death:
        return self.fake.death

    def __post_init__(self) -> None:
        self.guild, self.ann = self.fake.guild(), self.fake.user("ann")
        self.room = self.guild.rooms[0]
        self.where = Channel(team=Team(platform="discord", id=self.guild.id), id=self.room.id)

    def bot(self, home: Path) -> tuple[Settings, Callable[[Settings], Chat]]:
        table = DiscordTable(token=SecretStr(self.fake.token), api_base=self.fake.api_base, gateway=self.fake.gateway_url)
        return Settings(home=home, discord=table), lambda settings: build_discord(settings, identify_s=0.0)

    async def connected(self) -> None:
        await self.fake.connected()

    async def prepare(self, house: House) -> None:
        asked = await self.fake.people.slash(self.room, self.ann, "brainstorm", topic="names for a tea bar", count=COUNT)
        self.message = await self.fake.people.answer(asked)
        await self.fake.people.until(lambda: any(one.startswith("spin") for one in self._controls(self.message)))
        self.before = {message.id for message in self.room.messages}

    async def happens(self, event: Event) -> None:
        if event == "brainstorm":
            self.asked = await self.fake.people.slash(self.room, self.ann, "brainstorm", topic="soups", count=COUNT)
        elif event == "idea":
            self.asked = await self.fake.people.slash(self.room, self.ann, "idea", text=TEXT)
        elif event == "words":
            said = await self.fake.people.write(self.room, self.ann, f"<@{self.fake.bot.id}> soups -n {COUNT}")
            self.before.add(said.id)
        elif event == "vote":
            pressed = next(one for one in self.message.buttons if one.startswith("vote:"))
            self.asked = await self.fake.people.click(self.message, self.ann, pressed)
        else:
            pressed = next(one for one in self._controls(self.message) if one.startswith("more:"))
            if pressed in self.message.buttons:
                self.asked = await self.fake.people.click(self.message, self.ann, pressed)
            else:
                menu = next(name for name, one in self.message.selects.items() if pressed in str(one["options"]))
                self.asked = await self.fake.people.choose(self.message, self.ann, menu, pressed)

    async def seen(self, event: Event, store: Store) -> Seen:
        new = [one for one in self.room.messages if one.id not in self.before and not one.deleted]
        public = [one for one in new if one.ephemeral_for is None]
        ideas = await store.ideas(self.where)
        if event == "vote":
            said = await store.feedback(self.where.team, [idea.id for idea in ideas])
            whole, stored = "1" in str(self._labels()), len(said)
        else:
            stored = len(ideas) - COUNT
            whole = bool(public) and all(len(IDEA.findall(one.text)) == MADE[event] for one in public)
            whole = whole and (event == "idea" or any(name.startswith("spin") for name in self._controls(public[0])))
        answers = ["Thinking" if one.loading else one.text for one in public]
        acked = self.asked.answered is not None if self.asked is not None else "after arrive" in self.death.points
        return Seen(answers, whole, len(new) - len(public), stored, acked)

    def _labels(self) -> list[str]:
        return [str(button.get("label") or "") for name, button in self.message.buttons.items() if name.startswith("vote:")]

    @staticmethod
    def _controls(message: Any) -> list[str]:
        return [*message.buttons, *(option["value"] for one in message.selects.values() for option in one["options"])]


@dataclass
class SlackWorld:
    """The local Slack, over Socket Mode."""

    slack: Slack
    message: Any = None
    before: set[str] = field(default_factory=set)
    ack: Any = None

    team = TEAMS["red"]
    ann = user("ann")

    @property
    def death(self) -> Death:
        return self.slack.death

    def __post_init__(self) -> None:
        people(self.slack, self.team)
        self.slack.wire.ack_s = 0.5
        self.where = Channel(team=Team(platform="slack", id=self.team), id=CHANNEL)

    def bot(self, home: Path) -> tuple[Settings, Callable[[Settings], Chat]]:
        token, app = SecretStr(self.slack.team(self.team).bot_token), SecretStr(self.slack.app_token)
        table = SlackTable(bot_token=token, app_token=app, api_base=self.slack.api_base)
        return Settings(home=home, slack=table), lambda settings: build_slack(settings, second=SECOND, watch=QUICK)

    async def connected(self) -> None:
        await self.slack.wire.connected()

    async def prepare(self, house: House) -> None:
        await self.slack.slash(self.team, CHANNEL, self.ann, "/brainstorm", f"names for a tea bar -n {COUNT}")
        self.message = await self.slack.message(self.team, CHANNEL, "1.")
        await self.slack.wait(lambda: any(one.startswith("spin") for one in self._controls(self.message)))
        self.before = {message.ts for message in self.slack.team(self.team).messages}

    async def happens(self, event: Event) -> None:
        if event == "brainstorm":
            self.ack = await self.slack.slash(self.team, CHANNEL, self.ann, "/brainstorm", f"soups -n {COUNT}")
        elif event == "idea":
            self.ack = await self.slack.slash(self.team, CHANNEL, self.ann, "/muse", f"idea {TEXT}")
        else:
            verb = "vote:" if event == "vote" else "more:"
            pressed = next(one for one in self._controls(self.message) if one.startswith(verb))
            self.ack = await self.slack.press(self.message, pressed, self.ann)

    async def seen(self, event: Event, store: Store) -> Seen:
        new = [one for one in self.slack.team(self.team).messages if one.ts not in self.before and not one.deleted and one.bot]
        public = [one for one in new if one.only_for is None]
        ideas = await store.ideas(self.where)
        if event == "vote":
            said = await store.feedback(self.where.team, [idea.id for idea in ideas])
            whole, stored = "👍 1" in self.message.words, len(said)
        else:
            stored = len(ideas) - COUNT
            whole = bool(public) and all(len(IDEA.findall(one.words)) == MADE[event] for one in public)
            whole = whole and (event == "idea" or any(name.startswith("spin") for name in self._controls(public[0])))
        answers = [one.words for one in public]
        return Seen(answers, whole, len(new) - len(public), stored, self.ack is not None and not self.ack.missed)

    @staticmethod
    def _controls(message: Any) -> list[str]:
        return [*message.buttons(), *message.options()]


@asynccontextmanager
async def opened(url: str, media: Path) -> AsyncIterator[Store]:
    """A store at a URL."""
    store = build(url, media=media)
    await store.open()
    try:
        yield store
    finally:
        await store.close()
