"""Tells one person something unasked: in their own conversation with the bot, as Discord has no other way."""

from __future__ import annotations

from dataclasses import replace

import discord
import structlog

from adapters.discord import rooms
from adapters.discord.pacing import TROUBLE
from adapters.discord.placed import House
from bot.messages import Card

log = structlog.get_logger(__name__)


class Whispered:
    """A message for one person; the `Reply` of `bot.ports`."""

    address = ""
    back = ""

    def __init__(self, house: House, client: discord.Client, person: int) -> None:
        self._house = house
        self._client = client
        self._person = person

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody waits."""

    async def settle(self) -> bool:
        """It is sent at once."""
        return True

    async def show(self, card: Card) -> None:
        """Sends it; in silence to who lets nobody write to them. Controls are about a channel, so they stay away."""
        lines = tuple(replace(line, controls=()) for line in card.lines)
        try:
            await self._house.turn()
            conversation = await self._client.create_dm(discord.Object(self._person))
            await rooms.post(self._house, conversation, replace(card, lines=lines, controls=()))
        except TROUBLE as error:
            log.info("a person could not be told", why=str(error))

    async def tell(self, card: Card) -> None:
        """See `show`."""
        await self.show(card)
