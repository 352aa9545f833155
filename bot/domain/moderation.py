"""What was taken off the boards, by whom; and which teams have removed Muselab."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ideas import Channel, IdeaId, Person, Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """That an idea was hidden, or shown again. Kept as long as the idea, so that a team can see who did what."""

    idea: IdeaId
    channel: Channel
    number: int  #: of the idea, what people type
    hidden: bool  #: False: it was shown again
    by: Person | None  #: None: whoever deleted the message that showed it; or their data were deleted
    at: datetime  #: aware, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A team that has removed Muselab, and whose data wait for their end."""

    team: Team
    at: datetime  #: aware, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """What deleting a team's data removed."""

    rows: int
    files: int  #: pictures, sounds and notes
    adapters: tuple[str, ...]  #: weights that its versions named; their folder is not the database's to delete
