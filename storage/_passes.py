"""The part of the store on SQLite or PostgreSQL that knows who may see the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.domain.ideas import Team
from bot.domain.passes import ENTRIES, Pass, PassKind
from storage import _rows
from storage import _tables as t
from storage._connections import Connections


class SqlPasses(Connections):
    """The methods of the `PassStore` port."""

    async def keep_pass(self, new: Pass) -> None:
        """Stores a pass, and deletes those of its team that had ended by then."""
        ended = delete(t.passes).where(_rows.in_team(t.passes, new.channel.team), t.passes.c.until <= new.made_at)
        async with self._write_transaction() as connection:
            await connection.execute(ended)
            await connection.execute(self._insert(t.passes).values(pass_row(new)).on_conflict_do_nothing())

    async def take_pass(self, digest: str, now: datetime, kind: PassKind = "link") -> Pass | None:
        """Takes a pass away; of two that come at once one gets it."""
        mine = t.passes.c
        gone = delete(t.passes).where(mine.digest == digest, mine.kind == kind, mine.until > now).returning(*mine)
        async with self._write_autocommit() as connection:
            row = (await connection.execute(gone)).mappings().first()
        return None if row is None else pass_of(dict(row))

    async def found_pass(self, digest: str, now: datetime) -> Pass | None:
        """The session or the link for readers that a secret stands for."""
        mine = t.passes.c
        query = select(t.passes).where(mine.digest == digest, mine.kind.in_(ENTRIES), mine.until > now)
        async with self._read_autocommit() as connection:
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else pass_of(dict(row))

    async def passes(self, team: Team, kind: PassKind, now: datetime) -> list[Pass]:
        """A team's passes of a kind that have not ended, newest first."""
        mine = t.passes.c
        query = select(t.passes).where(_rows.in_team(t.passes, team), mine.kind == kind, mine.until > now)
        async with self._read_autocommit() as connection:
            rows = await connection.execute(query.order_by(mine.made_at.desc(), mine.digest))
            return [pass_of(dict(row)) for row in rows.mappings()]

    async def drop_pass(self, team: Team, digest: str) -> bool:
        """Ends a pass of the team; whether there was one."""
        gone = delete(t.passes).where(_rows.in_team(t.passes, team), t.passes.c.digest == digest)
        async with self._write_autocommit() as connection:
            return (await connection.execute(gone)).rowcount > 0


def pass_row(one: Pass) -> dict[str, Any]:
    """The columns of a pass."""
    return {
        "digest": one.digest,
        "kind": one.kind,
        **_rows.place_of(one.channel),
        **_rows.columns_of(one.person, "person"),
        "made_at": one.made_at,
        "until": one.until,
        "locale": one.locale,
        "outsider": one.outsider,
    }


def pass_of(row: _rows.Row) -> Pass:
    """The pass in a row."""
    person = _rows.person_of(row, "person")
    assert person is not None  # the columns are never NULL
    return Pass(
        digest=row["digest"],
        kind=row["kind"],
        channel=_rows.channel_of(row),
        person=person,
        made_at=row["made_at"],
        until=row["until"],
        locale=row["locale"],
        outsider=row["outsider"],
    )
