"""The part of the store that keeps what is to happen later."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.ideas import Team
from bot.domain.jobs import Job


class JobStore(Protocol):
    """Keeps jobs until they are done. Each is done by one process at a time, and again by another where that one dies.

    So what a job does must bear being done twice. A job is no message: it has no priority, no result, and no count of tries.
    """

    async def plan_job(self, job: Job) -> None:
        """Stores what is to happen. The same again changes nothing, also where it is done; another moment moves it.

        A repeating job keeps the moment it is due at until its expression or its zone changes.
        """
        ...

    async def drop_job(self, team: Team | None, kind: str, subject: str = "") -> bool:
        """Forgets what was to happen; whether there was anything. Whoever does it just now finds out from `end_job`."""
        ...

    async def jobs(self, team: Team | None, kind: str) -> list[Job]:
        """What of a kind is still to happen in a team, the next first."""
        ...

    async def take_jobs(
        self, now: datetime, until: datetime, holder: str, kinds: Collection[str], *, limit: int = 1
    ) -> list[Job]:
        """Takes jobs of these kinds that are due and that nobody alive does, longest due first, for `holder` until then.

        For the host's own work only: it looks through all teams. Two processes that call at once never both get the same one.
        """
        ...

    async def keep_job(self, job: Job, until: datetime) -> bool:
        """Says that whoever took a job does it until then; False where it is not theirs any more, and should be left alone."""
        ...

    async def end_job(self, job: Job, at: datetime, again: datetime | None = None) -> bool:
        """Ends a job that was taken, or has it due `again`; False, and nothing is written, where it is not theirs any more."""
        ...
