"""Time, and how long work belongs to a process."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Now, aware, UTC."""
        ...


LEASE = timedelta(seconds=20)  # a killed process's brainstorms are taken up after at most this long; renewed every 5 s
