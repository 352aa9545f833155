"""What is said of one idea or of all that stand there, in wordings of newcomers that became topics or ended nowhere."""

from __future__ import annotations

import pytest

from bot import typed
from bot.domain.errors import Refusal
from bot.domain.ideas import Prompt
from bot.messages import Call, Press
from bot.services.ideas.substituting import Swap
from bot.services.talk.answers import numbers
from bot.services.talk.followups import FollowUp, follow_up
from bot.services.talk.remarks import answer
from bot.services.talk.replying import asks_of_an_idea
from bot.services.talk.swapping import swapped, swapped_in
from bot.services.talk.wishes import wishes
from bot.wiring import House
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, a_call, a_person, an_id
from tests.unit.test_changing_works import commissions
from tests.unit.test_desk import house as house
from tests.unit.test_following import a_set


def parsed(line: str) -> Call | Press:
    return typed.parse(line, typed.Source(id=an_id(), person=a_person(), channel=RED, at=NOON, under="latest"))


async def said(house: House, line: str) -> BareChat:
    chat, event = BareChat(), parsed(line)
    handle = house.desk.press if isinstance(event, Press) else house.desk.call
    await handle(event, Sheet(chat, "ann"))  # type: ignore[arg-type, operator]
    return chat


@pytest.mark.parametrize(
    ("line", "like", "how"),
    [
        ("make #3 punchier", (3,), "punchier"),
        ("make 3 funnier", (3,), "funnier"),
        ("make number 2 a bit more formal", (2,), "more formal"),
        ("can you make the last one sound less salesy please", (-1,), "less salesy"),
        ("get the second one darker", (2,), "darker"),
        ("the third one but make her a dwarf", (3,), "a dwarf"),
        ("the first one but make him an older man", (1,), "an older man"),
        ("idea 2 but make it a pirate", (2,), "a pirate"),
        ("nah these are all too cheesy", (), "less cheesy"),
        ("no, all of these sound too corny", (), "less corny"),
        ("ugh they're all too childish", (), "less childish"),
        ("now do it like a devil's advocate", (), "arguments against"),
        ("play devil’s advocate", (), "arguments against"),
        ("argue it as the devil's advocate please", (), "arguments against"),
    ],
)
def test_an_idea_otherwise_is_no_topic(line: str, like: tuple[int, ...], how: str) -> None:
    found = follow_up(line)

    assert found is not None
    assert (found.like, found.constraint) == (like, how)


@pytest.mark.parametrize("line", ["make 3 more jokes", "make 5 more names", "make her a birthday card"])
def test_how_many_and_for_whom_say_nothing_of_one_idea(line: str) -> None:
    assert (follow_up(line) or FollowUp()).like == ()


async def test_a_wish_about_all_goes_on_with_the_topic_and_not_with_the_idea_changed_before(house: House) -> None:
    await a_set(house, address="")
    await said(house, "make the second one punchier")
    of_one, *_rest = await house.store.brainstorms(RED, limit=5)

    await said(house, "nah these are all too cheesy")

    latest, *_others = await house.store.brainstorms(RED, limit=5)
    assert isinstance(of_one.prompt, Prompt)
    assert isinstance(latest.prompt, Prompt)
    assert (of_one.prompt.about, of_one.prompt.style) == (("The Third Cup",), "punchier")
    assert (latest.prompt.text, latest.prompt.about) == ("names for a tea bar", ())
    assert latest.prompt.style.endswith("less cheesy")


@pytest.mark.parametrize("line", ["vote 1", "vote #1", "/vote 1", "vote number 1", "vote on 1", "Vote 1!"])
def test_a_vote_without_a_word_is_one_for_the_idea(line: str) -> None:
    event = parsed(line)

    assert isinstance(event, Press)
    assert (event.key.verb, event.key.target.removeprefix("#"), event.key.token) == ("vote", "1", "up")


@pytest.mark.parametrize(
    ("line", "command", "kind"),
    [
        ("/start", "help", "hello"),
        ("/START", "help", "hello"),
        ("/hi", "help", "hello"),
        ("/menu", "help", "help"),
        ("/undo", "restore", "undo"),
        ("/undo please", "restore", "undo"),
    ],
)
def test_commands_of_other_bots_say_what_they_say_there(line: str, command: str, kind: str) -> None:
    event = parsed(line)

    assert isinstance(event, Call)
    assert (event.command, event.args["said"]) == (command, kind)


@pytest.mark.parametrize(
    ("line", "topic", "count"),
    [
        ("give me 5 villains for a swamp campaign", "villains for a swamp campaign", 5),
        ("show us 3 quests for a heist one-shot", "quests for a heist one-shot", 3),
        ("can you invent 4 traps for a pyramid dungeon", "traps for a pyramid dungeon", 4),
        ("list six monsters who live in a mine", "monsters who live in a mine", 6),
        ("give me 5 minutes of silence", "give me 5 minutes of silence", None),
        ("5 villains for a swamp campaign", "5 villains for a swamp campaign", None),
    ],
)
def test_how_many_are_to_be_given_is_no_part_of_the_topic(line: str, topic: str, count: int | None) -> None:
    found = wishes(line)

    assert (found.topic, found.count) == (topic, count)


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("write a little poem for the opening invitation", "the opening invitation"),
        ("make a poem for grandma's 80th birthday", "grandma's 80th birthday"),
        ("can you write us a short poem for our old headmaster?", "our old headmaster"),
    ],
)
def test_a_poem_for_something_is_a_poem(line: str, topic: str) -> None:
    event = parsed(line)

    assert isinstance(event, Call)
    assert (event.command, event.args["topic"]) == ("poem", topic)


@pytest.mark.parametrize(
    "line",
    [
        "who would pay for this",
        "who would really buy these?",
        "whats her motivation",
        "what's their weakness?",
        "which of these is the easiest for 6 volunteers?",
        "which one is the cheapest to run with 4 people?",
        "what idea is the most fun for 20 children",
    ],
)
def test_a_question_about_ideas_names_none_by_an_amount(line: str) -> None:
    assert asks_of_an_idea(line)
    assert numbers(line, ()) == []


def test_a_number_beside_an_amount_is_an_idea_still() -> None:
    assert numbers("is 3 good for 20 guests", ()) == ["3"]
    assert numbers("a poster for 3 please", ()) == ["3"]


@pytest.mark.parametrize(
    "line",
    [
        "everyone votes now, how does that work?",
        "how does the voting work here?",
        "everybody should vote, how do we do that?",
        "so how does voting go",
    ],
)
def test_how_a_vote_goes_is_told_in_a_sentence(line: str) -> None:
    assert answer(line).startswith("I hold no polls")


@pytest.mark.parametrize("line", ["can you draw me a logo for it?", "make a logo for it", "a logo of it please"])
@pytest.mark.parametrize("before", ["I like the second one", "the second one is great", "more like the second one"])
async def test_a_picture_of_it_is_of_the_idea_that_was_spoken_of(house: House, before: str, line: str) -> None:
    await a_set(house, address="")
    await said(house, before)

    await said(house, line)

    assert commissions(house)[-1].text == "The Third Cup"


async def test_a_picture_of_them_is_of_all(house: House) -> None:
    await a_set(house, address="")
    await said(house, "I like the second one")

    await said(house, "a logo for them")

    assert commissions(house)[-1].text != "The Third Cup"


@pytest.mark.parametrize(
    ("line", "one"),
    [
        ('change "fair" to "fete" in the first idea', "the first idea"),
        ("replace “fair” with “fete” in number 2", "number 2"),
        ('use "fete" instead of "fair" on the last poster please', "the last poster"),
        ('change "fair" to "fete"', ""),
    ],
)
def test_a_word_of_a_named_idea_is_changed(line: str, one: str) -> None:
    assert (swapped(line), swapped_in(line)) == (Swap("fair", "fete"), one)


async def test_a_picture_is_made_anew_with_the_words_changed_in_it(house: House) -> None:
    await house.desk.call(a_call("imagine", what="the summer fair", count=1), Sheet(BareChat(), "ann"))

    await said(house, 'change "fair" to "fete" in the first idea')

    assert [one.text for one in commissions(house)] == ["the summer fair", "the summer fete"]


async def test_a_word_of_one_idea_changes_no_topic(house: House) -> None:
    await a_set(house, address="")

    chat = await said(house, 'change "tea" to "coffee" in the first idea')

    assert "“tea”" in chat.whispers["ann"][-1].text
    assert len(await house.store.brainstorms(RED, limit=5)) == 1


def test_an_unknown_command_is_refused_still() -> None:
    with pytest.raises(Refusal):
        parsed("/stort")
