"""The part of the store on SQLite or PostgreSQL that keeps events until they are served."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, text, update

from bot.domain.ideas import Team
from bot.ports import Arrival
from storage import _reading, _rows
from storage import _tables as t
from storage._connections import Connections
from storage._rules import EVENTS_KEPT, PRUNE_EVERY, event_key, person_key, storable, team_event_key

ARRIVED = ("id", "at", "platform", "team", "event", "body", "subject", "person", "holder", "leased_until")
#: As `Statements.arrive`, of any number of rows.
TOGETHER = text(
    f"INSERT INTO events ({', '.join(ARRIVED)}) SELECT * FROM unnest("  # noqa: S608 - names of ours
    + ", ".join(f"CAST(:{name} AS {'timestamptz' if name in ('at', 'leased_until') else 'text'}[])" for name in ARRIVED)
    + ") ON CONFLICT (id) DO UPDATE SET holder = excluded.holder"
    " WHERE events.holder = excluded.holder AND events.leased_until IS NOT NULL RETURNING id"
)
#: What is left of a served event: that it came, when, and what it had a say in.
SERVED: dict[str, Any] = {"leased_until": None, "holder": None, "body": None, "event": None, "person": None}


class SqlInbox(Connections):
    """The methods of the `Store` port about events."""

    _pruned_at: datetime | None

    async def first_time(self, event: str, at: datetime) -> bool:
        """Records an event id; False when it was there already."""
        async with self._prepared_write() as runner:
            new = bool(await runner.run(self._ready.event, {"id": event_key(event), "at": at}))
        await self._prune(at)
        return new

    async def arrive(self, arrivals: Sequence[Arrival], holder: str, until: datetime) -> list[bool]:
        """Stores events to be served; many that wait at once are one transaction."""
        if not arrivals:
            return []
        rows = [arrival_row(one) | {"holder": holder, "leased_until": until} for one in arrivals]
        if len(rows) > 1 and self._engine.dialect.name == "postgresql":
            ids = await self._arrive_together(list({row["id"]: row for row in rows}.values()))
        else:
            async with self._prepared_write(transaction=len(rows) > 1) as runner:
                ids = {event["id"] for row in rows for event in await runner.run(self._ready.arrive, row)}
        await self._prune(arrivals[-1].at)
        return [row["id"] in ids for row in rows]

    async def _arrive_together(self, rows: Sequence[dict[str, Any]]) -> set[str]:
        """One statement, one round trip and one flush of PostgreSQL's log for all who wait."""
        lists = {name: [None if row[name] is None else storable(row[name]) for row in rows] for name in ARRIVED}
        async with self._write_autocommit() as connection:
            return set((await connection.execute(TOGETHER, lists)).scalars())

    async def served(self, events: Sequence[tuple[Team, str]]) -> None:
        """Notes that events need nothing more."""
        keys = [team_event_key(team, id) for team, id in events]
        async with self._prepared_write() as runner:
            for some in _reading.batches(keys):
                await runner.run(self._ready.served, SERVED | {"ids": some})

    async def hold(self, holder: str, until: datetime) -> None:
        """Says that a holder is alive until then."""
        mine = t.events.c
        held = update(t.events).where(mine.leased_until.is_not(None), mine.holder == holder).values(leased_until=until)
        async with self._write_autocommit() as connection:
            await connection.execute(held)

    async def unserved(self, now: datetime, until: datetime, holder: str, platforms: Sequence[str]) -> list[Arrival]:
        """Takes every event that nobody alive serves, oldest first."""
        mine = t.events.c
        left = select(mine.id).where(
            mine.leased_until.is_not(None), _rows.free(mine.leased_until, now), mine.platform.in_(platforms)
        )
        arrivals: list[Arrival] = []
        async with self._write_transaction() as connection:
            ids = (await connection.execute(left.with_for_update(skip_locked=True))).scalars().all()
            for some in _reading.batches(ids):
                theirs = mine.id.in_(some)
                await connection.execute(update(t.events).where(theirs).values(leased_until=until, holder=holder))
                rows = (await connection.execute(select(t.events).where(theirs))).mappings()
                arrivals += [arrival_of(dict(row)) for row in rows]
        return sorted(arrivals, key=lambda one: (one.at, one.id))

    async def overtaken(self, arrival: Arrival) -> bool:
        """Whether a later event of the same team and subject came."""
        if not arrival.subject:
            return False
        mine, row = t.events.c, arrival_row(arrival)
        same = (mine.platform == row["platform"], mine.team == row["team"], mine.subject == row["subject"])
        async with self._read_autocommit() as connection:
            return (await connection.execute(select(mine.id).where(mine.at > arrival.at, *same).limit(1))).first() is not None

    async def _prune(self, at: datetime) -> None:
        """Forgets the events of before yesterday, now and then."""
        if self._pruned_at is None or at - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = at
            async with self._write_autocommit() as connection:
                await connection.execute(delete(t.events).where(t.events.c.at < at - EVENTS_KEPT))
                before = int((at - EVENTS_KEPT).timestamp() * 1e6)
                for one in (t.turns, t.permits):
                    await connection.execute(delete(one).where(one.c.at < before))


def arrival_row(arrival: Arrival) -> dict[str, Any]:
    """The event's columns."""
    return {
        "id": team_event_key(arrival.team, arrival.id),
        "at": arrival.at,
        "platform": arrival.team.platform,
        "team": arrival.team.id,
        "event": arrival.id,
        "body": arrival.body,
        "subject": arrival.subject or None,
        "person": person_key(arrival.person),
    }


def arrival_of(row: dict[str, Any]) -> Arrival:
    """The event in a row."""
    team = Team(platform=row["platform"], id=row["team"])
    return Arrival(team=team, id=row["event"], at=row["at"], body=row["body"], subject=row["subject"] or "")
