"""People at work in one place, what they did, and what became of it."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.domain.ideas import Channel, Team
from bot.ports import Store
from storage.urls import build
from storage.weights import AdapterFolder
from tests.bench.makers import Makers
from tests.bench.town import own, topic

MIX = {"brainstorm": 8, "idea": 8, "vote": 84}  # five votes for a command
VOTERS = 12  # so that there are five votes to be had for each command
FIRST = 24  # of the buttons that somebody has not pressed: what is old is voted on by everybody
AGREED = 0.8  # of votes on an idea that say the same; without agreement there is nothing to learn
CHANNELS = tuple(f"C0ROOM{n}" for n in range(8))  # Slack takes one post a second in each, and what was missed is made up for
STILL = timedelta(seconds=30)  # a run that says nothing for so long is stuck; a day's learner begins the next within a second
UNFINISHED = ("Thinking", "⏳", "▱")


@dataclass
class Asked:
    """One thing that somebody did."""

    what: str
    number: int
    voted: tuple[str, str, str] = ("", "", "")  #: idea, person and what they said
    acked: bool = False
    at: float = 0.0  #: seconds since the day began


@dataclass
class Day:
    """People at work in one place, and what they did."""

    town: Any
    chance: random.Random
    done: list[Asked] = field(default_factory=list)
    voted: set[tuple[str, str]] = field(default_factory=set)
    amiss: list[str] = field(default_factory=list)  #: what the last count found
    diary: list[str] = field(default_factory=list)  #: what was killed when
    began: float = field(default_factory=time.monotonic)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def now(self) -> float:
        """Seconds since it began."""
        return round(time.monotonic() - self.began, 1)

    def note(self, what: str) -> None:
        """Notes what happens now."""
        self.diary.append(f"{self.now:.1f} s: {what}")

    async def go_on(self, rate: float) -> None:
        """Acts at random moments, whether or not there is a bot, until cancelled."""
        for number in range(1, 1_000_000):
            await asyncio.sleep(self.chance.expovariate(rate))
            (what,) = self.chance.choices(list(MIX), list(MIX.values()))
            task = asyncio.create_task(self._act(what, number))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _act(self, what: str, number: int) -> None:
        asked = Asked(what, number, at=self.now)
        with suppress(AssertionError, IndexError, StopIteration):  # no bot that could be asked, nothing to vote on yet
            asked.acked = await (self._discord if isinstance(self.town, Makers) else self._slack)(asked)
            self.done.append(asked)

    async def _discord(self, asked: Asked) -> bool:
        people, room = self.town.fake.people, self.town.guilds[0].rooms[asked.number % 2]
        known = self.town._people[self.town.guilds[0].id]
        known += [self.town.fake.user(f"voter{n}") for n in range(len(known), VOTERS)]
        user = known[asked.number % VOTERS]
        if asked.what == "vote":
            message, key = self._votable([(one, list(one.buttons)) for one in room.messages if not one.deleted], user.id)
            asked.voted = said(key, user.id)
            it = await people.click(message, user, key)
        else:
            given = {"topic": topic(asked.number), "count": 3} if asked.what == "brainstorm" else {"text": own(asked.number)}
            it = await people.slash(room, user, asked.what, **given)
        await asyncio.sleep(4.0)
        return it.answered is not None

    async def _slack(self, asked: Asked) -> bool:
        team, user = self.town.teams[0], f"U0PERSON{asked.number % VOTERS}"
        channel = CHANNELS[asked.number % len(CHANNELS)]
        if asked.what == "vote":
            shown = [(one, list(one.buttons())) for name in CHANNELS for one in self.town.posts(team, name)]
            message, key = self._votable(shown, user)
            asked.voted = said(key, user)
            ack = await self.town.click(message, key, user)
        elif asked.what == "brainstorm":
            ack = await self.town.slash(team, channel, user, "/brainstorm", f"{topic(asked.number)} -n 3")
        else:
            ack = await self.town.slash(team, channel, user, "/muse", f"/idea {own(asked.number)}")
        return not ack.missed and ack.status == 200

    def _votable(self, shown: Sequence[tuple[Any, list[str]]], user: str) -> tuple[Any, str]:
        """A button that this person has not pressed yet; four times in five everybody likes the same ideas."""
        keys = [(one, key) for one, values in shown for key in values if key == f"vote:{idea_of(key)}:{self._likes(key)}"]
        open_to_them = [pair for pair in keys if (idea_of(pair[1]), user) not in self.voted]
        message, key = self.chance.choice(open_to_them[:FIRST])
        self.voted.add((idea_of(key), user))
        return message, key

    def _likes(self, key: str) -> str:
        liked = zlib.crc32(idea_of(key).encode()) % 2 == 0
        return "up" if liked == (self.chance.random() < AGREED) else "down"

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

    def tallies(self) -> dict[str, str]:
        """What stands on every public vote button of ours, by its key."""
        if isinstance(self.town, Makers):
            shown = [
                one for room in self.town.guilds[0].rooms for one in room.messages if not one.deleted and not one.ephemeral_for
            ]
            return {key: str(button.get("label") or "") for one in shown for key, button in one.buttons.items()}
        posts = [one for name in CHANNELS for one in self.town.posts(self.town.teams[0], name)]
        return {key: str(button["text"]["text"]) for one in posts for key, button in one.buttons().items()}

    def changes(self) -> dict[str, int]:
        """On Slack, which takes few: changes of messages, and how many of them changed nothing that anybody sees."""
        if isinstance(self.town, Makers):
            return {}
        posts = [one for name in CHANNELS for one in self.town.posts(self.town.teams[0], name)]
        looks = [[bare(version) for version in one.versions] for one in posts]
        same = sum(later == sooner for look in looks for sooner, later in pairwise(look))
        return {"changes": sum(len(look) - 1 for look in looks), "changes_same": same}

    async def count(self, url: str, home: Path) -> dict[str, int]:
        """What is lost, doubled, stuck and told wrong in the end."""
        texts = self.texts()
        stuck = sum(any(sign in text for sign in UNFINISHED) for text in texts)
        answers = Counter(int(n) for text in texts for n in re.findall(r"no (\d+)”", text.replace("\\", ""))[:1])
        ideas = Counter(int(n) for text in texts for n in re.findall(r"Leaf of Day (\d+)", text)[:1])
        store = build(url)
        await store.open()
        stored = [idea for channel in self.where for idea in await store.ideas(channel, limit=100_000)]
        feedback = await store.feedback(self.where[0].team, [idea.id for idea in stored])
        learned = await of_learning(store, self.where[0].team, home)
        await store.close()
        heard = {(str(said.idea), said.person.id, said.token) for said in feedback}
        shown = {"brainstorm": answers, "idea": ideas}
        lost = [one for one in self.done if one.acked and one.what in shown and not shown[one.what][one.number]]
        lost += [one for one in self.done if one.acked and one.what == "vote" and one.voted not in heard]
        doubled = sum(count - 1 for found in shown.values() for count in found.values() if count > 1)
        twice = [(what, number) for what, found in shown.items() for number, count in found.items() if count > 1]
        self.amiss = [f"lost: {one}" for one in lost] + [f"doubled: {one}" for one in twice] + learned.amiss
        self.amiss += [f"stuck: {text}" for text in texts if any(sign in text for sign in UNFINISHED)]
        acked = Counter(one.what for one in self.done if one.acked)
        votes = Counter(f"vote:{one.idea}:{one.token}" for one in feedback)
        tallies = self.tallies()
        drawn = {idea.id for idea in stored if idea.brainstorm is not None}  # the message of a person's own idea keeps no tally
        wrong = [key for key, label in tallies.items() if idea_of(key) in drawn and counted(label) != votes[key]]
        self.amiss += [f"tally: {key} says {tallies[key]!r}, {votes[key]} voted" for key in wrong]
        return {
            "lost": len(lost) + learned.lost,
            "doubled": doubled + learned.doubled,
            "stuck": stuck + learned.stuck,
            "tallies_wrong": len(wrong),
            "tunings": learned.ended,
            **{f"{what}s": acked[what] for what in MIX},
        }


def bare(version: tuple[str, list[dict[str, Any]]]) -> str:
    """A message as it looked, without the ids that Slack gives its blocks anew each time."""
    text, blocks = version
    return json.dumps([text, [{name: value for name, value in one.items() if name != "block_id"} for one in blocks]])


def idea_of(key: str) -> str:
    """The idea of a vote's key; empty where it is no vote."""
    verb, _colon, rest = key.partition(":")
    return rest.partition(":")[0] if verb == "vote" else ""


def said(key: str, person: str) -> tuple[str, str, str]:
    """Idea, person and what they said."""
    return idea_of(key), person, key.rpartition(":")[2]


def counted(label: str) -> int:
    """The number on a button; none is nought."""
    number = re.search(r"\d+", label)
    return int(number[0]) if number else 0


@dataclass(frozen=True, slots=True)
class Learned:
    """What became of tuning runs."""

    ended: int
    lost: int
    doubled: int
    stuck: int
    amiss: list[str]


async def of_learning(store: Store, team: Team, home: Path) -> Learned:
    """Each run that is done has a version, whose weights are there, and no weights have two."""
    runs, versions = await store.tunings(team, limit=10_000), [one for one in await store.versions(team) if one.team == team]
    names = set(AdapterFolder(home / "adapters").names())
    gone = {run.version for run in runs if run.state == "done"} - {one.id for one in versions}
    weightless = [one for one in versions if one.stage == "candidate" and one.adapter not in names]
    times = Counter(one.adapter for one in versions)
    doubled = [one for one in versions if times[one.adapter] > 1]
    running = [run for run in runs if run.state == "running"]
    still = [run for run in running if datetime.now(UTC) - run.changed_at > STILL]
    return Learned(
        ended=len(runs) - len(running),
        lost=len(gone) + len(weightless),
        doubled=len(versions) - len(times),
        stuck=len(still),
        amiss=[
            *(f"lost: a version that a run made: {id}" for id in gone),
            *(f"lost: the weights of {one.id}" for one in weightless),
            *(f"doubled: {one.id}, {one.stage}, made at {one.created_at} of {one.adapter}" for one in doubled),
            *(f"stuck: a run at {run.doing} since {run.changed_at}" for run in still),
        ],
    )
