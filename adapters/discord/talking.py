"""Hears what people say to the bot: a mention, an answer to a message of ours, a direct message. Of no other is anything read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import structlog

from adapters.discord import events, rooms
from adapters.discord.mentions import Names
from adapters.discord.pacing import TROUBLE
from adapters.discord.placed import House, Placed
from adapters.discord.reactions import ideas_of
from bot import typed
from bot.domain.errors import MuselabError
from bot.domain.ideas import Channel, Person, Team
from bot.messages import Call, Card
from bot.ports import Front
from bot.services.ideas.following import LATEST
from bot.services.ideas.talking import HAN
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
            person=Person(platform=events.NAME, id=str(user)),
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
        if isinstance(meant, Call):
            await self._front.call(replace(meant, roles=roles, uploads=files), reply)
        else:
            await self._front.press(replace(meant, roles=roles), reply)
        await reply.settle()

    def _place(self, guild: int | None, channel: int, user: int) -> Channel:
        if guild is None:
            return events.alone(user, channel)
        where = self._client.get_channel(channel)
        parent = where.parent_id if isinstance(where, discord.Thread) else channel
        return Channel(team=Team(platform=events.NAME, id=str(guild)), id=str(parent))

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


class Said:
    """Answers a message: with one below it that names it, and in private where only its author is meant."""

    def __init__(self, client: discord.Client, house: House, channel: int, message: int, user: int, *, direct: bool) -> None:
        """`direct`: the conversation is that person's and the bot's alone."""
        self._client = client
        self._house = house
        self._channel = channel
        self._message = message
        self._user = user
        self._direct = direct
        self._placed: Placed | None = None

    @property
    def address(self) -> str:
        """Channel and message; empty before it is there."""
        return self._placed.address if self._placed is not None else ""

    @property
    def back(self) -> str:
        """Its address says it all, once there is one."""
        return ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Discord expects nothing of who hears a message."""

    async def settle(self) -> bool:
        """Returns once the last card is shown; see `bot.ports.Reply`."""
        return self._placed is None or await self._placed.settle()

    async def show(self, card: Card) -> None:
        """Posts it below the message, and changes it afterwards."""
        if card.private and not self._direct:
            await self.tell(card)
        elif self._placed is not None:
            await self._placed.show(card)
        else:
            place = self._house.messageable(self._channel)
            asked = discord.MessageReference(message_id=self._message, channel_id=self._channel, fail_if_not_exists=False)
            sent = await self._send(place, card, reference=asked)
            if sent is not None:
                self._placed = Placed(self._house, self._channel, sent.id)
                self._house.remember(sent.id, ideas_of(card))

    async def tell(self, card: Card) -> None:
        """Writes to the person, in a conversation of their own with the bot."""
        try:
            place = (
                self._house.messageable(self._channel)
                if self._direct
                else await self._client.create_dm(discord.Object(self._user))
            )
        except TROUBLE as error:
            log.info("a person takes no direct messages", why=str(error))
            return
        await self._send(place, card)

    async def _send(self, place: discord.abc.Messageable, card: Card, **more: Any) -> discord.Message | None:
        try:
            return await rooms.post(self._house, place, card, **more)
        except TROUBLE as error:
            log.warning("an answer could not be posted", channel=self._channel, why=str(error))
            return None
