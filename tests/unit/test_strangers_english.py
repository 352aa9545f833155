"""Kinds of lines that English-speaking strangers typed and that were answered badly are answered as a colleague would."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.terminal._shorthand import expand
from bot import typed, wiring
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.messages import Call, Press
from bot.services.talk.adding import extended, owned
from bot.services.talk.complaining import wish
from bot.services.talk.deeds import deed
from bot.services.talk.filing import wanted
from bot.services.talk.followups import follow_up
from bot.services.talk.orders import order
from bot.services.talk.signing import chosen
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, Hands, a_call, a_person
from tests.unit.test_undoing import a_set, says

with (Path(__file__).parents[1] / "data" / "said_in_english.tsv").open(encoding="utf-8", newline="") as file:
    LINES = [(row["does"], row["line"]) for row in csv.DictReader(file, delimiter="\t")]


@pytest.fixture
async def house(tmp_path: Any) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    yield house
    await house.desk.close()
    await store.close()


def parsed(line: str, under: str = "latest") -> Call | Press:
    return typed.parse(expand(line)[0], typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=under))


def is_call(event: Call | Press | str, command: str, **args: str) -> bool:
    """Whether a line is that command, with arguments that match these patterns."""
    if not isinstance(event, Call) or event.command != command:
        return False
    return all(re.fullmatch(pattern, str(event.args.get(name, ""))) for name, pattern in args.items())


def goes_on(event: Call | Press | str, how: str, *, like: bool) -> bool:
    """Whether a line wants other ideas: how, and like one of them or not."""
    said = follow_up(str(event.args.get("said", ""))) if isinstance(event, Call) and event.command == "more" else None
    return said is not None and bool(said.like) == like and re.fullmatch(how, said.constraint) is not None


def is_told(event: Call | Press | str, *parts: str) -> bool:
    """Whether a line is answered by a sentence that has all of these."""
    return isinstance(event, str) and all(part in event for part in parts)


def is_tune(event: Call | Press | str) -> bool:
    asked = deed(str(event.args.get("said", ""))) if isinstance(event, Call) and event.command == "more" else None
    return asked is not None and asked.modality == "music"


def is_for_it(event: Call | Press | str) -> bool:
    said = str(event.args.get("said", "")) if isinstance(event, Call) and event.command == "more" else ""
    return extended("fundraiser for the animal shelter", said).endswith(" for our fundraiser for the animal shelter")


def is_vote_by_words(event: Call | Press | str) -> bool:
    return isinstance(event, Press) and event.key.verb == "vote" and event.key.target.startswith("~")


DOES: dict[str, Callable[[Call | Press | str], bool]] = {
    "vote": lambda event: is_call(event, "board", said="vote"),
    "back": lambda event: is_call(event, "board", said="back", topic=r".+"),
    "polish": lambda event: is_call(event, "polish", level="short|clear"),
    "moved": lambda event: is_call(event, "restore", under="latest"),
    "hide last": lambda event: is_call(event, "hide", idea=r".*-1"),
    "print": lambda event: is_call(event, "export", format="html"),
    "tune": is_tune,
    "for it": is_for_it,
    "boards": lambda event: is_told(event, "one board", "another channel"),
    "titled": lambda event: is_call(event, "imagine", layout="poster|logo"),
    "which": lambda event: is_told(event, "I cannot judge", "“cheaper”", "/board"),
    "against": lambda event: goes_on(event, "arguments against", like=True),
    "reasons": lambda event: is_told(event, "I cannot say", "/polish", "arguments against"),
    "wish": lambda event: goes_on(event, r".*(?:er|playful|variety)", like=False),
    "others": lambda event: is_call(event, "spin") or goes_on(event, "", like=False),
    "counted": lambda event: is_told(event, "/board", "/export"),
    "vote words": is_vote_by_words,
}


@pytest.mark.parametrize(("does", "line"), LINES, ids=[line for _does, line in LINES])
def test_a_strangers_line_is_taken_as_it_was_meant(does: str, line: str) -> None:
    event: Call | Press | str
    try:
        event = parsed(line)
    except Refusal as refusal:
        event = str(refusal)

    assert DOES[does](event), event


@pytest.mark.parametrize(
    "line",
    [
        "voting age reform ideas",
        "a campaign to put the best mayor up for a vote",
        "vote for your favourite cheese, a supermarket campaign",
        "back to school party ideas",
        "go back to the sea, a song title",
        "names for a printing shop",
        "print ideas for a t-shirt",
        "posters with funny words for the gym",
        "names for a poster called spring",
        "which is the cheapest way to heat a barn",
        "reasons against homework",
        "devil's advocate costumes",
        "why would a number 1 hit work",
        "a board game called Year 3",
        "funny, short names for a tea bar",
        "a song to my mother",
        "my last one-man show",
        "I meant to write a blog about 3 cats, not 2 dogs",
    ],
)
def test_a_topic_that_holds_such_words_stays_a_topic(line: str) -> None:
    event = parsed(line)

    assert isinstance(event, Call)
    assert event.command == "brainstorm"


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("those are a bit generic, can you make them weirder", "weirder"),
        ("too cheesy. try again but sadder", "sadder"),
        ("hmm not great, give me something more playful", "more playful"),
        ("meh, too long. shorter and sillier please", "shorter and sillier"),
        ("not great!", ""),
    ],
)
def test_of_a_complaint_only_the_wish_is_kept(line: str, how: str) -> None:
    assert wish(line) == how


@pytest.mark.parametrize("line", ["it's good, but make it shorter", "great! more please", "funny", "这些太普通了，换一批"])
def test_praise_is_no_complaint(line: str) -> None:
    assert wish(line) is None


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("not bad, but they are a bit too long", "short"),
        ("too salesy, dial it down", "less salesy, dial it down"),
        ("way too expensive, we've got 200 euros", "less expensive, we've got 200 euros"),
    ],
)
def test_what_is_too_much_is_wanted_less(line: str, how: str) -> None:
    said = follow_up(line)

    assert said is not None
    assert said.constraint == how


def test_a_tale_behind_a_complaint_is_no_way_to_be() -> None:
    assert follow_up("meh. intern could've done it") is None


async def test_a_complaint_that_only_its_meaning_tells_is_not_carried_on_either(house: House) -> None:
    await a_set(house, "Steep", "Brew", "Sip")
    before = await house.services.following.before(RED, "latest")
    assert before is not None

    call = a_call("brainstorm", topic="these are so tame, jazzier ones")
    sheet = Sheet(BareChat(), "ann")
    await sheet.ack()
    await house.services.following.further(call, before, "these are so tame, jazzier ones", sheet)

    latest = (await house.store.brainstorms(RED, limit=1))[0]
    assert latest.prompt is not None
    assert latest.prompt.style == "jazzier"


async def test_a_slogan_for_that_is_for_the_idea_that_the_person_likes(house: House) -> None:
    await a_set(house, "A sponsored dog walk", "A raffle")
    await says(house, "+1 for 1")

    await says(house, "a slogan for that", at=NOON + timedelta(minutes=1))

    latest = (await house.store.brainstorms(RED, limit=1))[0]
    assert latest.prompt is not None
    assert latest.prompt.text == "a slogan for “A sponsored dog walk”"


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("fundraiser for the animal shelter", "our fundraiser for the animal shelter"),
        ("team lunch for ten", "our team lunch for ten"),
        ("a tea bar", "a tea bar"),
        ("how do we stop people quitting", "how do we stop people quitting"),
        ("jealousy between sisters", "jealousy between sisters"),
    ],
)
def test_an_occasion_is_ours_behind_for(subject: str, said: str) -> None:
    assert owned(subject) == said


@pytest.mark.parametrize(
    ("line", "typed_line"),
    [
        ("can you do the poster as well, with the title Parking Mad", "/imagine --layout poster -- Parking Mad"),
        ("do a logo with the name Oak & Ash", "/imagine --layout logo -- Oak & Ash"),
        ('can you make a poster with "Lost in Leeds" as the title', "/imagine --layout poster -- Lost in Leeds"),
    ],
)
def test_a_picture_with_a_title_has_the_title_alone(line: str, typed_line: str) -> None:
    assert order(line) == typed_line


@pytest.mark.parametrize(
    "line", ["a poster with the text bigger", "a poster with the name of number 2", "poster with the title 1"]
)
def test_what_names_an_idea_or_a_size_is_no_title(line: str) -> None:
    assert not order(line).endswith(("bigger", "number 2", "-- 1"))


def test_how_a_tune_for_it_is_to_be_is_kept() -> None:
    asked = deed("now a tune to go with it, something the kids can clap to")

    assert asked is not None
    assert asked.scene == "something the kids can clap to"


def test_printing_wants_the_page_and_a_spreadsheet_does_not() -> None:
    assert wanted("can I print this for the other teachers?") == "html"
    assert wanted("can I have this in excel") == "csv"


def test_the_words_of_an_idea_are_read_without_what_is_around_them() -> None:
    assert chosen("I'd vote for the one with the calendar") == "calendar"
    assert chosen("I vote for the first one") == ""
