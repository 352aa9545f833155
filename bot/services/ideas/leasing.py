"""While a process works on a brainstorm or a commission it keeps it leased, so that no other takes it up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from bot.domain.errors import Outage
from bot.domain.ideas import BrainstormId
from bot.messages import Progress
from bot.ports import LEASE, Clock, Store
from bot.words import _

log = structlog.get_logger(__name__)

RENEW_S = LEASE.total_seconds() / 4  # a renewal may fail twice before anybody else takes it up


@asynccontextmanager
async def leased(store: Store, brainstorm: BrainstormId, clock: Clock) -> AsyncIterator[None]:
    """Renews the lease until the block ends."""
    renewal = asyncio.create_task(_renew(store, brainstorm, clock))
    try:
        yield
    finally:
        renewal.cancel()
        await asyncio.gather(renewal, return_exceptions=True)


async def _renew(store: Store, brainstorm: BrainstormId, clock: Clock) -> None:
    while True:
        await asyncio.sleep(RENEW_S)
        try:
            await store.lease(brainstorm, clock() + LEASE)
        except Outage as error:
            log.warning("a lease could not be renewed", brainstorm=brainstorm, why=str(error))


def queueing(step: Callable[[Progress], Awaitable[None]]) -> Callable[[int], Awaitable[None]]:
    """Tells somebody their place while they wait for a turn."""

    async def waiting(place: int) -> None:
        await step(Progress(doing=_("Waiting for a turn: place {place} in the queue").format(place=place)))

    return waiting
