"""What jobs tell, followed from the event loop while the worker's thread runs them. It knows no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from generators.service.events import Began, Event, Job, Vectors
from generators.service.ticket import Ticket
from generators.service.worker import Worker


@asynccontextmanager
async def followed(worker: Worker, jobs: list[Job], team: str) -> AsyncIterator[AsyncIterator[Event]]:
    """The events of jobs, which are cancelled when the block is left: also when the client hung up."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[list[Event]] = asyncio.Queue()

    def hear(events: list[Event]) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, events)

    async def events() -> AsyncGenerator[Event, None]:
        left = len(jobs)
        held: list[Event] = []  # pieces that came before every job of the request had begun
        beginning = len(jobs)
        while left:
            for event in await queue.get():
                if event is None:
                    left -= 1
                elif isinstance(event, Exception):
                    raise event
                elif beginning and not isinstance(event, Began | Vectors):
                    held.append(event)
                else:
                    yield event
                    beginning -= isinstance(event, Began)
                    if not beginning:
                        for earlier in held:
                            yield earlier
                        held = []

    tickets: list[Ticket] = []
    source = events()
    try:
        for job in jobs:
            tickets.append(worker.submit(job, hear, team=team))  # noqa: PERF401 - those before a refused one must be cancelled
        yield source
    finally:
        for ticket in tickets:
            ticket.cancel()
        await source.aclose()
