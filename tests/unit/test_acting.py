"""What is done for talk whose intent is sure, as far as it names one idea that stands there and nothing can be lost."""

from __future__ import annotations

import pytest

from bot.services.talk.acting import act, direction, layout_of, the_one
from tests.builders import an_idea

IDEAS = [an_idea(text, number=number) for number, text in enumerate(("The Third Steep", "Leaf Lane", "Quiet Cup"), start=41)]
ONE = IDEAS[:1]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("a picture of 42", 42),
        ("a picture of #42 please", 42),
        ("could you draw number 2?", 42),
        ("the last one as a picture", 43),
        ("给第3条配张图", 43),
        ("2 hearts for 43", 43),  # what is counted is no idea
        ("41 and 42 side by side", None),
        ("number 9", None),  # none that stands there
        ("an 8bit picture of a ship", None),
        ("draw them", None),
    ],
)
def test_one_idea_is_meant_where_one_that_stands_there_is_named(line: str, number: int | None) -> None:
    one = the_one(line, IDEAS)

    assert (one.number if one is not None else None) == number


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("how would it look", True),
        ("draw it", True),
        ("our mascot is a fox with a red scarf and two tails, so please draw it", False),
    ],
)
def test_it_is_the_idea_that_stands_there_alone(line: str, meant: bool) -> None:
    assert (the_one(line, ONE) is not None) is meant


@pytest.mark.parametrize(
    ("line", "way"),
    [
        ("2 is genius", "up"),
        ("my kids would go crazy for 2", ""),
        ("2 gets my vote", "up"),
        ("2 is cringe", "down"),
        ("i like 2 but not the name", ""),
        ("not a fan of 2, i like quiet places", ""),
        ("2 isn't the best", ""),
        ("2 is not bad", ""),
        ("2 is my least favourite", ""),
        ("who likes 2?", ""),
        ("i take back my thumbs up on 2", ""),
        ("2 is better than the worst", ""),
        ("我投2", "up"),
        ("第二个不错", "up"),
        ("第三个特别戳我，好喜欢", "up"),
        ("别喜欢2", ""),
        ("2太无聊了", "down"),
        ("不喜欢2", "down"),
        ("2没那么棒", ""),
        ("谁喜欢2", ""),
    ],
)
def test_a_vote_has_a_direction_where_it_is_plain(line: str, way: str) -> None:
    assert direction(line) == way


@pytest.mark.parametrize(
    ("intent", "line", "command", "args"),
    [
        ("board", "who is ahead", "board", {}),
        ("help", "what do the numbers mean", "help", {"said": "help"}),
        ("idle", "hmm", "help", {"said": "okay"}),
        ("why", "what put 42 up there", "why", {"idea": IDEAS[1].id}),
        ("question", "would 42 work for a village", "why", {"idea": IDEAS[1].id}),
        ("image", "i'd like a poster of 42", "imagine", {"what": IDEAS[1].id, "layout": "poster"}),
        ("tune", "something to hum for 42", "compose", {"what": IDEAS[1].id}),
        ("speak", "let us hear 42", "say", {"what": IDEAS[1].id}),
        ("poem", "42 in rhyme", "poem", {"topic": IDEAS[1].id}),
        ("vote", "42 is genius", "vote", {"idea": IDEAS[1].id}),
    ],
)
def test_what_loses_nothing_is_done(intent: str, line: str, command: str, args: dict[str, str]) -> None:
    done = act(intent, line, IDEAS, "a tea bar", anywhere=True)

    assert done is not None
    assert (done.command, done.args, done.of_it) == (command, args, False)


@pytest.mark.parametrize("intent", ["hide", "edit", "undo", "privacy", "send", "language", "pick", ""])
def test_what_may_lose_something_is_not_done(intent: str) -> None:
    assert act(intent, "42 please", IDEAS, "a tea bar", anywhere=True) is None


@pytest.mark.parametrize(
    ("intent", "line"),
    [
        ("vote", "42 and 43 are genius"),
        ("vote", "42 hmm"),
        ("why", "why these"),
        ("speak", "read them"),
        ("image", "a fox on a boat"),
    ],
)
def test_what_names_no_single_idea_is_not_done(intent: str, line: str) -> None:
    assert act(intent, line, IDEAS, "a tea bar", anywhere=True) is None


def test_a_picture_of_several_is_of_what_they_are_for() -> None:
    done = act("image", "how would they look as a poster", IDEAS, "a tea bar", anywhere=True)

    assert done is not None
    assert (done.of_it, done.args) == (True, {"layout": "poster"})
    assert "a tea bar" in done.said


def test_nothing_is_made_of_a_work() -> None:
    picture = an_idea("a fox", number=44, modality="image")

    assert act("image", "redraw 44", [picture], "a fox", anywhere=True) is None


def test_what_was_understood_is_said() -> None:
    done = act("vote", "41 is cringe", IDEAS, "a tea bar", anywhere=True)

    assert done is not None
    assert "👎 for #41 “The Third Steep”" in done.said
    assert "/vote #41 none" in done.said


@pytest.mark.parametrize(("line", "layout"), [("a logo of 2", "logo"), ("2号做成海报", "poster"), ("draw 2", "")])
def test_the_kind_of_a_picture_is_heard(line: str, layout: str) -> None:
    assert layout_of(line) == layout
