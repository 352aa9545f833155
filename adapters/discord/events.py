"""Reads Discord's events as the core's: who, where, when, and what was said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import aiohttp
import discord

from adapters.discord.keeping import body_of
from adapters.discord.places import NAME, place
from bot.domain.errors import Outage
from bot.domain.ideas import Person
from bot.messages import Call, Key, Press, Upload, Value
from bot.words import _

#: Number emoji say "this one" of a message that shows several ideas.
NUMBERS = {
    **{f"{digit}\u20e3": digit for digit in range(1, 10)},
    "🔟": 10,
}


def person(user: discord.abc.User) -> Person:
    """Somebody, by their account."""
    return Person(platform=NAME, id=str(user.id))


def administers(interaction: discord.Interaction[Any]) -> bool:
    """Whether they may manage this server; everybody may in their own conversation.

    Managing a single channel is not enough: some settings are the whole team's. `/settings admins` names more people and roles.
    """
    may = interaction.permissions
    return interaction.guild_id is None or may.manage_guild or may.administrator


def roles(interaction: discord.Interaction[Any]) -> tuple[str, ...]:
    """Ids of the roles they have in this server."""
    return tuple(str(role.id) for role in interaction.user.roles) if isinstance(interaction.user, discord.Member) else ()


def call(interaction: discord.Interaction[Any], command: str, args: dict[str, Value]) -> Call:
    """A command used."""
    return Call(
        id=str(interaction.id),
        command=command,
        args=args,
        person=person(interaction.user),
        channel=place(interaction),
        at=datetime.now(UTC),
        locale=interaction.locale.value,
        admin=administers(interaction),
        roles=roles(interaction),
        body=body_of(interaction),
    )


def upload(attachment: discord.Attachment, param: str = "") -> Upload:
    """A file that came with a command; its bytes are still with Discord."""

    async def fetch() -> bytes:
        try:
            return await attachment.read()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise Outage(_("Discord did not hand over the file. Please try again.")) from error

    kind = attachment.content_type or ""
    return Upload(name=attachment.filename, media_type=kind, size=attachment.size, fetch=fetch, param=param)


def press(
    interaction: discord.Interaction[Any], key: Key, values: dict[str, str] | None = None, uploads: tuple[Upload, ...] = ()
) -> Press:
    """A control pressed, or its form submitted."""
    return Press(
        id=str(interaction.id),
        key=key,
        person=person(interaction.user),
        channel=place(interaction),
        at=datetime.now(UTC),
        values=values or {},
        uploads=uploads,
        locale=interaction.locale.value,
        admin=administers(interaction),
        roles=roles(interaction),
        body=body_of(interaction),
    )


def contents(interaction: discord.Interaction[Any]) -> dict[str, Any]:
    """An interaction's own part, as Discord sent it."""
    return cast("dict[str, Any]", interaction.data or {})


def custom_id(interaction: discord.Interaction[Any]) -> str:
    """What the control or form calls itself."""
    return str(contents(interaction).get("custom_id", ""))


FILE = 19  # the type of a modal's part that takes files


def filled(interaction: discord.Interaction[Any]) -> list[dict[str, Any]]:
    """The parts of a submitted form that were filled in, as Discord sent them."""
    fields: list[dict[str, Any]] = []
    parts: list[Any] = list(contents(interaction).get("components", ()))
    while parts:
        part = parts.pop(0)
        parts += part.get("components", ())
        if "component" in part:
            parts.append(part["component"])
        if "custom_id" in part:
            fields.append(part)
    return fields


def submitted(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """What was written into a form's fields, or chosen in them, by name."""
    values: dict[str, str] = {}
    for part in filled(interaction):
        if isinstance(part.get("value"), str):
            values[part["custom_id"]] = part["value"]
        elif part.get("values") and part.get("type") != FILE:
            values[part["custom_id"]] = " ".join(map(str, part["values"]))
    return values


def handed(interaction: discord.Interaction[Any]) -> tuple[Upload, ...]:
    """The files that came with a form; their bytes are still with Discord."""
    known = contents(interaction).get("resolved", {}).get("attachments", {})
    return tuple(
        upload(discord.Attachment(data=known[id], state=interaction.client._connection), part["custom_id"])  # noqa: SLF001 - discord.py makes attachments so, and has no other way to one that is read
        for part in filled(interaction)
        if part.get("type") == FILE
        for id in part.get("values", ())
        if id in known
    )
