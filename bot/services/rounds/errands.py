"""Errands of a round: work that is done beside what else there is to do, and by a job where its process dies before."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import ClassVar

import structlog

from bot.domain.errors import MuselabError
from bot.domain.jobs import Job
from bot.domain.rounds import Round, RoundId
from bot.ports import Clock, Store
from bot.words import speaking

log = structlog.get_logger(__name__)


class Errand(ABC):
    """One kind of work. A round for which it fails goes on without: whatever goes wrong is for the log."""

    kind: ClassVar[str]  #: of the job
    later: ClassVar[timedelta]  #: until the job does it: a process that lives is done by then

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._making: dict[RoundId, asyncio.Task[None]] = {}

    @abstractmethod
    async def do(self, round: Round) -> None:
        """The work, in the round's language; done twice it makes nothing twice."""

    async def begin(self, round: Round) -> None:
        """Has it done, unless it is under way here already."""
        await self.store.plan_job(Job(kind=self.kind, subject=round.id, team=round.channel.team, due=self.clock() + self.later))
        if round.id not in self._making:
            task = self._making[round.id] = asyncio.create_task(self._guarded(round))
            task.add_done_callback(lambda _done: self._making.pop(round.id, None))

    async def due(self, job: Job) -> None:
        """Does what was not done; the work of a job."""
        assert job.team is not None
        round = await self.store.round(job.team, RoundId(job.subject))
        if round is not None:
            await self._guarded(round)

    async def close(self) -> None:
        """Stops; what is not done is done by the job. Safe to call twice."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, round: Round) -> None:
        try:
            with speaking(round.locale):
                await self.do(round)
        except (MuselabError, TimeoutError) as error:
            log.info(
                "an errand of a round cannot be done now", kind=self.kind, round=round.id, why=str(error) or type(error).__name__
            )
        except Exception:
            log.exception("an errand of a round broke", kind=self.kind, round=round.id)
