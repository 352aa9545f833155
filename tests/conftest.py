"""What every test gets: an event loop that a busy machine does not hurry, and the embedded model, unpacked once a run."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import random
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot import givens
from tests.fair import loops_of
from tests.skips import pytest_configure as pytest_configure

#: Of an exception in the log its trace: structlog's own rendering shows every local variable too, which takes seconds of the
#: loop's time, while Discord and Slack wait three for an acknowledgement.
PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], PLAIN])

#: Generated examples are judged by what comes out, not by how long a busy machine takes for one (200 ms by default).
settings.register_profile("busy", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """What is imported for the tests stays: no garbage is looked for in it, neither while it comes nor among the tests' own.

    Each worker imports all of them. Looking through a million objects again and again took a quarter of that time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop of asynchronous tests and fixtures; for each test one."""
    return loops_of(item.get_closest_marker("asyncio"), "fair")


@pytest.fixture(autouse=True)
def seeds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house draws the same seeds in every run of a test: of ideas made up by chance, one pair in twenty is alike."""
    drawn = random.Random(request.node.nodeid)
    monkeypatch.setattr(givens, "secrets", SimpleNamespace(randbits=drawn.getrandbits, token_hex=secrets.token_hex))


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that holds the embedded model unpacked: by whichever worker comes first, once for the whole run."""
    from generators.service import weights

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # each worker has a folder of its own in the run's
    cache = folder / "unpacked"
    cache.mkdir(exist_ok=True)
    with (folder / "unpacked.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        weights.text_weights(weights.EMBEDDED, cache, lambda _doing, _done: None)
    return cache
