"""What every story gets: an event loop in which paces and pauses go by quicker, as most of a story is waiting for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import scipy.sparse  # a bot imports it in a thread when it first learns, which is whole seconds of waiting to a brisk loop
import scipy.special  # noqa: F401 - likewise, at its first trial

from tests.fair import loops_of

if TYPE_CHECKING:  # Slack's client is imported for those who play in Slack only: it takes seconds
    from tests.acceptance.drivers.slack import SlackDriver
    from tests.fakes.slack import Slack


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop of asynchronous tests and fixtures in this folder; for each test one."""
    return loops_of(item.get_closest_marker("asyncio"), "brisk")


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A local Slack, against whose rules nothing was done when the test is over."""
    from tests.acceptance.drivers.slack import SECOND
    from tests.fakes.slack import running

    async with running(second=SECOND) as local:
        yield local
        assert not local.violations, "\n".join(local.violations)


@pytest.fixture
async def here(slack: Slack, tmp_path: Path) -> AsyncIterator[SlackDriver]:
    """Muselab in it, in one process."""
    from tests.acceptance.drivers.slack import connected

    async with connected(slack, tmp_path) as driver:
        yield driver
