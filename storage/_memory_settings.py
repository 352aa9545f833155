"""The part of the store in memory that keeps what channels have settled."""

from __future__ import annotations

import threading

from bot.domain.ideas import Channel
from bot.domain.models import ChannelSettings
from bot.ports.storage import Amend
from storage._rules import storable


class MemorySettings:
    """The methods of the `Store` port about settings."""

    _lock: threading.RLock

    def __init__(self) -> None:
        super().__init__()
        self._settings: dict[Channel, ChannelSettings] = {}

    async def settings(self, channel: Channel) -> ChannelSettings:
        """What the channel has settled; all defaults when nothing."""
        with self._lock:
            return self._settings.get(storable(channel), ChannelSettings())

    async def settle(self, channel: Channel, settings: ChannelSettings) -> None:
        """Stores what the channel has settled."""
        with self._lock:
            self._settings[storable(channel)] = storable(settings)

    async def amend(self, channel: Channel, change: Amend) -> ChannelSettings:
        """Changes what the channel has settled."""
        with self._lock:
            new = storable(change(self._settings.get(storable(channel), ChannelSettings())))
            self._settings[storable(channel)] = new
        return new
