"""A terminal with a person in front of it: ideas appear above the prompt while the person types on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import structlog
from prompt_toolkit import PromptSession
from prompt_toolkit.application.run_in_terminal import in_terminal
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.output import ColorDepth, Output, create_output
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style
from rich.cells import cell_len

from adapters.terminal._asking import answered, complaint, escaping, instead, offered, question
from adapters.terminal._face import LEAVE, Elsewhere
from adapters.terminal._history import history
from adapters.terminal._paging import KEPT, cut, height
from adapters.terminal._render import Page, Row, bar, hints, safe, shortened, styled
from bot.domain.ideas import clean
from bot.messages import Form
from bot.ports import Health
from bot.words import N_, _, language, speaking

log = structlog.get_logger(__name__)

PROMPT = "› "
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAME_S = 0.12  # between two frames of it; faster only costs power
PAGES = 3  # growing lists whose progress is shown; more would push the ideas off the screen
MENU = 6  # rows kept free for completions
LOOK = Style.from_dict(
    {
        "bottom-toolbar": "noreverse",
        "prompt": "ansicyan bold",
        "work": "ansicyan",
        "quiet": "ansibrightblack",
        "good": "ansigreen",
        "bad": "ansiyellow",
    }
)
PLAIN_LOOK = Style.from_dict({"bottom-toolbar": "noreverse", "prompt": "bold"})
FIRST_HINTS = (N_("type a topic"), N_("/ commands"), N_("q leave"), N_("? help"))
HINTS = (N_("1+ like"), N_("1- dislike"), N_("1! pick"), N_("1&2 remix"), N_("more 1"), N_("e 1 edit"), N_("? help"))


class Live:
    """A prompt with history and completion, a line of progress above it, a line about the model below."""

    live = True

    def __init__(self, *, home: Path, input: Input | None = None, output: Output | None = None, colours: bool = True) -> None:
        """Nothing is shown yet.

        Args:
            home: folder of the history.
            input: where keys come from; this process's terminal by default.
            output: where they are answered; likewise.
            colours: whether the person wants any.
        """
        self._input = input or create_input()
        # While rows are printed a cooked terminal would echo what is typed among them and swallow a Ctrl-D.
        self._input.cooked_mode = nullcontext  # type: ignore[method-assign]
        self._output = output or create_output()
        self._colours = colours
        self._history = history(home)
        self._session: PromptSession[str] | None = None
        self._asking: PromptSession[str] | None = None
        self._pages: tuple[Page, ...] = ()
        self._health: Health | None = None
        self._listed = False
        self._used = 0  #: rows of the screen that were written since the last line was entered
        self._held: list[Row] = []  #: of an answer too long for the screen
        self._frame = 0
        self._locale: str | None = None  #: of the line at the bottom, where a person's words told it; None: as all around it
        self._rows: asyncio.Queue[Sequence[Row]] = asyncio.Queue()
        self._printer: asyncio.Task[None] | None = None

    async def lines(self, completer: Completer) -> AsyncGenerator[str, None]:
        """What the person enters, until Ctrl-D, or Ctrl-C twice. Ctrl-C once gives up the line."""
        with self._open(completer) as session:
            # Printing above the prompt needs the prompt's context, which whoever calls `write` may not have.
            self._printer = asyncio.create_task(self._print())
            helpers = [self._printer, asyncio.create_task(self._animate())]
            try:
                warned = False
                while True:
                    try:
                        line = await session.prompt_async()
                    except KeyboardInterrupt:
                        if warned:
                            return
                        warned = True
                        await self.write([Row(kind="footer", text=_("Press Ctrl-C again to leave."))])
                        continue
                    except EOFError:
                        return
                    warned = False
                    if await self._went_on(line):
                        continue
                    yield line
                    for helper in helpers:
                        if helper.done():
                            await helper
            finally:
                await self._flush()
                for helper in helpers:
                    helper.cancel()
                await asyncio.gather(*helpers, return_exceptions=True)

    @contextmanager
    def _open(self, completer: Completer) -> Iterator[PromptSession[str]]:
        with patch_stdout(raw=True):  # a log line of another part goes above the prompt, not into it
            depth = None if self._colours else ColorDepth.DEPTH_1_BIT
            look = LOOK if self._colours else PLAIN_LOOK
            self._session = PromptSession(
                message=self._message,
                bottom_toolbar=self._toolbar,
                completer=completer,
                complete_while_typing=Condition(self._wants_menu),
                reserve_space_for_menu=MENU,
                auto_suggest=AutoSuggestFromHistory(),
                history=self._history,
                input=self._input,
                output=self._output,
                style=look,
                color_depth=depth,
                include_default_pygments_style=False,
            )
            self._asking = PromptSession(
                input=self._input,
                output=self._output,
                style=look,
                color_depth=depth,
                key_bindings=escaping(),
                include_default_pygments_style=False,
            )
            try:
                yield self._session
            finally:
                self._session = self._asking = None

    def size(self) -> tuple[int, int]:
        """Rows and columns of the screen."""
        screen = self._output.get_size()
        return screen.rows, screen.columns

    async def write(self, rows: Sequence[Row]) -> None:
        """Shows rows above the prompt, in the order of the calls."""
        if rows:
            self._listed = self._listed or any(row.kind == "idea" for row in rows)
            size = self._output.get_size()
            with speaking(self._locale or language()):
                shown, held = cut(rows, size.rows - KEPT - self._used, size.columns)
            self._held = held or self._held
            self._used += height(shown, size.columns)
            self._rows.put_nowait(shown)

    async def _went_on(self, line: str) -> bool:
        """Whether the line was a bare Enter that asks for the rest of a long answer, which is then shown."""
        held, self._held, self._used = self._held, [], 0
        if line.strip() or not held:
            return False
        await self.write(held)
        return True

    async def _print(self) -> None:
        while True:
            batch = [*await self._rows.get()]
            taken = 1
            while not self._rows.empty():
                batch += self._rows.get_nowait()
                taken += 1
            async with in_terminal():
                self._output.write_raw(styled(batch, width=self._width(), colours=self._colours))
                self._output.flush()
            for _each in range(taken):
                self._rows.task_done()

    async def _flush(self) -> None:
        """Waits until everything is printed, unless printing has failed."""
        assert self._printer is not None
        flushed = asyncio.create_task(self._rows.join())
        await asyncio.wait([flushed, self._printer], return_when=asyncio.FIRST_COMPLETED)
        flushed.cancel()

    async def _animate(self) -> None:
        while True:
            await asyncio.sleep(FRAME_S)
            if self._pages or self._loading():
                self._frame += 1
                self._redraw()

    def working(self, pages: Sequence[Page]) -> None:
        """Shows how far the growing lists are."""
        self._pages = tuple(pages)
        self._redraw()

    def speak(self, locale: str) -> None:
        """The line at the bottom is in this language from now on."""
        self._locale = locale
        self._redraw()

    def health(self, health: Health, waited_s: float) -> None:
        """Shows which model answers, or what it is still doing."""
        self._health = health
        self._redraw()

    async def fill(self, form: Form) -> Mapping[str, str] | None:
        """Asks for one field after the other, with what is there already to be changed; Esc, q, Ctrl-C or Ctrl-D gives up.

        Raises:
            Elsewhere: a command was typed in place of an answer.
        """
        assert self._asking is not None
        leave = Row(kind="footer", text=_("Enter goes on; q, Esc or any /command leaves this form."))
        await self.write([Row(kind="title", text=clean(form.title)), leave])
        values: dict[str, str] = {}
        for field in form.fields:
            await self.write(offered(field))
            while True:
                await self._flush()
                try:
                    answer = await self._asking.prompt_async([("class:prompt", question(field))], default=clean(field.value))
                except (KeyboardInterrupt, EOFError):
                    answer = LEAVE[0]
                if (said := instead(answer, field)) is not None:
                    await self.write([Row(kind="footer", text=_("Nothing was changed."))])
                    if said:
                        raise Elsewhere(said)
                    return None
                answer = answered(field, answer)
                wrong = complaint(field, answer.strip())
                if not wrong:
                    break
                await self.write([Row(kind="footer", text=wrong)])
            values[field.name] = answer
        return values

    # ------------------------------------------------------------------------------------------ what is drawn

    def _redraw(self) -> None:
        for session in (self._session, self._asking):
            if session is not None and session.app.is_running:
                session.app.invalidate()

    def _width(self) -> int:
        return self._output.get_size().columns

    def _loading(self) -> bool:
        return self._health is not None and not self._health.ready

    def _wants_menu(self) -> bool:
        return self._session is not None and self._session.default_buffer.text.startswith("/")

    def _message(self) -> StyleAndTextTuples:
        drawn: StyleAndTextTuples = []
        if self._session is not None and not self._session.app.is_done:
            for page in self._pages[:PAGES]:
                drawn.append(("class:work", self._progress(page, named=len(self._pages) > 1) + "\n"))
        drawn.append(("class:prompt", PROMPT))
        return drawn

    def _progress(self, page: Page, *, named: bool) -> str:
        work = page.progress
        if work is None:
            return ""
        parts = [SPINNER[self._frame % len(SPINNER)], clean(work.doing)]
        if work.total:
            parts += [bar(work.done / work.total), f"{work.done}/{work.total}"]
        if named:
            parts.append(page.title)
        return shortened(" ".join(parts), self._width() - 1)

    def _toolbar(self) -> StyleAndTextTuples:
        with speaking(self._locale or language()):
            state = self._state()
            used = sum(cell_len(part[1]) for part in state)
            return [*state, ("class:quiet", hints(HINTS if self._listed else FIRST_HINTS, self._width() - used - 1))]

    def _state(self) -> StyleAndTextTuples:
        health = self._health
        if health is None:
            return []
        if health.ready:
            model = clean(health.model).rpartition("/")[2]
            return [("class:good", "● "), ("class:quiet", shortened(model, self._width() // 2))]
        percent = f" {bar(health.done)} {health.done:.0%}" if health.done is not None else ""
        doing = shortened(safe(clean(health.doing)), max(8, self._width() - len(percent) - 4))
        return [("class:bad", f"{SPINNER[self._frame % len(SPINNER)]} {doing}{percent}")]
