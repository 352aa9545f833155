"""The time now, ids and seeds: what a house takes from the world around it, and tests give it themselves."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

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
