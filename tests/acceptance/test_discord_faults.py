"""What goes wrong between us and Discord: people read something useful, or nothing on purpose; nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import build
from adapters.discord.replies import Answer
from bot.config import DiscordTable, Settings
from bot.domain.errors import Misconfigured
from bot.domain.ideas import Channel, Idea, Team
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.discord import IDEA, connected, has, shown_ideas
from tests.fair import PATIENCE_S, until
from tests.fakes.discord import CUT, FakeDiscord, Guild, Message, Room, User

SLOW = 0.12  # seconds a draft; a brainstorm of three takes a second and a half, time for something to happen to it
pytestmark = pytest.mark.asyncio(loop_factories=["jumping"])
EDIT, FOLLOW_UP, CALLBACK = "update_original_webhook_message", "execute_webhook", "create_interaction_response"
MESSAGE = 4  # a callback that is the answer itself


@dataclass
class Town:
    """A server with one room, one person and the bot."""

    fake: FakeDiscord
    house: House
    guild: Guild
    room: Room
    ann: User

    async def board(self, *, hidden: bool = False) -> list[Idea]:
        """What stands on the board; `hidden`: what a deleted message showed included."""
        where = Channel(team=Team(platform="discord", id=self.guild.id), id=self.room.id)
        return await self.house.services.store.ideas(where, hidden=hidden)

    async def done(self, message: Callable[[], Message | None]) -> Message:
        """The message, once its brainstorm has ended."""

        def there() -> Message | None:
            found = message()
            return found if found is not None and has(found, "spin") else None

        found = await self.fake.people.until(there, what="the whole brainstorm")
        assert found is not None
        return found

    def posts(self) -> list[Message]:
        """The bot's public messages that somebody sees."""
        return [m for m in self.room.messages if not m.deleted and not m.loading and m.ephemeral_for is None and m.author.bot]


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest.fixture
def slow() -> float:
    return 0.0


@pytest.fixture
async def town(fake: FakeDiscord, tmp_path: Path, slow: float) -> AsyncIterator[Town]:
    guild, ann = fake.guild(), fake.user("ann")
    async with connected(fake, tmp_path, generator=ScriptedGenerator(delay_s=slow)) as house:
        yield Town(fake, house, guild, guild.rooms[0], ann)
    violations = fake.violations
    assert violations == [], "\n".join(violations)


@asynccontextmanager
async def asking(town: Town, **options: Any) -> AsyncIterator[Any]:
    """A brainstorm whose first card stands and that is still under way."""
    asked = await town.fake.people.slash(
        town.room, town.ann, "brainstorm", topic="names for a tea bar", **{"count": 3, **options}
    )
    await town.fake.people.answer(asked)
    yield asked


growing = pytest.mark.parametrize("slow", [SLOW])

# ------------------------------------------------------------------------------------------------ acknowledging


async def test_a_command_that_comes_too_late_is_answered_in_the_channel(town: Town) -> None:
    await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=2, late=True)

    message = await town.done(lambda: next(iter(town.posts()), None))

    assert len(IDEA.findall(message.text)) == 2
    assert (CALLBACK, 404, 10062) in town.fake.rest.refused
    assert len(town.posts()) == 1


async def test_a_private_command_that_comes_too_late_says_nothing_in_public(town: Town) -> None:
    await town.fake.people.slash(town.room, town.ann, "privacy", late=True)

    await town.fake.people.until(lambda: (CALLBACK, 404, 10062) in town.fake.rest.refused)
    await asyncio.sleep(0.1)

    assert town.room.messages == []


@growing
async def test_an_interaction_delivered_twice_has_one_effect(town: Town) -> None:
    async with asking(town) as asked:
        await town.fake.people.deliver(asked)
        await town.fake.people.deliver(asked)
        message = await town.done(lambda: asked.original)

    assert town.posts() == [message]
    assert len(await town.board()) == 3
    assert (CALLBACK, 400, 40060) in town.fake.rest.refused


async def test_a_vote_delivered_twice_is_confirmed_once(town: Town) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, "idea", text="The Third Steep")
    message = await town.fake.people.answer(asked)
    vote = f"vote:{shown_ideas(message)[0]}:up"

    pressed = await town.fake.people.click(message, town.ann, vote)
    await town.fake.people.deliver(pressed)
    await town.fake.people.answer(pressed)
    await town.fake.people.until(lambda: (CALLBACK, 400, 40060) in town.fake.rest.refused)

    assert len(pressed.answers) == 1


@pytest.mark.parametrize("status", [502, CUT], ids=["an error", "a cut"])
@pytest.mark.parametrize("takes_effect", [False, True], ids=["lost", "carried out"])
async def test_trouble_at_the_acknowledgement_is_survived(town: Town, status: int, takes_effect: bool) -> None:
    town.fake.fail(CALLBACK, status, takes_effect=takes_effect)

    asked = await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=2)
    message = await town.done(lambda: asked.original)

    assert len(IDEA.findall(message.text)) == 2
    assert town.posts() == [message]


async def test_two_server_errors_at_the_acknowledgement_cost_the_token_but_not_the_answer(town: Town) -> None:
    town.fake.fail(CALLBACK, 502, times=2)

    asked = await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=2)
    asked.excused = True  # the fault, not the bot, made it late
    message = await town.done(lambda: next(iter(town.posts()), None))

    assert len(IDEA.findall(message.text)) == 2
    assert (CALLBACK, 404, 10062) in town.fake.rest.refused


async def test_an_acknowledgement_that_is_never_heard_costs_the_token_but_not_the_answer(town: Town) -> None:
    town.fake.fail(CALLBACK, CUT, times=2)

    asked = await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=2)
    asked.excused = True  # the fault, not the bot, kept it from being answered
    message = await town.done(lambda: next(iter(town.posts()), None))

    assert len(IDEA.findall(message.text)) == 2


# ------------------------------------------------------------------------------------------------ growing


@growing
async def test_a_message_is_changed_once_a_second_at_most_and_ends_whole(town: Town) -> None:
    async with asking(town, count=10) as asked:
        message = await town.done(lambda: asked.original)

    gaps = [after - before for before, after in zip(message.times[1:], message.times[2:], strict=False)]
    assert gaps
    assert min(gaps) >= 0.9  # seconds; Discord takes five changes in five from a whole channel
    assert len(IDEA.findall(message.text)) == 10


@growing
async def test_a_brainstorm_outlives_its_token(town: Town) -> None:
    async with asking(town) as asked:
        town.fake.skip(15 * 60 + 1)
        message = await town.done(lambda: asked.original)

    assert len(IDEA.findall(message.text)) == 3
    assert (EDIT, 401, 50027) in town.fake.rest.refused
    assert any(heard.operation == "update_message" for heard in town.fake.rest.heard)


@growing
@pytest.mark.parametrize("kind", ["bucket", "global", "cloudflare"])
async def test_a_rate_limit_delays_a_message_and_loses_nothing(town: Town, kind: str) -> None:
    async with asking(town) as asked:
        town.fake.limit(EDIT, kind)
        message = await town.done(lambda: asked.original)

    assert len(IDEA.findall(message.text)) == 3
    assert town.posts() == [message]


@growing
async def test_a_connection_cut_while_a_message_grows_loses_nothing(town: Town) -> None:
    async with asking(town) as asked:
        town.fake.fail(EDIT, CUT, times=2)
        message = await town.done(lambda: asked.original)

    assert len(IDEA.findall(message.text)) == 3


@growing
@pytest.mark.parametrize("times", [1, 2])
async def test_server_errors_delay_a_message_and_lose_nothing(town: Town, times: int) -> None:
    async with asking(town) as asked:
        town.fake.fail(EDIT, 503, times=times)
        message = await town.done(lambda: asked.original)

    assert len(IDEA.findall(message.text)) == 3
    assert town.posts() == [message]


@growing
async def test_a_message_deleted_while_it_grows_stays_deleted_and_its_ideas_are_kept(town: Town) -> None:
    async with asking(town) as asked:
        await town.fake.delete(asked.original)
        for _idea in range(60):
            if len(await town.board(hidden=True)) == 3:
                break
            await asyncio.sleep(0.1)

    assert len(await town.board(hidden=True)) == 3
    assert town.posts() == []


@growing
async def test_a_channel_deleted_while_an_answer_grows_breaks_nothing(town: Town) -> None:
    async with asking(town) as asked:
        town.fake.skip(15 * 60 + 1)
        await town.fake.delete_room(town.room)
        await town.fake.people.until(lambda: ("update_message", 404, 10003) in town.fake.rest.refused)

    other = town.fake.room(town.guild, "elsewhere")
    again = await town.fake.people.slash(other, town.ann, "help")
    assert (await town.fake.people.answer(again)).ephemeral_for is town.ann
    assert asked.original is not None


@growing
async def test_without_permissions_the_interaction_s_own_token_answers(town: Town) -> None:
    town.room.denied |= {"view", "send"}

    async with asking(town) as asked:
        message = await town.done(lambda: asked.original)

    assert len(IDEA.findall(message.text)) == 3


async def test_without_permissions_and_without_a_token_the_bot_keeps_silent_and_keeps_the_ideas(town: Town) -> None:
    town.room.denied.add("send")

    await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=2, late=True)
    await town.fake.people.until(lambda: ("create_message", 403, 50013) in town.fake.rest.refused)
    again = await town.fake.people.slash(town.room, town.ann, "help")

    assert (await town.fake.people.answer(again)).ephemeral_for is town.ann
    assert town.posts() == []


async def test_an_answer_that_cannot_be_posted_is_an_apology(town: Town) -> None:
    town.fake.fail(CALLBACK, 400, code=50035, of=MESSAGE)  # as an acknowledgement, where it came that soon
    town.fake.fail(EDIT, 400, code=50035)

    asked = await town.fake.people.slash(town.room, town.ann, "board")
    message = await town.fake.people.answer(asked)

    assert message.ephemeral_for is town.ann
    assert "Please try again" in message.text


async def test_a_message_too_old_to_be_changed_often_is_left_as_it_is(town: Town) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=2)
    message = await town.done(lambda: asked.original)
    town.fake.fail("update_message", 400, code=30046)

    vote = await town.fake.people.click(message, town.ann, f"vote:{shown_ideas(message)[0]}:up")
    await town.fake.people.until(lambda: ("update_message", 400, 30046) in town.fake.rest.refused)

    assert "Recorded" in (await town.fake.people.answer(vote)).text


def voted(message: Message) -> bool:
    """Whether a message shows a vote."""
    return "1" in {button.get("label") for button in message.buttons.values()}


async def test_many_messages_of_one_channel_change_at_once_within_its_limits(town: Town) -> None:
    messages = []
    for _one in range(6):
        asked = await town.fake.people.slash(town.room, town.ann, "brainstorm", topic="names for a tea bar", count=1)
        messages.append(await town.done(lambda asked=asked: asked.original))  # type: ignore[misc]

    for message in messages:
        await town.fake.people.click(message, town.ann, f"vote:{shown_ideas(message)[0]}:up")
    await town.fake.people.until(lambda: all(voted(message) for message in messages))


# ------------------------------------------------------------------------------------------------ files


async def export(town: Town) -> Message:
    idea = await town.fake.people.slash(town.room, town.ann, "idea", text="The Third Steep")
    await town.fake.people.answer(idea)
    asked = await town.fake.people.slash(town.room, town.ann, "export")
    return await town.fake.people.answer(asked)


async def test_a_file_comes_with_the_message(town: Town) -> None:
    message = await export(town)

    assert message.ephemeral_for is town.ann
    assert b"The Third Steep" in next(iter(message.files.values()))


async def test_a_file_larger_than_discord_says_it_takes_is_named_instead(town: Town) -> None:
    town.fake.said_limit = 20

    message = await export(town)

    assert message.files == {}
    assert "larger than Discord takes here" in message.text


async def test_a_file_that_discord_refuses_all_the_same_is_named_instead(town: Town) -> None:
    town.fake.file_limit = 20

    message = await export(town)

    assert message.files == {}
    assert "larger than Discord takes here" in message.text
    assert any(status == 413 for _operation, status, _code in town.fake.rest.refused)


# ------------------------------------------------------------------------------------------------ the connection


@pytest.mark.parametrize("fault", ["cut", "4000", "4009", "op 7", "op 9 true", "op 9 false"])
async def test_a_lost_connection_comes_back_and_what_was_missed_is_answered(town: Town, fault: str) -> None:
    gateway = town.fake.gateway
    if fault == "cut":
        await gateway.drop()
    elif fault.isdecimal():
        await gateway.drop(int(fault))
    elif fault == "op 7":
        await gateway.reconnect()
    else:
        await gateway.invalidate(resumable=fault == "op 9 true")
    if fault == "op 9 false":
        await town.fake.people.until(lambda: len(gateway.sessions) == 2, what="a new session")

    asked = await town.fake.people.slash(town.room, town.ann, "help")
    message = await town.fake.people.answer(asked)

    assert message.ephemeral_for is town.ann


@pytest.mark.slow
async def test_silence_of_the_gateway_is_noticed(fake: FakeDiscord, tmp_path: Path) -> None:
    guild, ann = fake.guild(), fake.user("ann")
    async with connected(fake, tmp_path):
        fake.gateway.acks = False
        await fake.people.until(lambda: fake.gateway.resumes, what="a session resumed after the silence", timeout=100)
        fake.gateway.acks = True
        asked = await fake.people.slash(guild.rooms[0], ann, "help")
        await fake.people.answer(asked)

    assert fake.violations == []


async def test_two_shards_serve_their_own_servers(tmp_path: Path) -> None:
    async with FakeDiscord(shards=2) as fake, AsyncExitStack() as stack:
        ann, guilds = fake.user("ann"), [fake.guild("one")]
        while int(guilds[-1].id) >> 22 & 1 == int(guilds[0].id) >> 22 & 1:
            await asyncio.sleep(0.002)
            guilds.append(fake.guild("another"))
        await stack.enter_async_context(connected(fake, tmp_path))
        await fake.connected(shards=2)

        for guild in (guilds[0], guilds[-1]):
            asked = await fake.people.slash(guild.rooms[0], ann, "help")
            await fake.people.answer(asked)

        assert fake.violations == []


@pytest.mark.parametrize(("operation", "status"), [("get_my_user", 503), ("bulk_set_application_commands", 500)])
async def test_a_server_error_at_the_start_is_tried_again(fake: FakeDiscord, tmp_path: Path, operation: str, status: int) -> None:
    fake.guild()
    fake.fail(operation, status, times=1)

    async with connected(fake, tmp_path):
        pass

    assert fake.violations == []


def a_chat(fake: FakeDiscord, token: str) -> Any:
    table = DiscordTable(token=token, api_base=fake.api_base, gateway=fake.gateway_url)  # type: ignore[arg-type]
    return build(Settings(discord=table), identify_s=0.0)


async def test_a_wrong_token_is_said_in_one_sentence(fake: FakeDiscord, tmp_path: Path) -> None:
    chat = a_chat(fake, "not-the-token")

    with pytest.raises(Misconfigured, match="Discord refuses the bot's token"):
        await chat.run(None)
    await chat.close()


async def test_a_token_revoked_meanwhile_ends_the_chat_with_a_sentence(fake: FakeDiscord) -> None:
    chat = a_chat(fake, fake.token)
    running = asyncio.create_task(chat.run(None))
    await fake.connected()

    fake.revoked = True
    await fake.gateway.drop(4004)

    with pytest.raises(Misconfigured, match="the token is wrong"):
        await asyncio.wait_for(running, PATIENCE_S)
    await chat.close()


async def test_no_token_is_said_before_anything_is_tried() -> None:
    with pytest.raises(Misconfigured, match="MUSELAB_DISCORD__TOKEN"):
        build(Settings(discord=DiscordTable()))


# ------------------------------------------------------------------------------------------------ restarts


async def test_every_control_works_after_a_restart(fake: FakeDiscord, tmp_path: Path) -> None:
    guild, ann, store = fake.guild(), fake.user("ann"), MemoryStore()
    await store.open()
    room = guild.rooms[0]
    async with connected(fake, tmp_path, store=store):
        message = await fake.people.answer(await fake.people.slash(room, ann, "idea", text="The Third Steep"))
        idea = shown_ideas(message)[0]
        opened = await fake.people.click(message, ann, f"edit?{idea}:text")
        await fake.people.until(lambda: opened.modal is not None)

    fake.commands = []
    async with connected(fake, tmp_path, store=store):
        vote = await fake.people.click(message, ann, f"vote:{idea}:up")
        assert "Recorded 👍" in (await fake.people.answer(vote)).text
        sent = await fake.people.submit(opened, text="The Fourth Steep")
        assert "The Fourth Steep" in (await fake.people.answer(sent)).text
        await fake.people.react(message, ann, "❤️")
        await fake.people.react(message, ann, "1️⃣")
        where = Channel(team=Team(platform="discord", id=guild.id), id=room.id)

        async def voted() -> set[str]:
            found = await store.ideas(where)
            return {said.signal for said in await store.feedback(where.team, [one.id for one in found])}

        for _again in range(100):
            if "emoji" in await voted():
                break
            await asyncio.sleep(0.02)
        assert {"vote", "edit", "emoji"} <= await voted()

    assert fake.violations == []


async def test_a_killed_process_s_brainstorm_goes_on_in_its_message(fake: FakeDiscord, tmp_path: Path) -> None:
    guild, ann, store = fake.guild(), fake.user("ann"), MemoryStore()
    await store.open()
    async with connected(fake, tmp_path, store=store, generator=ScriptedGenerator(delay_s=0.3)) as house:
        asked = await fake.people.slash(guild.rooms[0], ann, "brainstorm", topic="names for a tea bar", count=3)
        message = await fake.people.answer(asked)
        await fake.people.until(lambda: len(IDEA.findall(message.text)) >= 1)
        for task in list(house.desk._tasks):
            task.cancel()  # as if the process were gone: nothing is finished or said any more
    fake.commands = []
    now = house.services.clock()
    for brainstorm in await store.brainstorms(Channel(team=Team(platform="discord", id=guild.id), id=guild.rooms[0].id), limit=5):
        await store.lease(brainstorm, now)

    async with connected(fake, tmp_path, store=store):
        await fake.people.until(lambda: len(IDEA.findall(message.text)) == 3 and has(message, "spin"))

    assert fake.violations == []


async def test_shutting_down_lets_what_is_under_way_reach_people(fake: FakeDiscord, tmp_path: Path) -> None:
    room, ann = fake.guild().rooms[0], fake.user("ann")
    async with connected(fake, tmp_path, generator=ScriptedGenerator(delay_s=SLOW)):
        asked = await fake.people.slash(room, ann, "brainstorm", topic="names for a tea bar", count=3)
        message = await fake.people.answer(asked)

    assert len(IDEA.findall(message.text)) == 3
    assert has(message, "spin")
    assert fake.violations == []


async def test_many_interactions_leave_nothing_behind(town: Town) -> None:
    message = await town.fake.people.answer(await town.fake.people.slash(town.room, town.ann, "idea", text="The Third Steep"))
    idea = shown_ideas(message)[0]

    async def round_of_everything() -> None:
        helped = await town.fake.people.slash(town.room, town.ann, "help")
        voted = await town.fake.people.click(message, town.ann, f"vote:{idea}:up")
        asked = await town.fake.people.click(message, town.ann, f"edit?{idea}:text")
        await town.fake.people.answer(helped)
        await town.fake.people.answer(voted)
        await town.fake.people.until(lambda: asked.modal is not None)

    await round_of_everything()
    await settled(town)
    before = len(asyncio.all_tasks())
    for _again in range(30):
        await round_of_everything()
    await settled(town)

    gc.collect()
    assert [one for one in gc.get_objects() if type(one) is Answer] == []
    assert len(asyncio.all_tasks()) <= before


async def settled(town: Town) -> None:
    """Waits until nothing is under way: tallies are redrawn a second after a vote."""
    await asyncio.sleep(1.2)
    await until(lambda: not town.house.desk._tasks, what="rest")
