"""Where things happen in Discord: whose board a place has, and whether the bot itself is part of it."""

from __future__ import annotations

from typing import Any

import discord

from bot.domain.ideas import Channel, Team

NAME = "discord"
AWAY = "away"  # the end of an address that only tokens of interactions reach


def place(interaction: discord.Interaction[Any]) -> Channel:
    """Where it happened. A conversation of several people is nobody's own, and a direct one with the bot is a team of its own."""
    where, channel = interaction.channel, interaction.channel_id
    if interaction.guild_id is not None:
        return in_server(interaction.guild_id, where, channel or 0)
    if isinstance(where, discord.GroupChannel) or interaction.context.private_channel:
        return Channel(team=Team(platform=NAME, id=f"group-{channel}"), id=str(channel))
    return alone(interaction.user.id, channel)


def in_server(guild: int, where: object, channel: int) -> Channel:
    """A channel of a server: a thread shares its channel's board, while a post of a forum has a board of its own.

    Args:
        guild: the server's id.
        where: the channel as discord.py knows it, if it does.
        channel: its id.
    """
    board = channel
    if isinstance(where, discord.Thread) and not isinstance(where.parent, discord.ForumChannel):
        board = where.parent_id
    return Channel(team=Team(platform=NAME, id=str(guild)), id=str(board))


def alone(user: int, channel: int | None) -> Channel:
    """A conversation of one person and the bot: a team of that one person."""
    return Channel(team=Team(platform=NAME, id=f"person-{user}"), id=str(channel or user))


def away(interaction: discord.Interaction[Any]) -> bool:
    """Whether the bot itself is no part of the place, so that only tokens of interactions reach what stands there.

    Somebody who installed it for themselves may use it in any server, in groups, and with friends. Nor is it in a private thread
    that nobody added it to.
    """
    where = interaction.channel
    if interaction.guild_id is None:
        return isinstance(where, discord.GroupChannel) or interaction.context.private_channel
    owners = interaction._integration_owners  # noqa: SLF001 - public are only questions that say no where nothing is known
    private = isinstance(where, discord.Thread) and where.is_private() and where.me is None
    return private or (bool(owners) and not interaction.is_guild_integration())


def threads(where: object) -> bool:
    """Whether the bot can open a thread on a message in a channel."""
    if not isinstance(where, discord.TextChannel):
        return False
    may = where.permissions_for(where.guild.me)
    return may.create_public_threads and may.send_messages_in_threads


def address(channel: int, message: int, *, away: bool = False) -> str:
    """A message's address; see `bot.ports.Reply.address`."""
    return f"{channel}-{message}" + (f"-{AWAY}" if away else "")


def read(address: str) -> tuple[int, int, bool] | None:
    """Channel, message, and whether it is away; None where it is no address of ours."""
    channel, _dash, rest = address.partition("-")
    message, _dash, end = rest.partition("-")
    if not (channel.isdecimal() and message.isdecimal()) or end not in ("", AWAY):
        return None
    return int(channel), int(message), end == AWAY
