"""The desk's letter box: what comes is stored before it is acknowledged, and stays until it was served to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import cast

import structlog

from bot.domain.errors import MuselabError, Outage, StoreAway, StoreDown
from bot.inbox import KEEP_S, Inbox, Name, arrival_of
from bot.messages import Call, Press
from bot.ports import Arrival, Direct, Reply
from bot.services.bundle import Services
from bot.spool import Spool
from bot.tallies import Spawn
from bot.watch import Watch
from bot.words import _

log = structlog.get_logger(__name__)

AGAIN_S = 2.0  # between two tries to store what lies on the disk, each of which waits for the database by itself
SOON_S = 0.05  # within which most answers that come at once are there; a sixtieth of what the platforms allow
FORGETS, MOST_LATE = 0.95, 0.2  # of some twenty answers, a fifth
A_DAY = timedelta(days=1)  # as long as events are known by their ids; what is older may have been served

Taking = Callable[[], Awaitable[bool]]  # whether an event is ours to serve, as soon as that is known


class Receiving:
    """Takes events in, and lets them go."""

    def __init__(self, *, services: Services, inbox: Inbox, watch: Watch, spool: Spool, spawn: Spawn) -> None:
        """`spool`: for events while the database is away; `spawn`: runs something that shutting down waits for."""
        self.services = services
        self.inbox = inbox
        self.watch = watch
        self.spool = spool
        self.again_s, self.soon_s = AGAIN_S, SOON_S
        self._late = 0.0  #: share of the latest answers that did not come soon
        self._spawn = spawn

    async def keep(self, arrival: Arrival) -> bool:
        """Stores an event before it is acknowledged; see `bot.ports.Front`."""
        with self.services.courtesy.acknowledging(), self.services.meter.acknowledging(arrival.team.platform):
            try:
                async with asyncio.timeout(KEEP_S):
                    return await self.inbox.keep(arrival)
            except TimeoutError:
                self._aside(arrival)
                raise StoreDown from None

    async def acknowledged(
        self, event: Call | Press, reply: Reply, *, private: bool, anew: bool = True, soon: bool = False
    ) -> Taking:
        """Stores an event, and acknowledges it; says whether it is ours to serve.

        `soon`: an answer comes at once, and may be the acknowledgement. If it does not come, that goes ahead of it.
        """
        before = self.inbox.serving(event) is not None  # stored, and acknowledged with that
        platform, since = event.channel.team.platform, monotonic()
        told = unmeasured if before else partial(self.services.meter.acknowledged, platform, since=since)
        with self.services.courtesy.acknowledging():
            taking = await self._taken(event)
            direct = cast(Direct, reply) if soon and hasattr(reply, "promise") else None  # quicker than by `isinstance`
            if direct is not None and self._is_quick() and direct.promise(private=private, acknowledged=told):
                asyncio.get_running_loop().call_later(self.soon_s, self._overdue, direct, private)
                return taking
            acknowledging = asyncio.ensure_future(reply.ack(private=private, anew=anew))
            await self.services.courtesy.sent(acknowledging)
        await acknowledging
        told()
        return taking

    def _is_quick(self) -> bool:
        """Whether answers came in time of late; where they do not, one now and then is waited for all the same."""
        self._late *= FORGETS
        return self._late < MOST_LATE

    def _overdue(self, reply: Direct, private: bool) -> None:
        if reply.promised:
            self._late += 1.0 - FORGETS
            self._spawn(self._ahead(reply, private))

    async def _ahead(self, reply: Reply, private: bool) -> None:
        """Acknowledges before there is an answer."""
        with self.services.courtesy.acknowledging():
            acknowledging = asyncio.ensure_future(reply.ack(private=private))
            await self.services.courtesy.sent(acknowledging)
        await acknowledging

    def _aside(self, arrival: Arrival) -> None:
        """Writes an event into a file that is about to be acknowledged while the database is away."""
        storing = asyncio.ensure_future(self.inbox.kept((arrival.team, arrival.id)))
        self.spool.keep(arrival)
        self._spawn(self._keep_late(arrival, storing))

    async def _keep_late(self, arrival: Arrival, storing: Awaitable[bool]) -> None:
        """What is stored after all is served: if the platform repeats it, that is the second time."""
        name = (arrival.team, arrival.id)
        while True:
            try:
                mine = await storing
                break
            except Outage as error:
                log.warning("an event could not be kept", platform=arrival.team.platform, why=str(error))
                if not self.spool.has(name):
                    return  # who waits for it is told
                await asyncio.sleep(self.again_s)
                storing = self.inbox.keep(arrival)
        self.spool.drop(name)
        await asyncio.sleep(0)  # whoever was acknowledged and waits for the same serves it now
        if mine and not self.inbox.begun(name):
            self.watch.adopt(arrival)

    async def unspool(self, platforms: Collection[str]) -> None:
        """Goes on with what a process wrote to the disk that did not live to see the database again."""
        left = await asyncio.to_thread(self.spool.left, platforms, self.services.clock() - A_DAY)
        for arrival in left:
            self._spawn(self._keep_late(arrival, self.inbox.keep(arrival)))

    def done(self, name: Name) -> None:
        """Notes that an event needs nothing more, unless it reached the desk, which sees to that itself."""
        if not self.inbox.begun(name):
            self.inbox.done([name])

    def again(self, name: Name) -> None:
        """Notes that an event could not be served now; see `done`."""
        if not self.inbox.begun(name):
            self.watch.again(name)

    async def _taken(self, event: Call | Press) -> Taking:
        """Whether the event is ours to serve, told if possible before it is acknowledged: by then it should be stored."""
        if not event.body and self.inbox.serving(event) is None:
            return lambda: self.inbox.take(event)  # it is not kept, so nothing is lost by acknowledging first
        try:
            async with asyncio.timeout(KEEP_S):
                ours = await self.inbox.take(event)
        except TimeoutError:
            late = asyncio.ensure_future(self.inbox.late((event.channel.team, event.id)))
            self._aside(arrival_of(event))
            return lambda: late
        except Exception as error:  # noqa: BLE001 - it is raised again, and told, once the person is acknowledged
            return partial(known, error=error)
        return partial(known, ours)

    def waits(self, event: Call | Press, error: MuselabError) -> bool:
        """Whether an event that met this stays in the inbox: the database will be back, and who asked need not ask again."""
        entry = self.inbox.serving(event)
        kept = self.spool.has((event.channel.team, event.id)) if entry is None else not entry.handed_on
        return isinstance(error, StoreAway) and kept

    def told(self, event: Call | Press) -> bool:
        """Whether who asked knows already that it takes long."""
        entry = self.inbox.serving(event)
        return entry is not None and entry.tries > 0

    def end(self, event: Call | Press, *, well: bool) -> None:
        """An event of ours was served; where that did not end `well`, it is served once more after a while."""
        entry = self.inbox.serving(event)
        if entry is None or entry.owes:
            return
        if well or entry.handed_on:  # to a brainstorm, which answers for it
            self.inbox.done([(entry.team, entry.id)], handed_on=entry.handed_on)
        else:
            self.watch.again((entry.team, entry.id))


def unmeasured() -> None:
    """It was acknowledged before."""


async def known(ours: bool = False, *, error: Exception | None = None) -> bool:
    """What is known already."""
    if error is not None:
        raise error
    return ours


def kept() -> Outage:
    """What is told of a request that waits for the database."""
    return Outage(_("Muselab's database is away for the moment. What you asked for is kept, and done as soon as it is back."))
