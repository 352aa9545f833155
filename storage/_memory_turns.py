"""The part of the store in memory by which turns are taken."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from storage._rules import EVENTS_KEPT, aware, event_key

MANY = 10_000  # turns remembered before those of before yesterday are let go


class MemoryTurns:
    """The method of the `Store` port about turns."""

    _lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self._turns: dict[str, datetime] = {}

    async def turn(self, of: str, gap: timedelta, at: datetime) -> datetime:
        """Takes the next turn."""
        key, at = event_key(of), aware(at)
        with self._lock:
            latest = self._turns.get(key)
            self._turns[key] = taken = at if latest is None else max(at, latest + gap)
            if len(self._turns) > MANY:
                self._turns = {one: when for one, when in self._turns.items() if when > at - EVENTS_KEPT}
        return taken
