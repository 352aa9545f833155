"""What a story needs of a platform: people who ask, press and look. One module per platform fills it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.wiring import House


@dataclass
class Seen:
    """A message as a person sees it, kept up to date by the driver."""

    place: Any  #: the driver's own handle
    extra: dict[str, Any] = field(default_factory=dict)


class Driver(Protocol):
    """One platform with two teams, "red" and "blue", in each of which there are people named by a word."""

    house: House
    changes: bool  #: whether messages of before are redrawn; False where lines scroll away

    async def ask(self, person: str, line: str, *, team: str = "red") -> Seen:
        """A person gives a command, written as on a typed line (`/brainstorm tea names -n 3`); waits until it is answered."""
        ...

    async def press(
        self, person: str, message: Seen, verb: str, n: int = 0, token: str = "", *, team: str = "red"
    ) -> Seen | None:
        """A person uses a control of the n-th idea of a message (0: of the message itself); waits for its effect.

        Returns the message that came of it, where a new one did.
        """
        ...

    async def submit(
        self, person: str, message: Seen, verb: str, n: int, values: Mapping[str, str], *, team: str = "red"
    ) -> Seen | None:
        """A person opens the form of a control, fills it in and sends it."""
        ...

    async def react(self, person: str, message: Seen, emoji: str, *, team: str = "red", away: bool = False) -> None:
        """A person reacts to a message with a native emoji, or takes that away. Platforms without reactions skip the story."""
        ...

    async def ideas(self, message: Seen) -> list[str]:
        """The texts of the ideas on a message as it looks now, top first."""
        ...

    async def text(self, message: Seen) -> str:
        """Everything that is written on a message as it looks now."""
        ...

    async def private(self, person: str, *, team: str = "red") -> list[str]:
        """What only this person was shown, oldest first."""
        ...

    async def posted(self, *, team: str = "red") -> list[str]:
        """What everybody in the team's channel sees. Platforms where nothing is posted unasked skip the story."""
        ...


class Platform(Protocol):
    """A driver module's door: `driving(tmp_path) -> async context manager of a Driver`."""

    def driving(self, tmp_path: Any) -> AbstractAsyncContextManager[Driver]:
        """Opens the platform, the house and the connection between them."""
        ...
