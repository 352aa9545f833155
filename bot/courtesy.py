"""Acknowledgements first: lets whoever has not been heard yet go before work that can wait a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from heapq import heappop, heappush
from typing import NamedTuple

PATIENCE_S = 0.1  # a thirtieth of what the platforms allow; where somebody always comes in between, one goes on all the same
BEHIND_S = 1.0  # that work may wait; on a machine with room it waits for some milliseconds
TURNS = 3  # of the loop, within which an event that has come says that it waits, and an acknowledgement is handed to its socket


class Courtesy:
    """Knows who waits for an acknowledgement.

    An event passes through the loop half a dozen times before it is acknowledged, and each time everything else that is ready
    runs as well. What asks `after_you` between its steps is not ready while anybody waits. On a machine that others keep busy
    that is a lot of work: it goes on piece by piece, and whoever came meanwhile is heard in between.
    """

    def __init__(self) -> None:
        self._waiting = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._taken = False  #: somebody is at the door, where one at a time lets others go first
        self._line: list[_Waiting] = []  #: a heap
        self._came = 0

    @contextmanager
    def acknowledging(self) -> Iterator[None]:
        """Inside, somebody waits to be acknowledged."""
        self._waiting += 1
        self._nobody.clear()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._nobody.set()

    async def sent(self, acknowledging: asyncio.Future[None]) -> None:
        """Returns once an acknowledgement is made, or on its way: who waits for the network needs no processor of ours.

        Until then it counts as waiting; a platform's answer takes a tenth of a second, and all work would wait for it too.
        """
        try:
            for _turn in range(TURNS):
                if acknowledging.done():
                    return
                await asyncio.sleep(0)
        except BaseException:
            acknowledging.cancel()
            raise

    async def after_you(self, *, first: bool = False) -> None:
        """Returns as soon as nobody waits, or after `PATIENCE_S`; at once where nobody does. Many return one after another.

        `first`: somebody has seen nothing yet of what they asked for, and goes before who watches something grow.
        """
        if not self._waiting and not self._taken:
            return
        await self._enter(first)
        try:
            if self._waiting:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE_S):
                        await self._nobody.wait()
            for _turn in range(TURNS):
                await asyncio.sleep(0)
        finally:
            self._leave()

    @property
    def behind(self) -> bool:
        """Whether work has waited for so long that whoever asks for more is to be told their place."""
        now = asyncio.get_running_loop().time()
        return any(now - one.came_at > BEHIND_S for one in self._line)

    async def _enter(self, first: bool) -> None:
        if not self._taken:
            self._taken = True
            return
        loop = asyncio.get_running_loop()
        self._came += 1
        me = _Waiting(not first, self._came, loop.time(), loop.create_future())
        heappush(self._line, me)
        try:
            await me.turn
        except BaseException:
            if me.turn.done() and not me.turn.cancelled():
                self._leave()  # the door was handed over in this very moment
            raise

    def _leave(self) -> None:
        """Hands the door to the next in line who still waits."""
        while self._line:
            turn = heappop(self._line).turn
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False


class _Waiting(NamedTuple):
    """Somebody in line; they go in this order."""

    later: bool
    number: int  #: by when they came; no two have the same
    came_at: float  #: by the loop's clock
    turn: asyncio.Future[None]
