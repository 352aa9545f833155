"""What Discord refuses for good: either the ideas arrive, or one sentence does; nobody is left with “Thinking” for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain.ideas import Channel, Team
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.discord import IDEA, connected, has, shown_ideas
from tests.acceptance.test_discord_faults import Town
from tests.fakes.discord import FakeDiscord, Message, Room, User

EDIT, BY_BOT, FOLLOW_UP, POST = (
    *("update_original_webhook_message", "update_message", "execute_webhook"),
    "create_message",
)
SLOW = 0.02  # seconds a draft, so that the message stands before it is whole
pytestmark = pytest.mark.asyncio(loop_factories=["jumping"])
#: docs: topics/opcodes-and-status-codes, JSON error codes; those that a message or its channel can be the reason of.
LASTING = [
    (400, 20009),  # explicit content
    (400, 20016),  # slow mode
    (400, 30046),  # too many edits of messages older than an hour
    (400, 40333),  # blocked on its way
    (400, 50006),  # an empty message
    (400, 50024),  # not in this kind of channel
    (400, 50035),  # an invalid form body
    (400, 50083),  # the thread is archived
    (400, 160005),  # the thread is locked
    (400, 200000),  # AutoMod
    (400, 200001),  # AutoMod, of a title
    (400, 240000),  # harmful links
    (403, 50001),  # missing access
    (403, 50013),  # missing permissions
    (403, 50005),  # of another user
    (404, 10015),  # unknown webhook
    (401, 50027),  # the token is void
    (400, 0),  # what will come
]


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest.fixture
async def town(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Town]:
    guild, ann = fake.guild(), fake.user("ann")
    async with connected(fake, tmp_path, generator=ScriptedGenerator(delay_s=SLOW)) as house:
        yield Town(fake, house, guild, guild.rooms[0], ann)
    assert fake.violations == []


def arrived(town: Town, since: int) -> str:
    """What told the person how it ended: "ideas", "sentence"; empty: nothing yet."""
    for message in town.fake.people.sees(town.room, town.ann)[since:]:
        if len(IDEA.findall(message.text)) == 3 and "Thinking" not in message.text:
            return "ideas"
        if "does not take this answer" in message.text or "AutoMod" in message.text:
            return "sentence"
    return ""


async def asked(town: Town) -> None:
    """A brainstorm whose first card stands."""
    asked = await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=3)
    await town.fake.people.answer(asked)


@pytest.mark.parametrize(
    ("closed", "best"),
    [((EDIT,), "ideas"), ((EDIT, BY_BOT), "ideas"), ((EDIT, BY_BOT, FOLLOW_UP), "ideas"), ((EDIT, BY_BOT, POST), "ideas")],
    ids=["the edit", "both edits", "all by token", "all by the bot"],
)
async def test_an_edit_that_is_refused_for_good_leaves_the_ideas_or_a_sentence(
    town: Town, closed: tuple[str, ...], best: str
) -> None:
    where, ends = Channel(team=Team(platform="discord", id=town.guild.id), id=town.room.id), {}
    possible = [one for one in LASTING if POST not in closed or one[1] not in (10015, 50027)]  # else there is no way at all
    for n, (status, code) in enumerate(possible, start=1):
        since = len(town.fake.people.sees(town.room, town.ann))
        await asked(town)
        for operation in closed:
            town.fake.fail(operation, status, code=code, times=1000)

        ends[code] = await town.fake.people.until(lambda since=since: arrived(town, since), what=f"an end of {code}")  # type: ignore[misc]
        town.fake.rest.faults.clear()

        assert len(await town.house.services.store.ideas(where)) == 3 * n
    assert set(ends.values()) <= {"ideas", "sentence"}
    assert ends[50083] == ends[30046] == best


async def test_a_line_that_a_rule_of_the_server_blocks_is_left_out_and_counted(town: Town) -> None:
    town.fake.blocked = "**2.**"  # the second idea, whatever it says

    await asked(town)
    said = await town.fake.people.until(
        lambda: [one for one in town.posts() if "1 idea is left out" in one.text], what="a word about what is left out"
    )

    (message,) = said
    assert [number for number, _text in IDEA.findall(message.text)] == ["1", "3"]
    assert "Thinking" not in message.text
    assert has(message, "spin")


@asynccontextmanager
async def at_home(fake: FakeDiscord, home: Path, store: MemoryStore, room: Room, ann: User) -> AsyncIterator[Town]:
    assert room.guild is not None
    async with connected(fake, home, store=store, generator=ScriptedGenerator(delay_s=SLOW)) as house:
        house.desk.watch.tallies.pause_s = 0.05
        yield Town(fake, house, room.guild, room, ann)


async def voted(town: Town, message: Message, idea: str, count: int) -> None:
    """Somebody likes an idea, and its button says how many do."""
    await town.fake.people.click(message, town.fake.user(f"voter {count}"), f"vote:{idea}:up")
    label = f"vote:{idea}:up"
    await town.fake.people.until(
        lambda: message.buttons.get(label, {}).get("label") == str(count), what=f"the tally {count} on the button"
    )


async def test_votes_on_a_message_of_which_a_line_is_left_out_are_seen_also_after_a_restart(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    store, room, ann = MemoryStore(), fake.guild().rooms[0], fake.user("ann")
    await store.open()
    fake.blocked = "**2.**"
    async with at_home(fake, tmp_path, store, room, ann) as town:
        await asked(town)
        (message,) = await fake.people.until(
            lambda: [one for one in town.posts() if "1 idea is left out" in one.text], what="a word about what is left out"
        )
        first, _third = shown_ideas(message)
        await voted(town, message, first, 1)
        refused = len(fake.rest.refused)
        await voted(town, message, first, 2)
        assert len(fake.rest.refused) == refused  # it is known which line is left out
    async with at_home(fake, tmp_path, store, room, ann) as town:
        await voted(town, message, first, 3)
        await fake.people.until(lambda: "1 idea is left out" in message.text, what="a word about what is left out")

        assert [number for number, _text in IDEA.findall(message.text)] == ["1", "3"]
    assert fake.violations == []


@pytest.mark.parametrize(("status", "code"), [(400, 200000), (403, 50013), (400, 50035)])
async def test_words_that_cannot_be_answered_where_they_were_said_are_answered_privately(
    town: Town, status: int, code: int
) -> None:
    town.fake.fail(POST, status, code=code)

    await town.fake.people.write(town.room, town.ann, f"<@{town.fake.bot.id}> names for a tea bar")
    told = await town.fake.people.until(
        lambda: [one for one in town.fake.dm(town.ann).messages if "AutoMod" in one.text or str(code) in one.text],
        what="a sentence in the person's own conversation",
    )

    assert len(told) == 1
    assert town.posts() == []


async def test_an_answer_to_words_that_discord_cannot_take_now_comes_later(town: Town) -> None:
    town.fake.fail(POST, 503, times=2)

    said = await town.fake.people.write(town.room, town.ann, f"<@{town.fake.bot.id}> names for a tea bar -n 3")
    (post,) = await town.fake.people.until(lambda: [one for one in town.posts() if has(one, "spin")], what="the ideas")

    assert post.body["message_reference"]["message_id"] in (said.id, int(said.id))
    assert len(IDEA.findall(post.text)) == 3


async def test_a_topic_that_a_rule_of_the_server_blocks_is_explained_to_the_asker(town: Town) -> None:
    town.fake.blocked = "tea bar"

    await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=3)
    told = await town.fake.people.until(
        lambda: [one for one in town.fake.people.sees(town.room, town.ann) if "AutoMod" in one.text], what="an explanation"
    )

    assert told


async def test_what_is_said_to_one_person_is_seen_by_that_person_alone(town: Town) -> None:
    idea = await town.fake.people.slash(town.room, town.ann, "idea", text="The Third Steep")
    message = await town.fake.people.answer(idea)

    vote = await town.fake.people.click(message, town.ann, next(one for one in message.buttons if one.endswith(":up")))

    assert (await town.fake.people.answer(vote)).ephemeral_for is town.ann


async def test_a_refusal_of_a_public_command_is_seen_by_the_asker_alone(town: Town) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="   ", count=3)

    assert (await town.fake.people.answer(asked)).ephemeral_for is town.ann
