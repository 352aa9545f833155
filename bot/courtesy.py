"""Acknowledgements first: lets whoever has not been heard yet go before work that can wait a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATIENCE_S = 0.1  # a thirtieth of what the platforms allow; where somebody always comes in between, one goes on all the same
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
        self._door = asyncio.Lock()

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

    async def after_you(self) -> None:
        """Returns as soon as nobody waits, or after `PATIENCE_S`; at once where nobody does. Many return one after another."""
        if not self._waiting and not self._door.locked():
            return
        async with self._door:
            if self._waiting:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE_S):
                        await self._nobody.wait()
            for _turn in range(TURNS):
                await asyncio.sleep(0)
