"""While a process works on a brainstorm or a commission it keeps it leased, and ends it once people see how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

from bot.domain.errors import MuselabError, Outage, Stopped, TakenOver
from bot.domain.ideas import Brainstorm, Idea
from bot.messages import Progress
from bot.ports import LEASE, Clock, Store
from bot.services.events import under_way
from bot.services.ideas.stopping import Stopping
from bot.words import _

log = structlog.get_logger(__name__)

RENEW_S = LEASE.total_seconds() / 4  # a renewal may fail twice before anybody else takes it up

#: Shows how it ended (None: well), while the lease still holds; False: that could not be shown yet, so that it is not over.
Ended = Callable[[MuselabError | None], Awaitable[bool]]


async def unseen(_error: MuselabError | None) -> bool:
    """Nobody looks."""
    return True


async def begun(store: Store, brainstorm: Brainstorm) -> None:
    """Stores a new brainstorm, which answers from here on for the event being served."""
    event = under_way()
    if event is None or event.handed_on:
        await store.begin(brainstorm)
    else:
        await store.begin(brainstorm, serves=event.id)
        event.handed_on = True


async def finished(
    stopping: Stopping, brainstorm: Brainstorm, clock: Clock, work: Coroutine[Any, Any, list[Idea]], ended: Ended
) -> list[Idea]:
    """What the work makes. The brainstorm is over once its end is shown: whoever finds it running shows that first.

    Raises:
        MuselabError: the work's.
        TakenOver: another process ends it.
    """
    failure: MuselabError | None = None
    done: list[Idea] = []
    try:
        done = await stopping.watched(brainstorm, work)
    except TakenOver:
        raise
    except MuselabError as error:
        failure = error
    if await ended(failure):
        well = failure is None or isinstance(failure, Stopped)
        over = await stopping.store.finish(brainstorm, "done" if well else "failed", clock())
        if not over:
            raise TakenOver
    if failure is not None:
        raise failure
    return done


class Leasing:
    """Works on brainstorms under a lease, until they are done or somebody stops them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.stopping = Stopping(store)
        self._clock = clock

    async def run(self, brainstorm: Brainstorm, work: Coroutine[Any, Any, list[Idea]], ended: Ended) -> list[Idea]:
        """What the work makes; see `finished` and `leased`."""
        async with leased(self.stopping.store, brainstorm, self._clock):
            return await finished(self.stopping, brainstorm, self._clock, work, ended)


@asynccontextmanager
async def leased(store: Store, brainstorm: Brainstorm, clock: Clock) -> AsyncIterator[None]:
    """Renews the lease until the block ends, and gives it up where the block is cut off.

    Raises:
        TakenOver: another process has taken it up meanwhile.
    """
    working, lost = asyncio.current_task(), asyncio.Event()
    assert working is not None
    renewal = asyncio.create_task(_renew(store, brainstorm, clock, lost, working))
    try:
        yield
    except asyncio.CancelledError:
        if lost.is_set():
            working.uncancel()
            raise TakenOver from None
        with suppress(Outage):  # whoever takes it up need not wait
            await store.lease(brainstorm, clock())
        raise
    finally:
        renewal.cancel()
        await asyncio.gather(renewal, return_exceptions=True)


async def _renew(store: Store, brainstorm: Brainstorm, clock: Clock, lost: asyncio.Event, working: asyncio.Task[object]) -> None:
    while True:
        await asyncio.sleep(RENEW_S)
        try:
            if not await store.lease(brainstorm, clock() + LEASE):
                log.warning("another process has taken up a brainstorm of ours", brainstorm=brainstorm.id)
                lost.set()
                working.cancel()
                return
        except Outage as error:
            log.warning("a lease could not be renewed", brainstorm=brainstorm.id, why=str(error))


def queueing(step: Callable[[Progress], Awaitable[None]]) -> Callable[[int], Awaitable[None]]:
    """Tells somebody their place while they wait for a turn."""

    async def waiting(place: int) -> None:
        await step(Progress(doing=_("Waiting for a turn: place {place} in the queue").format(place=place)))

    return waiting
