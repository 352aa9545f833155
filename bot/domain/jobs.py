"""What is to happen later: once at a moment, or again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ideas import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that is due at a moment. Team, kind and subject are its key: there is one of each."""

    kind: str  #: what is to be done; whoever does it goes by this name
    subject: str = ""  #: of what: a round's id, a channel's
    team: Team | None = None  #: whose; None: the host's own
    due: datetime  #: aware, UTC: not before this
    repeats: str = ""  #: a cron expression in the time of `zone`; empty: once
    zone: str = "UTC"  #: of the IANA database, such as "Europe/Berlin"
    holder: str = ""  #: who does it just now
    leased_until: datetime | None = None  #: and until when nobody else takes it
