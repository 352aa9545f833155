"""Time, names, chance and places, as a house that really runs has them; tests give it others."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings

SEED_BITS = 31  # seeds of OpenAI-compatible services are signed 32-bit in several engines


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


def new_id() -> str:
    """24 hex digits that sort by time."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"


def new_seed() -> int:
    """A seed to note beside what came of it."""
    return secrets.randbits(SEED_BITS)


def styles_folder(settings: Settings) -> Path:
    """Where teams' image styles are kept."""
    return settings.home / "styles"
