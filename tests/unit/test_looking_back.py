"""Who named the wrong idea puts it right in words, and earlier ideas come back by what they were for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot import wiring, worded
from bot.config import Settings
from bot.domain.ideas import Prompt
from bot.services.talk.correcting import meant
from bot.services.talk.returning import returned
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import NOON, RED, Hands, a_brainstorm, an_idea
from tests.unit.test_undoing import a_set, says, votes


@pytest.fixture
async def house(tmp_path: Any) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    yield house
    await house.desk.close()
    await store.close()


@pytest.mark.parametrize(
    ("line", "right", "wrong", "vote"),
    [
        ("I meant 3, not 2", 3, 2, False),
        ("not 2, 3!", 3, 2, False),
        ("I meant the third one, not the second", 3, 2, False),
        ("change my vote from 2 to 3", 3, 2, True),
        ("no wait, my vote was for 3", 3, None, True),
    ],
)
def test_which_idea_was_meant_is_read_with_the_one_that_was_not(line: str, right: int, wrong: int | None, vote: bool) -> None:
    found = meant(line)

    assert found is not None
    assert (found.right, found.wrong, found.vote) == (right, wrong, vote)


@pytest.mark.parametrize("line", ["I meant 3", "not 2", "3 not 3", "3 or 2", "make 3, not 2 of them, about cats"])
def test_what_names_no_two_ideas_puts_nothing_right(line: str) -> None:
    assert meant(line) is None


async def test_who_voted_for_the_wrong_idea_moves_the_vote_in_words(house: House) -> None:
    ideas = await a_set(house, "Steep", "Brew", "Sip", "Pour")
    await says(house, "+1 for 2")

    told = await says(house, "I meant 3, not 2", at=NOON + timedelta(minutes=1))

    assert await votes(house, ideas) == {"Sip": "up"}
    assert "/vote up goes to #3 “Sip”" in told
    assert "#2 “Brew”" in told


async def test_a_vote_that_is_named_moves_after_other_deeds_too(house: House) -> None:
    ideas = await a_set(house, "Steep", "Brew", "Sip", "Pour")
    await says(house, "/vote 2 down")
    await says(house, "+1 for 4", at=NOON + timedelta(minutes=1))

    await says(house, "change my vote from 2 to 1", at=NOON + timedelta(minutes=2))

    assert await votes(house, ideas) == {"Steep": "down", "Pour": "up"}


async def test_the_last_vote_moves_where_the_wrong_idea_is_not_named(house: House) -> None:
    ideas = await a_set(house, "Steep", "Brew", "Sip")
    await says(house, "+1 for 2")

    await says(house, "no wait, my vote was for 1", at=NOON + timedelta(minutes=1))

    assert await votes(house, ideas) == {"Steep": "up"}


async def test_nothing_moves_where_nobody_voted_and_a_sentence_says_what_to_type(house: House) -> None:
    ideas = await a_set(house, "Steep", "Brew", "Sip")

    told = await says(house, "I meant 3, not 2")

    assert await votes(house, ideas) == {}
    assert "/vote #3 up" in told


async def test_a_vote_in_words_finds_the_idea_that_has_all_of_them_in_any_order(house: House) -> None:
    ideas = await a_set(house, "A sponsored walk with the shelter dogs", "A dog show")

    await says(house, "my vote goes to the dog walk")

    assert await votes(house, ideas) == {"A sponsored walk with the shelter dogs": "up"}


async def test_an_edit_gives_the_replaced_idea_no_vote(house: House) -> None:
    old, other = await a_set(house, "Steep", "Brew")

    await says(house, 'change 1 to "Steeped in Time"', person="cyd")

    first, second = await house.services.boards.standings(RED.team, [old, other])
    assert (first.tally.ups, first.tally.voters) == (0, 0)
    assert first.score.mean == second.score.mean


async def test_going_back_shows_the_board_of_the_topic_that_has_most_of_the_words(house: House) -> None:
    for topic, text in (("how to stop people quitting the app", "Call them"), ("names for a beer", "Cherry")):
        source = a_brainstorm(prompt=Prompt(text=topic))
        await house.store.begin(source)
        await house.store.finish(source, "done", source.created_at)
        await house.store.add(an_idea(text, brainstorm=source.id))

    told = await says(house, "go back to the one about people who are quitting")

    assert "how to stop people quitting the app" in told
    assert "names for a beer" not in told


async def test_the_closest_topic_is_none_where_no_word_is_shared(house: House) -> None:
    await a_set(house, "Steep")

    assert await house.services.boards.closest(RED, "submarines") == ""


@pytest.mark.parametrize(
    ("line", "topic"), [("back to the beer names", "beer"), ("go back to what we had about runners", "runners")]
)
def test_earlier_ideas_are_named_by_what_they_were_for(line: str, topic: str) -> None:
    assert returned(line) == topic


def test_earlier_ideas_without_a_topic_are_the_whole_board() -> None:
    assert worded.looked_back("go back to the names from before", "latest") == ("board", {"said": "before"})
    assert worded.looked_back("go back to the names from before", "") is None
