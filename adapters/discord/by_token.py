"""An interaction's token: for fifteen minutes it acknowledges, answers and changes its messages, with nobody's permission."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
import structlog

from adapters.discord.attaching import attachments, fitted, too_large, with_files
from adapters.discord.placed import NOBODY
from adapters.discord.render import render
from bot.messages import Card, File

log = structlog.get_logger(__name__)

TOKEN_S = 14 * 60.0  # an interaction's token dies after 15 minutes; the last one is for requests under way


class Token:
    """What can be said by one interaction's own token."""

    def __init__(self, interaction: discord.Interaction[Any], *, again: bool = False) -> None:
        """`again`: the interaction was kept, and is as old as it says."""
        age = (discord.utils.utcnow() - interaction.created_at).total_seconds() if again else 0.0
        self._interaction = interaction
        self.born = asyncio.get_running_loop().time() - max(0.0, age)
        self.dead = False  #: Discord does not honour it
        self.kept: list[discord.Attachment] = []  #: what the message that it changes has attached

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
        there = frozenset(file.filename for file in self.kept)
        whole, media = fitted(card, there, self._interaction.filesize_limit)
        try:
            sent = await self._edited(whole, media, message, original=original)
        except discord.HTTPException as error:
            if not media or not too_large(error):
                raise
            sent = await self._edited(fitted(card, there, 0)[0], (), message, original=original)
        self.kept = sent.attachments

    async def _edited(self, card: Card, media: tuple[File, ...], message: int, *, original: bool) -> discord.Message:
        more: dict[str, Any] = {"attachments": [*self.kept, *attachments(media)]} if media else {}
        view = render(card, attach=False)
        if original:
            return await self._interaction.edit_original_response(view=view, allowed_mentions=NOBODY, **more)
        return await self._interaction.followup.edit_message(message, view=view, allowed_mentions=NOBODY, **more)
