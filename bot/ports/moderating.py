"""The part of the store that hides ideas, ends what is made, counts what people add, and forgets whole teams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ideas import BrainstormId, Channel, Idea, IdeaId, Person, Team
from bot.domain.moderation import Cleared, Departure, Hiding


class Moderation(Protocol):
    """What moderators and hosts need of the store. A hidden idea is found by its id or number, and in no list."""

    async def hide(self, team: Team, hiding: Hiding) -> Idea | None:
        """Hides an idea of the team or shows it again, and notes who did; None when it was so already.

        Raises:
            UnknownIdea: the team has no such idea.
        """
        ...

    async def hidings(self, channel: Channel, *, limit: int = 100) -> list[Hiding]:
        """What was hidden and shown again in a channel, newest first."""
        ...

    async def hidden(self, team: Team) -> frozenset[IdeaId]:
        """The team's hidden ideas."""
        ...

    async def stop(self, team: Team, brainstorm: BrainstormId) -> bool:
        """Notes that a running brainstorm of the team is to end; False where it is over, or there is none."""
        ...

    async def stopped(self, brainstorms: Sequence[BrainstormId]) -> list[BrainstormId]:
        """Which of these are to end. For the process that works on them."""
        ...

    async def added(self, team: Team, since: datetime, person: Person) -> tuple[int, datetime | None]:
        """How many ideas a person wrote in a team since a moment, hidden ones too, and when the first was."""
        ...

    async def depart(self, team: Team, at: datetime) -> None:
        """Notes that a team has removed Muselab; the first time counts."""
        ...

    async def stay(self, team: Team) -> None:
        """Notes that a team is here after all."""
        ...

    async def departed(self, before: datetime) -> list[Departure]:
        """Teams, of any host, that removed Muselab before a moment, oldest first. For the host's own work only."""
        ...

    async def forget_team(self, team: Team) -> Cleared:
        """Deletes every row and every file of a team, in one transaction; other teams' stay."""
        ...
