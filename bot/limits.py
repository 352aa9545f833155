"""Admission to the generator: who may work now, and who waits where."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from bot.config import LimitsTable
from bot.domain.errors import TooMany
from bot.domain.ideas import Channel, Person, Team
from bot.words import _

FEW = 2  # at once on a machine that is behind: people rather read some ideas after others than all of them late
TOLD_S = 3.0  # between two tellings of a place on such a machine


@dataclass(eq=False, slots=True)
class _Guest:
    person: Person | None
    channel: Channel
    place: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    let_in: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def admitted(self) -> bool:
        """Whether their turn has come."""
        return self.let_in.is_set()


class Turnstile:
    """Lets in, first come first served, whoever keeps within the limits; a person at their limit holds up nobody behind them."""

    def __init__(self, limits: LimitsTable, *, behind: Callable[[], bool] = lambda: False) -> None:
        """`behind`: whether this machine has not even time for what was asked before."""
        self._limits = limits
        self._behind = behind
        self._queue: list[_Guest] = []
        self._inside = 0
        self._of_person: Counter[Person] = Counter()
        self._of_channel: Counter[Channel] = Counter()
        self._of_team: Counter[Team] = Counter()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    @property
    def working(self) -> int:
        """How many are inside."""
        return self._inside

    @asynccontextmanager
    async def turn(
        self, person: Person | None, channel: Channel, waiting: Callable[[int], Awaitable[None]]
    ) -> AsyncIterator[None]:
        """Inside, the caller may use the generator.

        Args:
            person: who asks; None for work of our own, such as going on with an interrupted brainstorm.
            channel: where.
            waiting: told the place in the queue, 1 = next, whenever it changes.

        Raises:
            TooMany: the queue is full.
        """
        guest = _Guest(person=person, channel=channel)
        if len(self._queue) >= self._limits.waiting and not self._fits(guest):
            raise TooMany(
                _("The queue is full ({waiting} waiting). Please try again in a few minutes.").format(waiting=len(self._queue))
            )
        self._queue.append(guest)
        try:
            self._admit()
            while not guest.admitted:
                guest.moved.clear()
                await waiting(guest.place)
                await guest.moved.wait()
                if self._behind():  # telling places takes time, too
                    with suppress(TimeoutError):
                        async with asyncio.timeout(TOLD_S):
                            await guest.let_in.wait()
            yield
        finally:
            self._leave(guest)

    def _fits(self, guest: _Guest) -> bool:
        return (
            self._inside < (min(FEW, self._limits.at_once) if self._behind() else self._limits.at_once)
            and self._of_team[guest.channel.team] < self._limits.team_at_once
            and self._of_channel[guest.channel] < self._limits.channel_at_once
            and (guest.person is None or self._of_person[guest.person] < self._limits.person_at_once)
        )

    def _admit(self) -> None:
        for guest in list(self._queue):
            if self._fits(guest):
                self._queue.remove(guest)
                self._inside += 1
                self._of_team[guest.channel.team] += 1
                self._of_channel[guest.channel] += 1
                if guest.person is not None:
                    self._of_person[guest.person] += 1
                guest.let_in.set()
                guest.moved.set()
        for place, guest in enumerate(self._queue, start=1):
            if guest.place != place:
                guest.place = place
                guest.moved.set()

    def _leave(self, guest: _Guest) -> None:
        if guest.admitted:
            self._inside -= 1
            self._of_team -= Counter({guest.channel.team: 1})
            self._of_channel -= Counter({guest.channel: 1})
            if guest.person is not None:
                self._of_person -= Counter({guest.person: 1})
        else:
            self._queue.remove(guest)
        self._admit()
