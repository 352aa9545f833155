"""Stops what is being made: here at once, in another process within a second. What is there already stays."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.domain.errors import NotAllowed, Outage, Refusal, Stopped
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Idea, Person
from bot.ports import Store
from bot.words import _

log = structlog.get_logger(__name__)

LOOK_S = 1.0  # between two looks whether another process was told to stop what is made here; one query for all of it
LATEST = 20  # brainstorms of a channel among which somebody's running one is looked for


class Stopping:
    """Knows what this process is making, and which of it is to end."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.look_s = LOOK_S
        self._working: dict[BrainstormId, asyncio.Task[list[Idea]]] = {}
        self._stopped: set[BrainstormId] = set()
        self._looking: asyncio.Task[None] | None = None

    async def watched(self, brainstorm: Brainstorm, work: Coroutine[Any, Any, list[Idea]]) -> list[Idea]:
        """What the work makes, unless somebody stops it.

        Raises:
            Stopped: somebody has.
        """
        working = asyncio.current_task()
        assert working is not None
        task = self._working[brainstorm.id] = asyncio.create_task(work)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            return await task
        except asyncio.CancelledError:
            if brainstorm.id in self._stopped and not working.cancelling():
                raise Stopped from None
            raise
        finally:
            self._working.pop(brainstorm.id, None)
            self._stopped.discard(brainstorm.id)
            if not self._working and self._looking is not None:
                self._looking.cancel()

    async def stop(self, brainstorm: Brainstorm, person: Person, *, admin: bool) -> None:
        """Ends a running brainstorm or commission soon.

        Raises:
            NotAllowed: the person did not ask for it, and is no admin.
            Refusal: it is over already.
        """
        if brainstorm.asker != person and not admin:
            raise NotAllowed(_("Only the person who asked for this, or an admin, may stop it."))
        if not await self.store.stop(brainstorm.channel.team, brainstorm.id):
            raise Refusal(_("There is nothing to stop: this is finished."))
        self._end(brainstorm.id)

    async def running(self, channel: Channel, person: Person, *, admin: bool) -> Brainstorm:
        """What somebody may stop in a channel: their latest that is being made; of admins anybody's.

        Raises:
            Refusal: there is none.
        """
        for brainstorm in await self.store.brainstorms(channel, limit=LATEST):
            if brainstorm.state == "running" and (admin or brainstorm.asker == person):
                return brainstorm
        raise Refusal(_("There is nothing to stop: nothing of yours is being made here."))

    def _end(self, id: BrainstormId) -> None:
        if id in self._working:
            self._stopped.add(id)
            self._working[id].cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self.look_s)
            try:
                for id in await self.store.stopped(list(self._working)):
                    self._end(id)
            except Outage as error:
                log.info("whether something is to stop is unknown", why=str(error))
