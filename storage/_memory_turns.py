"""The part of the store in memory by which turns are taken."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from bot.ports.turns import AT_ONCE, Permitted
from storage._permits import MICROSECOND, Spent, give, micro, moment
from storage._rules import EVENTS_KEPT, aware, event_key

MANY = 10_000  # turns remembered before those of before yesterday are let go


class MemoryTurns:
    """The methods of the `TurnStore` port."""

    _lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self._turns: dict[str, datetime] = {}
        self._permits: dict[str, tuple[Spent, ...]] = {}

    async def turn(self, of: str, gap: timedelta, at: datetime) -> datetime:
        """Takes the next turn."""
        key, at = event_key(of), aware(at)
        with self._lock:
            latest = self._turns.get(key)
            self._turns[key] = taken = at if latest is None else max(at, latest + gap)
            if len(self._turns) > MANY:
                self._turns = {one: when for one, when in self._turns.items() if when > at - EVENTS_KEPT}
        return taken

    async def permits(
        self, of: str, most: int, per: timedelta, at: datetime, *, wanted: int = 1, hold: timedelta = AT_ONCE
    ) -> Permitted:
        """Gives out permits."""
        key, now, spans = event_key(of), micro(at), {"per": per // MICROSECOND, "hold": hold // MICROSECOND}
        with self._lock:
            given = give(self._permits.get(key, ()), most=most, at=now, wanted=wanted, **spans)
            self._permits[key] = given.log
            if len(self._permits) > MANY:
                before = now - EVENTS_KEPT // MICROSECOND
                self._permits = {one: log for one, log in self._permits.items() if log and log[-1].at > before}
        return Permitted(given.granted, given.left, moment(given.again))
