"""Who waits for a turn at a method: answers before what can wait, and among equals whoever asked first."""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import Awaitable, Callable
from contextlib import suppress

Ticket = tuple[int, int]  # what it leaves to others, and when it came


class Queue:
    """The calls of one method that wait; each is told how many turns of a minute it leaves to whoever comes before it."""

    def __init__(self) -> None:
        self._waiting: list[Ticket] = []
        self._came = 0
        self._moved = asyncio.Event()

    async def turn(self, leaves: int, left_s: Callable[[], Awaitable[float]], take: Callable[[], None]) -> None:
        """Returns once its turn has come and `take` was called.

        Args:
            leaves: fewer first.
            left_s: seconds until there is a turn for such a call, as far as that is known now.
            take: notes that the turn is taken.
        """
        self._came += 1
        me = (leaves, self._came)
        insort(self._waiting, me)
        self._move()
        try:
            while True:
                moved, is_first = self._moved, self._waiting[0] == me
                left = await left_s() if is_first else None
                if left is not None and left <= 0 and self._waiting[0] == me:
                    break
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await moved.wait()
            take()
        finally:
            self._waiting.remove(me)
            self._move()

    def _move(self) -> None:
        """Who waits looks again."""
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
