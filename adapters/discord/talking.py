"""Hears what people say to the bot: a mention, an answer to a message of ours, a direct message. Of no other is anything read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import structlog

from adapters.discord import events, places
from adapters.discord.keeping import body_of_message
from adapters.discord.mentions import Names
from adapters.discord.placed import House
from adapters.discord.said import Said
from bot import typed
from bot.domain.errors import MuselabError
from bot.domain.ideas import Channel, Person
from bot.messages import Call, Card
from bot.ports import Front
from bot.services.chinese import HAN
from bot.services.ideas.finding import LATEST
from bot.words import speaking

log = structlog.get_logger(__name__)

ORDINARY, ANSWER = 0, 19  # types of messages that people write (docs: resources/message); others tell of joins, pins, boosts
EVENT = "MESSAGE_CREATE"


class Talking:
    """Turns messages to us into calls and presses."""

    def __init__(
        self, client: discord.Client, house: House, names: Names, front: Front, serves: Callable[[int | None], bool]
    ) -> None:
        """`serves`: whether a server is one of those that this bot is for."""
        self._client = client
        self._house = house
        self._names = names
        self._front = front
        self._serves = serves

    def hear(self, data: dict[str, Any]) -> None:
        """One message, as Discord sends it; most are not for us, and come without their words."""
        me, author = self._client.user, data.get("author") or {}
        if me is None or author.get("bot") or data.get("webhook_id") or data.get("type") not in (ORDINARY, ANSWER):
            return
        guild = data.get("guild_id")
        named = any(one.get("id") == str(me.id) for one in data.get("mentions") or ())
        if (guild is not None and not named) or not self._serves(int(guild) if guild else None):
            return
        self._house.background(self._guarded(data))

    def again(self, data: dict[str, Any]) -> None:
        """One message that was kept; see `keeping.body_of_message`."""
        self._house.background(self._guarded(data))

    async def _guarded(self, data: dict[str, Any]) -> None:
        try:
            await self._serve(data)
        except Exception:
            log.exception("a message to us could not be served")

    async def _serve(self, data: dict[str, Any]) -> None:
        guild_id = int(data["guild_id"]) if data.get("guild_id") else None
        guild = self._client.get_guild(guild_id) if guild_id is not None else None
        user, where = int(data["author"]["id"]), int(data["channel_id"])
        roles = tuple(str(one) for one in (data.get("member") or {}).get("roles", ()))
        text = str(data.get("content") or "")
        words = await self._names.worded(text, guild, guild_id)
        files = tuple(
            events.upload(discord.Attachment(data=one, state=self._client._connection))  # noqa: SLF001 - as discord.py makes them
            for one in data.get("attachments") or ()
        )
        source = typed.Source(
            id=f"message-{data['id']}",
            person=Person(platform=places.NAME, id=str(user)),
            channel=self._place(guild_id, where, user),
            at=datetime.now(UTC),
            locale="zh-CN" if HAN.search(words) else None,  # Discord does not say in what language somebody reads
            admin=guild_id is None or administers(guild, user, roles),
            under=self._under(data, guild_id, where),
        )
        reply = Said(self._client, self._house, where, int(data["id"]), user, direct=guild_id is None)
        with speaking(source.locale):
            try:
                meant = typed.parse(words or ("/imagine" if files else "/help"), source)
            except MuselabError as error:
                await reply.tell(Card(text=str(error), private=True))
                return
        body = body_of_message(data)
        if isinstance(meant, Call):
            await self._front.call(replace(meant, roles=roles, uploads=files, body=body), reply)
        else:
            await self._front.press(replace(meant, roles=roles, body=body), reply)
        await reply.settle()

    def _place(self, guild: int | None, channel: int, user: int) -> Channel:
        if guild is None:
            return places.alone(user, channel)
        return places.in_server(guild, self._client.get_channel(channel), channel)

    def _under(self, data: dict[str, Any], guild: int | None, channel: int) -> str:
        """The ideas it is said of: those on the message that is answered, those of the thread, the conversation's last."""
        answered = (data.get("message_reference") or {}).get("message_id")
        if answered:
            return str(answered)
        if guild is None:
            return LATEST
        return str(channel) if isinstance(self._client.get_channel(channel), discord.Thread) else ""


def administers(guild: discord.Guild | None, user: int, roles: tuple[str, ...]) -> bool:
    """Whether somebody may manage a server, by their roles there."""
    if guild is None:
        return False
    held = [role for role in guild.roles if str(role.id) in roles]
    return guild.owner_id == user or any(role.permissions.administrator or role.permissions.manage_guild for role in held)
