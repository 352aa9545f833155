"""What a form asks at a terminal, long answers in pages, and pictures that have room."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from adapters.terminal._asking import answered, complaint, instead, offered, question, typed_behind
from adapters.terminal._paging import KEPT, cut, height
from adapters.terminal._picture import previews
from adapters.terminal._render import Row
from adapters.terminal._wrapping import wrapped
from bot.messages import Field, File

WAYS = Field(
    name="how",
    label="What to do",
    kind="choice",
    choices=(("board", "A board"), ("paint", "My picture, painted")),
    required=False,
)
MANY = Field(name="who", label="Who", kind="choice", choices=(("a", "Ann"), ("b", "Bob")), many=True)


def a_picture(wide: int, tall: int) -> File:
    out = io.BytesIO()
    Image.new("RGB", (wide, tall), "teal").save(out, "PNG")
    return File(name="p.png", media_type="image/png", content=out.getvalue())


@pytest.mark.parametrize("behind", ["q", " q", "/board", "/help vote"])
def test_a_form_is_left_by_what_is_typed_behind_the_text_that_stands_there(behind: str) -> None:
    there = Field(name="text", label="Your version", value="The Tea Room")

    assert instead("The Tea Room" + behind, there) is not None
    assert typed_behind("The Tea Room" + behind, there) == behind.strip()
    assert instead("The Tea Room", there) is None
    assert instead("The Tea Room and more", there) is None


@pytest.mark.parametrize(("width", "lines"), [(8, ["海洋、森", "林、日落", "（夜）"]), (80, ["海洋、森林、日落（夜）"])])
def test_chinese_breaks_between_characters_and_signs_stay_with_what_they_close(width: int, lines: list[str]) -> None:
    broken = wrapped(Text("海洋、森林、日落（夜）"), width, Console(width=width))

    assert [line.plain for line in broken] == lines
    assert all(cell_len(line.plain) <= width for line in broken)


def test_choices_are_offered_in_words_of_people_and_by_number() -> None:
    assert [row.text for row in offered(WAYS)] == ["  1  A board", "  2  My picture, painted"]
    assert "paint" not in question(WAYS)


@pytest.mark.parametrize("answer", ["2", "paint", "my picture, painted", " My picture, painted "])
def test_a_choice_is_answered_by_its_number_its_words_or_its_name(answer: str) -> None:
    assert answered(WAYS, answer) == "paint"
    assert complaint(WAYS, answered(WAYS, answer)) == ""


def test_several_choices_are_answered_at_once() -> None:
    assert answered(MANY, "1, 2") == "a b"
    assert complaint(MANY, "a b") == ""
    assert complaint(MANY, answered(MANY, "1 3"))


def test_what_is_no_choice_is_answered_with_the_choices() -> None:
    assert complaint(WAYS, answered(WAYS, "sculpt")) == "“sculpt” is not one of board, paint."


@pytest.mark.parametrize("line", ["q", "/q", "/board", "/vote 1 up"])
def test_a_form_is_left_by_what_ends_the_conversation_and_by_any_command(line: str) -> None:
    assert instead(line, WAYS) is not None
    assert instead("a board with /slashes in it", WAYS) is None


@pytest.mark.parametrize("line", ["Q", "Quit", " EXIT ", "cancel", "Stop", "never mind", "取消", "算了"])
def test_a_form_is_left_by_whatever_people_write_to_stop_in_any_case(line: str) -> None:
    assert instead(line, Field(name="text", label="Your idea")) == ""
    assert instead(line, WAYS) == ""


def test_a_question_mark_in_a_form_asks_for_help() -> None:
    assert instead("?", WAYS) == "?"
    assert instead(" ？ ", WAYS) == "？"


def test_what_only_looks_like_a_wish_to_leave_is_an_answer() -> None:
    there = Field(name="text", label="Your version", value="The bus")
    ways = Field(name="do", label="What", kind="choice", choices=(("stop", "End it"), ("next", "Go on")))

    assert instead("The bus stop", there) is None
    assert instead("The bus?", there) is None
    assert instead("Stop the press", there) is None
    assert instead("stop", ways) is None


def some_rows(count: int) -> list[Row]:
    return [Row(kind="text", text=f"line {number}") for number in range(count)]


def test_a_long_answer_comes_in_pages_that_have_room_and_lose_nothing() -> None:
    rows, room = some_rows(50), 24 - KEPT
    seen: list[Row] = []

    while rows:
        shown, rows = cut(rows, room, 80)
        assert height(shown, 80) <= room + 1
        seen += [row for row in shown if row.kind == "text"]

    assert seen == some_rows(50)


def test_what_has_room_comes_whole_and_a_list_of_ideas_is_never_cut() -> None:
    ideas = [Row(kind="idea", text="The Third Steep", position=number) for number in range(1, 51)]

    assert cut(some_rows(5), 20, 80) == (some_rows(5), [])
    assert cut(ideas, 20, 80) == (ideas, [])


@pytest.mark.parametrize(("count", "size"), [(1, (800, 1200)), (3, (800, 1200)), (3, (1200, 800)), (6, (500, 500))])
def test_pictures_stand_side_by_side_and_leave_room_for_what_is_said_of_them(count: int, size: tuple[int, int]) -> None:
    lines = previews([a_picture(*size)] * count)

    assert 0 < len(lines) <= 14
    assert all(cell_len(Text.from_ansi(line).plain) <= 78 for line in lines)


def test_what_is_no_picture_is_passed_over() -> None:
    assert previews([File(name="p.png", media_type="image/png", content=b"no picture")]) == []
    assert len(previews([a_picture(9, 9), File(name="p.png", media_type="image/png", content=b"")])) > 0
