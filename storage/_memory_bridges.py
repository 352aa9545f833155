"""The part of the store in memory that keeps which channels are joined, and where rounds are guests."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.bridges import Bridge, BridgeId, Guest
from bot.domain.ideas import BrainstormId, Channel, IdeaId, Team
from bot.domain.rounds import RoundId
from storage._rules import at_most, storable


class MemoryBridges:
    """The methods of the `BridgeStore` port."""

    _lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self._bridges: dict[BridgeId, Bridge] = {}
        self._guests: dict[tuple[Team, RoundId], Guest] = {}

    async def keep_bridge(self, bridge: Bridge) -> bool:
        """Stores a bridge where neither channel has one."""
        new = storable(bridge)
        with self._lock:
            if new.id in self._bridges or any(set(new.sides) & set(one.sides) for one in self._bridges.values()):
                return False
            self._bridges[new.id] = new
        return True

    async def bridges(self, team: Team) -> list[Bridge]:
        """The bridges of a team's channels, the oldest first."""
        with self._lock:
            mine = [one for one in self._bridges.values() if storable(team) in (side.team for side in one.sides)]
        return sorted(mine, key=lambda one: (one.made_at, one.id))

    async def drop_bridge(self, team: Team, id: BridgeId) -> Bridge | None:
        """Ends a bridge of the team, and closes its guests."""
        with self._lock:
            found = self._bridges.get(storable(id))
            if found is None or storable(team) not in (side.team for side in found.sides):
                return None
            self._end(found)
        return found

    def _end(self, bridge: Bridge) -> None:
        del self._bridges[bridge.id]
        for key, one in self._guests.items():
            if one.bridge == bridge.id:
                self._guests[key] = replace(one, open=False)

    def _part(self, team: Team) -> None:
        """Ends all bridges of a team."""
        for bridge in [one for one in self._bridges.values() if team in (side.team for side in one.sides)]:
            self._end(bridge)

    async def invite(self, guest: Guest) -> None:
        """Notes that a channel is a guest of a round; the first stays."""
        new = storable(guest)
        with self._lock:
            self._guests.setdefault((new.host.team, new.round), new)

    async def guest(self, host: Team, round: RoundId) -> Guest | None:
        """The guest of a team's round."""
        with self._lock:
            return self._guests.get((storable(host), storable(round)))

    async def guest_at(self, host: Team, brainstorm: BrainstormId) -> Guest | None:
        """The guest of the team's round whose ideas are a brainstorm's."""
        return next((one for one in await self.guests(host) if one.brainstorm == storable(brainstorm)), None)

    async def guests(self, host: Team) -> list[Guest]:
        """The guests of all of a team's rounds, the newest first."""
        with self._lock:
            mine = [one for one in self._guests.values() if one.host.team == storable(host)]
        return sorted(mine, key=lambda one: one.round, reverse=True)

    async def visits(self, place: Team | Channel, *, limit: int = 1000) -> list[Guest]:
        """Where a team, or one of its channels, is or was a guest, the newest first."""
        place = storable(place)
        with self._lock:
            mine = [one for one in self._guests.values() if place in (one.channel, one.channel.team)]
        return sorted(mine, key=lambda one: one.round, reverse=True)[: at_most(limit)]

    async def place_guest(self, guest: Guest, shown: str, address: str, ideas: Sequence[IdeaId]) -> bool:
        """Records what a guest's card shows, and where it is."""
        guest = storable(guest)
        key = guest.host.team, guest.round
        with self._lock:
            there = self._guests.get(key)
            if there is None or there.channel != guest.channel:
                return False
            self._guests[key] = replace(there, shown=storable(shown), address=storable(address), ideas=storable(tuple(ideas)))
        return True

    def _visited(self) -> int:
        """How many rounds have guests."""
        return len(self._guests)

    def _forget_team_bridges(self, team: Team) -> None:
        """Forgets a team's bridges, the guests of its rounds, and where it was a guest."""
        self._part(team)
        self._guests = {key: one for key, one in self._guests.items() if team not in (one.host.team, one.channel.team)}
