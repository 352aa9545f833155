"""Serves people until the process is told to stop: the command line's commands `run` and `web`."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import supply
from bot.config import Settings
from bot.domain.errors import MuselabError
from bot.tutor import tutored

if TYPE_CHECKING:
    from generators.client.handover import Succession

BUSY = timedelta(days=14)  # teams that asked for ideas so lately are likely to ask again today


async def run(settings: Settings, names: tuple[str, ...]) -> None:
    """Serves in chats.

    Args:
        settings: the host's.
        names: the chats to serve; without any the page is served alone.

    Raises:
        Misconfigured, StoreDown: a part cannot be opened as configured.
    """
    async with supply.own_service(settings) as service:  # most of what a bot needs is imported beside it, not before
        await _serve(settings, names, service)


async def _serve(settings: Settings, names: tuple[str, ...], service: Succession | None) -> None:
    from adapters._web import paged
    from bot import wiring
    from bot.monitor import monitored

    learner = tutored(settings.home) if settings.learn.auto else contextlib.nullcontext()
    async with wiring.opened(settings, service) as house, learner:
        chats = wiring.chats(settings, names, house)
        wiring.move_in()
        house.services.tasting.warm(wiring.clock() - BUSY, names)
        try:
            page = paged(front=house.desk, services=house.services, changes=house.changes, chats=chats)
            async with monitored(settings.monitor, house, chats), page:
                await (house.desk.serve(chats) if chats else asyncio.Event().wait())
        except* MuselabError as errors:
            raise errors.exceptions[0] from None
        finally:
            for chat in chats:
                await chat.close()
