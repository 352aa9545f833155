"""Interactions and answers as they are kept: what another process needs to serve them once more, or to go on with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, NotRequired, TypedDict

import discord

from adapters.discord.presses import EVENT
from bot import wire
from bot.messages import Press

Event = Mapping[str, Any]

AGAIN = "muselab_again"  # says of an event that it was kept, and comes from the inbox
REACTION = "reaction"  # the kind of a kept event that is no interaction
MESSAGE = "message"  # likewise
PARTS = (
    *("id", "application_id", "type", "data", "token", "version", "guild_id", "channel_id", "channel", "user", "member"),
    *("locale", "guild_locale", "app_permissions", "attachment_size_limit", "context", "authorizing_integration_owners"),
)
OF_MESSAGE = ("id", "channel_id", "type", "flags", "components")
OF_SAID = ("id", "channel_id", "guild_id", "type", "content", "attachments", "message_reference")
OF_USER = ("id", "username", "discriminator", "avatar")

_now: ContextVar[Event | None] = ContextVar("event", default=None)


class Way(TypedDict):
    """How an answer can be gone on with; Discord honours the token for 15 minutes."""

    id: str
    application: str
    token: str
    channel: str
    guild: str
    limit: int  #: bytes of a file
    locale: str
    private: bool
    pending: bool  #: “Muselab is thinking…” stands there, and becomes the answer
    dead: bool  #: Discord did not take the acknowledgement
    away: NotRequired[bool]  #: the bot itself is no part of the place


def way_of(interaction: discord.Interaction[Any], channel: int, *, private: bool, pending: bool, dead: bool, away: bool) -> Way:
    """How the answer to an interaction can be gone on with."""
    return Way(
        id=str(interaction.id),
        application=str(interaction.application_id),
        token=interaction.token,
        channel=str(channel),
        guild=str(interaction.guild_id or ""),
        limit=interaction.filesize_limit,
        locale=interaction.locale.value,
        private=private,
        pending=pending,
        dead=dead,
        away=away,
    )


def comes(event: Event) -> None:
    """Notes an event as Discord sent it, for whatever serves it: discord.py hands on its own reading only."""
    _now.set(event)


def event_of(interaction: discord.Interaction[Any]) -> Event | None:
    """The interaction as Discord sent it."""
    event = _now.get()
    return event if event is not None and event.get("id") == str(interaction.id) else None


def comes_again(interaction: discord.Interaction[Any]) -> bool:
    """Whether the interaction was kept, and comes from the inbox."""
    event = event_of(interaction)
    return event is not None and bool(event.get(AGAIN))


def body_of(interaction: discord.Interaction[Any]) -> str:
    """The interaction as it is kept: of other messages and of people no more than it takes to read it once more."""
    event = event_of(interaction)
    if event is None:
        return ""
    body = {name: event[name] for name in PARTS if name in event}
    if "message" in event:
        body["message"] = {name: event["message"][name] for name in OF_MESSAGE if name in event["message"]} | {"content": ""}
    if "user" in body:
        body["user"] = user(body["user"])
    if "member" in body:
        body["member"] = {**body["member"], "user": user(body["member"]["user"])}
    return wire.written(body)


def user(whole: Event) -> dict[str, Any]:
    """Of a person, what discord.py cannot do without."""
    return {name: whole.get(name) for name in OF_USER}


def body_of_reaction(press: Press) -> str:
    """A reaction as it is kept."""
    return json.dumps(
        {
            "kind": REACTION,
            "id": press.id,
            "key": str(press.key),
            "person": press.person.id,
            "team": press.channel.team.id,
            "channel": press.channel.id,
            "at": press.at.isoformat(),
            "reaction": press.reaction,
            "roles": press.roles,
        }
    )


def body_of_message(event: Event) -> str:
    """What somebody said to us, as it is kept until it is answered."""
    body = {"kind": MESSAGE} | {name: event[name] for name in OF_SAID if name in event}
    body["author"] = user(event["author"])
    if "member" in event:
        body["member"] = {"roles": event["member"].get("roles", [])}
    return wire.written(body)


def serve_again(client: discord.Client, event: dict[str, Any]) -> None:
    """Hands a kept interaction to discord.py, as if Discord had sent it."""
    client._connection.parsers[EVENT]({**event, AGAIN: True})  # noqa: SLF001 - where the gateway hands its events over


def interaction_of(client: discord.Client, way: Way) -> discord.Interaction[Any]:
    """An interaction to answer with a token of before; who asked, and what, it does not know."""
    data: dict[str, Any] = {
        "id": way["id"],
        "application_id": way["application"],
        "type": 2,
        "token": way["token"],
        "version": 1,
        "channel_id": way["channel"],
        "attachment_size_limit": way["limit"],
        "locale": way["locale"],
        "user": {"id": "0", "username": "", "discriminator": "0", "avatar": None},
    }
    if way["guild"]:
        data["guild_id"] = way["guild"]
    made: discord.Interaction[Any] = discord.Interaction(data=data, state=client._connection)  # type: ignore[arg-type]  # noqa: SLF001 - it has no other door
    where = int(way["channel"])
    # discord.py takes the channel from a part that no kept way has, and messages of an interaction without one belong to none.
    made.channel = client.get_channel(where) or client.get_partial_messageable(where)  # type: ignore[assignment]
    return made
