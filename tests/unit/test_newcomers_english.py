"""What English newcomers ask of ideas that stand there, in several wordings each: what is done, or why it is not."""

from __future__ import annotations

import pytest

from bot import typed
from bot.domain.errors import Refusal
from bot.messages import Call, Card, Press
from bot.services.talk.cannot import why
from bot.services.talk.deeds import deed
from bot.wiring import House
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, a_person, an_id, an_idea
from tests.unit.test_desk import house as house
from tests.unit.test_following import a_set


def parsed(line: str, under: str = "latest") -> Call | Press:
    return typed.parse(line, typed.Source(id=an_id(), person=a_person(), channel=RED, at=NOON, under=under))


async def said(house: House, line: str) -> BareChat:
    chat, event = BareChat(), parsed(line)
    handle = house.desk.press if isinstance(event, Press) else house.desk.call
    await handle(event, Sheet(chat, "ann"))  # type: ignore[arg-type, operator]
    return chat


def shown(chat: BareChat) -> Card:
    """The card that a room saw last."""
    return list(chat.messages.values())[-1]


def told(chat: BareChat) -> str:
    """What one person was told last."""
    return chat.whispers["ann"][-1].text


@pytest.mark.parametrize(
    "line",
    [
        "rank them by cost",
        "sort by effort",
        "order these by how easy they are",
        "can you sort these from cheapest to most expensive",
        "rank the ideas by impact and effort please",
        "put the easiest ones first",
        "cheapest first please",
        "now prioritise them by feasibility",
        "sort the list by price",
        "order them according to how much time they take",
        "list them in order of difficulty",
        "rate these by originality",
    ],
)
def test_ideas_are_sorted_by_nothing_but_votes_and_a_sentence_says_so(line: str) -> None:
    with pytest.raises(Refusal, match=r"/duel.*/round.*/board"):
        parsed(line)


@pytest.mark.parametrize(
    "line",
    [
        "sort them by votes",
        "rank these by popularity",
        "order the ideas by number of likes",
        "rank them by how many votes they have",
    ],
)
def test_an_order_by_votes_is_the_board(line: str) -> None:
    asked = deed(line)

    assert asked is not None
    assert asked.line == "/board"


@pytest.mark.parametrize(
    "line",
    [
        "sort my bookshelf by colour",
        "rank of tasks by effort for a scrum team",
        "order of service for a wedding",
        "sorting games for toddlers",
    ],
)
def test_sorting_something_else_is_a_topic(line: str) -> None:
    assert why(line) == ""
    assert deed(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "in spanish please",
        "auf deutsch",
        "can you do french",
        "translate them into italian",
        "could you write these in dutch",
        "do you speak japanese?",
        "french please",
        "en español por favor",
        "now the same in portuguese",
        "how about in swedish",
        "which languages do you speak?",
        "is there a german version",
        "can you translate 1 to german?",
        "translate it to Spanish",
        "in French please",
    ],
)
def test_a_language_asked_for_is_answered_by_those_there_are(line: str) -> None:
    event = parsed(line)

    assert isinstance(event, Call)
    assert (event.command, event.args["spoken"]) == ("model", line)


@pytest.mark.parametrize(
    "line", ["slogans in spanish for a taco truck", "spanish lessons for kids", "french toast variations", "german"]
)
def test_a_language_in_a_topic_is_a_topic(line: str) -> None:
    event = parsed(line, under="")

    assert isinstance(event, Call)
    assert event.command == "brainstorm"


async def test_the_answer_about_languages_says_what_the_model_in_use_knows(house: House) -> None:
    chat = await said(house, "in spanish please")

    assert "Nothing is translated" in told(chat)
    assert "muselab model" in told(chat)


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ("put the best three on a board", 3),
        ("only the top 3", 3),
        ("top 3", 3),
        ("just the best two please", 2),
        ("show me the three best ones", 3),
        ("give me the top five", 5),
        ("what are the top 2", 2),
        ("i only want the best four ideas", 4),
    ],
)
def test_the_best_few_are_the_board_cut_there(line: str, most: int) -> None:
    event = parsed(line)

    assert isinstance(event, Call)
    assert (event.command, event.args["said"]) == ("board", f"top {most}")


async def test_a_board_of_the_best_two_shows_two_and_says_that_there_are_more(house: House) -> None:
    await a_set(house)

    chat = await said(house, "only the top two")

    assert len(shown(chat).lines) == 2
    assert "The first 2 of 4" in shown(chat).text


async def test_a_board_that_has_no_more_is_shown_as_it_is(house: House) -> None:
    await a_set(house)

    chat = await said(house, "top 5")

    assert len(shown(chat).lines) == 4
    assert not shown(chat).text


@pytest.mark.parametrize(
    "line",
    [
        "summarise everything in 3 bullets",
        "summarize these in two sentences",
        "sum it up in a few bullet points",
        "give me a short summary in 3 lines",
        "can you condense it all into one paragraph",
        "boil them down to three key points",
        "give us the key takeaways",
        "tl;dr",
    ],
)
def test_a_summary_is_the_themes_with_a_sentence(line: str) -> None:
    event = parsed(line)

    assert isinstance(event, Call)
    assert (event.command, event.args["said"]) == ("themes", "summary")


async def test_where_ideas_are_too_few_for_themes_the_board_says_that_no_summary_is_written(house: House) -> None:
    await a_set(house)

    chat = await said(house, "summarise everything in 3 bullets")

    assert shown(chat).text.startswith("I write no summaries")
    assert len(shown(chat).lines) == 4


async def test_the_themes_say_so_too(house: House) -> None:
    for number in range(16):
        await house.store.add(an_idea(f"a walk to the {number}th lake" if number % 2 else f"cake number {number}", slot=number))

    chat = await said(house, "summarise everything in 3 bullets")

    assert shown(chat).title == "Themes"
    assert shown(chat).text.startswith("I write no summaries")
