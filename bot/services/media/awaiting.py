"""Awaits the one thing that is made of a commission: a file, or what an engine says of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing

from bot.domain.errors import GeneratorDown
from bot.messages import Progress
from bot.ports import Commission, Made, Maker

Watch = Callable[[Progress], Awaitable[None]]


async def made(maker: Maker, commission: Commission, watch: Watch | None = None) -> Made:
    """The first thing made; `watch` is told how far it is.

    Raises:
        Refusal: nothing here can make it.
        GeneratorDown: nothing was made.
    """
    async with aclosing(maker.make(commission)) as events:
        async for event in events:
            if isinstance(event, Made):
                return event
            if watch is not None:
                await watch(event)
    raise GeneratorDown
