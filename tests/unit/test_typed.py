"""Typed lines become what the person meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import typed
from bot.domain.errors import Refusal, UnknownCommand
from bot.messages import Call, Press
from tests.builders import NOON, RED, a_person

SOURCE = typed.Source(id="1", person=a_person(), channel=RED, at=NOON)


def read(line: str) -> Call | Press:
    return typed.parse(line, SOURCE)


def args(line: str) -> dict[str, object]:
    event = read(line)
    assert isinstance(event, Call)
    return dict(event.args)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/brainstorm names for a tea bar", {"topic": "names for a tea bar"}),
        ("/brainstorm names for a tea bar -n 5", {"topic": "names for a tea bar", "count": 5}),
        ("/brainstorm -n 5 names for a tea bar", {"topic": "names for a tea bar", "count": 5}),
        ('/brainstorm tea --style "dry humour" --count=3', {"topic": "tea", "style": "dry humour", "count": 3}),
        ("/brainstorm tea --style “dry humour”", {"topic": "tea", "style": "dry humour"}),
        ('/brainstorm tea --style="dry humour"', {"topic": "tea", "style": "dry humour"}),
        ("/brainstorm what's new -- -n 5", {"topic": "what's new -n 5"}),
        ("/brainstorm sub-zero -x drinks", {"topic": "sub-zero -x drinks"}),
        ('/brainstorm a "quoted name" for tea', {"topic": 'a "quoted name" for tea'}),
        ("names for a tea bar", {"topic": "names for a tea bar", "spoken": ""}),
        ("BRAINSTORM tea", {"topic": "tea"}),
        ("/remix 3 #7 -n 2", {"first": "3", "second": "#7", "count": 2}),
        ("/board", {}),
        ("/board 2", {"page": 2}),
        ("/privacy delete --sure", {"action": "delete", "sure": True}),
        ("/export csv", {"format": "csv"}),
        ("/spin", {}),
        ("/spin more serious -n 2", {"direction": "more serious", "count": 2}),
        ("/pick 3 --undo", {"idea": "3", "undo": True}),
        ("/settings --count 3 --thread on", {"count": 3, "thread": "on"}),
        ("/settings tallies off count 3", {"tallies": "off", "count": 3}),
        ("help imagine", {"command": "imagine"}),
        ("help me name a boat", {"topic": "help me name a boat", "spoken": ""}),
    ],
)
def test_a_command_is_read(line: str, expected: dict[str, object]) -> None:
    assert args(line) == expected


@pytest.mark.parametrize(
    ("line", "key", "values"),
    [
        ("/vote 3 up", "vote:3:up", {}),
        ("vote #3 down", "vote:#3:down", {}),
        ("/stars 2 4", "stars:2:4", {}),
        ("/emoji 2 🔥", "emoji:2:🔥", {}),
        ("/edit 2 The  Tea Room", "edit:2:text", {"text": "The  Tea Room"}),
    ],
)
def test_an_opinion_is_read(line: str, key: str, values: dict[str, str]) -> None:
    event = read(line)

    assert isinstance(event, Press)
    assert str(event.key) == key
    assert event.values == values


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/brainstrom tea", "There is no command “/brainstrom”. Try /brainstorm"),
        ("/zzzzzz", "Try /help"),
        ("/brainstorm", r"Something is missing. Write /brainstorm TOPIC \[-n COUNT\] \[-s STYLE\]"),
        ("/brainstorm tea -n many", "“many” is not a whole number"),
        ("/brainstorm tea -n", "“-n” needs a value"),
        ("/brainstorm tea --colour red", "There is no option “--colour”"),
        ("/stars 3", "Please write /stars IDEA"),
        ("/export pdf", "“pdf” is not one of markdown, csv, jsonl"),
        ("/remix 1 2 3", "“3” is too much"),
    ],
)
def test_what_cannot_be_read_is_refused_with_how_to_write_it(line: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        read(line)


def test_an_unknown_command_is_told_apart() -> None:
    with pytest.raises(UnknownCommand):
        read("/nothing")


@given(st.text(min_size=1))
def test_any_line_is_read_or_refused_never_worse(line: str) -> None:
    try:
        event = read(line)
    except Refusal:
        return
    assert isinstance(event, Call | Press)


@pytest.mark.parametrize("word", typed.words())
def test_usage_is_one_line_that_names_the_word(word: str) -> None:
    assert typed.usage(word).startswith(f"/{word}")
    assert "\n" not in typed.usage(word)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/imagine 1 moodbord", {"what": "1", "layout": "moodboard"}),
        ("/imagine 1 postr", {"what": "1", "layout": "poster"}),
        ("/imagine 1 logos", {"what": "1", "layout": "logo"}),
        ("/imagine a fox moodbord", {"what": "a fox", "layout": "moodboard"}),
        ("/poem autumn limmerick", {"topic": "autumn", "form": "limerick"}),
        ("/imagine a wall of posters", {"what": "a wall of posters"}),
        ("/imagine a fox foster", {"what": "a fox foster"}),
        ("/imagine 1 lego", {"what": "1 lego"}),
        ("/imagine 3 little pigs", {"what": "3 little pigs"}),
    ],
)
def test_a_choice_that_is_nearly_spelt_is_meant_and_another_word_is_a_word(line: str, expected: dict[str, object]) -> None:
    assert args(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/imagine 1 purple", {"what": "1", "palette": "purple"}),
        ("/imagine 1 watercolor poster", {"what": "1", "style": "watercolour", "layout": "poster"}),
        ("/compose 2 slow sad waltz", {"what": "2", "tempo": 72, "mood": "sad", "style": "waltz"}),
        ("/imagine 1 purple --palette ocean", {"what": "1", "palette": "ocean"}),
        ("/imagine 3 pink flowers", {"what": "3 pink flowers"}),
        ("/compose slow sad waltz", {"what": "slow sad waltz"}),
    ],
)
def test_words_behind_a_number_that_are_all_options_are_options(line: str, expected: dict[str, object]) -> None:
    assert args(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/decide 1 --action 'book it' --owner 'Ann'", {"number": "1", "action": "book it", "owner": "Ann"}),
        ("/decide 1 --action='book it'", {"number": "1", "action": "book it"}),
        ("/decide 1 --action 'don't book it'", {"number": "1", "action": "don't book it"}),
        ("/decide 1 --action ‘book it’", {"number": "1", "action": "book it"}),
        ("/imagine rock 'n' roll", {"what": "rock 'n' roll"}),
        ("/brainstorm 'tis the season -n 3", {"topic": "'tis the season", "count": 3}),
    ],
)
def test_single_quotes_hold_a_value_together_and_stay_in_a_text(line: str, expected: dict[str, object]) -> None:
    assert args(line) == expected


@pytest.mark.parametrize(
    ("line", "style"),
    [
        ("/imagine 3 --style watercolor", "watercolour"),
        ("/imagine 3 --style WATERCOLOUR", "watercolour"),
        ("/imagine 3 --style fauvist", "fauvist"),
    ],
)
def test_a_value_in_other_words_is_the_one_that_is_offered(line: str, style: str) -> None:
    assert args(line)["style"] == style


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("board games for rainy days", True),
        ("more ideas for tea", True),
        ("pick a name for my cat", True),
        ("help me find a name", True),
        ("vote for pedro", True),
        ("board", False),
        ("board 2", False),
        ("more 3", False),
        ("pick 3", False),
        ("vote 1 up", False),
        ("edit #2 The Tea Room at the end of the lane", False),
        ("idea a lamp made of a teapot", False),
        ("brainstorm names for a tea bar", False),
        ("spin towards the sea please", False),
        ("settings -n 3 --style dry", False),
    ],
)
def test_a_line_without_a_slash_is_a_topic_unless_it_can_only_be_a_command(line: str, topic: bool) -> None:
    assert typed.is_command(line) is not topic


@pytest.mark.parametrize(("said", "level"), [("shorter", "short"), ("clearer", "clear"), ("short", "short")])
def test_a_choice_may_be_compared(said: str, level: str) -> None:
    event = typed.parse(f"/polish 3 {said}", SOURCE)

    assert isinstance(event, Call)
    assert event.args["level"] == level
