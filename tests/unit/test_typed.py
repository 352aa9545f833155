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
        ("names for a tea bar", {"topic": "names for a tea bar"}),
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
        ("help me name a boat", {"topic": "help me name a boat"}),
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
        ("/vote 3", r"Please write /vote IDEA up\|down\|none"),
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
