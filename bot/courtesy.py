"""Acknowledgements first: lets whoever has not been heard yet go before work that can wait a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATIENCE_S = 0.1  # a thirtieth of what the platforms allow; where somebody always comes in between, work goes on all the same


class Courtesy:
    """Knows who waits for an acknowledgement.

    An event passes through the loop half a dozen times before it is acknowledged, and each time everything else that is ready
    runs as well. What asks `after_you` between its steps is not ready while anybody waits.
    """

    def __init__(self) -> None:
        self._waiting = 0
        self._nobody = asyncio.Event()
        self._nobody.set()

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

    async def after_you(self) -> None:
        """Returns as soon as nobody waits, or after `PATIENCE_S`; at once where nobody does."""
        if self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nobody.wait(), PATIENCE_S)
