"""The part of the store on SQLite or PostgreSQL that hides ideas, counts what people add, and forgets whole teams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update

from bot.domain.errors import UnknownIdea
from bot.domain.ideas import BrainstormId, Channel, Idea, IdeaId, Person, Team
from bot.domain.moderation import Cleared, Departure, Hiding
from storage import _bridges, _reading, _rows
from storage import _tables as t
from storage._rules import at_most
from storage._settings import SqlSettings
from storage._sql_media import SqlMedia

#: Rows that belong to a team's brainstorms and ideas and do not name the team themselves.
BELONGING = (
    (t.candidates, "brainstorm", t.brainstorms),
    (t.brainstorm_parents, "brainstorm", t.brainstorms),
    (t.brainstorm_about, "brainstorm", t.brainstorms),
    (t.idea_parents, "idea", t.ideas),
)


class SqlModeration(SqlMedia, SqlSettings):
    """The methods of the `Moderation` port."""

    async def stop(self, team: Team, brainstorm: BrainstormId) -> bool:
        """Notes that a running brainstorm of the team is to end."""
        mine = t.brainstorms.c
        this = update(t.brainstorms).where(_rows.in_team(t.brainstorms, team), mine.id == brainstorm, mine.state == "running")
        async with self._write_autocommit() as connection:
            return (await connection.execute(this.values(stopped=True))).rowcount > 0

    async def stopped(self, brainstorms: Sequence[BrainstormId]) -> list[BrainstormId]:
        """Which of these are to end."""
        mine = t.brainstorms.c
        async with self._read_autocommit() as connection:
            return [
                BrainstormId(id)
                for some in _reading.batches(sorted(brainstorms))
                for id in (await connection.execute(select(mine.id).where(mine.id.in_(some), mine.stopped))).scalars()
            ]

    async def hide(self, team: Team, hiding: Hiding) -> Idea | None:
        """Hides an idea or shows it again, and notes who did."""
        this = (_rows.in_team(t.ideas, team), t.ideas.c.id == hiding.idea)
        changed = update(t.ideas).where(*this, t.ideas.c.hidden.is_(not hiding.hidden)).values(hidden=hiding.hidden)
        async with self._write_transaction() as connection:
            new = (await connection.execute(changed)).rowcount > 0
            ideas = await _reading.ideas(connection, select(t.ideas).where(*this))
            if not ideas:
                raise UnknownIdea
            if new:
                await connection.execute(insert(t.hidings), hiding_row(hiding))
        return ideas[0] if new else None

    async def hidings(self, channel: Channel, *, limit: int = 100) -> list[Hiding]:
        """What was hidden and shown again in a channel, newest first."""
        mine = t.hidings.c
        query = select(t.hidings).where(_rows.in_channel(t.hidings, channel))
        async with self._read_autocommit() as connection:
            rows = await connection.execute(query.order_by(mine.at.desc(), mine.id.desc()).limit(at_most(limit)))
            return [hiding_of(dict(row)) for row in rows.mappings()]

    async def hidden(self, team: Team) -> frozenset[IdeaId]:
        """The team's hidden ideas."""
        query = select(t.ideas.c.id).where(_rows.in_team(t.ideas, team), t.ideas.c.hidden.is_(True))
        async with self._read_autocommit() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def added(self, team: Team, since: datetime, person: Person) -> tuple[int, datetime | None]:
        """How many ideas a person wrote since a moment, and when the first was."""
        mine = t.ideas.c
        query = select(func.count(), func.min(mine.created_at)).where(
            _rows.in_team(t.ideas, team), _rows.by(t.ideas, "author", person), mine.created_at >= since
        )
        async with self._read_autocommit() as connection:
            count, first = (await connection.execute(query)).one()
        return count, first

    async def depart(self, team: Team, at: datetime) -> None:
        """Notes that a team has removed Muselab; the first time counts. Its bridges end with that."""
        noted = self._insert(t.departures).values(platform=team.platform, team=team.id, at=at)
        async with self._write_transaction() as connection:
            await connection.execute(noted.on_conflict_do_nothing())
            await _bridges.part(connection, team)

    async def stay(self, team: Team) -> None:
        """Notes that a team is here after all."""
        async with self._write_autocommit() as connection:
            await connection.execute(delete(t.departures).where(_rows.in_team(t.departures, team)))

    async def departed(self, before: datetime) -> list[Departure]:
        """Teams that removed Muselab before a moment, oldest first."""
        mine = t.departures.c
        query = select(t.departures).where(mine.at < before).order_by(mine.at, mine.platform, mine.team)
        async with self._read_autocommit() as connection:
            rows = (await connection.execute(query)).mappings()
            return [Departure(team=Team(platform=row["platform"], id=row["team"]), at=row["at"]) for row in rows]

    async def forget_team(self, team: Team) -> Cleared:
        """Deletes every row and every file of a team, from SQLite's write-ahead log too."""
        async with self._write_transaction() as connection:
            await self._alone(connection, team)
            adapters = select(t.versions.c.adapter).where(_rows.in_team(t.versions, team), t.versions.c.adapter.is_not(None))
            named = tuple(dict.fromkeys((await connection.execute(adapters)).scalars()))
            digests = list((await connection.execute(select(t.media.c.digest).where(_rows.in_team(t.media, team)))).scalars())
            rows = 0
            for table, owner, owners in BELONGING:
                mine = select(owners.c.id).where(_rows.in_team(owners, team))
                rows += (await connection.execute(delete(table).where(table.c[owner].in_(mine)))).rowcount
            rows += await _bridges.forget_team(connection, team)
            for table in of_teams():
                rows += (await connection.execute(delete(table).where(_rows.in_team(table, team)))).rowcount
            await self._delete_files(connection, team, digests)
        await self._sweep(team)
        self._settled = {}
        await self._overwrite_log()
        return Cleared(rows=rows, files=len(digests), adapters=named)


def of_teams() -> Sequence[Table]:
    """Every table whose rows name a team, those that refer to others first."""
    return [table for table in reversed(t.metadata.sorted_tables) if {"platform", "team"} <= set(table.c.keys())]


def hiding_row(hiding: Hiding) -> dict[str, Any]:
    """The columns of what was hidden or shown again."""
    return {
        "idea": hiding.idea,
        **_rows.place_of(hiding.channel),
        "number": hiding.number,
        "hidden": hiding.hidden,
        **_rows.columns_of(hiding.by, "person"),
        "at": hiding.at,
    }


def hiding_of(row: _rows.Row) -> Hiding:
    """What was hidden or shown again, in a row."""
    return Hiding(
        idea=row["idea"],
        channel=_rows.channel_of(row),
        number=row["number"],
        hidden=row["hidden"],
        by=_rows.person_of(row, "person"),
        at=row["at"],
    )
