"""Changes one message no faster than Discord allows, and never loses the last change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiohttp
import discord
import structlog

from bot.messages import Card

log = structlog.get_logger(__name__)

EDIT_S = 1.0  # between two changes of one message; Discord takes five in five seconds from a whole channel
PATIENCE_S = (
    2.0,
    5.0,
    15.0,
    30.0,
    60.0,
    120.0,
)  # before trying again what Discord could not take now; some troubles last minutes

#: What a request to Discord fails with: its answer, or no answer.
TROUBLE = (discord.HTTPException, aiohttp.ClientError, OSError)


def passing(error: Exception) -> bool:
    """Whether trying again later may help."""
    return not isinstance(error, discord.HTTPException) or error.status == 429 or error.status >= 500


Background = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
Refused = Callable[[Card, Exception], Awaitable[None]]


async def logged(_card: Card, _error: Exception) -> None:
    """What was refused stays in the log."""


class Paced:
    """Applies the latest of many cards, one a second at most; the last one is never lost."""

    def __init__(
        self, apply: Callable[[Card], Awaitable[None]], background: Background, *, first_s: float = 0.0, refused: Refused = logged
    ) -> None:
        """`refused` hears of a card that Discord does not take for good."""
        self._apply = apply
        self._refused = refused
        self._background = background
        self._next: Card | None = None
        self._task: asyncio.Task[None] | None = None
        self._given_up = False  #: the last card could not be shown, and may be later
        self._ready_at = asyncio.get_running_loop().time() + first_s

    def put(self, card: Card) -> None:
        """Shows the card as soon as the pace allows."""
        self._next = card
        if self._task is None or self._task.done():
            self._task = self._background(self._work())

    @property
    def wait_s(self) -> float:
        """Seconds until a card would be shown."""
        return max(0.0, self._ready_at - asyncio.get_running_loop().time())

    async def settle(self) -> bool:
        """Returns once the last card is shown; False where Discord could not take it for so long."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])
        return not self._given_up

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._next is not None:
            await asyncio.sleep(max(0.0, self._ready_at - loop.time()))
            card, self._next = self._next, None
            self._ready_at = loop.time() + EDIT_S
            await self._persist(card)

    async def _persist(self, card: Card) -> None:
        self._given_up = False
        for wait_s in (*PATIENCE_S, None):
            try:
                await self._apply(card)
            except TROUBLE as error:
                if wait_s is None or not passing(error):
                    self._given_up = passing(error)
                    log.warning("a message could not be changed", why=str(error))
                    if not self._given_up:
                        await self._refused(card, error)
                    return
                await asyncio.sleep(wait_s)
                if self._next is not None:
                    card, self._next = self._next, None
            else:
                return
