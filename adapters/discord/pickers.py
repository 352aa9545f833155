"""Fields in which people, roles or a channel are picked with Discord's own menus."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.messages import Field

MOST = 25  # values of one menu
WRITABLE = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.public_thread]
USER, ROLE, CHANNEL = "user", "role", "channel"  # what a menu shows as picked already


class Picking:
    """A menu that shows what is picked already. discord.py sends those ids as numbers, unlike Discord's specification."""

    shown: tuple[tuple[str, str], ...] = ()  #: id and kind

    def to_component_dict(self) -> Any:
        """See discord.py."""
        described = super().to_component_dict()  # type: ignore[misc]
        return described | ({"default_values": [{"id": id, "type": kind} for id, kind in self.shown]} if self.shown else {})


class Roles(Picking, ui.RoleSelect[ui.Modal]):
    """Roles."""


class People(Picking, ui.UserSelect[ui.Modal]):
    """People."""


class Anybody(Picking, ui.MentionableSelect[ui.Modal]):
    """People and roles."""


class Places(Picking, ui.ChannelSelect[ui.Modal]):
    """A channel."""


def picker(field: Field, guild: discord.Guild | None) -> ui.Item[ui.Modal]:
    """A field that is picked."""
    ids = [id for id in field.value.split() if id.isdecimal()][:MOST]
    how: dict[str, Any] = {"custom_id": field.name, "required": field.required, "min_values": int(field.required)}
    made: Roles | People | Anybody | Places
    if field.picks == "channel":
        made, kind = Places(**how, max_values=1, channel_types=WRITABLE), CHANNEL
    elif field.picks == "roles":
        made, kind = Roles(**how, max_values=MOST), ROLE
    elif field.picks == "people":
        made, kind = People(**how, max_values=MOST), USER
    else:
        made, kind = Anybody(**how, max_values=MOST), ""
    known = {str(role.id) for role in guild.roles} if guild is not None else set()
    made.shown = tuple((id, kind or (ROLE if id in known else USER)) for id in ids)
    return made
