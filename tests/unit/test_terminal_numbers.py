"""A bare number in the terminal is a place on the screen, in every command; one with # is the channel's."""

from __future__ import annotations

import pytest

from adapters.terminal._numbers import Numbers
from bot.domain.errors import UnknownIdea
from bot.domain.ideas import IdeaId
from bot.messages import Line


@pytest.fixture
def numbers() -> Numbers:
    """A list of three ideas, numbers 41 to 43 of the channel."""
    shown = Numbers()
    shown.lines = [Line(idea=IdeaId(f"id{number}"), number=number, text="…") for number in (41, 42, 43)]
    return shown


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1 1 2", "#41 #41 #42"),
        ("1x3 2", "#41x3 #42"),
        ("3×2, 1", "#43×2, #41"),
        ("2 x 3 1", "#42 x 3 #41"),
        ("1*2；3", "#41*2；#43"),
        ("#42 #7x2 1", "#42 #7x2 #41"),
        ("none", "none"),
        ("", ""),
    ],
)
def test_numbers_for_points_and_themes_are_places_on_the_screen(numbers: Numbers, typed: str, meant: str) -> None:
    assert numbers.counted(typed) == meant


def test_a_place_that_the_screen_does_not_have_is_refused_in_a_text_of_numbers_too(numbers: Numbers) -> None:
    with pytest.raises(UnknownIdea, match="no 7"):
        numbers.counted("1 7x2")


def test_with_nothing_on_the_screen_numbers_are_the_channel_s() -> None:
    assert Numbers().counted("1 7x2") == "1 7x2"
