"""Does what is due: jobs that the store keeps, each by one process at a time, and by another where that one dies."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from cronsim import CronSim, CronSimError

from bot.domain.errors import Elsewhere, InvalidTimes, MuselabError, Outage
from bot.domain.jobs import Job
from bot.ports import LEASE, Clock, JobStore
from bot.words import _

LOOK_S = 5.0  # between two looks, by chance up to half of it less, so that many processes do not look at once
RENEW_S = LEASE.total_seconds() / 4  # a renewal may fail twice before another process takes the job
LONGEST_S = 600.0  # for one job: whoever hangs gives it up, and it is due again
ELSEWHERE = timedelta(seconds=2)  # before a job comes round again whose chat another process serves: that one looks meanwhile
SOON = timedelta(minutes=1)  # before another try, where a part of Muselab was away
FIELDS = 5  # of an expression: minute, hour, day, month, weekday; a sixth would be seconds, and nobody means every one
LATER = timedelta(hours=1)  # before another try of what broke: somebody has to mend it first

log = structlog.get_logger(__name__)

Work = Callable[[Job], Awaitable[object]]


def next_time(repeats: str, zone: str, after: datetime) -> datetime:
    """The first moment after `after` that an expression names.

    Where clocks are put forward, a time that is left out comes at the first moment after the gap; where they are put back, a
    time that comes twice is meant once, the first time.

    Args:
        repeats: a cron expression of five fields, such as "0 9 * * 1".
        zone: in whose time, by its name in the IANA database.
        after: aware.

    Returns:
        UTC.

    Raises:
        InvalidTimes: there is no such zone, or the expression names no moment.
    """
    try:
        local = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        wrong = _("There is no time zone “{zone}”. Write one such as Europe/Berlin or UTC.")
        raise InvalidTimes(wrong.format(zone=zone)) from error
    nameless = _("“{times}” names no time. Write five fields, such as 0 9 * * 1 for Mondays at nine.").format(times=repeats)
    if len(repeats.split()) != FIELDS:
        raise InvalidTimes(nameless)
    try:
        moments = (moment.astimezone(UTC) for moment in CronSim(repeats, after.astimezone(local)))
        return next(moment for moment in moments if moment > after)  # in the hour that comes twice its first is before `after`
    except (CronSimError, StopIteration) as error:
        raise InvalidTimes(nameless) from error


class Jobs:
    """Looks for jobs that are due, and does them one after another."""

    def __init__(self, *, store: JobStore, clock: Clock, new_id: Callable[[], str], works: Mapping[str, Work]) -> None:
        """`works`: what is done for each kind of job; of other kinds none is taken. Each must bear being done twice."""
        self.store = store
        self.clock = clock
        self.works = works
        self._new_id = new_id
        self._watching: asyncio.Task[None] | None = None

    async def repeat(self, kind: str, repeats: str, *, zone: str = "UTC") -> None:
        """Plans a job of the host's own, from now on; where it is planned already nothing changes.

        Raises:
            InvalidTimes: see `next_time`.
            StoreDown: it could not be stored.
        """
        next_time(repeats, zone, self.clock())
        await self.store.plan_job(Job(kind=kind, due=self.clock(), repeats=repeats, zone=zone))

    async def once(self) -> int:
        """Does everything that is due; how many jobs that was.

        Raises:
            StoreDown: what is due cannot be told.
        """
        count = 0
        while True:
            now = self.clock()
            taken = await self.store.take_jobs(now, now + LEASE, self._new_id(), tuple(self.works))
            for job in taken:
                await self._do(job)
            if not taken:
                return count
            count += len(taken)

    async def _do(self, job: Job) -> None:
        """Does a job, and says so; what fails is due again, later."""
        renewing = asyncio.create_task(self._renew(job))
        try:
            async with asyncio.timeout(LONGEST_S):
                await self.works[job.kind](job)
        except asyncio.CancelledError:
            await self._put_off(job, timedelta(0))  # another process takes it up at once
            raise
        except Elsewhere:
            await self._put_off(job, ELSEWHERE)
        except Outage as error:
            log.warning("a job could not be done now", kind=job.kind, why=str(error))
            await self._put_off(job, SOON)
        except Exception:
            log.exception("a job broke", kind=job.kind)
            await self._put_off(job, LATER)
        else:
            now = self.clock()
            again = next_time(job.repeats, job.zone, max(now, job.due)) if job.repeats else None
            if not await self.store.end_job(job, now, again):
                log.info("a job was taken over or moved while it was done", kind=job.kind)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _put_off(self, job: Job, by: timedelta) -> None:
        with suppress(Outage):  # then it is taken again when the lease ends
            await self.store.keep_job(job, self.clock() + by)

    async def _renew(self, job: Job) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            with suppress(Outage):
                if not await self.store.keep_job(job, self.clock() + LEASE):
                    return

    def watch(self) -> None:
        """From now on does what is due."""
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            try:
                await self.once()
            except MuselabError as error:
                log.warning("what is due could not be looked for", why=str(error))
            except Exception:
                log.exception("looking for what is due broke")
            await asyncio.sleep(LOOK_S * random.uniform(0.5, 1.0))

    async def close(self) -> None:
        """Stops; what was being done is taken up by another process. Safe to call twice."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
