"""People who look at a page without a browser, and the house behind it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from adapters._web.guard import Visitor
from adapters._web.server import DEADLINE_S, Page
from bot import wiring
from bot.config import Settings, WebTable
from bot.domain.ideas import Channel
from bot.ports import Store
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat
from tests.browsing import HERE, a_secret
from tests.builders import Hands

PORT = 8060
HOST = {"Host": f"127.0.0.1:{PORT}"}


class Guests:
    """A page, and people who look at it."""

    def __init__(self, house: House, chat: BareChat, page: Page, client: TestClient[Any, Any], hands: Hands) -> None:
        self.house, self.chat, self.page, self.client, self.hands = house, chat, page, client, hands
        self.events = 0

    async def secret(self, person: str = "ann", kind: Any = "session", channel: Channel = HERE, **changes: Any) -> str:
        return await a_secret(self.house.store, person, kind, channel, now=self.hands(), **changes)

    async def get(self, path: str, secret: str = "", **headers: str) -> tuple[int, str, Any]:
        cookie = {"Cookie": f"muselab={secret}"} if secret else {}
        async with self.client.get(path, headers=HOST | cookie | headers, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers

    async def post(self, path: str, secret: str = "", fields: dict[str, str] | None = None, **headers: str) -> tuple[int, Any]:
        self.events += 1
        given = {"id": f"{self.events:032x}"} | (fields or {})
        wanted = HOST | {"Origin": f"http://{HOST['Host']}"}
        if secret:
            wanted |= {"Cookie": f"muselab={secret}", "X-Muselab-Token": self.token(secret)}
        wanted = {name: value for name, value in (wanted | headers).items() if value}
        async with self.client.post(path, data=FormData(given), headers=wanted, allow_redirects=False) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else (text, answer.headers)

    def token(self, secret: str) -> str:
        return Visitor(entry=None, secret=secret).token  # type: ignore[arg-type]  # only the secret counts


@asynccontextmanager
async def welcomed(
    home: Path,
    *,
    chat: BareChat | None = None,
    store: Store | None = None,
    tables: Mapping[str, Any] | None = None,
    deadline_s: float = DEADLINE_S,
    **web: Any,
) -> AsyncIterator[Guests]:
    """A page in memory whose clock is set by hand; `tables`: more of the settings, `web`: of the page's own."""
    hands = Hands()
    settings = Settings(home=home, web=WebTable(port=PORT, **web), **tables or {})
    house = wiring.furnish(settings, store=store or MemoryStore(), generator=ScriptedGenerator(), now=hands)
    chat = chat or BareChat()
    house.desk.watch.chats = {chat.name: chat}
    front, services = house.desk, house.services
    page = Page(front=front, services=services, changes=house.changes, chats=[chat], now=lambda: 0.0, deadline_s=deadline_s)
    async with TestClient(TestServer(page.app())) as client:
        yield Guests(house, chat, page, client, hands)
    await house.desk.close()
