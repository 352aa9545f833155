"""The part of the store on SQLite or PostgreSQL by which processes take turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage._connections import Connections
from storage._rules import aware, event_key

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class SqlTurns(Connections):
    """The method of the `Store` port about turns."""

    async def turn(self, of: str, gap: timedelta, at: datetime) -> datetime:
        """Takes the next turn: one statement, so that two processes never get the same one."""
        row = {"id": event_key(of), "at": (aware(at) - EPOCH) // MICROSECOND, "gap": gap // MICROSECOND}
        async with self._prepared_write() as runner:
            (taken,) = await runner.run(self._ready.turn, row)
        return EPOCH + int(taken["at"]) * MICROSECOND
