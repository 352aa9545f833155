"""The part of the store on SQLite or PostgreSQL that keeps what is to happen later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from bot.domain.ideas import Team
from bot.domain.jobs import Job
from storage import _rows
from storage import _tables as t
from storage._connections import Connections
from storage._rules import DONE_KEPT, FAR_JOB, at_most, storable

KEY = ("platform", "team", "kind", "subject")


class SqlJobs(Connections):
    """The methods of the `JobStore` port."""

    async def plan_job(self, job: Job) -> None:
        """Stores what is to happen; the same again changes nothing."""
        upsert = self._insert(t.jobs).values(job_row(job))
        new, mine = upsert.excluded, t.jobs.c
        other = or_(
            mine.repeats != new.repeats,
            mine.zone != new.zone,
            and_(mine.repeats == "", mine.due != new.due),
        )
        changed = {name: new[name] for name in ("due", "repeats", "zone", "holder", "leased_until", "done_at")}
        async with self._write_autocommit() as connection:
            await connection.execute(upsert.on_conflict_do_update(index_elements=list(KEY), set_=changed, where=other))

    async def drop_job(self, team: Team | None, kind: str, subject: str = "") -> bool:
        """Forgets what was to happen; whether there was anything."""
        mine = t.jobs.c
        gone = delete(t.jobs).where(_of(team), mine.kind == kind, mine.subject == subject).returning(mine.done_at)
        async with self._write_autocommit() as connection:
            row = (await connection.execute(gone)).first()
        return row is not None and row.done_at is None

    async def jobs(self, team: Team | None, kind: str) -> list[Job]:
        """What of a kind is still to happen in a team, the next first."""
        mine = t.jobs.c
        query = select(t.jobs).where(_of(team), mine.kind == kind, mine.done_at.is_(None)).order_by(mine.due, mine.subject)
        async with self._read_autocommit() as connection:
            return [job_of(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def take_jobs(
        self, now: datetime, until: datetime, holder: str, kinds: Collection[str], *, limit: int = 1
    ) -> list[Job]:
        """Takes jobs that are due and that nobody alive does, longest due first."""
        mine = t.jobs.c
        due = (mine.done_at.is_(None), mine.due <= now, _rows.free(mine.leased_until, now, FAR_JOB))
        left = select(t.jobs).where(*due, mine.kind.in_(kinds)).order_by(mine.due, *(mine[name] for name in KEY))
        async with self._write_transaction() as connection:
            rows = (await connection.execute(left.limit(at_most(limit)).with_for_update(skip_locked=True))).mappings()
            jobs = [replace(job_of(dict(row)), holder=storable(holder), leased_until=storable(until)) for row in rows]
            for job in jobs:
                taken = update(t.jobs).where(_same(job)).values(holder=holder, leased_until=until)
                await connection.execute(taken)
        return jobs

    async def keep_job(self, job: Job, until: datetime) -> bool:
        """Says that whoever took a job does it until then; False where it is not theirs any more."""
        return await self._change_job(job, leased_until=until)

    async def end_job(self, job: Job, at: datetime, again: datetime | None = None) -> bool:
        """Ends a job that was taken, or has it due `again`; False where it is not theirs any more."""
        if again is not None:
            return await self._change_job(job, due=again, holder="", leased_until=None)
        ended = await self._change_job(job, done_at=at, holder="", leased_until=None)
        async with self._write_autocommit() as connection:
            await connection.execute(delete(t.jobs).where(t.jobs.c.done_at < at - DONE_KEPT))
        return ended

    async def _change_job(self, job: Job, **columns: Any) -> bool:
        mine = t.jobs.c
        held = (mine.holder == job.holder, mine.due == job.due, mine.done_at.is_(None))
        change = update(t.jobs).where(_same(job), *held).values(**columns)
        async with self._write_autocommit() as connection:
            return (await connection.execute(change)).rowcount > 0


def _of(team: Team | None) -> ColumnElement[bool]:
    platform, id = ("", "") if team is None else (team.platform, team.id)
    return and_(t.jobs.c.platform == platform, t.jobs.c.team == id)


def _same(job: Job) -> ColumnElement[bool]:
    return and_(_of(job.team), t.jobs.c.kind == job.kind, t.jobs.c.subject == job.subject)


def job_row(job: Job) -> dict[str, Any]:
    """The job's columns, as of one that nobody does."""
    platform, team = ("", "") if job.team is None else (job.team.platform, job.team.id)
    key = {"platform": platform, "team": team, "kind": job.kind, "subject": job.subject}
    return key | {"due": job.due, "repeats": job.repeats, "zone": job.zone, "holder": "", "leased_until": None, "done_at": None}


def job_of(row: dict[str, Any]) -> Job:
    """The job in a row."""
    team = Team(platform=row["platform"], id=row["team"]) if row["platform"] else None
    names = ("kind", "subject", "due", "repeats", "zone", "holder", "leased_until")
    return Job(team=team, **{name: row[name] for name in names})
