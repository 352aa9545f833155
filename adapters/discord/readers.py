"""Who can read the channels of a server, as Discord has it now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

import discord
import structlog

from adapters.discord.pacing import TROUBLE
from adapters.discord.places import NAME
from bot.domain.ideas import Channel, Person

log = structlog.get_logger(__name__)


async def read_by(
    client: discord.Client, person: Person, channels: Sequence[Channel], turn: Callable[[], Awaitable[None]]
) -> Mapping[Channel, str]:
    """The names of those channels that a person can read. Discord is asked once for each server, when `turn` returns.

    Without those of servers that the person is no member of, and where Discord does not say; also without private threads, whose
    members the bot is not told.
    """
    if person.platform != NAME or not person.id.isdecimal():
        return {}
    members: dict[str, discord.Member | None] = {}
    found = {}
    for channel in channels:
        room = room_of(client, channel)
        if room is None:
            continue
        if channel.team.id not in members:
            await turn()
            members[channel.team.id] = await member_of(room.guild, int(person.id))
        member = members[channel.team.id]
        if member is not None and may_read(room.permissions_for(member)):
            found[channel] = room.name
    return found


def room_of(client: discord.Client, channel: Channel) -> discord.abc.GuildChannel | discord.Thread | None:
    """A channel of a server that the bot is in; None for any other, for a private thread, and for one whose channel is gone."""
    if channel.team.platform != NAME or not (channel.team.id.isdecimal() and channel.id.isdecimal()):
        return None
    guild = client.get_guild(int(channel.team.id))
    room = guild.get_channel_or_thread(int(channel.id)) if guild is not None else None
    if isinstance(room, discord.Thread) and (room.is_private() or room.parent is None):
        return None
    return room


async def member_of(guild: discord.Guild, person: int) -> discord.Member | None:
    """Somebody as a member of a server; None where they are none, or Discord does not say."""
    try:
        return await guild.fetch_member(person)
    except discord.NotFound:
        return None
    except TROUBLE as error:
        log.warning("whether somebody is a member is not known", why=str(error))
        return None


def may_read(permissions: discord.Permissions) -> bool:
    """Whether these let somebody read what was written before."""
    return permissions.view_channel and permissions.read_message_history
