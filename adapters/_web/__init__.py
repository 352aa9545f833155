"""The board in the browser: another way in for the people of the chats, on the same desk.

It is no chat of its own: who comes in is the person of the chat in which they asked for a link, and what they do there is
told in that chat too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.changes import Changes
from bot.ports import Chat, Front
from bot.services.bundle import Services


@asynccontextmanager
async def paged(*, front: Front, services: Services, changes: Changes, chats: Sequence[Chat]) -> AsyncIterator[None]:
    """Listens for browsers for the time of the block, where a port is set; else it takes no time.

    Raises:
        Misconfigured: nobody can listen there.
    """
    if not services.settings.web.port:
        yield
        return
    from adapters._web.server import listening  # a tenth of the bot's start, which most bots need not spend

    async with listening(front=front, services=services, changes=changes, chats=chats):
        yield
