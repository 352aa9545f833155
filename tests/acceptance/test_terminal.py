"""The terminal as people and scripts use it: the real command, a real pipe, a real pseudo-terminal."""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pyte
import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

import adapters.terminal
from adapters.terminal._hearing import worded
from bot import wiring
from bot.config import DefaultsTable, Settings
from bot.domain.ideas import Channel, Idea, Person, Prompt, Team
from bot.ports import Health
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import png
from storage.memory import MemoryStore
from tests.fair import PATIENCE_S, START_S, until

COMMAND = [sys.executable, "-m", "bot", "run", "--chat", "terminal"]
ROOT = Path(__file__).parents[2]
MAIN = Channel(team=Team(platform="terminal", id="local"), id="main")


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MUSELAB_") and name != "NO_COLOR"}
    return {
        **kept,
        "MUSELAB_HOME": str(tmp_path / "home"),
        "MUSELAB_CACHE": str(tmp_path / "cache"),
        "MUSELAB_GENERATOR__SCRIPTED": "true",
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm",
        **more,
    }


def piped(tmp_path: Path, typed: str | bytes, **more: str) -> subprocess.CompletedProcess[str]:
    given = typed if isinstance(typed, bytes) else typed.encode()
    done = subprocess.run(
        COMMAND, input=given, capture_output=True, env=environment(tmp_path, **more), cwd=tmp_path, timeout=START_S, check=False
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_script_brainstorms_votes_and_reads_the_board(tmp_path: Path) -> None:
    done = piped(tmp_path, "/brainstorm names for a tea bar\n/vote 2 up\n/board\n")

    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    shown = re.findall(r"^(\d+)\. (.*)$", done.stdout, re.MULTILINE)
    assert [int(position) for position, _text in shown] == [1, 2, 3, 4, 5] * 2  # every idea once in each list
    asked, board = [text for _position, text in shown[:5]], [text.split("  ")[0] for _position, text in shown[5:]]
    assert board[0] == asked[1]
    assert sorted(board) == sorted(asked)
    assert f"1. {asked[1]}  👍 1" in done.stdout.splitlines()


def test_a_script_s_mistakes_are_sentences_and_do_not_stop_it(tmp_path: Path) -> None:
    lines = ["/brainstrom tea", "/vote 7 up", "", "/brainstorm tea -n 99", "x" * 10_000, "/idea \x1b[2JBell\x07", "board"]

    done = piped(tmp_path, "\n".join(lines))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "There is no command “/brainstrom”. Try /brainstorm.",
        "There is no idea “7” in this channel. Use the number beside an idea, or look at the board.",
        "You asked for 99 ideas; between 1 and 10 are possible.",
        "The topic has 10000 characters; at most 1000 are allowed. Please shorten it.",
        *["A new idea on the board", f"1. [2JBell  (added by hand by {adapters.terminal.login()})"],
        *["Board", f"1. [2JBell  (added by hand by {adapters.terminal.login()})", "1 idea, best first"],
    ]


def test_leaving_in_the_middle_of_a_script_serves_nothing_after_it(tmp_path: Path) -> None:
    done = piped(tmp_path, b"/idea Before\nq\n/idea After\n")

    assert done.returncode == 0
    assert "Before" in done.stdout
    assert "After" not in done.stdout


def test_a_reader_that_goes_away_ends_the_conversation_without_a_complaint(tmp_path: Path) -> None:
    typed = "".join(f"/idea Number {number}\n/board\n" for number in range(60))
    shell = f"{' '.join(COMMAND)} | head -1; exit ${{PIPESTATUS[0]}}"

    done = subprocess.run(
        ["bash", "-c", shell],
        input=typed,
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        cwd=tmp_path,
        timeout=START_S,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "A new idea on the board\n", "")


def test_nothing_typed_at_all_is_nothing_said(tmp_path: Path) -> None:
    done = piped(tmp_path, "")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class Screen:
    """What a person sees: the output as a terminal draws it."""

    encoding = "utf-8"

    def __init__(self, *, columns: int = 80, rows: int = 45) -> None:
        self.written = ""
        self._screen = pyte.Screen(columns, rows)
        self._screen.set_mode(pyte.modes.LNM)  # as the line discipline of a terminal does
        self._stream = pyte.Stream(self._screen)

    def answer(self, send: Callable[[str], object]) -> None:
        """Where a terminal says where its cursor is, when it is asked."""
        self._screen.write_process_input = send

    def write(self, text: str) -> None:
        self.written += text
        self._stream.feed(text)

    def flush(self) -> None:
        """Everything is drawn at once."""

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display if line.strip()]

    def __contains__(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def ideas(self) -> list[str]:
        return [found[1] for line in self.lines if (found := re.match(r" \d\. (.*?)(?:  .*)?$", line))]


class Seat:
    """A person in front of the real command on a pseudo-terminal."""

    def __init__(self, program: subprocess.Popen[bytes], terminal: int, screen: Screen) -> None:
        self.screen = screen
        self._program = program
        self._terminal = terminal
        self._letters = codecs.getincrementaldecoder("utf-8")()

    def type(self, text: str) -> None:
        try:
            os.write(self._terminal, text.encode())
        except OSError as error:
            pytest.fail(f"{text!r} could not be typed, {error}; {self._ended()}")

    def see(self, text: str) -> None:
        """Waits until it is on the screen."""
        deadline = time.monotonic() + START_S
        while text not in self.screen:
            try:
                self._read(deadline, text)
            except EOFError:
                pytest.fail(f"{text!r} never came up, {self._ended()}")

    def leave(self, keys: str) -> int:
        self.type(keys)
        deadline = time.monotonic() + START_S
        with suppress(EOFError):
            while True:
                self._read(deadline, "the end")
        return self._program.wait(START_S)

    def _ended(self) -> str:
        """How the program ended, and what it said last."""
        status = self._program.wait(START_S)
        return f"as the program has ended with status {status}; it wrote\n{self.screen.written}"

    def _read(self, deadline: float, wanted: str) -> None:
        """Draws what has been written.

        Raises:
            EOFError: the program has ended.
        """
        assert time.monotonic() < deadline, f"{wanted!r} never came up on\n" + "\n".join(self.screen.lines)
        if not select.select([self._terminal], [], [], 0.1)[0]:
            return
        try:
            written = os.read(self._terminal, 65536)
        except OSError as error:  # how Linux says that nobody has the other end open
            raise EOFError from error
        if not written:
            raise EOFError
        self.screen.write(self._letters.decode(written))


#: Makes the pseudo-terminal the program's own, then becomes the program. A fork that runs Python first, as `pty.fork` is, crashes
#: now and then in a test process whose native libraries have threads.
OWNED = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


@contextmanager
def seated(tmp_path: Path, *, columns: int = 80, **more: str) -> Iterator[Seat]:
    screen = Screen(columns=columns)
    terminal, other_end = os.openpty()
    termios.tcsetwinsize(terminal, (45, columns))
    program = subprocess.Popen(
        [sys.executable, "-c", OWNED, *COMMAND],
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        env=environment(tmp_path, **more),
        cwd=tmp_path,
        start_new_session=True,
    )
    os.close(other_end)
    seat = Seat(program, terminal, screen)
    screen.answer(seat.type)
    try:
        seat.see("for help")
        yield seat
    finally:
        program.kill()
        program.wait(START_S)
        os.close(terminal)


def test_a_person_asks_votes_edits_with_the_old_text_before_them_and_leaves(tmp_path: Path) -> None:
    with seated(tmp_path) as person:
        person.type("names for a tea bar\r")
        person.see("s Spin")
        ideas = person.screen.ideas()
        person.type("1+\r")
        person.see(f"Recorded 👍 for “{ideas[0]}”")
        person.type("/idea Old steep\r")
        person.see(" 6. Old steep")
        person.type("e 6\r")
        person.see("in your words: Old steep")
        person.type(", new steep\r")
        person.see("on the board: “Old steep, new steep”")

        assert len(set(ideas)) == 5
        assert person.leave("q\r") == 0


@pytest.mark.parametrize("keys", ["\x04", "\x03\x03"], ids=["Ctrl-D", "Ctrl-C twice"])
def test_a_person_leaves_by_key(tmp_path: Path, keys: str) -> None:
    with seated(tmp_path) as person:
        assert person.leave(keys) == 0


def test_ctrl_c_once_gives_up_the_line_and_the_next_session_remembers_what_was_entered(tmp_path: Path) -> None:
    with seated(tmp_path) as person:
        person.type("/idea Old steep\r")
        person.see(" 1. Old steep")
        person.type("never mind\x03")
        person.see("Press Ctrl-C again to leave")
        assert person.leave("\x04") == 0

    with seated(tmp_path) as person:
        person.type("\x1b[A")
        person.see("› /idea Old steep")
        assert person.leave("\x03\x03") == 0
    assert (tmp_path / "home" / "history").stat().st_mode & 0o077 == 0


def test_nothing_is_coloured_for_people_who_want_no_colours(tmp_path: Path) -> None:
    with seated(tmp_path, NO_COLOR="1") as person:
        person.type("names for a tea bar\r")
        person.see("s Spin")
        drawn = person.screen.written

    assert not re.search(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])(?:;[0-9;]*)?m", drawn)


def test_a_narrow_terminal_shows_whole_ideas_in_chinese(tmp_path: Path) -> None:
    with seated(tmp_path, columns=40) as person:
        person.type("给一家茶馆起名字\r")
        person.see("s 换个方向")

        assert all(line.startswith("    ") for line in person.screen.lines if line.startswith("  ") and line[3] != ".")
        assert len(person.screen.ideas()) == 5
        assert person.leave("\x04") == 0


class Live:
    """A person in front of a terminal in this process, whose model is as slow as the test wants."""

    def __init__(self, house: wiring.House, terminal: adapters.terminal.Terminal, keys: PipeInput, screen: Screen) -> None:
        self.house = house
        self.terminal = terminal
        self.screen = screen
        self.type = keys.send_text

    async def see(self, text: str) -> None:
        """Waits until it is on the screen."""
        await self.until(lambda: text in self.screen)

    async def until(self, so: Callable[[], bool]) -> None:
        try:
            await until(so)
        except AssertionError as error:
            pytest.fail(f"{error}; the screen is\n" + "\n".join(self.screen.lines))

    async def ideas(self) -> list[Idea]:
        return await self.house.store.ideas(MAIN)


@asynccontextmanager
async def sitting(tmp_path: Path, *, delay_s: float = 0.0, health: Health | None = None, rows: int = 45) -> AsyncIterator[Live]:
    store, screen = MemoryStore(), Screen(rows=rows)
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(delay_s=delay_s))

    async def how_it_is() -> Health:
        return health or await house.generator.health()

    with create_pipe_input() as keys:
        screen.answer(keys.send_text)
        output = Vt100_Output(screen, lambda: Size(rows=rows, columns=80), term="xterm")
        terminal = adapters.terminal.Terminal(
            face=adapters.terminal.Live(home=tmp_path, input=keys, output=output),
            person=Person(platform="terminal", id="ann"),
            channel=MAIN,
            clock=lambda: datetime.now(UTC),
            folder=tmp_path,
            health=how_it_is,
        )
        talking = asyncio.create_task(terminal.run(house.desk))
        person = Live(house, terminal, keys, screen)
        try:
            await person.see("for help")
            yield person
            if not talking.done():
                person.type("\x04")
            async with asyncio.timeout(PATIENCE_S):
                await talking
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            await house.desk.close()
            await store.close()


async def test_after_a_line_in_chinese_the_screen_is_in_chinese_where_nothing_else_tells_a_language(tmp_path: Path) -> None:
    async with sitting(tmp_path) as person:
        await person.see("type a topic")

        person.type("你好\r")

        await person.see("输入主题")
        person.type("?\r")
        await person.see("快捷输入")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/vote 1 赞", "1"),
        ("/poem 秋雨", "秋雨"),
        ("/诗 秋雨", "/诗 秋雨"),
        ("/edit 2 茶馆", "2 茶馆"),
        ("/poem autumn 絕句", "autumn"),
    ],
)
def test_a_chinese_value_is_no_word_of_a_persons_own(line: str, words: str) -> None:
    assert worded(line) == words


@pytest.mark.parametrize(("locale", "unsaid"), [(None, True), ("C", True), ("C.UTF-8", True), ("POSIX", True), ("en_GB", False)])
def test_a_bare_machine_names_no_language(locale: str | None, unsaid: bool) -> None:
    assert adapters.terminal.unsaid(locale) is unsaid


def test_who_set_ideas_to_chinese_on_a_bare_machine_reads_chinese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "C.UTF-8")
    settings = Settings(home=tmp_path)

    assert adapters.terminal.reader(settings) == "C"
    assert adapters.terminal.reader(settings.model_copy(update={"defaults": DefaultsTable(language="zh")})) == "zh-Hans"


async def test_a_person_votes_on_the_first_idea_while_the_others_are_still_being_made(tmp_path: Path) -> None:
    async with sitting(tmp_path, delay_s=0.04) as person:
        person.type("names for a tea bar\r")
        await person.see(" 1. ")
        person.type("1+\r")
        await person.see("Recorded 👍")
        assert " 5. " not in person.screen
        await person.see("s Spin")

        stored = {idea.text for idea in await person.ideas()}
        assert sorted(person.screen.ideas()) == sorted(stored)  # each once, whatever came between


async def test_progress_is_shown_while_ideas_are_made_and_gone_afterwards(tmp_path: Path) -> None:
    async with sitting(tmp_path, delay_s=0.03) as person:
        person.type("names for a tea bar\r")
        await person.see("Thinking")
        await person.see("2/5")
        await person.see("s Spin")

        await person.until(lambda: "Thinking" not in person.screen)


async def test_what_the_model_is_doing_stands_below_the_prompt(tmp_path: Path) -> None:
    loading = Health(ready=False, doing="loading SmolLM2", done=0.25)

    async with sitting(tmp_path, health=loading) as person:
        await person.see("loading SmolLM2 ━━━━──────────── 25%")


async def test_leaving_in_the_middle_says_that_nothing_is_lost_and_the_rest_can_be_taken_up(tmp_path: Path) -> None:
    async with sitting(tmp_path, delay_s=0.05) as person:
        person.type("names for a tea bar\r")
        await person.see(" 1. ")

        person.type("q\r")
        await person.see("What was made so far is kept.")

        assert 1 <= len(await person.ideas()) < 5
        (brainstorm,) = await person.house.store.brainstorms(MAIN, limit=1)
        assert brainstorm.state == "running"


async def test_letters_press_what_stands_below_a_list_and_ask_for_what_they_need(tmp_path: Path) -> None:
    async with sitting(tmp_path) as person:
        person.type("names for a tea bar\r")
        await person.see("a Add yours")
        person.type("a\r")
        await person.see("Your idea:")
        person.type("The Third Steep\r")
        await person.see(" 6. The Third Steep")
        person.type("z\r")
        await person.see("“z” presses nothing now.")


async def test_a_form_that_is_given_up_changes_nothing(tmp_path: Path) -> None:
    async with sitting(tmp_path) as person:
        person.type("/idea The Third Steep\r")
        await person.see(" 1. The Third Steep")
        person.type("e 1\r")
        await person.see("in your words: The Third Steep")
        person.type(" again\x03")
        await person.see("Nothing was changed.")

        assert [idea.text for idea in await person.ideas()] == ["The Third Steep"]


@pytest.mark.parametrize("leaving", ["q\r", "\x1b", "/quit\r"])
async def test_a_form_is_left_as_the_conversation_is(tmp_path: Path, leaving: str) -> None:
    async with sitting(tmp_path) as person:
        person.type("/imagine\r")
        await person.see("Of what?")
        person.type(leaving)
        await person.see("Nothing was changed.")
        person.type("/idea The Third Steep\r")
        await person.see(" 1. The Third Steep")


def left_out(person: Live) -> int:
    """How many lines Enter shows, as the last such line on the screen says; 0: none does."""
    counts = re.findall(r"Enter shows the other (\d+)", "\n".join(person.screen.lines))
    return int(counts[-1]) if counts else 0


async def test_help_comes_in_pages_on_a_small_screen(tmp_path: Path) -> None:
    async with sitting(tmp_path, rows=24) as person:
        person.type("/help\r")
        await person.see("What Muselab can do")
        await person.see("Enter shows the other")
        assert "/brainstorm — " in person.screen
        assert "/vote — " not in person.screen
        while "/vote — " not in person.screen:
            left = left_out(person)
            person.type("\r")
            await person.until(lambda left=left: "/vote — " in person.screen or 0 < left_out(person) < left)
        assert left > 0


async def test_the_rest_of_a_page_is_in_the_language_that_was_typed(tmp_path: Path) -> None:
    async with sitting(tmp_path, rows=16) as person:
        person.type("帮助\r")
        await person.see("按回车显示其余")
        person.type("\r")
        await person.until(lambda: "/vote — " in person.screen or "/poem — " in person.screen or "/more — " in person.screen)
        assert "Enter shows" not in person.screen


async def test_a_form_says_how_it_is_left_and_takes_the_number_of_a_choice(tmp_path: Path) -> None:
    async with sitting(tmp_path) as person:
        person.type("/imagine\r")
        await person.see("q, Esc or any /command leaves this form.")
        await person.see("Of what?")
        person.type("a fox\r")
        await person.see("A picture of yours")
        person.type("\r")
        await person.see("  1  A board of the idea")
        await person.see("What to do with it (a number")
        person.type("1\r")
        await person.see("A second one")
        person.type("q\r")
        await person.see("Nothing was changed.")


async def test_a_command_typed_into_a_form_leaves_it_and_is_run(tmp_path: Path) -> None:
    async with sitting(tmp_path) as person:
        person.type("/imagine\r")
        await person.see("Of what?")
        person.type("/idea The Third Steep\r")
        await person.see("Nothing was changed.")
        await person.see(" 1. The Third Steep")

        assert [idea.text for idea in await person.ideas()] == ["The Third Steep"]


async def test_what_is_said_under_a_list_is_about_its_ideas(tmp_path: Path) -> None:
    async with sitting(tmp_path) as person:
        person.type("names for a tea bar\r")
        await person.see(" 5. ")
        await person.see("a Add yours")
        second = next(idea for idea in await person.ideas() if idea.number == 2)
        person.type("more like the second one\r")
        await person.see(f"More like “{second.text[:20]}")
        person.type("hi\r")
        await person.see("Hello!")

    made = await person.house.store.brainstorms(MAIN, limit=5)
    assert [one.prompt.operation for one in made if one.prompt] == ["more", "fresh"]
    assert made[0].parents == (second.id,)


async def test_a_command_alone_asks_for_what_it_takes_files_by_their_paths(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(png(3))
    async with sitting(tmp_path) as person:
        person.type("/imagine\r")
        await person.see("Of what?")
        person.type("a tea bar\r")
        await person.see("A picture of yours")
        person.type(f"{tmp_path}/phto.png\r")
        await person.see("There is no file")
        person.type(f"{tmp_path}/photo.png\r")
        await person.see("What to do with it")
        person.type("frame\r")
        await person.see("“frame” is not one of board, paint")
        for said in ("paint", "", ""):
            person.type(f"{said}\r")
            await asyncio.sleep(0.1)
        await person.see(" 3. ")

    made = person.house.services.making.maker.commissions[-1]  # type: ignore[attr-defined]
    assert [file.content for file in made.attachments] == [png(3)]
    assert (made.text, made.options["task"]) == ("a tea bar", "paint")


async def test_commands_and_the_ideas_on_the_screen_are_completed(tmp_path: Path) -> None:
    async with sitting(tmp_path) as person:
        person.type("/idea The Third Steep\r")
        await person.see(" 1. The Third Steep")
        person.type("/pol")
        await person.see("say an idea better")
        person.type("ish ")
        await person.until(lambda: sum("The Third Steep" in line for line in person.screen.lines) == 3)
        person.type("\x03")


async def test_a_brainstorm_left_in_an_earlier_session_is_shown_when_it_goes_on(tmp_path: Path) -> None:
    async with sitting(tmp_path) as person:
        left = await person.house.services.brainstorming.begin(
            channel=MAIN, asker=None, prompt=Prompt(text="names for a tea bar", count=2), locale="en"
        )
        reply = person.terminal.at("terminal-of-before")
        assert reply is not None

        await person.house.services.answering.go_on(left, reply)

        await person.see("Ideas for “names for a tea bar”")
        await person.see(" 2. ")
