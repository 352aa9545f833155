"""Waits where the database is away for a moment: it restarts, fails over, or has no connection left."""

from __future__ import annotations

import asyncio
import functools
import inspect
import random
from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog

from bot.domain.errors import StoreAway
from bot.ports import Store

log = structlog.get_logger(__name__)

PATIENCE_S = 30.0  # PostgreSQL restarts in 5 to 10 s and fails over in 20; later people are told
FIRST_S, LONGEST_S = 0.1, 2.0  # between two tries; doubles from the one to the other
#: Those that have nobody waiting, and are tried again anyway; the start, where somebody looks on; and those without which there
#: is only less of a pace, while somebody may be waiting to be told that the database is away.
AT_ONCE = frozenset({"open", "close", "lease", "hold", "take_up", "unserved", "turn", "permits"})


class Patient:
    """A store whose every call is made again while the database is away. Each is one transaction, and may be made twice."""

    def __init__(self, store: Store, *, patience_s: float = PATIENCE_S) -> None:
        self._store = store
        self._patience_s = patience_s

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name in AT_ONCE or not inspect.iscoroutinefunction(method):
            return method

        @functools.wraps(method)
        async def patiently(*args: Any, **kwargs: Any) -> Any:
            try:
                return await method(*args, **kwargs)
            except StoreAway as away:
                log.warning("the database is away; waiting for it", call=name, why=str(away))
            return await self._again(lambda: method(*args, **kwargs))

        setattr(self, name, patiently)  # found at once the next time
        return patiently

    async def _again(self, call: Callable[[], Awaitable[Any]]) -> Any:
        loop = asyncio.get_running_loop()
        until, wait_s = loop.time() + self._patience_s, FIRST_S
        while True:
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # so that those who wait do not all knock at once
            wait_s = min(2 * wait_s, LONGEST_S)
            try:
                return await call()
            except StoreAway:
                if loop.time() >= until:
                    raise


def patient(store: Store, *, patience_s: float = PATIENCE_S) -> Store:
    """The store, with patience."""
    return cast("Store", Patient(store, patience_s=patience_s))
