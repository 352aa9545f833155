"""What every story gets: an event loop in which paces and pauses go by quicker, as most of a story is waiting for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import scipy.sparse  # a bot imports it in a thread when it first learns, which is whole seconds of waiting to a brisk loop
import scipy.special  # noqa: F401 - likewise, at its first trial

from tests.fair import loops_of


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop of asynchronous tests and fixtures in this folder; for each test one."""
    return loops_of(item.get_closest_marker("asyncio"), "brisk")
