"""A terminal with a pipe at one of its ends."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.completion import DummyCompleter

from adapters.terminal._numbers import Numbers
from adapters.terminal._piped import MAX_LINE, Piped, Splitter
from adapters.terminal._render import Page, Row
from adapters.terminal._showing import Printed, Scroll, saved
from bot.config import Settings, TerminalTable
from bot.messages import Card, File, Form, Progress
from bot.ports import Health
from tests.unit.test_terminal_render import some_lines


async def lines_of(written: bytes) -> list[str]:
    reading, writing = os.pipe()
    os.write(writing, written)
    os.close(writing)
    try:
        async with aclosing(Piped(source=reading, out=io.StringIO(), err=io.StringIO()).lines(DummyCompleter())) as lines:
            return [line async for line in lines]
    finally:
        os.close(reading)


async def test_every_line_arrives_the_last_one_without_its_end_too() -> None:
    assert await lines_of("one\r\n茶\n\nlast".encode()) == ["one\r", "茶", "", "last"]


async def test_bytes_that_are_no_text_and_a_mark_at_the_beginning_do_no_harm() -> None:
    assert await lines_of(b"\xef\xbb\xbf/board\n\xff\xfe\n") == ["/board", "��"]


async def test_a_pipe_that_ends_at_once_holds_no_line() -> None:
    assert await lines_of(b"") == []


def test_files_are_saved_in_the_home_folder_unless_another_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = File(name="board.md", media_type="text/markdown", content=b"# Ideas")

    at_home = saved(file, Settings(home=tmp_path / "home").works)
    named = saved(file, Settings(home=tmp_path / "home", terminal=TerminalTable(works=Path())).works)

    assert at_home.text == f"Saved as {tmp_path}/home/works/board.md"
    assert named.text == f"Saved as {tmp_path}/board.md"
    assert (tmp_path / "home" / "works" / "board.md").read_bytes() == b"# Ideas"


async def test_a_folder_in_place_of_the_input_is_one_sentence(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    out = io.StringIO()

    try:
        async with aclosing(Piped(source=folder, out=out, err=io.StringIO()).lines(DummyCompleter())) as lines:
            assert [line async for line in lines] == []
    finally:
        os.close(folder)

    assert out.getvalue() == "The input cannot be read: Is a directory.\n"


@given(st.text(alphabet="a茶\n", max_size=200), st.integers(min_value=1, max_value=7))
def test_lines_do_not_depend_on_where_the_blocks_are_cut(text: str, size: int) -> None:
    splitter, encoded = Splitter(), text.encode()

    lines = [line for at in range(0, len(encoded), size) for line in splitter.feed(encoded[at : at + size])]
    lines += splitter.feed(b"")

    assert lines == (text.removesuffix("\n").split("\n") if text else [])


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    splitter = Splitter()

    for _each in range(40):
        assert splitter.feed(b"x" * MAX_LINE) == []

    assert splitter.feed(b"\nnext\n") == ["x" * MAX_LINE, "next"]


async def test_a_model_that_loads_for_long_is_a_word_on_the_other_stream_once() -> None:
    out, err = io.StringIO(), io.StringIO()
    piped = Piped(source=0, out=out, err=err)

    for waited_s in (0.0, 1.5, 2.5, 3.5):
        piped.health(Health(ready=False, doing="loading SmolLM2"), waited_s)

    assert (out.getvalue(), err.getvalue()) == ("", "Muselab is not ready yet: loading SmolLM2\n")


class Shown:
    """A face that remembers."""

    live = True

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.progress: list[str] = []

    async def lines(self, completer: object) -> object:
        raise AssertionError

    async def write(self, rows: Sequence[Row]) -> None:
        self.rows += [row.text for row in rows]

    def working(self, pages: Sequence[Page]) -> None:
        self.progress = [page.progress.doing for page in pages if page.progress]

    def health(self, health: Health, waited_s: float) -> None:
        raise AssertionError

    async def fill(self, form: Form) -> Mapping[str, str] | None:
        raise AssertionError


THINKING = Progress(doing="Thinking", total=3)


async def test_only_one_list_grows_at_a_time_and_a_finished_one_never_waits(tmp_path: Path) -> None:
    face = Shown()
    scroll = Scroll(face=face, numbers=Numbers(), folder=tmp_path)
    tea, rain, board = (Printed(scroll, name) for name in ("tea", "rain", "board"))
    ideas, others = some_lines(3), some_lines(2, first=10)

    await tea.show(Card(title="Tea", lines=ideas[:1], progress=THINKING))
    await rain.show(Card(title="Rain", lines=others, progress=THINKING))
    await board.show(Card(title="Board", lines=some_lines(2, first=20)))
    assert face.rows == ["Tea", "Idea 1", "Board", "Idea 20", "Idea 21"]
    assert face.progress == ["Thinking", "Thinking"]

    await tea.show(Card(title="Tea", lines=ideas))

    assert face.rows[5:] == ["Tea", "Idea 2", "Idea 3", "Rain", "Idea 10", "Idea 11"]
    assert face.progress == ["Thinking"]


async def test_a_list_that_is_never_finished_gives_the_screen_back_when_its_answer_ends(tmp_path: Path) -> None:
    face = Shown()
    scroll = Scroll(face=face, numbers=Numbers(), folder=tmp_path)
    tea, rain = Printed(scroll, "tea"), Printed(scroll, "rain")
    await tea.show(Card(title="Tea", progress=THINKING))
    await rain.show(Card(title="Rain", progress=THINKING))

    await scroll.end(tea)

    assert face.rows == ["Tea", "Rain"]
    await scroll.end(rain)
    assert face.progress == []


def test_a_file_lands_beside_what_is_there_and_never_outside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "board.md").write_text("mine")
    file = File(name="board.md", media_type="text/markdown", content=b"theirs")

    first, second = saved(file, tmp_path), saved(file, tmp_path)
    saved(File(name="../../.bashrc\x1b[2J", media_type="text/plain", content=b"bad"), tmp_path)

    assert (tmp_path / "board.md").read_text() == "mine"
    assert first.text == f"Saved as {tmp_path / 'board-2.md'}"
    assert second.text == f"Saved as {tmp_path / 'board-3.md'}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["-..-.bashrc[2J", "board-2.md", "board-3.md", "board.md"]


def test_a_file_that_cannot_be_saved_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder")

    row = saved(File(name="board.md", media_type="text/markdown", content=b"x"), tmp_path / "taken" / "works")

    assert row.text == "The file could not be saved: Not a directory."


async def test_a_card_shown_twice_saves_its_file_once(tmp_path: Path) -> None:
    scroll = Scroll(face=Shown(), numbers=Numbers(), folder=tmp_path)
    reply, card = Printed(scroll, "x"), Card(text="Here.", files=(File(name="a.csv", media_type="text/csv", content=b"x"),))

    await asyncio.gather(reply.show(card), reply.show(card))

    assert (tmp_path / "a.csv").exists()
    assert not (tmp_path / "a-2.csv").exists()
