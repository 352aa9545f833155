"""What every story gets: an event loop in which paces and pauses go by quicker, as most of a story is waiting for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.fair import BriskLoop


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop of asynchronous tests and fixtures in this folder."""
    return {"brisk": BriskLoop}
