"""What jobs tell about their progress; no torch, so that the service answers before it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TokenScore:
    """One token and how likely it was."""

    text: str
    logprob: float | None  #: nats, of the model's own distribution; None for the first token of an echoed prompt
    top: tuple[tuple[str, float], ...] = ()  #: the likeliest tokens in its place


@dataclass(frozen=True, slots=True)
class Piece:
    """Something more of one choice."""

    choice: int
    text: str = ""
    tokens: tuple[TokenScore, ...] = ()
    spent: int = 0  #: tokens generated since the last piece
    finish: str | None = None  #: "stop" or "length", on the last piece


@dataclass(frozen=True, slots=True)
class Began:
    """The prompt was understood and the work has begun."""

    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class Vectors:
    """The answer to an embedding job."""

    rows: list[list[float]]
    tokens: int


class BadRequest(Exception):
    """The request cannot be served as asked."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


Event = Began | Piece | Vectors | Exception | None  #: None: the job is over
Listener = Callable[[list[Event]], None]  #: called in the worker thread


class Job(Protocol):
    """Some work in steps."""

    rows: int  #: sequences it holds in memory at once

    def steps(self) -> Iterator[list[Event]]:
        """Does a step for each `next`, and yields what came of it."""
        ...
