"""The part of the store on SQLite or PostgreSQL that keeps which channels are joined, and where rounds are guests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.bridges import Bridge, BridgeId, Guest
from bot.domain.ideas import BrainstormId, Channel, IdeaId, Team
from bot.domain.rounds import RoundId
from storage import _rows
from storage import _tables as t
from storage._connections import Connections
from storage._rules import at_most

PLAIN = ("round", "brainstorm", "bridge", "open", "shown", "address")  # columns of a guest that are its fields


class SqlBridges(Connections):
    """The methods of the `BridgeStore` port."""

    async def keep_bridge(self, bridge: Bridge) -> bool:
        """Stores a bridge where neither channel has one; what the two sides' rows are is settled in the order of their keys."""
        rows = [
            {**_rows.place_of(side), "id": bridge.id, "first": not place, "made_at": bridge.made_at}
            for place, side in enumerate(bridge.sides)
        ]
        rows.sort(key=lambda row: (row["platform"], row["team"], row["channel"]))  # two at once never wait for each other
        async with self._write_transaction() as connection:
            for row in rows:
                new = self._insert(t.bridges).values(row).on_conflict_do_nothing()
                if not (await connection.execute(new)).rowcount:
                    await connection.rollback()
                    return False
        return True

    async def bridges(self, team: Team) -> list[Bridge]:
        """The bridges of a team's channels, the oldest first."""
        mine = select(t.bridges.c.id).where(_rows.in_team(t.bridges, team))
        async with self._read_autocommit() as connection:
            return await _found(connection, t.bridges.c.id.in_(mine))

    async def drop_bridge(self, team: Team, id: BridgeId) -> Bridge | None:
        """Ends a bridge of the team, and closes its guests."""
        async with self._write_transaction() as connection:
            found = [one for one in await _found(connection, t.bridges.c.id == id) if team in (side.team for side in one.sides)]
            if not found:
                return None
            gone = (await connection.execute(delete(t.bridges).where(t.bridges.c.id == id))).rowcount
            await connection.execute(update(t.guests).where(t.guests.c.bridge == id).values(open=False))
        return found[0] if gone else None

    async def invite(self, guest: Guest) -> None:
        """Notes that a channel is a guest of a round; the first stays."""
        async with self._write_autocommit() as connection:
            await connection.execute(self._insert(t.guests).values(guest_row(guest)).on_conflict_do_nothing())

    async def guest(self, host: Team, round: RoundId) -> Guest | None:
        """The guest of a team's round."""
        return next(iter(await self._guests(_hosted(host), t.guests.c.round == round, limit=1)), None)

    async def guest_at(self, host: Team, brainstorm: BrainstormId) -> Guest | None:
        """The guest of the team's round whose ideas are a brainstorm's."""
        this = {"host_platform": host.platform, "host_team": host.id, "brainstorm": brainstorm, "limit": 1}
        async with self._prepared_read() as runner:
            return next((guest_of(row) for row in await runner.run(self._ready.guest_at, this)), None)

    async def guests(self, host: Team) -> list[Guest]:
        """The guests of all of a team's rounds, the newest first."""
        return await self._guests(_hosted(host))

    async def visits(self, place: Team | Channel, *, limit: int = 1000) -> list[Guest]:
        """Where a team, or one of its channels, is or was a guest, the newest first."""
        if isinstance(place, Team):
            return await self._guests(_rows.in_team(t.guests, place), limit=limit)
        async with self._prepared_read() as runner:
            here = _rows.place_of(place) | {"limit": at_most(limit)}
            return [guest_of(row) for row in await runner.run(self._ready.visits, here)]

    async def place_guest(self, guest: Guest, shown: str, address: str, ideas: Sequence[IdeaId]) -> bool:
        """Records what a guest's card shows, and where it is."""
        this = (_hosted(guest.host.team), t.guests.c.round == guest.round, _rows.in_channel(t.guests, guest.channel))
        change = update(t.guests).where(*this).values(shown=shown, address=address, ideas=list(ideas))
        async with self._write_autocommit() as connection:
            return (await connection.execute(change)).rowcount > 0

    async def _guests(self, *where: ColumnElement[bool], limit: int | None = None) -> list[Guest]:
        query = select(t.guests).where(*where).order_by(t.guests.c.round.desc())
        if limit is not None:
            query = query.limit(at_most(limit))
        async with self._read_autocommit() as connection:
            return [guest_of(dict(row)) for row in (await connection.execute(query)).mappings()]


async def part(connection: AsyncConnection, team: Team) -> None:
    """Ends all bridges of a team."""
    mine = list((await connection.execute(select(t.bridges.c.id).where(_rows.in_team(t.bridges, team)))).scalars())
    await connection.execute(delete(t.bridges).where(t.bridges.c.id.in_(mine)))
    await connection.execute(update(t.guests).where(t.guests.c.bridge.in_(mine)).values(open=False))


async def forget_team(connection: AsyncConnection, team: Team) -> int:
    """Deletes what is not a team's by its own columns: the other sides of its bridges, and the guests of its rounds."""
    await part(connection, team)
    return (await connection.execute(delete(t.guests).where(_hosted(team)))).rowcount


async def _found(connection: AsyncConnection, where: ColumnElement[bool]) -> list[Bridge]:
    """Whole bridges, the oldest first."""
    mine = t.bridges.c
    rows = await connection.execute(select(t.bridges).where(where).order_by(mine.made_at, mine.id, mine.first.desc()))
    sides: dict[str, list[Any]] = {}
    for row in rows.mappings():
        sides.setdefault(row["id"], []).append(row)
    return [
        Bridge(id=BridgeId(id), sides=(_rows.channel_of(two[0]), _rows.channel_of(two[1])), made_at=two[0]["made_at"])
        for id, two in sides.items()
        if len(two) == 2
    ]


def _hosted(host: Team) -> ColumnElement[bool]:
    return and_(t.guests.c.host_platform == host.platform, t.guests.c.host_team == host.id)


def guest_row(guest: Guest) -> dict[str, Any]:
    """The columns of a guest."""
    host = {f"host_{name}": value for name, value in _rows.place_of(guest.host).items()}
    plain = {name: getattr(guest, name) for name in PLAIN}
    return {**plain, **host, **_rows.place_of(guest.channel), "ideas": list(guest.ideas)}


def guest_of(row: _rows.Row) -> Guest:
    """The guest in a row."""
    host = _rows.channel_of({name: row[f"host_{name}"] for name in ("platform", "team", "channel")})
    plain = {name: row[name] for name in PLAIN}
    return Guest(**plain, host=host, channel=_rows.channel_of(row), ideas=tuple(row["ideas"]))
