"""The part of the store that keeps personas."""

from __future__ import annotations

from typing import Protocol

from bot.domain.ideas import Channel
from bot.domain.personas import Persona


class PersonaStore(Protocol):
    """Keeps the voices of channels by name."""

    async def keep_persona(self, persona: Persona) -> None:
        """Stores a persona of its channel in the place of one of the same name, folded."""
        ...

    async def personas(self, channel: Channel) -> list[Persona]:
        """The channel's personas, by name."""
        ...

    async def drop_persona(self, channel: Channel, name: str) -> bool:
        """Deletes the persona of that name, folded, for good; whether there was one."""
        ...
