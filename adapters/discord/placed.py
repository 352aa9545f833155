"""Messages in Discord that stand without anybody's interaction: changed, or posted, with the bot's own token."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, Protocol

import discord
import structlog

from adapters.discord import places
from adapters.discord.attaching import EVERYWHERE, attachments, fitted, too_large, with_files
from adapters.discord.by_token import NOBODY, Tokens
from adapters.discord.pacing import TROUBLE, Paced
from adapters.discord.permissions import lacking
from adapters.discord.rates import Kind
from adapters.discord.reactions import Idea, ideas_of, ideas_on
from adapters.discord.render import Drawn, render
from adapters.discord.rescue import BLOCKED, LeftOut, code_of, sifted, without
from bot.domain.ideas import IdeaId
from bot.messages import Card, File

log = structlog.get_logger(__name__)

BAD = 400  # the status of a message that Discord finds wrong


class House(Protocol):
    """What replies need from the connected chat."""

    def message(self, channel: int, message: int) -> discord.PartialMessage:
        """A message by where it is, whether or not it is known here."""
        ...

    async def edit(self, channel: int, message: int, view: Drawn, **more: Any) -> None:
        """Changes a message of ours; `more` are further fields of `discord.Message.edit`."""
        ...

    def messageable(self, channel: int) -> discord.PartialMessageable:
        """A channel to post in, by its id."""
        ...

    def remember(self, message: int, ideas: tuple[Idea, ...]) -> None:
        """Notes which ideas a message shows, for reactions to it."""
        ...

    def background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs something that shutting down waits for."""
        ...

    @property
    def tokens(self) -> Tokens:
        """Tokens that change messages where the bot itself is not."""
        ...

    @property
    def left_out(self) -> LeftOut:
        """Which ideas of a message a rule of its server blocks."""
        ...

    def alone(self, channel: int) -> asyncio.Lock:
        """Held while a message of a channel is changed: discord.py lets one too many go where several ask for the first time."""
        ...

    async def turn(self, kind: Kind | None = None, channel: int = 0) -> None:
        """Waits for a turn among requests with the bot's own token, and among those of a kind in a channel; see `rates`."""
        ...


class Placed:
    """A message that the bot's own token can change: from an earlier process, or older than its interaction's token."""

    def __init__(self, house: House, channel: int, message: int, away: bool = False) -> None:
        """`away`: the bot itself is no part of that place."""
        self._house = house
        self._channel, self._message, self._away = channel, message, away
        self._gone = False
        self._pace = Paced(self.change, house.background, refused=self._refused)

    @property
    def address(self) -> str:
        """Channel and message."""
        return places.address(self._channel, self._message, away=self._away)

    @property
    def back(self) -> str:
        """Its address says it all."""
        return ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody waits."""

    async def show(self, card: Card) -> None:
        """Changes the message; in silence when somebody deleted it."""
        self._pace.put(card)

    async def tell(self, card: Card) -> None:
        """Nobody asked, so there is nobody to tell in private."""

    async def settle(self) -> bool:
        """Returns once the last card is shown; see `bot.ports.Reply`."""
        return await self._pace.settle()

    async def change(self, card: Card) -> None:
        """Changes the message now, in silence where it is out of reach."""
        if self._gone:
            return
        try:
            await self.bring(card)
        except (discord.NotFound, discord.Forbidden) as error:
            self._gone = True
            log.info("a message is out of reach", channel=self._channel, code=error.code)

    async def bring(self, card: Card) -> None:
        """Changes the message now.

        Raises:
            discord.HTTPException: Discord does not take it.
        """
        card = without(card, self._house.left_out.of(self._message))
        self._house.remember(self._message, ideas_of(card))
        if not self._away:
            await self._edit(*fitted(card, None, EVERYWHERE))
        elif not await self._house.tokens.change(self._message, card):
            log.info("a message is out of reach until somebody presses it", channel=self._channel)

    async def _refused(self, card: Card, error: Exception) -> None:
        """A rule of the server blocks something, which this process has not found yet: what stands there is not that."""
        if code_of(error) != BLOCKED or card.progress is not None:
            return
        self._house.left_out.note(self._message, await sifted(card, await self._there(), self.bring) or ())

    async def _there(self) -> frozenset[IdeaId]:
        """The ideas that the message shows; none where it cannot be read."""
        if self._away:
            return frozenset()
        try:
            await self._house.turn()
            message = await self._house.message(self._channel, self._message).fetch()
        except TROUBLE as error:
            log.info("a message could not be read", channel=self._channel, why=str(error))
            return frozenset()
        return frozenset(IdeaId(idea.id) for idea in ideas_on(message))

    async def _edit(self, card: Card, media: tuple[File, ...]) -> None:
        """Changes it, with media where they are new; without any where Discord does not know, or take, them."""
        sent: dict[str, Any] = {"attachments": attachments(media)} if media else {}
        if not any(line.media for line in card.lines):
            sent = {"attachments": []}  # works that were deleted leave the message, too
        async with self._house.alone(self._channel):
            await self._house.turn("edit", self._channel)
            try:
                await self._house.edit(self._channel, self._message, render(card, attach=False), **sent)
            except discord.HTTPException as error:
                if not any(line.media for line in card.lines) or not (error.status == BAD or too_large(error)):
                    raise
                bare, _media = fitted(card, frozenset(), 0)
                await self._house.turn("edit", self._channel)
                await self._house.edit(self._channel, self._message, render(bare, attach=False))


class Posted:
    """A message in a channel that nobody asked for."""

    def __init__(self, house: House, channel: int) -> None:
        self._house = house
        self._channel = channel
        self._placed: Placed | None = None
        self.why = ""  #: nothing could be posted, in words
        self._nonce = str(discord.utils.time_snowflake(discord.utils.utcnow()) + random.getrandbits(22))

    @property
    def back(self) -> str:
        """Nobody asked."""
        return ""

    @property
    def address(self) -> str:
        """Channel and message; empty before it is there."""
        return self._placed.address if self._placed is not None else ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody waits."""

    async def settle(self) -> bool:
        """Returns once the last card is shown; see `bot.ports.Reply`."""
        return self._placed is None or await self._placed.settle()

    async def show(self, card: Card) -> None:
        """Posts it, and changes it afterwards; in silence where we may not write."""
        if self._placed is not None:
            await self._placed.show(card)
            return
        try:
            place = self._house.messageable(self._channel)

            async def send(whole: Card, files: list[discord.File]) -> discord.Message:
                await self._house.turn("post", self._channel)
                return await place.send(view=render(whole), files=files, allowed_mentions=NOBODY, nonce=self._nonce)

            sent = await with_files(card, EVERYWHERE, send)
        except TROUBLE as error:
            log.warning("a message could not be posted", channel=self._channel, why=str(error))
            self.why = lacking(code_of(error))
            return
        self._placed = Placed(self._house, self._channel, sent.id)
        self._house.remember(sent.id, ideas_of(card))

    async def tell(self, card: Card) -> None:
        """Nobody asked, so there is nobody to tell in private."""
