"""Messages and interactions of the local Discord, and how they look on the wire."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord import rules
from tests.fakes.discord.world import ADMIN, ATTACH, MEMBER, Room, User, now, snowflake


@dataclass(eq=False)
class Message:
    """A message, everything it ever showed, and who alone sees it."""

    room: Room
    author: User
    body: dict[str, Any]
    id: str = field(default_factory=snowflake)
    ephemeral_for: User | None = None
    loading: bool = False  #: "Muselab is thinking…"
    deleted: bool = False
    asked: Asked | None = None  #: the interaction it answers
    history: list[dict[str, Any]] = field(default_factory=list)  #: earlier bodies
    reactions: dict[str, set[str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    file_ids: dict[str, str] = field(default_factory=dict)  #: of attachments that were told of, by name
    pinged: list[str] = field(default_factory=list)  #: whom it really notified
    times: list[float] = field(default_factory=list)  #: of the post and of every edit, on the loop's clock
    edited_at: str | None = None
    reply_to: Message | None = None

    @property
    def v2(self) -> bool:
        return bool((self.body.get("flags") or 0) & rules.V2)

    @property
    def text(self) -> str:
        """Everything written on it."""
        return "\n".join(text for text in rules.texts(self.body) if text)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """All its components."""
        return list(rules.walk(self.body.get("components") or []))

    @property
    def buttons(self) -> dict[str, dict[str, Any]]:
        """Its buttons by custom_id."""
        return {one["custom_id"]: one for one in self.parts if one["type"] == rules.BUTTON and "custom_id" in one}

    @property
    def selects(self) -> dict[str, dict[str, Any]]:
        """Its select menus by custom_id."""
        return {one["custom_id"]: one for one in self.parts if one["type"] == rules.SELECT}

    def payload(self, cdn: str) -> dict[str, Any]:
        flags = (self.body.get("flags") or 0) | (rules.EPHEMERAL if self.ephemeral_for else 0) | (1 << 7 if self.loading else 0)
        made: dict[str, Any] = {
            "id": self.id,
            "channel_id": self.room.id,
            "type": 20 if self.asked and self.asked.type == 2 else 19 if self.reply_to else 0,
            "author": self.author.payload(),
            "content": self.body.get("content") or "",
            "timestamp": now(),
            "edited_timestamp": self.edited_at,
            "tts": False,
            "mention_everyone": "everyone" in self.pinged,
            "mentions": [],
            "mention_roles": [],
            "attachments": [self.attachment(name, cdn) for name in self.files],
            "embeds": self.body.get("embeds") or [],
            "pinned": False,
            "flags": flags,
            "components": self.shown(cdn),
        }
        if self.asked is not None:
            made["application_id"] = self.asked.application
            made["webhook_id"] = self.asked.application
            made["interaction_metadata"] = self.asked.metadata()
        return made

    def shown(self, cdn: str) -> list[dict[str, Any]]:
        """Its components as Discord gives them back: numbered, with defaults."""
        numbers = itertools.count(1)

        def given(one: dict[str, Any]) -> dict[str, Any]:
            made = {**one, "id": one.get("id") or next(numbers)}
            if one["type"] == rules.CONTAINER:
                made["accent_color"] = one.get("accent_color")
                made["spoiler"] = bool(one.get("spoiler"))
            if one["type"] == rules.SELECT:
                made["min_values"] = one.get("min_values", 1)
                made["max_values"] = one.get("max_values", 1)
            if one["type"] in (rules.BUTTON, rules.SELECT, *rules.SELECTS):
                made["disabled"] = bool(one.get("disabled"))
                made = {key: value for key, value in made.items() if value is not None}
                made.pop("required", None)  # of selects in modals alone
                made |= emoji_given(one)
                if "options" in one:
                    made["options"] = [{**option, **emoji_given(option)} for option in one["options"]]
            if one["type"] == rules.FILE:
                name = one["file"]["url"].removeprefix("attachment://")
                url = f"{cdn}/{self.id}/{name}"
                made |= {"file": {"id": snowflake(), "url": url, "proxy_url": url}, "name": name, "spoiler": False}
                made["size"] = len(self.files.get(name, b""))
            if one["type"] == rules.GALLERY:
                made["items"] = [
                    {**item, "spoiler": False, "media": {"id": snowflake(), "url": url, "proxy_url": url}}
                    for item in one["items"]
                    for url in [f"{cdn}/{self.id}/{item['media']['url'].removeprefix('attachment://')}"]
                ]
            if one.get("components"):
                made["components"] = [given(inner) for inner in one["components"]]
            if one.get("accessory"):
                made["accessory"] = given(one["accessory"])
            return made

        return [given(one) for one in self.body.get("components") or []]

    def attachment(self, name: str, cdn: str) -> dict[str, Any]:
        url = f"{cdn}/{self.id}/{name}"
        id = self.file_ids.setdefault(name, snowflake())
        return {"id": id, "filename": name, "size": len(self.files[name]), "url": url, "proxy_url": url}


def emoji_given(one: dict[str, Any]) -> dict[str, Any]:
    """An emoji as Discord gives it back: what is null is left out."""
    return {"emoji": {key: value for key, value in one["emoji"].items() if value is not None}} if one.get("emoji") else {}


@dataclass(eq=False)
class Asked:
    """An interaction: what somebody did, and how the application answered."""

    type: int  #: 2 command, 3 component, 4 autocompletion, 5 modal
    user: User
    room: Room
    application: str
    data: dict[str, Any]
    born: float  #: on the fake's clock
    message: Message | None = None  #: the message a component is on, or a modal came from
    opener: Asked | None = None  #: of a submitted modal: the interaction it was the answer to
    user_installed: bool = False
    id: str = field(default_factory=snowflake)
    token: str = field(default_factory=lambda: "token-" + snowflake())
    answered: int | None = None  #: type of the callback
    answered_after: float | None = None  #: seconds
    excused: bool = False  #: the test itself made the answer late
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None

    def owners(self) -> dict[str, str]:
        """Who installed the application: guild (0) or person (1)."""
        if self.user_installed or self.room.guild is None or not self.room.guild.installed:
            return {"1": self.user.id}
        return {"0": self.room.guild.id}

    def payload(self, cdn: str, limit: int) -> dict[str, Any]:
        guild = self.room.guild
        permissions = ADMIN if self.user.admin else MEMBER
        made: dict[str, Any] = {
            "id": self.id,
            "application_id": self.application,
            "type": self.type,
            "data": self.data,
            "token": self.token,
            "version": 1,
            "channel_id": self.room.id,
            "channel": self.room.payload(),
            "app_permissions": str(MEMBER & ~(ATTACH if "attach" in self.room.denied else 0)),
            "locale": self.user.locale,
            "entitlements": [],
            "authorizing_integration_owners": self.owners(),
            "context": 0 if guild else 2 if self.room.people else 1,
            "attachment_size_limit": limit,
        }
        if guild is not None:
            made["guild_id"] = guild.id
            made["guild"] = {"id": guild.id, "locale": "en-US", "features": []}
            made["guild_locale"] = "en-US"
            made["member"] = {**self.user.member(), "permissions": str(permissions)}
        else:
            made["user"] = self.user.payload()
        if self.message is not None:
            made["message"] = self.message.payload(cdn)
        return made

    def metadata(self) -> dict[str, Any]:
        """What a message says of the interaction it came of."""
        made: dict[str, Any] = {
            "id": self.id,
            "type": self.type,
            "user": self.user.payload(),
            "authorizing_integration_owners": self.owners(),
        }
        if self.type == 3 and self.message is not None:
            made["interacted_message_id"] = self.message.id
        if self.opener is not None:
            made["triggering_interaction_metadata"] = self.opener.metadata()
        return made

    @property
    def answers(self) -> list[Message]:
        """Everything shown for it, in order."""
        first = [self.original] if self.original is not None and self.answered in (4, 5) else []
        return [one for one in (*first, *self.followups) if not one.deleted and not one.loading]
