"""What jobs tell about their progress; no torch, so that the service answers before it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self


@dataclass(frozen=True, slots=True)
class TokenScore:
    """One token and how likely it was."""

    text: str
    logprob: float | None  #: nats, of the model's own distribution; None for the first token of an echoed prompt
    top: tuple[tuple[str, float], ...] = ()  #: the likeliest tokens in its place


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that a choice calls."""

    number: int  #: of the choice's calls, from 0
    id: str
    name: str
    arguments: str  #: JSON; a part of one where the choice was cut off


@dataclass(frozen=True, slots=True)
class Piece:
    """Something more of one choice."""

    choice: int
    text: str = ""
    tokens: tuple[TokenScore, ...] = ()
    spent: int = 0  #: tokens generated since the last piece
    finish: str | None = None  #: "stop", "length" or "tool_calls", on the last piece
    calls: tuple[Call, ...] = ()  #: tools, where it may call any


@dataclass(frozen=True, slots=True)
class Began:
    """The prompt was understood and the work has begun."""

    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class Vectors:
    """The answer to an embedding job."""

    rows: list[list[float]]
    tokens: int


MISSING = frozenset({"model_not_found", "adapter_not_found"})  # codes of what is named and not there


class BadRequest(Exception):
    """The request cannot be served as asked."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.code = code

    @property
    def status(self) -> int:
        """Of the answer over HTTP."""
        return 404 if self.code in MISSING else 400


class Late(Exception):
    """The request took longer than a request may take."""


Event = Began | Piece | Vectors | Exception | None  #: None: the job is over
Listener = Callable[[list[Event]], None]  #: called in the worker thread


class PassResult(Protocol):
    """What a forward pass gave back; the job that asked knows more of it."""


class PassRequest(Protocol):
    """What a job wants to go through its model next. Requests of several jobs share a pass."""

    @property
    def size(self) -> int:
        """Tokens."""
        ...

    @property
    def drawn(self) -> bool:
        """Whether these are choices that go on; else it is a piece of a prompt."""
        ...

    @property
    def most(self) -> int:
        """Tokens of a pass, beyond which it is run as several; 0: no number is known."""
        ...

    @property
    def divisible(self) -> bool:
        """Whether a pass may take some of its tokens, and its job asks for the rest."""
        ...

    def first(self, tokens: int) -> Self:
        """The same for so many of its tokens."""
        ...

    def goes_with(self, other: Any) -> bool:
        """Whether both can share a pass."""
        ...

    def run(self, requests: Sequence[Any]) -> Sequence[Any]:
        """Runs one pass for requests that go with this one: a result for each."""
        ...


class Job(Protocol):
    """Some work in steps. One that can share passes has `joining()` beside them: a generator of events and requests.

    What it may need of memory at most it tells as `need`, in bytes.
    """

    rows: int  #: sequences it holds in memory at once

    def steps(self) -> Iterator[list[Event]]:
        """Does a step for each `next`, and yields what came of it."""
        ...
