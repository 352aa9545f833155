"""Tells whoever looks at a board that something of its team was written, whichever way in it came."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from bot.domain.ideas import Team
from bot.ports import Store

#: Methods of the store that change what a board shows. Their first argument is a team, or something of one's.
WRITING = frozenset(
    {
        *("add", "hear", "hide", "finish", "keep_media", "drop_media", "forget", "forget_team", "settle"),
        *("mark", "unmark", "merge", "split", "keep_themes", "reshape", "loosen"),
        *("open_round", "move_round", "jot", "give_points", "decide"),
    }
)


class Changes:
    """Wakes those who look at a team's boards. It carries no content: who is woken reads the store, as that team."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Team, set[asyncio.Event]] = defaultdict(set)

    def note(self, team: Team) -> None:
        """Something of this team's has changed."""
        for event in self._waiting.get(team, ()):
            event.set()

    @contextmanager
    def of(self, team: Team) -> Iterator[asyncio.Event]:
        """An event that is set at every change of a team's, for the time of the block; who has read clears it."""
        event = asyncio.Event()
        self._waiting[team].add(event)
        try:
            yield event
        finally:
            self._waiting[team].discard(event)
            if not self._waiting[team]:
                del self._waiting[team]


class Noticed:
    """A store whose writes are noted."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in WRITING or not inspect.iscoroutinefunction(method):
            setattr(self, name, method)  # found at once the next time
            return method

        @functools.wraps(method)
        async def noted(*args: Any, **kwargs: Any) -> Any:
            answer = await method(*args, **kwargs)
            self._changes.note(_team(args[0]))
            return answer

        setattr(self, name, noted)  # found at once the next time
        return noted


def noticed(store: Store, changes: Changes) -> Store:
    """The store, with its writes noted in `changes`."""
    return cast("Store", Noticed(store, changes))


def _team(of: Any) -> Team:
    """The team that the first argument of a writing method is, or belongs to."""
    if isinstance(of, Team):
        return of
    found = getattr(of, "team", None) or of.channel.team
    assert isinstance(found, Team)
    return found
