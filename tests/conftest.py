"""What every test gets: an event loop that a busy machine does not hurry, and the embedded model, unpacked once a run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.fair import FairLoop
from tests.skips import pytest_configure as pytest_configure


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop of asynchronous tests and fixtures."""
    return {"fair": FairLoop}
