"""The part of the store that keeps team material."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.domain.ideas import Team
from bot.domain.material import Piece


class MaterialStore(Protocol):
    """Keeps documents in pieces, each team's apart."""

    async def keep_material(self, team: Team, pieces: Sequence[Piece]) -> None:
        """Stores the pieces of documents in the place of those they had; a piece that says another team is left out."""
        ...

    async def material(self, team: Team) -> list[Piece]:
        """The team's pieces, its documents in the order they were added."""
        ...

    async def drop_material(self, team: Team, document: str) -> bool:
        """Deletes a document of the team for good; whether there was one."""
        ...
