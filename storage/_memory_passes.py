"""The part of the store in memory that knows who may see the page."""

from __future__ import annotations

import threading
from datetime import datetime

from bot.domain.ideas import Person, Team
from bot.domain.passes import ENTRIES, Pass, PassKind
from storage._rules import aware, storable


class MemoryPasses:
    """The methods of the `PassStore` port."""

    _lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self._passes: dict[str, Pass] = {}

    async def keep_pass(self, new: Pass) -> None:
        """Stores a pass, and deletes those of its team that had ended by then."""
        new = storable(new)
        with self._lock:
            team = new.channel.team
            self._passes = {
                digest: one for digest, one in self._passes.items() if one.channel.team != team or one.until > new.made_at
            }
            self._passes.setdefault(new.digest, new)

    def _lasting(self, digest: str, now: datetime) -> Pass | None:
        one = self._passes.get(storable(digest))
        return one if one is not None and one.until > aware(now) else None

    async def take_pass(self, digest: str, now: datetime, kind: PassKind = "link") -> Pass | None:
        """Takes a pass away; of two that come at once one gets it."""
        with self._lock:
            one = self._lasting(digest, now)
            return self._passes.pop(one.digest) if one is not None and one.kind == kind else None

    async def found_pass(self, digest: str, now: datetime) -> Pass | None:
        """The session or the link for readers that a secret stands for."""
        with self._lock:
            one = self._lasting(digest, now)
        return one if one is not None and one.kind in ENTRIES else None

    async def passes(self, team: Team, kind: PassKind, now: datetime) -> list[Pass]:
        """A team's passes of a kind that have not ended, newest first."""
        team, now = storable(team), aware(now)
        with self._lock:
            mine = [one for one in self._passes.values() if one.channel.team == team and one.kind == kind and one.until > now]
        return sorted(sorted(mine, key=lambda one: one.digest), key=lambda one: one.made_at, reverse=True)

    async def drop_pass(self, team: Team, digest: str) -> bool:
        """Ends a pass of the team; whether there was one."""
        with self._lock:
            one = self._passes.get(storable(digest))
            if one is None or one.channel.team != storable(team):
                return False
            del self._passes[one.digest]
            return True

    def _drop_passes(self, team: Team, person: Person | None = None) -> None:
        """Ends a team's passes: everybody's, or one person's."""
        self._passes = {
            digest: one
            for digest, one in self._passes.items()
            if one.channel.team != team or (person is not None and one.person != person)
        }
