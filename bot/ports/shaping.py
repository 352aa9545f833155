"""The part of the store that keeps how people shape a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ideas import Channel, IdeaId, Team
from bot.domain.shaping import Mark, Merge, Theme


class ShapeStore(Protocol):
    """Keeps what became of ideas, which are one, and which belong together."""

    async def mark(self, team: Team, mark: Mark) -> Mark | None:
        """Notes what became of an idea; what was said of it before, None where nothing was.

        Raises:
            UnknownIdea: the team has no such idea.
        """
        ...

    async def unmark(self, team: Team, idea: IdeaId, at: datetime) -> bool:
        """Takes the mark of that moment back, so that the one before counts; False where it is not the idea's latest."""
        ...

    async def marks(self, channel: Channel) -> Mapping[IdeaId, Mark]:
        """The latest mark of each of the channel's ideas that has any."""
        ...

    async def merge(self, team: Team, merge: Merge) -> bool:
        """Makes an idea part of another: it is in no list, and `feedback` gives what people said of it as said of the other.

        Returns:
            False, and nothing is written, where either is hidden, or part of another already.

        Raises:
            UnknownIdea: the team has no such ideas, or they are of two channels.
        """
        ...

    async def split(self, team: Team, idea: IdeaId) -> bool:
        """Undoes `merge`: the idea stands for itself again, with its own votes and what was merged into it; False: it does."""
        ...

    async def merges(self, channel: Channel) -> list[Merge]:
        """What is merged in a channel, the oldest first."""
        ...

    async def merged_into(self, team: Team, idea: IdeaId) -> IdeaId | None:
        """The idea that stands for a merged one on the board; None where it is not merged."""
        ...

    async def keep_themes(self, channel: Channel, topic: str, themes: Sequence[Theme]) -> None:
        """Stores a board's themes, in order, in the place of those it had. An idea that is not the channel's is left out."""
        ...

    async def reshape(self, theme: Theme) -> None:
        """Changes one theme, or adds it behind its board's others: its ideas leave those and come behind what it has.

        An empty name leaves the one it has. One that another team or board has stays as it is.
        """
        ...

    async def loosen(self, channel: Channel, topic: str, ideas: Sequence[IdeaId]) -> None:
        """Takes ideas out of the themes of one of the channel's boards: they are in none."""
        ...

    async def themes(self, channel: Channel, topic: str) -> list[Theme]:
        """A board's themes with their ideas, hidden and merged ones among them, in order."""
        ...
