"""The part of the store in memory that hides ideas, counts what people add, and forgets whole teams."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.errors import UnknownIdea
from bot.domain.ideas import BrainstormId, Channel, Idea, IdeaId, Person, Team
from bot.domain.moderation import Cleared, Departure, Hiding
from storage._rules import at_most, aware, storable


class MemoryModeration:
    """The methods of the `Moderation` port."""

    _lock: threading.RLock
    _ideas: dict[IdeaId, Idea]
    _brainstorms: dict[Any, Any]
    _numbers: Counter[Channel]
    _candidates: list[Any]
    _feedback: dict[Any, Any]
    _settings: dict[Channel, Any]
    _installations: dict[tuple[str, str], bytes]
    _tunings: dict[Any, Any]
    _versions: dict[Any, Any]
    _media: dict[Any, Any]
    _posts: dict[tuple[Team, str], Any]
    _events: dict[str, Any]
    _jobs: dict[Any, Any]
    _passes: dict[str, Any]
    _material: dict[Any, Any]
    _personas: dict[Any, Any]
    _rounds: dict[Any, Any]
    _notes: dict[Any, Any]

    def _unshape(self, team: Team) -> None:
        raise NotImplementedError

    def _shapes(self) -> int:
        raise NotImplementedError

    def _drop_media(self, team: Team, owners: Iterable[str]) -> int:
        raise NotImplementedError

    def _drop_passes(self, team: Team, person: Person | None = None) -> None:
        raise NotImplementedError

    def _drop_material(self, team: Team, person: Person | None = None) -> None:
        raise NotImplementedError

    def _drop_personas(self, team: Team, person: Person | None = None) -> None:
        raise NotImplementedError

    def _forget_team_rounds(self, team: Team) -> None:
        raise NotImplementedError

    def _part(self, team: Team) -> None:
        raise NotImplementedError

    def _visited(self) -> int:
        raise NotImplementedError

    def _forget_team_bridges(self, team: Team) -> None:
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self._hidings: list[Hiding] = []
        self._ends: set[BrainstormId] = set()
        self._departures: dict[Team, datetime] = {}

    async def stop(self, team: Team, brainstorm: BrainstormId) -> bool:
        """Notes that a running brainstorm of the team is to end."""
        with self._lock:
            there = self._brainstorms.get(brainstorm)
            if there is None or there.channel.team != storable(team) or there.state != "running":
                return False
            self._ends.add(brainstorm)
            return True

    async def stopped(self, brainstorms: Sequence[BrainstormId]) -> list[BrainstormId]:
        """Which of these are to end."""
        with self._lock:
            return sorted(self._ends & set(brainstorms))

    async def hide(self, team: Team, hiding: Hiding) -> Idea | None:
        """Hides an idea or shows it again, and notes who did."""
        new = storable(hiding)
        with self._lock:
            idea = self._ideas.get(new.idea)
            if idea is None or idea.channel.team != storable(team):
                raise UnknownIdea
            if idea.hidden == new.hidden:
                return None
            self._hidings.append(new)
            self._ideas[idea.id] = replace(idea, hidden=new.hidden)
            return self._ideas[idea.id]

    async def hidings(self, channel: Channel, *, limit: int = 100) -> list[Hiding]:
        """What was hidden and shown again in a channel, newest first."""
        with self._lock:
            mine = [one for one in reversed(self._hidings) if one.channel == storable(channel)]
        return sorted(mine, key=lambda one: one.at, reverse=True)[: at_most(limit)]

    async def hidden(self, team: Team) -> frozenset[IdeaId]:
        """The team's hidden ideas."""
        with self._lock:
            return frozenset(id for id, idea in self._ideas.items() if idea.hidden and idea.channel.team == storable(team))

    async def added(self, team: Team, since: datetime, person: Person) -> tuple[int, datetime | None]:
        """How many ideas a person wrote since a moment, and when the first was."""
        team, person, since = storable(team), storable(person), aware(since)
        with self._lock:
            mine = [idea.created_at for idea in self._ideas.values() if idea.author == person and idea.channel.team == team]
        times = [at for at in mine if at >= since]
        return len(times), min(times, default=None)

    async def depart(self, team: Team, at: datetime) -> None:
        """Notes that a team has removed Muselab; the first time counts."""
        with self._lock:
            self._departures.setdefault(storable(team), aware(at))
            self._part(storable(team))

    async def stay(self, team: Team) -> None:
        """Notes that a team is here after all."""
        with self._lock:
            self._departures.pop(storable(team), None)

    async def departed(self, before: datetime) -> list[Departure]:
        """Teams that removed Muselab before a moment, oldest first."""
        with self._lock:
            departures = [Departure(team=team, at=at) for team, at in self._departures.items() if at < aware(before)]
        return sorted(departures, key=lambda one: (one.at, one.team))

    async def forget_team(self, team: Team) -> Cleared:
        """Deletes everything of a team."""
        team = storable(team)
        with self._lock:
            before = self._size()
            ideas = {id for id, idea in self._ideas.items() if idea.channel.team == team}
            brainstorms = {id for id, one in self._brainstorms.items() if one.channel.team == team}
            adapters = [one.adapter for (where, _id), one in self._versions.items() if where == team and one.adapter]
            files = self._drop_media(team, [owner for where, owner in self._media if where == team])
            self._ideas = {id: idea for id, idea in self._ideas.items() if id not in ideas}
            self._brainstorms = {id: one for id, one in self._brainstorms.items() if id not in brainstorms}
            self._candidates = [one for one in self._candidates if one.brainstorm not in brainstorms]
            self._feedback = {key: one for key, one in self._feedback.items() if key[0] not in ideas}
            self._hidings = [one for one in self._hidings if one.channel.team != team]
            self._numbers = Counter({channel: n for channel, n in self._numbers.items() if channel.team != team})
            self._settings = {channel: one for channel, one in self._settings.items() if channel.team != team}
            self._tunings = {key: one for key, one in self._tunings.items() if key[0] != team}
            self._versions = {key: one for key, one in self._versions.items() if key[0] != team}
            self._installations.pop((team.platform, team.id), None)
            self._departures.pop(team, None)
            self._drop_passes(team)
            self._drop_material(team)
            self._drop_personas(team)
            self._unshape(team)
            self._posts = {key: one for key, one in self._posts.items() if key[0] != team}
            self._events = {key: one for key, one in self._events.items() if one.arrival is None or one.arrival.team != team}
            self._forget_team_rounds(team)
            self._forget_team_bridges(team)
            self._jobs = {key: one for key, one in self._jobs.items() if one.team != team}
            return Cleared(rows=before - self._size() + files, files=files, adapters=tuple(dict.fromkeys(adapters)))

    def _size(self) -> int:
        """How many values there are."""
        collections = (self._ideas, self._brainstorms, self._candidates, self._feedback, self._hidings, self._numbers)
        more = (self._settings, self._tunings, self._versions, self._installations, self._departures, self._posts)
        rounds = (self._rounds, self._notes, self._events, self._jobs)
        added = (self._passes, self._material, self._personas)
        return sum(map(len, (*collections, *more, *rounds, *added))) + self._shapes() + self._visited()
