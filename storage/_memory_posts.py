"""Messages in memory: the twin of `storage._posts`."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ideas import Brainstorm, BrainstormId, IdeaId, Team
from bot.ports import Post
from storage._rules import LATEST_POSTS, MOST_POSTS, SHOWN_POSTS, aware, storable


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message shows."""

    ideas: tuple[IdeaId, ...]
    at: datetime
    brainstorm: str = ""
    stale: bool = False
    card: str = ""
    locale: str = ""


class MemoryPosts:
    """The part of the store in memory that knows which messages show what."""

    _lock: threading.RLock
    _brainstorms: dict[BrainstormId, Brainstorm]

    def __init__(self) -> None:
        super().__init__()
        self._posts: dict[tuple[Team, str], Shown] = {}

    async def posted(
        self, team: Team, address: str, ideas: Sequence[IdeaId], at: datetime, *, card: str = "", locale: str = ""
    ) -> None:
        """Notes that a message shows ideas, in the place of what it showed before."""
        with self._lock:
            shown = Shown(storable(tuple(ideas)), aware(at), card=storable(card), locale=storable(locale))
            self._posts[storable(team), storable(address)] = shown

    async def posts(self, team: Team, ideas: Collection[IdeaId]) -> list[Post]:
        """The latest messages that show one of these ideas and can be drawn anew, newest first."""
        with self._lock:
            drawn = [(one.at, key[1], one) for key, one in self._posts.items() if key[0] == team and one.card and not one.stale]
        drawn.sort(key=lambda entry: entry[:2], reverse=True)
        return [
            Post(team=team, address=address, card=one.card, ideas=one.ideas, locale=one.locale)
            for _at, address, one in drawn[:LATEST_POSTS]
            if not set(ideas).isdisjoint(one.ideas)
        ][:SHOWN_POSTS]

    async def stale_posts(self, platforms: Sequence[str]) -> list[Post]:
        """Messages on these platforms that show what was deleted, the oldest first."""
        with self._lock:
            stale = [(one.at, key, one) for key, one in self._posts.items() if one.stale and key[0].platform in platforms]
        ordered = sorted(stale, key=lambda entry: (entry[0], entry[1][1]))[:MOST_POSTS]
        return [Post(team=key[0], address=key[1], brainstorm=BrainstormId(one.brainstorm)) for _at, key, one in ordered]

    async def redrawn(self, post: Post) -> None:
        """Notes that a message shows nothing deleted any more."""
        key = storable(post.team), storable(post.address)
        with self._lock:
            if key in self._posts and self._posts[key].stale:
                del self._posts[key]

    def _outdate(self, team: Team, ideas: Collection[str], brainstorms: Iterable[str]) -> None:
        """Marks the messages that show one of these ideas, and these brainstorms' cards, as to be redrawn."""
        for key, shown in self._posts.items():
            if key[0] == team and not set(ideas).isdisjoint(shown.ideas):
                self._posts[key] = Shown((), shown.at, shown.brainstorm, stale=True)
        for id in brainstorms:
            brainstorm = self._brainstorms.get(BrainstormId(id))
            if brainstorm is not None and brainstorm.channel.team == team and brainstorm.address:
                self._posts[team, brainstorm.address] = Shown((), brainstorm.created_at, brainstorm.id, stale=True)
