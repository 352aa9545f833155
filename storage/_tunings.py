"""The part of the store on SQLite or PostgreSQL that keeps tuning runs: who works on which, and what came of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, text, update

from bot.domain.ideas import Channel, Team
from bot.domain.models import Finding, Tuning
from storage import _tables as t
from storage._connections import Connections
from storage._rules import at_most, free

Row = dict[str, Any]


class SqlTunings(Connections):
    """The methods of the `Store` port about tuning."""

    async def teams(self) -> list[Team]:
        """Every team that has ideas, sorted."""
        c = t.channels.c
        query = select(c.platform, c.team).where(c.ideas > 0).distinct().order_by(c.platform, c.team)
        async with self._read_autocommit() as connection:
            return [Team(platform=row.platform, id=row.team) for row in (await connection.execute(query)).all()]

    async def channels(self) -> list[Channel]:
        """Every channel in which ideas were asked for or written, sorted."""
        c, b = t.channels.c, t.brainstorms.c
        written = select(c.platform, c.team, c.id).where(c.ideas > 0)
        query = written.union(select(b.platform, b.team, b.channel).distinct())
        async with self._read_autocommit() as connection:
            rows = (await connection.execute(query)).all()
        return sorted(Channel(team=Team(platform=platform, id=team), id=id) for platform, team, id in rows)

    async def tunings(self, team: Team, *, limit: int = 20) -> list[Tuning]:
        """The team's runs, newest first."""
        c = t.tunings.c
        query = select(t.tunings).where(_of(team)).order_by(c.began_at.desc(), c.id.desc()).limit(at_most(limit))
        async with self._read_autocommit() as connection:
            return [tuning_of(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def take_tuning(self, new: Tuning, now: datetime) -> Tuning | None:
        """Begins a run, or takes up the team's running one whose lease has ended; None while somebody works on one."""
        c = t.tunings.c
        running = select(t.tunings).where(_of(new.team), c.state == "running").order_by(c.began_at.desc()).limit(1)
        async with self._write_transaction() as connection:
            if connection.dialect.name == "postgresql":  # two that begin at once: the second sees the first
                key = {"team": f"{new.team.platform}/{new.team.id}/tuning"}
                await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:team, 0))"), key)
            row = (await connection.execute(running)).mappings().first()
            if row is None:
                await connection.execute(self._insert(t.tunings), tuning_row(new))
                return new
            there = tuning_of(dict(row))
            if not free(there.leased_until, now):
                return None
            taken = replace(there, holder=new.holder, leased_until=new.leased_until)
            mine = update(t.tunings).where(_of(new.team), c.id == there.id)
            await connection.execute(mine.values(holder=taken.holder, leased_until=taken.leased_until))
            return taken

    async def keep_tuning(self, tuning: Tuning) -> bool:
        """Stores where a run is; False when it is not this holder's any more, or was ended by somebody else."""
        c = t.tunings.c
        mine = (_of(tuning.team), c.id == tuning.id, c.holder == tuning.holder, c.state == "running")
        row = tuning_row(tuning)
        del row["told"]  # the bot's, which tells while another process tunes
        change = update(t.tunings).where(*mine).values(**row).returning(c.id)
        async with self._write_autocommit() as connection:
            return (await connection.execute(change)).first() is not None

    async def cancel_tuning(self, team: Team) -> bool:
        """Ends the team's running run; whether there was one."""
        c = t.tunings.c
        gone = update(t.tunings).where(_of(team), c.state == "running").values(state="cancelled", leased_until=None)
        async with self._write_autocommit() as connection:
            return (await connection.execute(gone.returning(c.id))).first() is not None

    async def untold_tunings(self) -> list[Tuning]:
        """Runs, of any team, of whose state its admins have not heard, oldest first."""
        c = t.tunings.c
        query = select(t.tunings).where(c.told != c.state).order_by(c.began_at, c.id)
        async with self._read_autocommit() as connection:
            return [tuning_of(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def tell_tuning(self, tuning: Tuning) -> None:
        """Notes that a run's admins have heard of its state as it is here."""
        heard = update(t.tunings).where(_of(tuning.team), t.tunings.c.id == tuning.id).values(told=tuning.state)
        async with self._write_autocommit() as connection:
            await connection.execute(heard)


def _of(team: Team) -> ColumnElement[bool]:
    return (t.tunings.c.platform == team.platform) & (t.tunings.c.team == team.id)


def tuning_row(tuning: Tuning) -> Row:
    """The run's columns."""
    row = asdict(tuning)
    return {**row, "platform": tuning.team.platform, "team": tuning.team.id}


def tuning_of(row: Row) -> Tuning:
    """The run in a row."""
    values = dict(row)
    team = Team(platform=values.pop("platform"), id=values.pop("team"))
    missed = tuple(Finding(**finding) for finding in values.pop("missed"))
    curve = tuple(tuple(point) for point in values.pop("curve"))
    return Tuning(**values, team=team, missed=missed, curve=curve)
