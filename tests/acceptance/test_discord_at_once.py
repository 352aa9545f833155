"""Answers that come at once on Discord: they are the acknowledgement, and where that is not taken a deferral is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.wiring import House
from tests.acceptance.drivers.discord import connected
from tests.fakes.discord import FakeDiscord, Room, User

CALLBACK, EDIT = "create_interaction_response", "update_original_webhook_message"
MESSAGE, DEFERRAL = 4, 5  # types of callbacks
NEVER_S = 1e6


@dataclass
class Town:
    """A server with one room, one person and a bot that has all the time it needs."""

    fake: FakeDiscord
    house: House
    room: Room
    ann: User

    def requests(self, operation: str) -> int:
        """How many of an operation came."""
        return sum(heard.operation == operation for heard in self.fake.rest.heard)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with FakeDiscord() as fake:
        guild, ann = fake.guild(), fake.user("ann")
        async with connected(fake, tmp_path) as house:
            house.desk.receiving.soon_s = NEVER_S
            yield Town(fake, house, guild.rooms[0], ann)
        assert fake.violations == []


async def test_an_answer_at_once_is_the_acknowledgement(town: Town) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, "idea", text="The Third Steep")

    message = await town.fake.people.answer(asked)

    assert (asked.answered, message.ephemeral_for) == (MESSAGE, None)
    assert "The Third Steep" in message.text
    assert (town.requests(CALLBACK), town.requests(EDIT)) == (1, 0)


async def test_a_vote_is_confirmed_to_the_voter_alone_with_one_request(town: Town) -> None:
    idea = await town.fake.people.answer(await town.fake.people.slash(town.room, town.ann, "idea", text="The Third Steep"))
    vote = next(id for id in idea.buttons if id.startswith("vote:"))

    asked = await town.fake.people.click(idea, town.ann, vote)
    said = await town.fake.people.answer(asked)

    assert (asked.answered, said.ephemeral_for) == (MESSAGE, town.ann)
    assert town.requests(CALLBACK) == 2


async def test_what_discord_does_not_take_as_an_acknowledgement_follows_a_deferral(town: Town) -> None:
    town.fake.fail(CALLBACK, 400, code=50035, of=MESSAGE)

    asked = await town.fake.people.slash(town.room, town.ann, "help")
    message = await town.fake.people.answer(asked)

    assert (asked.answered, message.ephemeral_for) == (DEFERRAL, town.ann)
    assert len([one for one in asked.answers if not one.deleted]) == 1


async def test_an_answer_that_was_taken_and_refused_is_told_once(town: Town) -> None:
    town.fake.fail(CALLBACK, 502, of=MESSAGE, takes_effect=True)

    asked = await town.fake.people.slash(town.room, town.ann, "help")
    await town.fake.people.until(lambda: town.requests(EDIT), what="the same message once more")

    assert asked.answered == MESSAGE
    assert len(asked.answers) == 1


async def test_a_command_that_refuses_is_told_to_the_person_alone(town: Town) -> None:
    asked = await town.fake.people.slash(town.room, town.ann, "idea", text="x" * 401)

    message = await town.fake.people.answer(asked)

    assert (asked.answered, message.ephemeral_for) == (MESSAGE, town.ann)
