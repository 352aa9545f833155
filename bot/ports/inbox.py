"""What is owed: events that are not served yet, and messages that show ideas, or what was deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ideas import BrainstormId, IdeaId, Person, Team

NO_BRAINSTORM = BrainstormId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event as it came from a platform, kept from before it is acknowledged until it is served."""

    team: Team
    id: str  #: the platform's id of the event; the same id twice in a team is one event
    at: datetime  #: aware, UTC; when it first came
    body: str  #: all that its adapter needs to serve it once more, in the adapter's own words
    subject: str = ""  #: digest of what it has a say in, such as one person's vote on an idea: a later one has the last word
    person: Person | None = None  #: who did it; kept as a digest until it is served, so that it can be deleted with their data


class InboxStore(Protocol):
    """Keeps events from before they are acknowledged until they are served. A served event is known by its id for a day."""

    async def arrive(self, arrivals: Sequence[Arrival], holder: str, until: datetime) -> list[bool]:
        """Stores events that are to be served by `holder`, which is alive until then; for each whether it is the holder's.

        False: it came before. Storing an event twice for one holder is True twice, so that a write may be repeated whose answer
        was lost.
        """
        ...

    async def served(self, events: Sequence[tuple[Team, str]]) -> None:
        """Notes that events, by team and id, need nothing more, and forgets what they said."""
        ...

    async def hold(self, holder: str, until: datetime) -> None:
        """Says that a holder is alive until then; at once with what it has not served where `until` is past."""
        ...

    async def unserved(self, now: datetime, until: datetime, holder: str, platforms: Sequence[str]) -> list[Arrival]:
        """Takes every event of these platforms that nobody alive serves, oldest first, for `holder` until then.

        For the host's own work only: it looks through all teams.

        Two processes that call at once never both get the same one.
        """
        ...

    async def overtaken(self, arrival: Arrival) -> bool:
        """Whether a later event of the same team and subject came."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that shows ideas, or something that was deleted since."""

    team: Team
    address: str  #: where it is, for `Chat.at`
    brainstorm: BrainstormId = NO_BRAINSTORM  #: whose card it is; empty: it shows, or showed, something else
    card: str = ""  #: key of the command that draws it anew; see the door `drawn`
    ideas: tuple[IdeaId, ...] = ()  #: what it shows, top first
    locale: str = ""  #: the language it is written in


class PostStore(Protocol):
    """Knows which messages show what, so that what people have deleted goes from them too."""

    async def posted(
        self, team: Team, address: str, ideas: Sequence[IdeaId], at: datetime, *, card: str = "", locale: str = ""
    ) -> None:
        """Notes that a message, which is no brainstorm's card, shows ideas; in the place of what it showed before."""
        ...

    async def posts(self, team: Team, ideas: Collection[IdeaId]) -> list[Post]:
        """The latest messages, beside brainstorms' cards, that show one of these ideas and can be drawn anew; newest first."""
        ...

    async def stale_posts(self, platforms: Sequence[str]) -> list[Post]:
        """Messages on these platforms that show something deleted, the oldest first, some at a time. For the host's own work."""
        ...

    async def redrawn(self, post: Post) -> None:
        """Notes that a message shows nothing deleted any more, or can never be reached again."""
        ...
