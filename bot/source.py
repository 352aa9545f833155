"""Who typed a line, where and when, and what stands in front of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.ideas import Channel, Person
from bot.messages import SHARED, Call


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

    @classmethod
    def of(cls, call: Call) -> Source:
        """Whoever typed a call, with the same ideas in front of them."""
        under = str(call.args.get("spoken") or call.args.get("under") or "")
        return cls(**{name: getattr(call, name) for name in SHARED}, under=under)

    def given(self) -> dict[str, Any]:
        """What a call or a press has of it."""
        return {name: getattr(self, name) for name in SHARED}
