"""Who used what, in memory: the twin of `storage._usage`."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime

from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Candidate, Idea, IdeaId, Person, Team
from bot.ports import Usage
from storage._rules import aware


class MemoryUsage:
    """The part of the store in memory that sums up."""

    _lock: threading.RLock
    _brainstorms: dict[BrainstormId, Brainstorm]
    _ideas: dict[IdeaId, Idea]
    _candidates: list[Candidate]
    _feedback: dict[tuple[IdeaId, Person, str], Feedback]

    async def usage(self, since: datetime) -> list[Usage]:
        """What each team used of what was begun since a moment."""
        since = aware(since)
        with self._lock:
            begun = [one for one in self._brainstorms.values() if one.created_at >= since]
            ideas = [one.channel.team for one in self._ideas.values() if one.created_at >= since]
            votes = [self._ideas[one.idea].channel.team for one in self._feedback.values() if one.at >= since]
            teams = {*(one.channel.team for one in begun), *ideas, *votes}
            return [self._of(team, [one for one in begun if one.channel.team == team], ideas, votes) for team in sorted(teams)]

    def _of(self, team: Team, begun: list[Brainstorm], ideas: Iterable[Team], votes: Iterable[Team]) -> Usage:
        ids = {one.id for one in begun}
        return Usage(
            team=team,
            brainstorms=len(begun),
            people=len({one.asker for one in begun if one.asker is not None}),
            ideas=sum(one == team for one in ideas),
            votes=sum(one == team for one in votes),
            tokens=sum(one.draft.tokens for one in self._candidates if one.brainstorm in ids),
            seconds=sum((one.finished_at - one.created_at).total_seconds() for one in begun if one.finished_at is not None),
        )
