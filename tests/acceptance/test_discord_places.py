"""Every place in Discord by everything people do there: one table."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adapters.discord.rates import Rates
from adapters.discord.readers import read_by
from bot.domain.ideas import Channel, Person, Team
from bot.domain.models import ChannelSettings
from bot.wiring import House
from storage.memory import MemoryStore
from tests.acceptance.drivers.discord import IDEA, connected, has, shown_ideas
from tests.fakes.discord import FakeDiscord, Message, User
from tests.fakes.discord.world import (
    FORUM,
    MEDIA,
    NEWS_ROOM,
    PRIVATE_THREAD,
    STAGE_ROOM,
    TEXT_ROOM,
    THREAD_ROOM,
    VOICE_ROOM,
    Room,
)

#: What can be had where: a thread for each brainstorm, votes by reaction, and whose board it is ("own", or the parent's).
PLACES = {
    "text": {"type": TEXT_ROOM, "thread": True, "reaction": True, "board": "own"},
    "thread": {"type": THREAD_ROOM, "under": TEXT_ROOM, "reaction": True, "board": "parent"},
    "private thread": {"type": PRIVATE_THREAD, "under": TEXT_ROOM, "reaction": True, "board": "parent"},
    "private thread without us": {"type": PRIVATE_THREAD, "under": TEXT_ROOM, "joined": False, "board": "parent"},
    "forum post": {"type": THREAD_ROOM, "under": FORUM, "reaction": True, "board": "own"},
    "media post": {"type": THREAD_ROOM, "under": MEDIA, "reaction": True, "board": "own"},
    "voice text": {"type": VOICE_ROOM, "reaction": True, "board": "own"},
    "stage text": {"type": STAGE_ROOM, "reaction": True, "board": "own"},
    "announcement": {"type": NEWS_ROOM, "thread": True, "reaction": True, "board": "own"},
    "DM": {"direct": True, "reaction": True, "board": "own"},
    "friends' DM": {"people": 2, "board": "own"},
    "group DM": {"people": 3, "group": True, "board": "own"},
    "foreign server": {"type": TEXT_ROOM, "installed": False, "board": "own"},
}


class Place:
    """A place, somebody who asks there, and somebody else."""

    def __init__(self, fake: FakeDiscord, kind: str) -> None:
        self.fake, self.what = fake, PLACES[kind]
        self.ann, self.bob, self.cleo = (fake.user(name) for name in ("ann", "bob", "cleo"))
        what = self.what
        self.sibling: Room | None = None
        if what.get("direct"):
            self.room, self.bob = fake.dm(self.ann), self.ann
        elif what.get("people"):
            self.room = fake.among(*(self.ann, self.bob, self.cleo)[: what["people"]], group=bool(what.get("group")))
        else:
            guild = fake.guild(installed=what.get("installed", True))
            parent = fake.room(guild, type=what["under"]) if "under" in what else None
            more = {"type": what["type"], "parent": parent, "joined": what.get("joined", True)}
            self.room = fake.room(guild, "here", **more)
            self.sibling = fake.room(guild, "there", **more)

    @property
    def votes_of(self) -> list[User]:
        return [self.ann] if self.bob is self.ann else [self.ann, self.bob]

    @property
    def channel(self) -> Channel:
        """Whose settings hold here."""
        guild, parent = self.room.guild, self.room.parent
        alone = f"person-{self.ann.id}" if self.what.get("direct") else f"group-{self.room.id}"
        where = parent if parent is not None and self.what["board"] == "parent" else self.room
        return Channel(team=Team(platform="discord", id=guild.id if guild is not None else alone), id=where.id)

    async def brainstorm(self) -> Message:
        asked = await self.fake.people.slash(self.room, self.ann, "brainstorm", topic="names for a tea bar", count=2)
        await self.fake.people.until(lambda: asked.answered == 5, what="the acknowledgement")
        message = await self.fake.people.answer(asked)
        await self.fake.people.until(lambda: has(message, "spin"), what="all ideas")
        return message

    async def idea(self, text: str, room: Room | None = None) -> Message:
        return await self.fake.people.answer(await self.fake.people.slash(room or self.room, self.ann, "idea", text=text))

    async def board(self, room: Room | None = None) -> Message:
        return await self.fake.people.answer(await self.fake.people.slash(room or self.room, self.ann, "board"))

    async def vote(self, message: Message, user: User, idea: str) -> None:
        said = await self.fake.people.answer(await self.fake.people.click(message, user, f"vote:{idea}:up"))
        assert said.ephemeral_for is user
        assert "Recorded" in said.text, said.text

    async def labelled(self, message: Message, idea: str, count: int) -> None:
        await self.fake.people.until(
            lambda: message.buttons[f"vote:{idea}:up"].get("label") == str(count), what=f"the tally {count} on the button"
        )


async def acknowledged(place: Place, house: House) -> None:
    asked = await place.fake.people.slash(place.room, place.ann, "help")

    message = await place.fake.people.answer(asked)
    assert asked.answered in (4, 5)  # with the answer itself, or with a deferral ahead of it where the machine is slow
    assert message.ephemeral_for is place.ann


async def answered(place: Place, house: House) -> None:
    message = await place.brainstorm()

    assert len(IDEA.findall(message.text)) == 2
    assert not re.search("[▰▱]", message.text)


async def voted(place: Place, house: House) -> None:
    message = await place.brainstorm()
    idea = shown_ideas(message)[0]

    for user in place.votes_of:
        await place.vote(message, user, idea)
    await place.labelled(message, idea, len(place.votes_of))


async def redrawn(place: Place, house: House) -> None:
    mine = await place.idea("The Third Steep")
    (idea,) = shown_ideas(mine)
    board = await place.board()

    for user in place.votes_of:
        await place.vote(board, user, idea)
    await place.labelled(board, idea, len(place.votes_of))
    if not place.what.get("reaction"):  # where the bot is not, what stands there changes when it is pressed
        await place.vote(mine, place.ann, idea)
    await place.labelled(mine, idea, len(place.votes_of))


async def reacted(place: Place, house: House) -> None:
    mine = await place.idea("The Third Steep")
    (idea,) = shown_ideas(mine)

    await place.fake.people.react(mine, place.bob, "👍")
    if place.what.get("reaction"):
        await place.labelled(mine, idea, 1)


async def threaded(place: Place, house: House) -> None:
    await house.services.store.settle(place.channel, ChannelSettings(thread=True))

    message = await place.brainstorm()
    if place.what.get("thread"):
        thread = await place.fake.people.until(lambda: place.fake.rooms.get(message.id), what="the thread")
        assert thread.parent is place.room
    assert place.what.get("thread") or message.id not in place.fake.rooms


async def on_its_board(place: Place, house: House) -> None:
    await place.idea("The Third Steep")
    if place.sibling is not None:
        await place.idea("The Fourth Steep", place.sibling)

    text = (await place.board()).text
    assert "The Third Steep" in text
    shared = place.what["board"] == "parent"
    assert ("The Fourth Steep" in text) is (shared and place.sibling is not None)
    ideas = await house.services.store.ideas(place.channel, limit=9)
    assert len(ideas) == (2 if shared else 1)


Action = Callable[[Place, House], Awaitable[None]]
ACTIONS: dict[str, Action] = {
    "ack": acknowledged,
    "answer": answered,
    "vote": voted,
    "redraw": redrawn,
    "reaction": reacted,
    "thread": threaded,
    "board": on_its_board,
}


@pytest.mark.parametrize("kind", PLACES)
async def test_everything_works_in_every_place(tmp_path: Path, kind: str) -> None:
    async with FakeDiscord() as fake, asyncio.TaskGroup() as group:
        places = {action: Place(fake, kind) for action in ACTIONS}
        async with connected(fake, tmp_path) as house:
            house.desk.watch.tallies.pause_s = 0.05

            async def act(action: str) -> None:
                try:
                    await ACTIONS[action](places[action], house)
                except AssertionError as error:
                    raise AssertionError(f"{action} in {kind}: {error}") from error

            doing = [group.create_task(act(action)) for action in ACTIONS]
            await asyncio.gather(*doing, return_exceptions=True)
        assert fake.rest.refused == []
        assert fake.violations == []


async def test_votes_on_a_person_s_own_idea_are_seen_on_its_message_after_a_restart(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.open()
    async with FakeDiscord() as fake:
        place = Place(fake, "text")
        async with connected(fake, tmp_path, store=store):
            mine = await place.idea("The Third Steep")
        (idea,) = shown_ideas(mine)
        async with connected(fake, tmp_path, store=store) as house:
            house.desk.watch.tallies.pause_s = 0.05
            for user in (place.ann, place.bob, place.cleo):
                await place.vote(mine, user, idea)
            await place.labelled(mine, idea, 3)
        assert fake.violations == []


async def test_where_the_bot_is_not_nothing_is_asked_of_discord_that_it_would_refuse(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.open()
    async with FakeDiscord() as fake:
        place = Place(fake, "group DM")
        async with connected(fake, tmp_path, store=store):
            mine, message = await place.idea("The Third Steep"), await place.brainstorm()
        async with connected(fake, tmp_path, store=store) as house:
            house.desk.watch.tallies.pause_s = 0.05
            fake.skip(16 * 60.0)  # the tokens of before are over
            await place.vote(mine, place.bob, shown_ideas(mine)[0])
            await place.labelled(mine, shown_ideas(mine)[0], 1)
            asked = await fake.people.slash(place.room, place.cleo, "vote", idea="2", say="up")
            await fake.people.answer(asked)
            await place.vote(message, place.bob, shown_ideas(message)[0])
            await place.labelled(message, shown_ideas(message)[0], 2)
        assert fake.rest.refused == []
        assert fake.violations == []


async def test_the_bot_knows_who_can_read_a_channel(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        guild = fake.guild()
        ann, bob = fake.user("ann"), fake.user("bob")
        seen, hidden = fake.room(guild, "tea"), fake.room(guild, "secret", hidden_from=[bob])
        thread = fake.room(guild, "aside", type=PRIVATE_THREAD, parent=seen)
        async with connected(fake, tmp_path) as house:
            client = house.desk.watch.chats["discord"]._client  # type: ignore[attr-defined]  # the chat waits two seconds more

            async def reads(person: str, *rooms: str, team: str = guild.id) -> list[str]:
                where = [Channel(team=Team(platform="discord", id=team), id=room) for room in rooms]
                return list(
                    (await read_by(client, Person(platform="discord", id=person), where, Rates(None, lambda: 7).turn)).values()
                )

            assert client is not None
            rooms = (seen.id, hidden.id, thread.id, "nowhere")
            assert await reads(ann.id, *rooms) == ["tea", "secret"]
            assert await reads(bob.id, *rooms) == ["tea"]
            assert await reads("123456789012345678", seen.id) == []
            assert await reads(ann.id, seen.id, team="987654321098765432") == []
            assert await reads("ann", seen.id) == []
            assert [heard.operation for heard in fake.rest.heard].count("get_guild_member") == 3  # once for each person
        assert fake.violations == []
