"""Tells Discord that an answer is coming, or gives the answer at once: within three seconds, and in one request where it can."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import discord
import structlog

from adapters.discord import places
from adapters.discord.by_token import Token
from adapters.discord.pacing import TROUBLE
from adapters.discord.placed import House
from bot.messages import Card

log = structlog.get_logger(__name__)

ACK_S = 3.0  # after which Discord takes no acknowledgement
TOO_LATE, TWICE = 10062, 40060  # unknown interaction; already acknowledged


class Acknowledging:
    """How one interaction is acknowledged."""

    def __init__(self, house: House, interaction: discord.Interaction[Any], *, again: bool = False) -> None:
        """`again`: it was kept, and some process may have acknowledged it, and even begun to answer."""
        self._house = house
        self._interaction = interaction
        self._token = Token(interaction, again=again)
        self._again = again
        self._away = places.away(interaction)  #: the bot itself is no part of the place
        self._beside = False  #: it was acknowledged without a place of its own: the message that was pressed may be changed
        self._deferred = 0  #: the message that “Muselab is thinking…” is, where Discord told
        self._acked = False
        self._private = False  #: the deferral is for one person's eyes
        self._pending = False  #: "Muselab is thinking…" stands in the channel, or a card is to come in its place
        self._promised: Callable[[], None] | None = None  #: nothing was sent yet; told when it was
        self._sending = asyncio.Lock()  #: held while Discord is told

    def promise(self, *, private: bool, acknowledged: Callable[[], None]) -> bool:
        """See `bot.ports.Direct`. What came before, or may change the message that was pressed, is deferred first."""
        beside = self._away and private and self._interaction.message is not None
        if self._acked or self._again or beside or self._interaction.response.is_done():
            return False
        self._pending, self._private, self._promised = True, private, acknowledged
        return True

    @property
    def promised(self) -> bool:
        """See `bot.ports.Direct`."""
        return self._promised is not None

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Defers: the answer gets its place in the channel. Where a page is turned its message just stays.

        That place makes it safe to answer once more where the first answer may have been taken: it is the same message.
        """
        if self._acked or self._interaction.response.is_done():
            return
        self._acked, promised, self._promised = True, self._promised, None
        pressed = self._interaction.message
        self._beside = self._away and private and pressed is not None  # else nothing could show the vote on it
        self._pending = (anew and not self._beside) or pressed is None
        self._private = private
        if self._beside and pressed is not None:
            self._house.tokens.hold(pressed.id, self._token, original=True)
        if self._again and self._token.age_s > ACK_S:
            return  # it was acknowledged in its time, or never will be: the first request with its token tells
        async with self._sending:
            await self._defer()
        if promised is not None:
            promised()

    async def _defer(self) -> None:
        try:
            thinking = self._pending
            self._deferred = await self._token.defer(private=self._private and thinking, thinking=thinking)
        except TROUBLE as error:
            if isinstance(error, discord.HTTPException) and error.code == TWICE:
                return  # another process was first, and its deferral is as good as ours
            # Too late, or not heard at all: what is public can still be said in the channel.
            self._token.dead, self._pending = True, False
            log.warning("an acknowledgement was not taken", why=str(error))

    async def _first(self, card: Card, *, private: bool) -> discord.Message | None:
        """Acknowledges with a card that was promised. None where a deferral stands, or is asked for now."""
        async with self._sending:
            promised, self._promised = self._promised, None
            if promised is None:
                return None
            self._acked = True
            try:
                sent = await self._token.respond(card, private=private)
            except TROUBLE as error:
                log.info("a card was not taken as an acknowledgement; deferring", why=str(error))
                await self._defer()
                return None
        self._pending = False
        promised()
        return sent

    async def _withdraw(self) -> None:
        """Takes "Muselab is thinking…" away."""
        if not self._pending:
            return
        if self._promised is not None:
            await self.ack(private=self._private)
        async with self._sending:
            there, self._pending = self._pending, False
        if there:
            await self._token.withdraw()
