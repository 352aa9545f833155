"""The part of the store in memory that keeps what is to happen later."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.domain.ideas import Team
from bot.domain.jobs import Job
from storage._rules import DONE_KEPT, FAR_JOB, at_most, aware, free, storable

Key = tuple[Team | None, str, str]


class MemoryJobs:
    """The methods of the `JobStore` port."""

    _lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self._jobs: dict[Key, Job] = {}
        self._jobs_done: dict[Key, datetime] = {}

    async def plan_job(self, job: Job) -> None:
        """Stores what is to happen; the same again changes nothing."""
        new = replace(storable(job), holder="", leased_until=None)
        with self._lock:
            there = self._jobs.get(_key(new))
            same = there is not None and (there.repeats, there.zone) == (new.repeats, new.zone)
            if there is None or not same or (not new.repeats and there.due != new.due):
                self._jobs[_key(new)] = new
                self._jobs_done.pop(_key(new), None)

    async def drop_job(self, team: Team | None, kind: str, subject: str = "") -> bool:
        """Forgets what was to happen; whether there was anything."""
        key = (storable(team), storable(kind), storable(subject))
        with self._lock:
            was_done = self._jobs_done.pop(key, None) is not None
            return self._jobs.pop(key, None) is not None and not was_done

    async def jobs(self, team: Team | None, kind: str) -> list[Job]:
        """What of a kind is still to happen in a team, the next first."""
        team, kind = storable(team), storable(kind)
        with self._lock:
            mine = [job for key, job in self._jobs.items() if key[:2] == (team, kind) and key not in self._jobs_done]
        return sorted(mine, key=lambda job: (job.due, job.subject))

    async def take_jobs(
        self, now: datetime, until: datetime, holder: str, kinds: Collection[str], *, limit: int = 1
    ) -> list[Job]:
        """Takes jobs that are due and that nobody alive does, longest due first."""
        now, until, holder = aware(now), aware(until), storable(holder)
        with self._lock:
            due = [job for key, job in self._jobs.items() if key not in self._jobs_done and job.kind in kinds and job.due <= now]
            left = [job for job in due if free(job.leased_until, now, FAR_JOB)]
            taken = [replace(job, holder=holder, leased_until=until) for job in sorted(left, key=_order)[: at_most(limit)]]
            self._jobs |= {_key(job): job for job in taken}
        return taken

    async def keep_job(self, job: Job, until: datetime) -> bool:
        """Says that whoever took a job does it until then; False where it is not theirs any more."""
        with self._lock:
            there = self._held_job(job)
            if there is not None:
                self._jobs[_key(there)] = replace(there, leased_until=aware(until))
        return there is not None

    async def end_job(self, job: Job, at: datetime, again: datetime | None = None) -> bool:
        """Ends a job that was taken, or has it due `again`; False where it is not theirs any more."""
        with self._lock:
            there = self._held_job(job)
            if there is not None:
                due = there.due if again is None else aware(again)
                self._jobs[_key(there)] = replace(there, due=due, holder="", leased_until=None)
                if again is None:
                    self._jobs_done[_key(there)] = aware(at)
            if again is None:
                for key in [key for key, when in self._jobs_done.items() if when < aware(at) - DONE_KEPT]:
                    del self._jobs[key], self._jobs_done[key]
        return there is not None

    def _held_job(self, job: Job) -> Job | None:
        """The job as it stands, if it is still the given one's holder's."""
        job = storable(job)
        there = self._jobs.get(_key(job))
        if there is None or _key(job) in self._jobs_done or (there.holder, there.due) != (job.holder, job.due):
            return None
        return there


def _key(job: Job) -> Key:
    return job.team, job.kind, job.subject


def _order(job: Job) -> tuple[datetime, str, str, str, str]:
    platform, team = ("", "") if job.team is None else (job.team.platform, job.team.id)
    return job.due, platform, team, job.kind, job.subject
