"""Which notes stand under which heading, and which lines are of one note; the places of lines are made up, nothing is read."""

from __future__ import annotations

import pytest

pytest.importorskip("PIL", reason="pip install 'muselab[image]'")

from PIL import Image, ImageDraw

from generators.engines.vision.columns import Column, columns
from generators.engines.vision.notes import Group, grouped
from generators.engines.vision.reading import Line

WALL, PINK = (240, 240, 236), (255, 159, 181)


def a_group(text: str, left: int, top: int, ground: tuple[int, int, int] = PINK, wide: int = 100) -> Group:
    line = Line(text=text, sure=1.0, box=(left, top, left + wide, top + 20))
    return Group(lines=(line,), ground=ground)


def told(groups: list[Group]) -> list[tuple[str, list[str]]]:
    return [(column.title, list(column.texts)) for column in columns(groups)]


def test_a_note_belongs_to_the_heading_that_it_stands_under() -> None:
    heads = [a_group("Pros", 40, 0, WALL), a_group("Cons:", 540, 0, WALL)]
    notes = [a_group("cheap", 20, 100), a_group("loud", 520, 100), a_group("central", 20, 200), a_group("dark", 520, 200)]

    assert told([*heads, *notes]) == [("Pros", ["cheap", "central"]), ("Cons", ["loud", "dark"])]


@pytest.mark.parametrize("heads", [(0, 600), (125, 725)], ids=["over the first note", "over the middle"])
def test_a_heading_has_all_notes_beside_one_another_up_to_the_next(heads: tuple[int, int]) -> None:
    row = [a_group("Pros", heads[0], 0, WALL), a_group("Cons", heads[1], 0, WALL)]
    notes = [a_group(str(left), left, 100) for left in (0, 125, 250, 600, 725, 850)]

    assert told([*row, *notes]) == [("Pros", ["0", "125", "250"]), ("Cons", ["600", "725", "850"])]


def test_headings_in_two_rows_have_the_notes_below_them() -> None:
    first = [a_group("Strengths", 0, 0, WALL), a_group("Weaknesses", 300, 0, WALL), a_group("a", 0, 60), a_group("b", 300, 60)]
    second = [a_group("Chances", 0, 200, WALL), a_group("Threats", 300, 200, WALL), a_group("c", 0, 260), a_group("d", 300, 260)]

    assert told([*first, *second]) == [("Strengths", ["a"]), ("Weaknesses", ["b"]), ("Chances", ["c"]), ("Threats", ["d"])]


def test_headings_may_be_notes_of_their_own() -> None:
    notes = [a_group("Start", 0, 0), a_group("Stop", 300, 0), a_group("samples", 0, 100), a_group("late", 300, 100)]

    assert told(notes) == [("Start", ["samples"]), ("Stop", ["late"])]


def test_notes_above_all_headings_stand_under_none() -> None:
    assert told([a_group("tea", 0, 0), a_group("Pros", 0, 100, WALL), a_group("cheap", 0, 200), a_group("new", 0, 300)]) == [
        ("", ["tea"]), ("Pros", ["cheap", "new"]),
    ]  # fmt: skip


def test_without_notes_every_line_counts_and_known_headings_are_ones() -> None:
    def listed(*texts: str) -> Group:
        lines = tuple(Line(text=text, sure=1.0, box=(0, 40 * place, 90, 40 * place + 20)) for place, text in enumerate(texts))
        return Group(lines=lines, ground=WALL)

    assert columns([listed("Cons", "no kitchen", "loud"), listed("a roof", "a boat")]) == [
        Column(title="Cons", texts=("no kitchen", "loud")),
        Column(title="", texts=("a roof", "a boat")),
    ]


def test_notes_of_one_colour_under_one_another_are_two_where_the_wall_shows_between() -> None:
    wall = Image.new("RGB", (300, 200), WALL)
    for top in (0, 84):
        ImageDraw.Draw(wall).rectangle((0, top, 300, top + 76), fill=PINK)
    lines = [Line(text=text, sure=1.0, box=(10, top, 200, top + 24)) for text, top in (("tea", 4), ("bar", 32), ("boat", 90))]

    assert [group.text for group in grouped(lines, wall)] == ["tea bar", "boat"]
