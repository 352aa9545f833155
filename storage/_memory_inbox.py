"""The part of the store in memory that keeps events until they are served."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.ideas import Person, Team
from bot.ports import Arrival
from storage._erasing import Plan, recalled
from storage._rules import EVENTS_KEPT, PRUNE_EVERY, aware, event_key, free, storable, team_event_key


@dataclass(frozen=True, slots=True)
class Kept:
    """An event; with a lease while it is to be served."""

    at: datetime
    arrival: Arrival | None = None  #: without its body and the platform's id once it was served
    holder: str = ""
    leased_until: datetime | None = None


class MemoryInbox:
    """The methods of the `Store` port about events."""

    _lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self._events: dict[str, Kept] = {}
        self._pruned_at: datetime | None = None

    async def first_time(self, event: str, at: datetime) -> bool:
        """Records an event id; False when it was there already."""
        key, at = event_key(event), aware(at)
        with self._lock:
            new = key not in self._events
            self._events.setdefault(key, Kept(at))
            self._prune(at)
        return new

    async def arrive(self, arrivals: Sequence[Arrival], holder: str, until: datetime) -> list[bool]:
        """Stores events to be served."""
        holder, until = storable(holder), aware(until)
        mine: list[bool] = []
        with self._lock:
            for one in map(storable, arrivals):
                there = self._events.setdefault(team_event_key(one.team, one.id), Kept(one.at, one, holder, until))
                mine.append(there.leased_until is not None and there.holder == holder)
            if arrivals:
                self._prune(aware(arrivals[-1].at))
        return mine

    async def served(self, events: Sequence[tuple[Team, str]]) -> None:
        """Notes that events need nothing more."""
        with self._lock:
            for team, id in events:
                self._serve(storable(team), storable(id))

    def _serve(self, team: Team, id: str) -> None:
        key = team_event_key(team, id)
        if (there := self._events.get(key)) is not None:
            left = None if there.arrival is None else replace(there.arrival, id="", body="", person=None)
            self._events[key] = Kept(there.at, left)

    async def hold(self, holder: str, until: datetime) -> None:
        """Says that a holder is alive until then."""
        with self._lock:
            for key, one in self._events.items():
                if one.leased_until is not None and one.holder == storable(holder):
                    self._events[key] = replace(one, leased_until=aware(until))

    async def unserved(self, now: datetime, until: datetime, holder: str, platforms: Sequence[str]) -> list[Arrival]:
        """Takes every event that nobody alive serves, oldest first."""
        taken: list[Arrival] = []
        with self._lock:
            for key, one in self._events.items():
                if one.arrival is None or one.arrival.team.platform not in platforms or one.leased_until is None:
                    continue
                if free(one.leased_until, now):
                    self._events[key] = replace(one, holder=storable(holder), leased_until=aware(until))
                    taken.append(replace(one.arrival, person=None))  # who it was is kept as a digest elsewhere
        return sorted(taken, key=lambda one: (one.at, one.id))

    async def overtaken(self, arrival: Arrival) -> bool:
        """Whether a later event of the same team and subject came."""
        asked = storable(arrival)
        with self._lock:
            came = [one.arrival for one in self._events.values() if one.arrival is not None]
        same = [one for one in came if (one.team, one.subject) == (asked.team, asked.subject)]
        return bool(asked.subject) and any(one.at > asked.at for one in same)

    def _recall(self, team: Team, person: Person, plan: Plan, before: datetime | None) -> None:
        """Takes back a person's events, and their words out of others' that are about what is deleted."""
        for key, one in self._events.items():
            if one.arrival is None or one.leased_until is None or one.arrival.team != team:
                continue
            if one.arrival.person == person and (before is None or one.at < aware(before)):
                self._events[key] = Kept(one.at, replace(one.arrival, id="", body="", person=None))
            else:
                self._events[key] = replace(one, arrival=replace(one.arrival, body=recalled(one.arrival.body, plan)))

    def _prune(self, at: datetime) -> None:
        if self._pruned_at is None or at - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = at
            self._events = {id: one for id, one in self._events.items() if one.at >= at - EVENTS_KEPT}
