"""Small pictures on a small screen."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.terminal._numbers import Numbers
from adapters.terminal._paging import KEPT, height
from adapters.terminal._picture import previews
from adapters.terminal._render import Row
from adapters.terminal._showing import Printed, Scroll
from bot.messages import Card, File, Form, Line
from tests.unit.test_terminal_piped import some_lines

SCREEN = (24, 80)


class Watched:
    """A screen of 80 by 24 that somebody watches."""

    live = True

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def size(self) -> tuple[int, int]:
        return SCREEN

    async def write(self, rows: Sequence[Row]) -> None:
        self.rows += rows

    def working(self, pages: Sequence[Any]) -> None:
        pass

    def lines(self, completer: Any) -> Any:
        raise AssertionError

    def health(self, health: Any, waited_s: float) -> None:
        raise AssertionError

    async def fill(self, form: Form) -> Mapping[str, str] | None:
        raise AssertionError


def a_picture(number: int, size: tuple[int, int]) -> File:
    content = io.BytesIO()
    Image.new("RGB", size, "navy").save(content, "PNG")
    return File(name=f"{number}-a-poster-with-quite-a-long-name.png", media_type="image/png", content=content.getvalue())


@pytest.mark.parametrize("size", [(1080, 1350), (1200, 800), (1024, 1024)], ids=["poster", "moodboard", "logo"])
@pytest.mark.parametrize("count", [1, 2, 3])
async def test_pictures_with_their_captions_and_where_they_are_saved_fit_a_small_screen(
    tmp_path: Path, count: int, size: tuple[int, int]
) -> None:
    face = Watched()
    folder = tmp_path / ("a-folder-of-works-whose-path-is-longer-than-half-of-a-line" * 2)
    reply = Printed(Scroll(face=face, numbers=Numbers(), folder=folder), "x")
    lines: tuple[Line, ...] = some_lines(count)
    files = tuple(a_picture(number, size) for number in range(count))

    await reply.show(Card(title="Posters of #12", text="In the style of a linocut", lines=lines, files=files, footer="seed 7"))

    assert any(row.kind == "picture" for row in face.rows)
    assert height(face.rows, SCREEN[1]) <= SCREEN[0] - KEPT


def test_a_picture_is_still_seen_where_words_leave_no_room() -> None:
    assert len(previews([a_picture(1, (1024, 1024))], room=-5)) > 1
