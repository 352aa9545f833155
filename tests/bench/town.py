"""A local platform as the load of `tests.bench.chat` needs it: many rooms, people who act, times noted."""

from __future__ import annotations

import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

ROOMS = 200  # 35 public answers a second are one in six seconds for each; Slack takes one a second
PEOPLE = 4  # in each team
START_S = 240.0  # of anything, on a machine that is busy with others: at a load of 15 a bot took more than a minute
LATELY = 30  # messages being voted on: each is redrawn once a second at most, and Discord takes 50 requests a second from a bot


@dataclass
class Times:
    """What became of everything that people did, by the clock of the platform."""

    acks: list[tuple[str, float | None]] = field(default_factory=list)  #: what was done, seconds to the ack; None: missed
    asked: dict[int, float] = field(default_factory=dict)  #: brainstorm → when
    begun: dict[int, float] = field(default_factory=dict)  #: when its card stood
    done: dict[int, float] = field(default_factory=dict)  #: when its last card stood
    placed: set[int] = field(default_factory=set)  #: brainstorms whose card said a place in the queue


PLACE = "Waiting for a turn: place "  # begins what says a place in the queue
Ready = Callable[[], Coroutine[Any, Any, None]]


class Town(Protocol):
    """A platform with many rooms; `act` does one thing in one of them."""

    times: Times

    @property
    def environment(self) -> dict[str, str]:
        """What leads the bot here."""
        ...

    @property
    def rooms(self) -> int:
        """How many there are."""
        ...

    @property
    def violations(self) -> list[str]:
        """Every limit that was broken, and when judging every specification."""
        ...

    async def ready(self) -> None:
        """Waits until the bot serves everybody."""
        ...

    def another(self) -> tuple[dict[str, str], Ready]:
        """A further bot beside the first: what leads it here, and what returns once it serves."""
        ...

    async def act(self, what: str, room: int, number: int, chance: random.Random) -> None:
        """Somebody does it; returns once the platform has sent it."""
        ...

    def settle(self) -> None:
        """Looks at what is known only later."""
        ...


def topic(number: int) -> str:
    """What the n-th brainstorm is about."""
    return f"names for a tea bar no {number}"


def own(number: int) -> str:
    """The n-th idea of a person's own."""
    return f"The Leaf of Day {number}"
