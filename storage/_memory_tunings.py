"""Tuning runs in memory: the twin of `storage._tunings`."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime

from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Team
from bot.domain.models import Tuning
from storage._rules import at_most, free, storable


class MemoryTunings:
    """The methods of the `Store` port about tuning."""

    _lock: threading.RLock
    _numbers: Counter[Channel]
    _brainstorms: dict[BrainstormId, Brainstorm]

    def __init__(self) -> None:
        super().__init__()
        self._tunings: dict[tuple[Team, str], Tuning] = {}

    async def teams(self) -> list[Team]:
        """Every team that has ideas, sorted."""
        with self._lock:
            return sorted({channel.team for channel in self._numbers})

    async def channels(self) -> list[Channel]:
        """Every channel in which ideas were asked for or written, sorted."""
        with self._lock:
            return sorted({*self._numbers, *(one.channel for one in self._brainstorms.values())})

    async def tunings(self, team: Team, *, limit: int = 20) -> list[Tuning]:
        """The team's runs, newest first."""
        with self._lock:
            mine = [one for one in self._tunings.values() if one.team == storable(team)]
        return sorted(mine, key=lambda one: (one.began_at, one.id), reverse=True)[: at_most(limit)]

    async def take_tuning(self, new: Tuning, now: datetime) -> Tuning | None:
        """Begins a run, or takes up the team's running one whose lease has ended; None while somebody works on one."""
        taken = storable(new)
        with self._lock:
            running = [one for one in self._tunings.values() if one.team == taken.team and one.state == "running"]
            for there in running:
                if not free(there.leased_until, now):
                    return None
                taken = replace(there, holder=taken.holder, leased_until=taken.leased_until)
            self._tunings[taken.team, taken.id] = taken
        return taken

    async def keep_tuning(self, tuning: Tuning) -> bool:
        """Stores where a run is; False when it is not this holder's any more, or was ended by somebody else."""
        new = storable(tuning)
        with self._lock:
            there = self._tunings.get((new.team, new.id))
            if there is None or there.holder != new.holder or there.state != "running":
                return False
            self._tunings[new.team, new.id] = replace(new, told=there.told)
        return True

    async def cancel_tuning(self, team: Team) -> bool:
        """Ends the team's running run; whether there was one."""
        with self._lock:
            running = [key for key, one in self._tunings.items() if one.team == storable(team) and one.state == "running"]
            for key in running:
                self._tunings[key] = replace(self._tunings[key], state="cancelled", leased_until=None)
        return bool(running)

    async def untold_tunings(self) -> list[Tuning]:
        """Runs, of any team, of whose state its admins have not heard, oldest first."""
        with self._lock:
            untold = [one for one in self._tunings.values() if one.told != one.state]
        return sorted(untold, key=lambda one: (one.began_at, one.id))

    async def tell_tuning(self, tuning: Tuning) -> None:
        """Notes that a run's admins have heard of its state as it is here."""
        key = storable(tuning.team), tuning.id
        with self._lock:
            if key in self._tunings:
                self._tunings[key] = replace(self._tunings[key], told=tuning.state)
