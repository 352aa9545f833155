"""What exists in the local Discord: people, servers and rooms; and how each looks on the wire."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.discord.talk import Message


EPOCH_MS = 1_420_070_400_000  # Discord's snowflakes count from 2015
_counter = itertools.count()

TEXT_ROOM, DM_ROOM, VOICE_ROOM, GROUP_ROOM, NEWS_ROOM, THREAD_ROOM, PRIVATE_THREAD = 0, 1, 2, 3, 5, 11, 12
STAGE_ROOM, FORUM, MEDIA = 13, 15, 16
THREADS = (THREAD_ROOM, PRIVATE_THREAD)

PERSON, VIEW_CHANNEL = 1, 1 << 10  # of a permission overwrite: whose it is, and what it denies
#: What a member may do when nothing is denied: view, send, history, reactions, attachments, embeds, threads, commands.
MEMBER = 1 << 10 | 1 << 11 | 1 << 16 | 1 << 6 | 1 << 15 | 1 << 14 | 1 << 31 | 1 << 35 | 1 << 38
ATTACH = 1 << 15
ADMIN = MEMBER | 1 << 5 | 1 << 4 | 1 << 3


def snowflake() -> str:
    """A new id, later ones greater."""
    return str(((int(time.time() * 1000) - EPOCH_MS) << 22) | (next(_counter) & 0x3FFFFF))


def now() -> str:
    """This moment as Discord writes it."""
    return datetime.now(UTC).isoformat()


@dataclass(eq=False)
class User:
    """Somebody with an account."""

    name: str
    locale: str = "en-US"
    bot: bool = False
    admin: bool = False
    roles: list[str] = field(default_factory=list)  #: ids, see `Guild.role`
    id: str = field(default_factory=snowflake)

    def payload(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "username": self.name,
            "discriminator": "0",
            "global_name": None if self.bot else self.name.title(),
            "avatar": None,
            "bot": self.bot,
            "flags": 0,
            "public_flags": 0,
            "primary_guild": None,
        }

    def member(self) -> dict[str, Any]:
        """As a member of some guild."""
        return {
            "user": self.payload(),
            "roles": self.roles,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
            "avatar": None,
            "banner": None,
            "premium_since": None,
            "pending": False,
            "communication_disabled_until": None,
        }


@dataclass(eq=False)
class Guild:
    """A server; `installed` says whether the bot is a member of it."""

    name: str
    bot: User
    installed: bool = True
    id: str = field(default_factory=snowflake)
    rooms: list[Room] = field(default_factory=list)
    members: list[User] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)  #: id -> name

    def payload(self) -> dict[str, Any]:
        """As GUILD_CREATE."""
        return {
            "id": self.id,
            "name": self.name,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "owner_id": self.members[0].id if self.members else self.bot.id,
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "roles": [role(self.id, "@everyone"), *(role(id, name) for id, name in self.roles.items())],
            "emojis": [],
            "features": [],
            "mfa_level": 0,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": "en-US",
            "public_updates_channel_id": None,
            "nsfw_level": 0,
            "stickers": [],
            "premium_progress_bar_enabled": False,
            "safety_alerts_channel_id": None,
            "region": "deprecated",
            "hub_type": None,
            "incidents_data": None,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "large": False,
            "unavailable": False,
            "member_count": len(self.members) + 1,
            "voice_states": [],
            "members": [self.bot.member()],
            "channels": [room.payload() for room in self.rooms if room.type not in THREADS],
            "threads": [room.payload() for room in self.rooms if room.type in THREADS and room.joined],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def role(self, name: str) -> str:
        """The id of a new role; the bot learns of it when it connects."""
        id = snowflake()
        self.roles[id] = name
        return id


def role(id: str, name: str) -> dict[str, Any]:
    """A role as Discord describes it; the one that everybody has bears its server's id."""
    return {
        "id": id,
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0 if name == "@everyone" else 1,
        "permissions": str(MEMBER),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


@dataclass(eq=False)
class Room:
    """A channel, a thread or a direct conversation."""

    name: str
    bot: User
    guild: Guild | None = None
    type: int = TEXT_ROOM
    parent: Room | None = None
    person: User | None = None  #: of a direct conversation with the bot
    people: list[User] = field(default_factory=list)  #: of a conversation that the bot is no part of
    joined: bool = True  #: the bot is in this private thread
    id: str = field(default_factory=snowflake)
    messages: list[Message] = field(default_factory=list)
    deleted: bool = False
    denied: set[str] = field(default_factory=set)  #: "view", "send", "threads", "attach": what the bot may not do here
    hidden_from: list[User] = field(default_factory=list)  #: people who may not see it, by an overwrite of their own

    def payload(self) -> dict[str, Any]:
        if self.people:
            made = {"id": self.id, "type": self.type, "last_message_id": None, "flags": 0}
            made["recipients"] = [one.payload() for one in self.people]
            group = {"name": self.name, "icon": None, "owner_id": self.people[0].id}
            return made | (group if self.type == GROUP_ROOM else {})
        if self.type == DM_ROOM:
            assert self.person is not None
            return {"id": self.id, "type": DM_ROOM, "last_message_id": None, "flags": 0, "recipients": [self.person.payload()]}
        assert self.guild is not None
        if self.type in THREADS:
            assert self.parent is not None
            mine = {"id": self.id, "user_id": self.bot.id, "join_timestamp": now(), "flags": 0}
            return {
                "id": self.id,
                "type": self.type,
                "guild_id": self.guild.id,
                "name": self.name,
                "parent_id": self.parent.id,
                "owner_id": self.bot.id,
                "flags": 0,
                "last_message_id": None,
                "rate_limit_per_user": 0,
                "message_count": 0,
                "member_count": 1,
                "total_message_sent": 0,
                "thread_metadata": {
                    "archived": False,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": now(),
                    "locked": False,
                    "create_timestamp": now(),
                    **({"invitable": True} if self.type == PRIVATE_THREAD else {}),
                },
                **({"member": mine} if self.joined else {}),
            }
        return {
            "id": self.id,
            "type": self.type,
            "guild_id": self.guild.id,
            "name": self.name,
            "position": 0,
            "permission_overwrites": [
                {"id": user.id, "type": PERSON, "allow": "0", "deny": str(VIEW_CHANNEL)} for user in self.hidden_from
            ],
            "nsfw": False,
            "parent_id": None,
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "flags": 0,
            **PARTS.get(self.type, {"topic": None}),
        }


VOICE = {"bitrate": 64000, "user_limit": 0, "rtc_region": None, "video_quality_mode": 1}
POSTS = {"topic": None, "available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
#: What channels of a type have beside what all have.
PARTS: dict[int, dict[str, Any]] = {
    VOICE_ROOM: VOICE,
    STAGE_ROOM: VOICE,
    FORUM: POSTS | {"default_forum_layout": 0},
    MEDIA: POSTS,
}
