"""A terminal with a pipe or a file at one of its ends: plain text, no colours, no cursor codes."""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import TextIO

from prompt_toolkit.completion import Completer

from adapters.terminal._render import Page, Row, paragraphs, plain
from bot.messages import Form
from bot.ports import Health
from bot.words import _

MAX_LINE = 64 * 1024  # bytes kept of one line, far beyond any topic; a file without line ends must not fill the memory
BLOCK = 16 * 1024  # bytes read at once
PATIENCE_S = 2.0  # loading that takes no longer needs no word


class Piped:
    """Reads lines from a file descriptor and writes plain rows."""

    live = False

    def __init__(self, *, source: int, out: TextIO, err: TextIO) -> None:
        """Nothing is read yet.

        Args:
            source: file descriptor of the typed lines.
            out: gets what is shown.
            err: gets a word about a model that takes long to load.
        """
        self._source = source
        self._out = out
        self._err = err
        self._deaf = False
        self._said_loading = False

    async def lines(self, completer: Completer) -> AsyncGenerator[str, None]:
        """The lines of the source; ends early when nobody reads our answers any more."""
        splitter = Splitter()
        async with aclosing(blocks(self._source)) as source:
            while not splitter.ended and not self._deaf:
                try:
                    block = await anext(source)
                except OSError as error:
                    await self.write(paragraphs(_("The input cannot be read: {why}.").format(why=error.strerror or error)))
                    return
                for line in splitter.feed(block):
                    yield line
                    if self._deaf:
                        return

    def size(self) -> tuple[int, int]:
        """A terminal's, where there is none: nothing is fitted to it."""
        return 24, 80

    async def write(self, rows: Sequence[Row]) -> None:
        """Prints rows, one a line, without the letters that only a person presses: in a script everything has a command.

        A reader that went away (`| head -1`) ends the conversation without a complaint.
        """
        text = "".join(plain(row) + "\n" for row in rows if row.kind not in ("keys", "picture"))
        if self._deaf or not text:
            return
        encoding = self._out.encoding or "utf-8"
        try:
            self._out.write(text.encode(encoding, "replace").decode(encoding))
            self._out.flush()
        except BrokenPipeError:
            self._deaf = True
            if self._out is sys.stdout:  # Python flushes it once more when it ends, and would complain then
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def working(self, pages: Sequence[Page]) -> None:
        """A pipe has no place for a line that changes."""

    def speak(self, locale: str) -> None:
        """Nothing stands in a pipe by itself."""

    def health(self, health: Health, waited_s: float) -> None:
        """Says once that it takes a while, where it disturbs no script."""
        if not health.ready and waited_s > PATIENCE_S and not self._said_loading:
            self._said_loading = True
            self._err.write(_("Muselab is not ready yet: {doing}").format(doing=health.doing) + "\n")
            self._err.flush()

    async def fill(self, form: Form) -> Mapping[str, str] | None:
        """A pipe cannot be asked."""
        return None


class Splitter:
    """Cuts bytes into lines of text; of a line that is far too long only the beginning is kept."""

    def __init__(self) -> None:
        self.ended = False
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._open = ""

    def feed(self, block: bytes) -> list[str]:
        """The lines that this block completes; an empty block ends the text and completes what is left."""
        self.ended = not block
        first, *others = self._decoder.decode(block, final=self.ended).split("\n")
        whole = [(self._open + first)[:MAX_LINE], *others]
        self._open = whole.pop()
        return [*whole, self._open] if self.ended and self._open else whole


async def blocks(source: int) -> AsyncGenerator[bytes, None]:
    """What a file descriptor holds, in blocks, an empty one at its end; reading goes no further ahead than one.

    A thread reads, because the event loop cannot wait for plain files. It is a daemon and reads the bare descriptor, so that a
    source that never ends holds up nobody who wants to leave.
    """
    loop = asyncio.get_running_loop()
    wanted = threading.Semaphore(0)
    arrived: asyncio.Queue[bytes | OSError] = asyncio.Queue()
    leaving = False

    def read() -> None:
        while wanted.acquire() and not leaving:
            try:
                block: bytes | OSError = os.read(source, BLOCK)
            except OSError as error:
                block = error
            if leaving:
                return
            loop.call_soon_threadsafe(arrived.put_nowait, block)

    threading.Thread(target=read, name="terminal input", daemon=True).start()
    try:
        while True:
            wanted.release()
            block = await arrived.get()
            if isinstance(block, OSError):
                raise block
            yield block
    finally:
        leaving = True
        wanted.release()
