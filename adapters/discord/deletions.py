"""Hears that messages were deleted: of ours only moderators delete any, and what such a message showed is hidden.

Discord tells of every message in a channel that it is gone, by its id alone; which were ours, the desk knows.
"""

from __future__ import annotations

from datetime import UTC, datetime

import discord

from adapters.discord import places
from adapters.discord.reactions import Shown, Silent
from bot.domain.ideas import Person
from bot.messages import Call
from bot.ports import Front

#: What Discord tells of messages beside their end; nothing of it is read.
UNREAD = ("MESSAGE_UPDATE", "TYPING_START")
NOBODY = Person(platform=places.NAME, id="")  # Discord does not say who deleted it


class Deletions:
    """Turns deleted messages into commands."""

    def __init__(self, client: discord.Client, shown: Shown, front: Front) -> None:
        self._client = client
        self._shown = shown
        self._front = front

    async def hear(self, guild: int | None, channel: int, message: int) -> None:
        """One message is gone."""
        if guild is None:
            return  # in a direct conversation nobody but we ourselves can delete our messages
        where = self._client.get_channel(channel)
        ideas = ",".join(idea.id for idea in self._shown.on(message) or ())
        call = Call(
            id=f"deleted-{message}",
            command="hide",
            args={"deleted": f"{channel}-{message}", "shown": ideas},
            person=NOBODY,
            channel=places.in_server(guild, where, channel),
            at=datetime.now(UTC),
            admin=True,
        )
        await self._front.call(call, Silent())
