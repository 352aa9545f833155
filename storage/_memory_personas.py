"""The part of the store in memory that keeps personas."""

from __future__ import annotations

import threading
from dataclasses import replace

from bot.domain.ideas import Channel, Person, Team
from bot.domain.models import ChannelSettings
from bot.domain.personas import Persona, folded
from storage._rules import storable, storable_text


class MemoryPersonas:
    """The methods of the `PersonaStore` port."""

    _lock: threading.RLock
    _settings: dict[Channel, ChannelSettings]

    def __init__(self) -> None:
        super().__init__()
        self._personas: dict[tuple[Channel, str], Persona] = {}

    async def keep_persona(self, persona: Persona) -> None:
        """Stores a persona of its channel in the place of one of the same name."""
        new = storable(persona)
        with self._lock:
            self._personas[new.channel, new.folded] = new

    async def personas(self, channel: Channel) -> list[Persona]:
        """The channel's personas, by name."""
        with self._lock:
            mine = [one for one in self._personas.values() if one.channel == storable(channel)]
        return sorted(mine, key=lambda one: one.folded)

    async def drop_persona(self, channel: Channel, name: str) -> bool:
        """Deletes the persona of that name for good."""
        with self._lock:
            return self._personas.pop((storable(channel), storable_text(folded(name))), None) is not None

    def _drop_personas(self, team: Team, person: Person | None = None) -> None:
        """Deletes a team's personas: everybody's, or those that one person saved; a channel that used one has no style then."""
        gone = [one for one in self._personas.values() if one.channel.team == team and person in (None, one.by)]
        for one in gone:
            settings = self._settings.get(one.channel)
            if settings is not None and settings.style == one.name:
                self._settings[one.channel] = replace(settings, style=None)
            del self._personas[one.channel, one.folded]

    def _personas_of(self, team: Team, person: Person) -> tuple[Persona, ...]:
        mine = [one for one in self._personas.values() if one.channel.team == team and one.by == person]
        return tuple(sorted(mine, key=lambda one: (one.channel.id, one.folded)))
