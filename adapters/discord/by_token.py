"""An interaction's token: for fifteen minutes it acknowledges, answers and changes its messages, with nobody's permission."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

import aiohttp
import discord
import structlog

from adapters.discord.attaching import attachments, fitted, too_large, with_files
from adapters.discord.render import render
from bot.messages import Card, File

NOBODY = discord.AllowedMentions.none()

log = structlog.get_logger(__name__)

TOKEN_S = 14 * 60.0  # an interaction's token dies after 15 minutes; the last one is for requests under way
REMEMBERED = 2000  # tokens of messages where the bot itself is not; each is good for a quarter of an hour


class Token:
    """What can be said by one interaction's own token."""

    def __init__(self, interaction: discord.Interaction[Any], *, again: bool = False) -> None:
        """`again`: the interaction was kept, and is as old as it says."""
        age = (discord.utils.utcnow() - interaction.created_at).total_seconds() if again else 0.0
        self._interaction = interaction
        self.born = asyncio.get_running_loop().time() - max(0.0, age)
        self.dead = False  #: Discord does not honour it
        self.kept: list[discord.Attachment] | None = None  #: what the message that it changes has attached, where that is known

    @property
    def age_s(self) -> float:
        """How old it is."""
        return asyncio.get_running_loop().time() - self.born

    @property
    def alive(self) -> bool:
        """Whether Discord still honours it, as far as we know."""
        return not self.dead and self.age_s < TOKEN_S

    async def defer(self, *, private: bool, thinking: bool) -> int:
        """Acknowledges; the id of the message that “Muselab is thinking…” is, 0 where there is none or Discord does not tell."""
        try:
            taken = await self._interaction.response.defer(ephemeral=private, thinking=thinking)
            return (taken.message_id or 0) if thinking and taken is not None else 0
        except (aiohttp.ClientError, OSError) as error:
            # The connection broke, and whether Discord heard us is unknown: a second time does no harm, silence does.
            log.info("an acknowledgement was cut off; once more", why=str(error))
            await self._interaction.response.defer(ephemeral=private, thinking=thinking)
            return 0

    async def respond(self, card: Card, *, private: bool) -> discord.Message:
        """Acknowledges with the answer itself."""

        async def send(card: Card, files: list[discord.File]) -> discord.Message:
            more: dict[str, Any] = {"files": files} if files else {}
            taken = await self._interaction.response.send_message(
                view=render(card), ephemeral=private, allowed_mentions=NOBODY, **more
            )
            message = taken.resource
            return message if isinstance(message, discord.InteractionMessage) else await self._interaction.original_response()

        return await with_files(card, self._interaction.filesize_limit, send)

    async def original_becomes(self, card: Card) -> discord.Message:
        """The deferral, or the message whose control was pressed, becomes this card."""

        async def send(card: Card, files: list[discord.File]) -> discord.Message:
            return await self._interaction.edit_original_response(view=render(card), attachments=files, allowed_mentions=NOBODY)

        return await with_files(card, self._interaction.filesize_limit, send)

    async def follow(self, card: Card, *, private: bool) -> discord.Message:
        """Posts a further message."""

        async def send(card: Card, files: list[discord.File]) -> discord.Message:
            return await self._interaction.followup.send(
                view=render(card), files=files, ephemeral=private, allowed_mentions=NOBODY, wait=True
            )

        return await with_files(card, self._interaction.filesize_limit, send)

    async def withdraw(self) -> None:
        """Takes “Muselab is thinking…” away."""
        await self._interaction.delete_original_response()

    async def change(self, card: Card, message: int, *, original: bool) -> None:
        """Changes a message of this token's: its original, or a further one."""
        there = frozenset(file.filename for file in self.kept) if self.kept is not None else None
        whole, media = fitted(card, there, self._interaction.filesize_limit)
        try:
            sent = await self._edited(whole, media, message, original=original)
        except discord.HTTPException as error:
            if not media or not too_large(error):
                raise
            sent = await self._edited(fitted(card, there or frozenset(), 0)[0], (), message, original=original)
        self.kept = sent.attachments

    async def _edited(self, card: Card, media: tuple[File, ...], message: int, *, original: bool) -> discord.Message:
        more: dict[str, Any] = {"attachments": [*(self.kept or ()), *attachments(media)]} if media else {}
        view = render(card, attach=False)
        if original:
            return await self._interaction.edit_original_response(view=view, allowed_mentions=NOBODY, **more)
        return await self._interaction.followup.edit_message(message, view=view, allowed_mentions=NOBODY, **more)


class Tokens:
    """Whose token can change a message that the bot itself cannot: of who pressed it last, or of who asked for it."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, tuple[Token, bool]] = OrderedDict()

    def hold(self, message: int, token: Token, *, original: bool) -> None:
        """Notes a token. `original`: the message is the one its interaction was about, or was answered with."""
        self._held[message] = (token, original)
        self._held.move_to_end(message)
        while len(self._held) > REMEMBERED:
            self._held.popitem(last=False)

    async def change(self, message: int, card: Card) -> bool:
        """Changes the message; False where nobody's token can, and nothing is asked of Discord.

        Raises:
            discord.HTTPException: Discord does not take it.
        """
        token, original = self._held.get(message, (None, False))
        if token is None or not token.alive:
            self._held.pop(message, None)
            return False
        await token.change(card, message, original=original)
        return True
