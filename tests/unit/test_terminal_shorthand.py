"""What is typed in a hurry."""

from __future__ import annotations

import pytest

from adapters.terminal._shorthand import FORMS, expand
from bot.domain.errors import Refusal


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1+", ["/vote 1 up"]),
        ("2-", ["/vote 2 down"]),
        ("+1", ["+1"]),  # names no idea: which is asked where several stand
        ("+2", ["/vote 2 up"]),
        ("-3", ["/vote 3 down"]),
        ("3!", ["/pick 3"]),
        ("1*4", ["/stars 1 4"]),
        ("1 * 0", ["/stars 1 0"]),
        ("#17+", ["/vote #17 up"]),
        ("1+ 2- 3!", ["/vote 1 up", "/vote 2 down", "/pick 3"]),
        ("1+, 12-", ["/vote 1 up", "/vote 12 down"]),
        ("1&2", ["/remix 1 2"]),
        ("1 & #12", ["/remix 1 #12"]),
        ("e 2", ["/edit 2"]),
        ("e 2 The Tea Room!", ["/edit 2 The Tea Room!"]),
        ("1👍", ["/vote 1 up"]),
        ("1👍🏿", ["/vote 1 up"]),
        ("1 👎🏽", ["/vote 1 down"]),
        ("1 ❤️", ["/emoji 1 ❤"]),
        ("2 💤", ["/emoji 2 💤"]),
    ],
)
def test_a_short_form_stands_for_what_would_be_typed_in_full(typed: str, meant: list[str]) -> None:
    assert expand(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), [("１＋", "/vote 1 up"), ("１－", "/vote 1 down"), ("1−", "/vote 1 down")])
def test_a_chinese_keyboard_s_wide_signs_mean_the_same(typed: str, meant: str) -> None:
    assert expand(typed) == [meant]


@pytest.mark.parametrize(
    "topic", ["names for a tea bar", "2+2 jokes", "1+1", "3-2", "24-hour cafés", "C++", "1*45", "e mail slogans", "R&B"]
)
def test_a_topic_that_looks_a_little_like_a_short_form_stays_a_topic(topic: str) -> None:
    assert expand(topic) == [topic]


def test_a_bare_number_is_answered_with_what_can_be_done_to_that_idea() -> None:
    with pytest.raises(Refusal, match=r"What about idea 3\? 3\+ likes it"):
        expand("3")


@pytest.mark.parametrize("form", [form for form, _meaning in FORMS if form[0].isdigit() and form[1] in "+-!*&🔥"])
def test_every_short_form_in_the_help_is_understood(form: str) -> None:
    assert expand(form) != [form]
