"""What becomes of what was acknowledged when the bot is killed: at random moments of a busy day, and at every point of an event.

    python -m tests.bench.chaos [--kills 40] [--chat discord|slack] [--rate 4] [--no-points] [--anew]

People ask, add ideas and vote on the local platform while the bot (`tests.bench.host`: real adapter, desk, SQLite, scripted
generator) is killed with SIGKILL every few seconds and started again. Then one bot is left alone for a minute, and everything
that was acknowledged is looked for. Rounds of ten kills are noted in build/chaos.json: a run that is cut off goes on from there.
Ends with one line `RESULT {json}`: kills, lost, doubled, stuck; and of the points, which need no luck, points and points_ok.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.domain.ideas import Channel, Team
from storage.urls import build
from tests.acceptance.drivers.slack import SECOND, reachable
from tests.acceptance.dying import EVENTS, Event, SlackWorld, World, dies, opened
from tests.acceptance.dying import DiscordWorld as Discord
from tests.bench.chat import Bot, Trouble, running
from tests.bench.towns import TOWNS, Makers, Workspaces, own, topic
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import running as running_slack

NOTES = Path("build/chaos.json")
ROUND = 10  # kills between two notes
LIFE_S = (2.0, 7.0)  # of a bot; a start takes one or two seconds
REST_S = 60.0  # within which nothing may be unfinished, from the last start on
DRAFT_S = 0.05  # a second for a whole brainstorm: some are always under way
PATIENCE_S = 90.0
MIX = {"brainstorm": 35, "idea": 25, "vote": 40}
CHANNELS = tuple(f"C0ROOM{n}" for n in range(8))  # Slack takes one post a second in each, and what was missed is made up for
UNFINISHED = ("Thinking", "⏳", "▱")


@dataclass
class Asked:
    """One thing that somebody did."""

    what: str
    number: int
    voted: tuple[str, str] = ("", "")  #: idea and person
    acked: bool = False


@dataclass
class Day:
    """People at work in one place, and what they did."""

    town: Any
    chance: random.Random
    done: list[Asked] = field(default_factory=list)
    voted: set[tuple[str, str]] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def go_on(self, rate: float) -> None:
        """Acts at random moments, whether or not there is a bot, until cancelled."""
        for number in range(1, 1_000_000):
            await asyncio.sleep(self.chance.expovariate(rate))
            (what,) = self.chance.choices(list(MIX), list(MIX.values()))
            task = asyncio.create_task(self._act(what, number))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _act(self, what: str, number: int) -> None:
        asked = Asked(what, number)
        with suppress(AssertionError, IndexError, StopIteration):  # no bot that could be asked, nothing to vote on yet
            asked.acked = await (self._discord if isinstance(self.town, Makers) else self._slack)(asked)
            self.done.append(asked)

    async def _discord(self, asked: Asked) -> bool:
        people, room = self.town.fake.people, self.town.guilds[0].rooms[asked.number % 2]
        user = self.town._people[self.town.guilds[0].id][asked.number % 4]
        if asked.what == "vote":
            message, key = self._votable([(one, list(one.buttons)) for one in room.messages if not one.deleted], user.id)
            asked.voted = (key.split(":")[1], user.id)
            it = await people.click(message, user, key)
        else:
            given = {"topic": topic(asked.number), "count": 3} if asked.what == "brainstorm" else {"text": own(asked.number)}
            it = await people.slash(room, user, asked.what, **given)
        await asyncio.sleep(4.0)
        return it.answered is not None

    async def _slack(self, asked: Asked) -> bool:
        team, user = self.town.teams[0], f"U0PERSON{asked.number % 4}"
        channel = CHANNELS[asked.number % len(CHANNELS)]
        if asked.what == "vote":
            shown = [(one, list(one.buttons())) for name in CHANNELS for one in self.town.posts(team, name)]
            message, key = self._votable(shown, user)
            asked.voted = (key.split(":")[1], user)
            ack = await self.town.click(message, key, user)
        elif asked.what == "brainstorm":
            ack = await self.town.slash(team, channel, user, "/brainstorm", f"{topic(asked.number)} -n 3")
        else:
            ack = await self.town.slash(team, channel, user, "/muse", f"/idea {own(asked.number)}")
        return not ack.missed and ack.status == 200

    def _votable(self, shown: Sequence[tuple[Any, list[str]]], user: str) -> tuple[Any, str]:
        """A 👍 that this person has not pressed yet."""
        keys = [(one, key) for one, values in shown for key in values if re.fullmatch(r"vote:[0-9a-f]+:up", key)]
        message, key = self.chance.choice([pair for pair in keys if (pair[1].split(":")[1], user) not in self.voted])
        self.voted.add((key.split(":")[1], user))
        return message, key

    @property
    def where(self) -> list[Channel]:
        if isinstance(self.town, Makers):
            guild = self.town.guilds[0]
            return [Channel(team=Team(platform="discord", id=guild.id), id=room.id) for room in guild.rooms]
        return [Channel(team=Team(platform="slack", id=self.town.teams[0]), id=name) for name in CHANNELS]

    def texts(self) -> list[str]:
        """Every public message of ours."""
        if isinstance(self.town, Makers):
            rooms = self.town.guilds[0].rooms
            all_of = [one for room in rooms for one in room.messages]
            return ["Thinking" if one.loading else one.text for one in all_of if not one.deleted and not one.ephemeral_for]
        return [one.words for name in CHANNELS for one in self.town.posts(self.town.teams[0], name)]

    async def count(self, url: str) -> dict[str, int]:
        """What is lost, doubled and stuck in the end."""
        texts = self.texts()
        stuck = sum(any(sign in text for sign in UNFINISHED) for text in texts)
        answers = Counter(int(n) for text in texts for n in re.findall(r"no (\d+)”", text.replace("\\", ""))[:1])
        ideas = Counter(int(n) for text in texts for n in re.findall(r"Leaf of Day (\d+)", text)[:1])
        store = build(url)
        await store.open()
        heard = {
            (str(said.idea), said.person.id)
            for channel in self.where
            for said in await store.feedback(channel.team, [idea.id for idea in await store.ideas(channel, limit=100_000)])
        }
        await store.close()
        shown = {"brainstorm": answers, "idea": ideas}
        lost = [one for one in self.done if one.acked and one.what in shown and not shown[one.what][one.number]]
        lost += [one for one in self.done if one.acked and one.what == "vote" and one.voted not in heard]
        for one in lost:
            print(f"  lost: {one}", flush=True)
        doubled = sum(count - 1 for found in shown.values() for count in found.values() if count > 1)
        acked = Counter(one.what for one in self.done if one.acked)
        return {"lost": len(lost), "doubled": doubled, "stuck": stuck, **{f"{what}s": acked[what] for what in MIX}}


async def a_round(chat: str, kills: int, rate: float, seed: int) -> dict[str, int]:
    """A day with so many kills."""
    chance = random.Random(f"{chat}/{seed}")
    with tempfile.TemporaryDirectory(prefix="muselab-chaos-") as folder:
        home = Path(folder)
        async with TOWNS[chat](judging=False) as town:
            day = Day(town, chance)
            if isinstance(town, Workspaces):
                town.teams = town.teams[:1]
            acting: asyncio.Task[None] | None = None
            for life in range(kills + 1):
                async with AsyncExitStack() as stack:
                    bot: Bot = await stack.enter_async_context(running(town, chat, home, draft_s=DRAFT_S))
                    if isinstance(town, Workspaces):
                        town.ready = partial(listening, town.port)  # type: ignore[method-assign]  # it is installed once
                    acting = acting or asyncio.create_task(day.go_on(rate))
                    if life < kills:
                        await asyncio.sleep(chance.uniform(*LIFE_S))
                        bot.process.send_signal(signal.SIGKILL)
                        await bot.process.wait()
                        if isinstance(town, Makers):
                            town.fake.gateway.sessions.clear()  # its session died with it
                    else:
                        acting.cancel()
                        await asyncio.gather(acting, *day._tasks, return_exceptions=True)
                        return {"kills": kills, **await rested(day, f"sqlite:///{home / 'muselab.db'}")}
    raise AssertionError("the last bot is not killed")


async def listening(port: int) -> None:
    """Waits until the next bot listens."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(TimeoutError):
                await reachable(port)
                return


async def rested(day: Day, url: str) -> dict[str, int]:
    """What is amiss once all is well, or `REST_S` after the last start."""
    until = time.monotonic() + REST_S
    while True:
        await asyncio.sleep(5.0)
        found = await day.count(url)
        if not (found["lost"] or found["stuck"]) or time.monotonic() > until:
            return found


async def points(chat: str, event: Event) -> dict[str, int]:
    """Killed at every point of an event: how many points there are, and how many end well."""

    async def once(at: int | None, home: Path) -> tuple[str, int]:
        async with AsyncExitStack() as stack:
            world: World
            if chat == "discord":
                world = Discord(await stack.enter_async_context(FakeDiscord()))
            else:
                world = SlackWorld(await stack.enter_async_context(running_slack(second=SECOND)))
            url = f"sqlite:///{home / 'muselab.db'}"
            store = await stack.enter_async_context(opened(url, home / "media"))
            seen, death = await dies(world, event, store, home, at)
            return seen.verdict(event), len(death.points)

    good = 0
    with tempfile.TemporaryDirectory(prefix="muselab-points-") as folder:
        _verdict, all_of = await once(None, Path(folder))
        for at in range(all_of):
            home = Path(folder) / str(at)
            home.mkdir()
            verdict, _passed = await once(at, home)
            good += not verdict
            if verdict:
                print(f"  {chat} {event} point {at}: {verdict}", flush=True)
    return {"points": all_of, "points_ok": good}


def main() -> None:
    parser = argparse.ArgumentParser(description="what is lost, doubled or stuck when the bot is killed")
    parser.add_argument("--kills", type=int, default=40, help="on each platform")
    parser.add_argument("--rate", type=float, default=4.0, help="things done a second")
    parser.add_argument("--chat", choices=tuple(TOWNS), action="append", help="default: both")
    parser.add_argument("--no-points", action="store_true")
    parser.add_argument("--anew", action="store_true", help="forget what earlier runs noted")
    given = parser.parse_args()
    notes: dict[str, dict[str, int]] = {}
    if NOTES.exists() and not given.anew:
        notes = json.loads(NOTES.read_text(encoding="utf-8"))
    for chat in given.chat or TOWNS:
        for seed, start in enumerate(range(0, given.kills, ROUND)):
            kills = min(ROUND, given.kills - start)
            noted(notes, f"{chat} round {seed} of {kills}", partial(a_round, chat, kills, given.rate, seed))
        for event in () if given.no_points else EVENTS:
            noted(notes, f"{chat} points of {event}", partial(points, chat, event))
    result: Counter[str] = Counter(dict.fromkeys(("kills", "lost", "doubled", "stuck", "points", "points_ok"), 0))
    for found in notes.values():
        result.update(found)
    print("RESULT", json.dumps(result))


def noted(notes: dict[str, dict[str, int]], name: str, work: Callable[[], Coroutine[Any, Any, dict[str, int]]]) -> None:
    """Does a piece of work that no earlier run has done, and notes what it found."""
    if name not in notes:
        try:
            notes[name] = asyncio.run(work())
        except Trouble as trouble:
            raise SystemExit(str(trouble)) from trouble
        NOTES.parent.mkdir(exist_ok=True)
        NOTES.write_text(json.dumps(notes, indent=1), encoding="utf-8")
    print(f"{name}: {notes[name]}", flush=True)


if __name__ == "__main__":
    main()
