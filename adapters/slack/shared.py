"""What all that hear from Slack work with: the workspaces, our messages there, the desk, and everybody's Home tab."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.slack.home import Home
from adapters.slack.naming import name_of
from adapters.slack.ours import Ours
from adapters.slack.payloads import Body
from adapters.slack.teams import Teams, Who
from adapters.slack.web import ResponseUrl, Web
from bot.domain.ideas import Channel, Person, Team
from bot.messages import Call
from bot.ports import Front

NAME = "slack"
AGAIN_KEY = "muselab_again"  # says of an event that it was kept, and comes from the inbox: when it came first, seconds since 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """See the module."""

    teams: Teams
    ours: Ours
    desk: Callable[[], Front]  #: is there once the chat runs
    homes: Callable[[], Home]  #: likewise

    @property
    def front(self) -> Front:
        """The desk."""
        return self.desk()

    @property
    def home(self) -> Home:
        """Everybody's Home tab."""
        return self.homes()

    async def who(self, web: Web, user: str) -> Who:
        """What we know of a person."""
        return await self.teams.who(web, user)

    def url(self, body: Body, *, age_s: float = 0.0, of: str | None = None) -> ResponseUrl | None:
        """Where an interaction may be answered, where Slack gave such an address."""
        url = str(body.get("response_url") or "")
        return ResponseUrl(url, lambda: self.teams.session, age_s=age_s, of=of) if url else None


def named(id: str, body: Body) -> dict[str, Any]:
    """What the message that answers an event is found again by; of an event that comes again it may be there already."""
    again = AGAIN_KEY in body
    return {"name": name_of(id), "unsure": again, "since": body[AGAIN_KEY] if again else time.time()}


def now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


def a_call(id: str, command: str, web: Web, channel: str, user: str, who: Who) -> Call:
    """A command that a person's Home tab gives for them."""
    return Call(
        id=id,
        command=command,
        person=Person(platform=NAME, id=user),
        channel=channel_of(web, channel),
        at=now(),
        locale=who.locale,
        admin=who.admin,
        outsider=who.outsider,
    )


def channel_of(web: Web, id: str) -> Channel:
    """A conversation of a workspace."""
    return Channel(team=Team(platform=NAME, id=web.team), id=id)
