"""The end of something that another thread does: whoever waits for it, in that thread or in an event loop, hears of it once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress


class Ending:
    """An end that comes once."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] | None = []  #: None: it has come
        self._lock = threading.Lock()

    def come(self) -> None:
        """It has come: calls whoever waits."""
        with self._lock:
            waiting, self._waiting = self._waiting or [], None
        for call in waiting:
            call()

    def then(self, call: Callable[[], None]) -> None:
        """Has `call` called when it comes, in the thread that tells so; at once where it has come."""
        with self._lock:
            if self._waiting is not None:
                self._waiting.append(call)
                return
        call()

    async def within(self, seconds: float) -> bool:
        """Waits for it so long at most; whether it has come."""
        loop, come = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop was closed meanwhile, and nobody waits in it
                loop.call_soon_threadsafe(come.set)

        self.then(tell)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await come.wait()
        return come.is_set()
