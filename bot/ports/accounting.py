"""Who used what: sums for whoever hosts Muselab, and nothing that anybody wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ideas import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one team used."""

    team: Team
    brainstorms: int = 0  #: and commissions for media
    people: int = 0  #: who asked for them, as far as that is still known
    ideas: int = 0  #: and works, people's own included
    votes: int = 0  #: opinions that stand
    tokens: int = 0  #: of all drafts, shown or not
    seconds: float = 0.0  #: from asking to the last card, of all that ended, waiting included


class Accounting(Protocol):
    """The part of the store that sums up."""

    async def usage(self, since: datetime) -> list[Usage]:
        """What each team used of what was begun since a moment, sorted by team. For the host's own work only."""
        ...
