"""The part of the store on SQLite or PostgreSQL by which processes take turns."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.ports.turns import AT_ONCE, Permitted
from storage._connections import Connections
from storage._permits import MICROSECOND, give, micro, moment, read, written
from storage._rules import event_key


class SqlTurns(Connections):
    """The methods of the `TurnStore` port."""

    async def turn(self, of: str, gap: timedelta, at: datetime) -> datetime:
        """Takes the next turn: one statement, so that two processes never get the same one."""
        row = {"id": event_key(of), "at": micro(at), "gap": gap // MICROSECOND}
        async with self._prepared_write() as runner:
            (taken,) = await runner.run(self._ready.turn, row)
        return moment(int(taken["at"]))

    async def permits(
        self, of: str, most: int, per: timedelta, at: datetime, *, wanted: int = 1, hold: timedelta = AT_ONCE
    ) -> Permitted:
        """Gives out permits: the first statement holds the row until the second, so no two processes count the same."""
        key, now = event_key(of), micro(at)
        async with self._prepared_write(transaction=True) as runner:
            (there,) = await runner.run(self._ready.permits, {"id": key, "at": now, "log": ""})
            spans = {"per": per // MICROSECOND, "hold": hold // MICROSECOND}
            given = give(read(there["log"]), most=most, at=now, wanted=wanted, **spans)
            if given.granted:
                await runner.run(self._ready.permit, {"this_id": key, "log": written(given.log)})
        return Permitted(given.granted, given.left, moment(given.again))
