"""A page that is served for tests and benchmarks: a house in memory, people who come in, and Debian's Chromium."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import unused_port

from adapters._web.server import Page
from bot import wiring
from bot.config import Settings, WebTable
from bot.domain.ideas import Channel, Person, Team
from bot.domain.passes import Pass, PassKind, digest_of, new_secret
from bot.ports import Store
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import PLATFORM, BareChat

HERE = Channel(team=Team(platform=PLATFORM, id="red"), id="general")
CHROMIUM = shutil.which("chromium") or ""
HAS_BROWSER = bool(CHROMIUM) and importlib.util.find_spec("playwright") is not None
NO_BROWSER = "there is no browser: apt-get install chromium and pip install playwright"
#: As root, without a graphics card, and without asking anything of the network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Staged:
    """A page that listens, the house behind it, and the chat beside it."""

    house: House
    chat: BareChat
    settings: Settings
    page: Page
    runner: web.AppRunner | None = None
    secrets: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.settings.page_url

    async def listen(self) -> None:
        self.page = Page(front=self.house.desk, services=self.house.services, changes=self.house.changes, chats=[self.chat])
        self.runner = web.AppRunner(self.page.app(), access_log=None, shutdown_timeout=0.5)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.settings.web.port).start()

    async def hush(self) -> None:
        assert self.runner is not None
        await self.runner.cleanup()

    async def secret(self, person: str = "ann", kind: PassKind = "session", channel: Channel = HERE, **changes: Any) -> str:
        return await a_secret(self.house.store, person, kind, channel, now=self.house.services.clock(), **changes)


async def a_secret(store: Store, person: str, kind: PassKind, channel: Channel, *, now: datetime, **changes: Any) -> str:
    """What stands in a link or a cookie of somebody."""
    secret = new_secret()
    whose = Person(platform=channel.team.platform, id=person)
    given: dict[str, Any] = {"made_at": now, "until": now + timedelta(hours=1)}
    await store.keep_pass(Pass(digest=digest_of(secret), kind=kind, channel=channel, person=whose, **given | changes))
    return secret


@asynccontextmanager
async def staged(home: Path, *, store: Store | None = None) -> AsyncIterator[Staged]:
    """A house whose page listens on a free port of this machine."""
    settings = Settings(home=home, web=WebTable(port=unused_port()))
    kept = store or MemoryStore()
    await kept.open()
    now = lambda: datetime.now(UTC)  # noqa: E731 - the time of people who look on
    house = wiring.furnish(settings, store=kept, generator=ScriptedGenerator(), now=now)
    chat = BareChat()
    house.desk.watch.chats = {chat.name: chat}
    stage = Staged(house=house, chat=chat, settings=settings, page=None)  # type: ignore[arg-type]  # made as it listens
    await stage.listen()
    try:
        yield stage
    finally:
        await stage.hush()
        await house.desk.close()
        await kept.close()


@asynccontextmanager
async def a_browser() -> AsyncIterator[Any]:
    """Debian's Chromium, without a window."""
    from playwright.async_api import async_playwright

    os.environ.setdefault("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


async def a_page(browser: Any, stage: Staged, secret: str, **context: Any) -> Any:
    """An open tab of somebody who has come in."""
    opened = await browser.new_context(**context)
    await opened.add_cookies([{"name": "muselab", "value": secret, "url": stage.url, "httpOnly": True, "sameSite": "Lax"}])
    return await opened.new_page()


@asynccontextmanager
async def watching(stage: Staged, count: int, **headers: str) -> AsyncIterator[list[Any]]:
    """Open streams of as many people, each past its greeting."""
    async with AsyncExitStack() as stack:
        no_end = aiohttp.ClientTimeout(total=None)
        connector = aiohttp.TCPConnector(limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector, timeout=no_end, read_bufsize=2**20))
        streams = []
        for number in range(count):
            cookie = {"Cookie": f"muselab={await stage.secret(f'watcher-{number}')}"}
            streams.append(await stack.enter_async_context(http.get(f"{stage.url}/events", headers=cookie | headers)))
            await heard(streams[-1], "hello")
        yield streams


async def heard(stream: Any, wanted: str) -> Any:
    """What a stream's next event of a name brings."""
    name = ""
    async for line in stream.content:
        text = line.decode().rstrip("\n")
        if text.startswith("event: "):
            name = text.removeprefix("event: ")
        elif text.startswith("data: ") and name == wanted:
            return json.loads(text.removeprefix("data: "))
    raise AssertionError(f"the stream ended before {wanted}")
