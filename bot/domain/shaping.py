"""How people shape a board: what became of an idea, which ideas are one, which belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.feedback import Feedback, rival
from bot.domain.ideas import Channel, IdeaId, Person
from bot.domain.rounds import POINTS, together

#: What people say became of an idea; "picked" is no mark but a signal, see `bot.signals.pick`.
State = Literal["open", "shortlisted", "dropped"]
MAX_REASON = 200  # characters; a reason is a sentence beside an idea
MAX_THEME = 60  # characters of a theme's name; a button's label holds 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What somebody said became of an idea. The latest counts; those before are kept, so that it can be undone."""

    idea: IdeaId
    channel: Channel
    state: State
    reason: str = ""  #: why, in their words
    by: Person | None  #: None: their data were deleted, and with them the reason
    at: datetime  #: aware, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """That an idea says what another says: it stands on the board as part of that one, until it is split off again."""

    idea: IdeaId
    into: IdeaId
    channel: Channel
    by: Person | None  #: None: their data were deleted
    at: datetime  #: aware, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Ideas of a board that belong together."""

    id: str  #: as an idea's
    channel: Channel
    topic: str = ""  #: of the board whose ideas these are, folded; empty: the whole channel's
    name: str  #: empty: nobody has named it, or who did had that deleted
    ideas: tuple[IdeaId, ...] = ()  #: the most typical first
    by: Person | None = None  #: who named it; None: Muselab did
    at: datetime  #: aware, UTC: when it was made


def roots(into: Mapping[IdeaId, IdeaId]) -> dict[IdeaId, IdeaId]:
    """For each merged idea the one that stands for it on the board.

    Args:
        into: for each merged idea what it was merged into, which may be merged itself; no circles.
    """
    found: dict[IdeaId, IdeaId] = {}
    for idea in into:
        kept = into[idea]
        while kept in into:
            kept = into[kept]
        found[idea] = kept
    return found


def one_each(votes: Iterable[Feedback]) -> list[Feedback]:
    """Votes of ideas that were merged, as one idea's: of each person and signal the latest; no duel of an idea with itself.

    Points of a round add up: each of them was given away, and none is lost.
    """
    latest: dict[tuple[IdeaId, Person, str], Feedback] = {}
    for vote in votes:
        if rival(vote) == vote.idea:
            continue
        key = (vote.idea, vote.person, vote.signal)
        other = latest.get(key)
        if other is not None and vote.signal.startswith(f"{POINTS}:"):
            latest[key] = together(other, vote)
        elif other is None or (vote.at, vote.token) > (other.at, other.token):
            latest[key] = vote
    return list(latest.values())
