"""The part of the store that keeps which channels are joined, and where rounds are guests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.domain.bridges import Bridge, BridgeId, Guest
from bot.domain.ideas import BrainstormId, Channel, IdeaId, Team
from bot.domain.rounds import RoundId


class BridgeStore(Protocol):
    """Keeps bridges and guests. Both teams of a bridge see it; a guest is seen by the round's team and by its own."""

    async def keep_bridge(self, bridge: Bridge) -> bool:
        """Stores a bridge; False, and nothing, where one of its channels has one already, or its id is known."""
        ...

    async def bridges(self, team: Team) -> list[Bridge]:
        """The bridges that one of a team's channels is a side of, the oldest first."""
        ...

    async def drop_bridge(self, team: Team, id: BridgeId) -> Bridge | None:
        """Ends a bridge of the team and closes its guests, in one transaction; None where the team has no such bridge."""
        ...

    async def invite(self, guest: Guest) -> None:
        """Notes that a channel is a guest of a round; a round has one guest, and the first stays."""
        ...

    async def guest(self, host: Team, round: RoundId) -> Guest | None:
        """The guest of a team's round."""
        ...

    async def guest_at(self, host: Team, brainstorm: BrainstormId) -> Guest | None:
        """The guest of the team's round whose ideas are a brainstorm's."""
        ...

    async def guests(self, host: Team) -> list[Guest]:
        """The guests of all of a team's rounds, the newest first, closed ones among them."""
        ...

    async def visits(self, place: Team | Channel, *, limit: int = 1000) -> list[Guest]:
        """Where a team, or one of its channels, is or was a guest, the newest first."""
        ...

    async def place_guest(self, guest: Guest, shown: str, address: str, ideas: Sequence[IdeaId]) -> bool:
        """Records what a guest's card shows, and where it is; False where there is no such guest."""
        ...
