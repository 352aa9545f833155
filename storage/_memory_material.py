"""The part of the store in memory that keeps team material."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from bot.domain.ideas import Person, Team
from bot.domain.material import Piece
from storage._rules import storable


class MemoryMaterial:
    """The methods of the `MaterialStore` port."""

    _lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self._material: dict[tuple[Team, str, int], Piece] = {}

    async def keep_material(self, team: Team, pieces: Sequence[Piece]) -> None:
        """Stores the pieces of documents in the place of those they had."""
        mine = [storable(piece) for piece in pieces if piece.team == team]
        documents = {(piece.team, piece.document) for piece in mine}
        with self._lock:
            left = {key: one for key, one in self._material.items() if key[:2] not in documents}
            self._material = left | {(one.team, one.document, one.place): one for one in mine}

    async def material(self, team: Team) -> list[Piece]:
        """The team's pieces, its documents in the order they were added."""
        with self._lock:
            mine = [one for one in self._material.values() if one.team == storable(team)]
        return sorted(mine, key=lambda one: (one.at, one.document, one.place))

    async def drop_material(self, team: Team, document: str) -> bool:
        """Deletes a document of the team for good."""
        with self._lock:
            left = {key: one for key, one in self._material.items() if key[:2] != (storable(team), storable(document))}
            there, self._material = len(left) < len(self._material), left
        return there

    def _drop_material(self, team: Team, person: Person | None = None) -> None:
        """Deletes a team's documents: everybody's, or those that one person added."""
        self._material = {
            key: one for key, one in self._material.items() if one.team != team or (person is not None and one.by != person)
        }

    def _material_of(self, team: Team, person: Person) -> tuple[Piece, ...]:
        mine = [one for one in self._material.values() if one.team == team and one.by == person]
        return tuple(sorted(mine, key=lambda one: (one.at, one.document, one.place)))
