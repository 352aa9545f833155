"""Who typed a line, where and when, and what stands in front of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ideas import Channel, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who typed, where and when."""

    id: str  #: the platform's id of the event
    person: Person
    channel: Channel
    at: datetime  #: aware, UTC
    locale: str | None = None
    admin: bool = False
    outsider: bool = False  #: as of a call
    under: str = ""  #: the ideas in front of them: a thread's id, "latest", or ids of ideas with commas; empty: none
    explicit: bool = False  #: a command was announced: the line stands behind `/muse`
