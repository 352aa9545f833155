"""Who can read a channel of a server, as Discord has it now."""

from __future__ import annotations

import discord
import structlog

from adapters.discord.pacing import TROUBLE
from adapters.discord.places import NAME
from bot.domain.ideas import Channel, Person

log = structlog.get_logger(__name__)


async def read_by(client: discord.Client | None, person: Person, channel: Channel) -> str | None:
    """The name of a channel that a member can read.

    None for anybody else, and where Discord does not say; also for a private thread, whose members the bot is not told.
    """
    ids = (person.id, channel.id, channel.team.id)
    if client is None or person.platform != NAME or channel.team.platform != NAME or not all(id.isdecimal() for id in ids):
        return None
    guild = client.get_guild(int(channel.team.id))
    room = guild.get_channel_or_thread(int(channel.id)) if guild is not None else None
    if guild is None or room is None or (isinstance(room, discord.Thread) and room.is_private()):
        return None
    try:
        member = await guild.fetch_member(int(person.id))
    except discord.NotFound:
        return None
    except TROUBLE as error:
        log.warning("whether somebody can read a channel is not known", why=str(error))
        return None
    may = room.permissions_for(member)
    return room.name if may.view_channel and may.read_message_history else None
