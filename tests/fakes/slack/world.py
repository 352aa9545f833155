"""What the local Slack keeps: workspaces, conversations, messages, views, files."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "reactions:read",
        "users:read",
    }
)


@dataclass
class Message:
    """One message, as everybody who may see it sees it now."""

    team: str
    channel: str
    ts: str
    user: str  #: author
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    only_for: str | None = None  #: the one person an ephemeral message is for
    bot: bool = False
    streaming: bool = False
    streamed: str = ""  #: markdown of a stream so far
    deleted: bool = False
    reactions: dict[str, set[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    versions: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)  #: every state it had, oldest first

    @property
    def words(self) -> str:
        """Everything a person reads in it."""
        parts = [self.streamed, *_texts(self.blocks)]
        return "\n".join(part for part in parts if part) or self.text

    def buttons(self) -> dict[str, dict[str, Any]]:
        """Its buttons, by value."""
        return {element["value"]: element for _block, element in self.elements() if element["type"] == "button"}

    def options(self) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        """Its menus' options with their menu, by value."""
        return {
            option["value"]: (element, option) for _block, element in self.elements() for option in element.get("options", ())
        }

    def elements(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Its interactive elements with the block each stands in."""
        found = []
        for block in self.blocks:
            for element in [*(block.get("elements") or []), *([block["accessory"]] if "accessory" in block else [])]:
                if "action_id" in element:
                    found.append((block, element))
        return found

    def as_json(self) -> dict[str, Any]:
        """As Slack's own responses and interactions show it."""
        shown: dict[str, Any] = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": self.team}
        if self.bot:
            shown |= {"bot_id": "B0MUSELAB", "app_id": "A0MUSELAB"}
        if self.blocks:
            shown["blocks"] = self.blocks
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        return shown


def _texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for one in part for text in _texts(one)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if isinstance(part.get("text"), str) else []
    return own + [text for value in part.values() if isinstance(value, list | dict) for text in _texts(value)]


@dataclass
class Conversation:
    """A channel, a private channel or a direct message."""

    id: str
    members: set[str] = field(default_factory=set)
    archived: bool = False
    deleted: bool = False
    bot_inside: bool = True

    @property
    def kind(self) -> str:
        """As the events call it."""
        return {"D": "im", "G": "group", "M": "mpim"}.get(self.id[0], "channel")


@dataclass
class Upload:
    """A file on its way or arrived."""

    id: str
    name: str
    length: int
    team: str
    content: bytes = b""
    title: str = ""
    channel: str | None = None
    thread_ts: str | None = None


@dataclass
class Workspace:
    """One team."""

    id: str
    bot_token: str
    bot_user: str
    scopes: frozenset[str] = SCOPES
    revoked: bool = False
    installed: bool = True
    enterprise: str = ""  #: an organisation, where it installed the app for all of its workspaces
    rotates_s: int = 0  #: how long a token lives; 0: for good
    refresh_token: str = ""
    tokens: int = 0  #: given by rotation so far
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)  #: person → their Home tab
    statuses: list[tuple[str, str, str]] = field(default_factory=list)  #: (channel, thread, status)
    sessions: list[tuple[str, str, str, str]] = field(default_factory=list)  #: (channel, thread, status, title)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)  #: a workflow's step → how it ended
    canvases: list[dict[str, Any]] = field(default_factory=list)
    prompts: dict[str, list[dict[str, str]]] = field(default_factory=dict)  #: channel → suggested prompts

    def person(self, user: str) -> dict[str, Any]:
        """A member, made when first seen."""
        return self.people.setdefault(user, {"id": user, "name": user.lower(), "locale": "en-US", "is_admin": False})

    def conversation(self, id: str) -> Conversation:
        """A conversation, made when first seen."""
        return self.conversations.setdefault(id, Conversation(id))

    def message(self, channel: str, ts: str) -> Message | None:
        """The message that everybody in a channel may see at `ts`."""
        return next(
            (one for one in self.messages if one.channel == channel and one.ts == ts and not one.deleted and not one.only_for),
            None,
        )


@dataclass
class View:
    """An open modal, or somebody's Home tab."""

    id: str
    team: str
    user: str
    view: dict[str, Any]
    hash: str
    open: bool = True
    errors: dict[str, str] = field(default_factory=dict)


class Counter:
    """Gives ids and timestamps that never come twice."""

    def __init__(self) -> None:
        self._next = itertools.count(1)

    def id(self, prefix: str) -> str:
        """`E000000001`."""
        return f"{prefix}{next(self._next):09d}"

    def ts(self) -> str:
        """A message's timestamp; later ones sort later."""
        return f"{int(time.time())}.{next(self._next):06d}"
