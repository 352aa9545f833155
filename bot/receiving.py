"""The desk's letter box: what comes is stored before it is acknowledged, and stays until it was served to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

import structlog

from bot.domain.errors import MuselabError, Outage, StoreAway, StoreDown
from bot.domain.ideas import Team
from bot.inbox import KEEP_S, Inbox, Name
from bot.messages import Call, Press
from bot.ports import Arrival
from bot.services.bundle import Services
from bot.tallies import Spawn
from bot.watch import Watch
from bot.words import _

log = structlog.get_logger(__name__)

Taking = Callable[[], Awaitable[bool]]  # whether an event is ours to serve, as soon as that is known


class Receiving:
    """Takes events in, and lets them go."""

    def __init__(self, *, services: Services, inbox: Inbox, watch: Watch, spawn: Spawn) -> None:
        """`spawn`: runs something that shutting down waits for."""
        self.services = services
        self.inbox = inbox
        self.watch = watch
        self._spawn = spawn

    async def keep(self, arrival: Arrival) -> bool:
        """Stores an event before it is acknowledged; see `bot.ports.Front`."""
        with self.acknowledging(arrival.team):
            try:
                async with asyncio.timeout(KEEP_S):
                    return await self.inbox.keep(arrival)
            except TimeoutError:
                self._spawn(self._keep_late(arrival))
                raise StoreDown from None

    @contextmanager
    def acknowledging(self, team: Team, event: Call | Press | None = None) -> Iterator[None]:
        """An event is being acknowledged; it was before where it is stored already."""
        before = event is not None and self.inbox.serving(event) is not None
        with (
            self.services.courtesy.acknowledging(),
            nullcontext() if before else self.services.meter.acknowledging(team.platform),
        ):
            yield

    async def _keep_late(self, arrival: Arrival) -> None:
        """What is stored after all is served: if the platform repeats it, that is the second time."""
        name = (arrival.team, arrival.id)
        try:
            if await self.inbox.late(name):
                self.inbox.put_back(name)
                self.watch.adopt(arrival)
        except Outage as error:
            log.warning("an event could not be kept", platform=arrival.team.platform, why=str(error))

    def done(self, name: Name) -> None:
        """Notes that an event needs nothing more, unless it reached the desk, which sees to that itself."""
        if not self.inbox.begun(name):
            self.inbox.done([name])

    def again(self, name: Name) -> None:
        """Notes that an event could not be served now; see `done`."""
        if not self.inbox.begun(name):
            self.watch.again(name)

    async def taken(self, event: Call | Press) -> Taking:
        """Whether the event is ours to serve, told if possible before it is acknowledged: by then it should be stored."""
        if not event.body and self.inbox.serving(event) is None:
            return lambda: self.inbox.take(event)  # it is not kept, so nothing is lost by acknowledging first
        try:
            async with asyncio.timeout(KEEP_S):
                ours = await self.inbox.take(event)
        except TimeoutError:
            late = asyncio.ensure_future(self.inbox.late((event.channel.team, event.id)))
            return lambda: late
        except Exception as error:  # noqa: BLE001 - it is raised again, and told, once the person is acknowledged
            return partial(told, error=error)
        return partial(told, ours)

    def waits(self, event: Call | Press, error: MuselabError) -> bool:
        """Whether an event that met this stays in the inbox: the database will be back, and who asked need not ask again."""
        entry = self.inbox.serving(event)
        return isinstance(error, StoreAway) and entry is not None and not entry.handed_on

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


async def told(ours: bool = False, *, error: Exception | None = None) -> bool:
    """What is known already."""
    if error is not None:
        raise error
    return ours


def kept() -> Outage:
    """What is told of a request that waits for the database."""
    return Outage(_("Muselab's database is away for the moment. What you asked for is kept, and done as soon as it is back."))
