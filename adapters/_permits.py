"""Permits of one process: what all processes together may do so many times in a period, taken from the store a few at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.errors import Outage
from bot.ports import Clock, TurnStore

log = structlog.get_logger(__name__)

MOMENTS = 600  # of a period; one that is taken alone is used within a moment, by which periods are less than exact


def now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


class Permits:
    """Of one kind.

    Whoever does much takes several at once, as many as it used in the last `hold_s`: the store is asked about once in that
    time. Whoever is alone waits for nobody, and loses nothing but what it took and did not use.
    """

    def __init__(
        self, store: TurnStore | None, of: Callable[[], str], most: int, per_s: float, *, hold_s: float, clock: Clock = now
    ) -> None:
        """Nothing is at hand.

        Args:
            store: by which processes agree; without one, or while it is away, nobody waits here.
            of: the kind's name, asked for when it is needed.
            most: times in a period.
            per_s: the period, seconds.
            hold_s: how long several that are taken at once are good for.
            clock: of this machine.
        """
        self._store, self._of, self._clock = store, of, clock
        self._most, self._per_s, self._hold_s = most, per_s, hold_s
        self._asking = asyncio.Lock()
        self._hand = 0
        self._hand_until = 0.0  #: by the loop's clock, as the next ones
        self._used: deque[float] = deque()  #: when, in the last `hold_s`
        self._left, self._left_until = most, float("-inf")  #: what was left for everybody when the store was asked last
        self._full: dict[int, float] = {}  #: until when there is nothing for who leaves so many to others

    async def wait_s(self, leaves: int = 0) -> float:
        """Seconds until there may be one for who leaves so many of a period to others; 0: one is at hand, to be taken at once."""
        async with self._asking:
            loop = asyncio.get_running_loop()
            if self._store is None or self._at_hand > 0:
                return 0.0
            full_s = max((until for least, until in self._full.items() if leaves >= least), default=0.0) - loop.time()
            return full_s if full_s > 0 else await self._ask(self._store, leaves)

    async def _ask(self, store: TurnStore, leaves: int) -> float:
        loop = asyncio.get_running_loop()
        asked_at, now, wanted = loop.time(), self._clock(), max(1, self._lately)
        hold_s = self._hold_s if wanted > 1 else 0.0
        per, hold = timedelta(seconds=self._per_s), timedelta(seconds=hold_s)
        try:
            got = await store.permits(self._of(), self._most - leaves, per, now, wanted=wanted, hold=hold)
        except Outage as error:
            log.warning("processes cannot agree on how often", why=str(error))  # the platform's refusal is waited out
            return 0.0
        self._hand, self._hand_until = got.granted, max(loop.time() + self._per_s / MOMENTS, asked_at + hold_s)
        self._left, self._left_until = got.left + leaves, asked_at + self._per_s
        self._full.pop(leaves, None)
        if got.granted:
            return 0.0
        wait_s = max(0.0, (got.again - now).total_seconds())
        self._full[leaves] = asked_at + wait_s
        return wait_s - (loop.time() - asked_at)

    def take(self) -> None:
        """One is used."""
        self._hand = max(0, self._at_hand - 1)
        self._used.append(asyncio.get_running_loop().time())

    @property
    def room(self) -> int:
        """How many could be had now, as far as that is known here."""
        known = self._left_until > asyncio.get_running_loop().time()
        return self._at_hand + self._left if known and self._store is not None else self._most

    @property
    def _at_hand(self) -> int:
        return self._hand if asyncio.get_running_loop().time() <= self._hand_until else 0

    @property
    def _lately(self) -> int:
        since = asyncio.get_running_loop().time() - self._hold_s
        while self._used and self._used[0] < since:
            self._used.popleft()
        return len(self._used)
