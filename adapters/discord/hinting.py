"""Tells a person directly that their emoji said nothing on a message: to a reaction Discord takes no private answer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import discord
import structlog

from adapters.discord.pacing import TROUBLE
from adapters.discord.render import render
from bot.messages import Card

log = structlog.get_logger(__name__)

AN_HOUR = 20  # hints; Discord takes an application that writes to many people unasked for a spammer
HOUR_S = 3600.0


class Hints:
    """How many were given of late."""

    def __init__(self) -> None:
        self._given: deque[float] = deque()

    def room(self) -> bool:
        """Whether one more may be given now; counts it."""
        now = asyncio.get_running_loop().time()
        while self._given and now - self._given[0] > HOUR_S:
            self._given.popleft()
        if len(self._given) >= AN_HOUR:
            return False
        self._given.append(now)
        return True


class Direct:
    """Answers in the person's own conversation with the bot."""

    address = back = ""

    def __init__(self, client: discord.Client, user: int, hints: Hints, turn: Callable[[], Awaitable[None]]) -> None:
        self._client, self._turn = client, turn
        self._user = user
        self._hints = hints

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody waits."""

    async def settle(self) -> bool:
        """There is nothing to wait for."""
        return True

    async def show(self, card: Card) -> None:
        """Writes to the person, where they let us and not too many were written to of late."""
        if not self._hints.room():
            return
        try:
            await self._turn()
            channel = await self._client.create_dm(discord.Object(self._user))
            await self._turn()
            await channel.send(view=render(card), allowed_mentions=discord.AllowedMentions.none())
        except TROUBLE as error:
            log.info("a person takes no direct messages", why=str(error))

    async def tell(self, card: Card) -> None:
        """Likewise."""
        await self.show(card)
