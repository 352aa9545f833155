"""What the conversation needs of a terminal, whether a person sits there or a pipe ends there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Protocol

from prompt_toolkit.completion import Completer

from adapters.terminal._render import Page, Row
from bot.messages import Form
from bot.ports import Health

HELP = ("?", "？")  #: what asks for help, in the conversation or in a form
LEAVE = ("q", "/q", "quit", "/quit", "exit", "/exit", "退出", "/退出")  #: what ends the conversation, or leaves a form


class Elsewhere(Exception):
    """Asked for a form's field the person typed a command instead: the form is left, and the command is meant."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class Face(Protocol):
    """One way of talking over a terminal."""

    live: bool  #: a person watches and may type at any moment; else lines are handled strictly one after another

    def lines(self, completer: Completer) -> AsyncGenerator[str, None]:
        """What is typed, line by line, until the end or until the person leaves. Talks from the first line to the last."""
        ...

    def size(self) -> tuple[int, int]:
        """Rows and columns of the screen."""
        ...

    async def write(self, rows: Sequence[Row]) -> None:
        """Shows rows below all that was shown before."""
        ...

    def working(self, pages: Sequence[Page]) -> None:
        """Which pages are still growing, oldest first."""
        ...

    def speak(self, locale: str) -> None:
        """From now on what stands on the screen by itself is in this language."""
        ...

    def health(self, health: Health, waited_s: float) -> None:
        """How the generator is, and for how long it has not been ready."""
        ...

    async def fill(self, form: Form) -> Mapping[str, str] | None:
        """Asks for a form's fields; None when the person would rather not. Only while a line is being handled.

        Raises:
            Elsewhere: the person typed a command into it.
        """
        ...
