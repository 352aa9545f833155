"""A round that people join from their chat and from the page at once, in Discord and in Slack, over one core.

The chats are served with the platforms' real client libraries. Whoever is on the page is there by HTTP, and once, where the
machine has one, in a real browser.
"""

from __future__ import annotations

import asyncio
import html
import itertools
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from adapters._web import paged
from adapters._web.guard import Visitor
from adapters.discord import build as build_discord
from adapters.slack import build as build_slack
from bot import wiring
from bot.config import DiscordTable, Settings, SlackTable, WebTable
from bot.domain.ideas import Channel, Team
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers import Driver
from tests.acceptance.drivers.discord import DiscordDriver
from tests.acceptance.drivers.slack import CHANNEL, QUICK, SECOND, TEAMS, SlackDriver, people, user
from tests.browsing import HAS_BROWSER, NO_BROWSER, a_browser, a_secret
from tests.fair import PATIENCE_S
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import running

LATE, SOUP = "Paper lanterns over the canal", "A soup contest"


class OnPage(Protocol):
    """Somebody who looks at the round on the page, and takes part there."""

    async def sees(self, text: str) -> None:
        """Waits until it stands there."""
        ...

    async def lacks(self, text: str) -> bool:
        """Whether it does not."""
        ...

    async def begin(self, topic: str) -> None:
        """Opens a round with one idea of the model's and three points."""
        ...

    async def write(self, text: str) -> None:
        """Writes an idea in silence."""
        ...

    async def give(self, number: int, points: int) -> None:
        """Gives points to an idea."""
        ...

    async def next(self) -> None:
        """Leads the round on."""
        ...


class ByHttp:
    """What the page's script does, without a browser."""

    def __init__(self, http: aiohttp.ClientSession, url: str, secret: str) -> None:
        self.http, self.url = http, url
        self.shown = ""
        token = Visitor(entry=None, secret=secret).token  # type: ignore[arg-type]  # only the secret counts
        self.headers = {"Origin": url, "Cookie": f"muselab={secret}", "X-Muselab-Token": token}
        self.ids = itertools.count(1)
        self.heard: asyncio.Queue[str] = asyncio.Queue()

    async def watch(self) -> None:
        async with self.http.get(f"{self.url}/events?view=round", headers=self.headers) as stream:
            name = ""
            async for line in stream.content:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    name = text.removeprefix("event: ")
                elif text.startswith("data: ") and name == "round":
                    self.heard.put_nowait(json.loads(text.removeprefix("data: "))["html"])

    async def sees(self, text: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while text not in html.unescape(self.shown):
                self.shown = await self.heard.get()

    async def lacks(self, text: str) -> bool:
        async with self.http.get(f"{self.url}/round", headers=self.headers) as answer:
            return text not in html.unescape(await answer.text()).partition('id="round-ideas"')[2]

    async def post(self, path: str, **fields: str) -> dict[str, Any]:
        given = {"id": f"{next(self.ids):032x}"} | {name.replace("_", "-"): text for name, text in fields.items()}
        async with self.http.post(self.url + path, data=given, headers=self.headers) as answer:
            told: dict[str, Any] = await answer.json()
        assert answer.status == 200, told
        return told

    def key(self, verb: str) -> str:
        found = re.search(rf'data-key="({verb}[^"]*)"', self.shown)
        assert found is not None, verb
        return found[1]

    async def begin(self, topic: str) -> None:
        await self.post("/say", **{"as": "round", "text": topic, "f-ideas": "1", "f-dots": "3"})

    async def write(self, text: str) -> None:
        assert "until the reveal" in (await self.post("/press", key=self.key("jot:"), f_text=text))["cards"][0]

    async def give(self, number: int, points: int) -> None:
        await self.post("/press", key=self.key("points:"), f_ideas=f"{number}x{points}")

    async def next(self) -> None:
        await self.post("/press", key=self.key("round:[^:]*:next"))


class ByBrowser:
    """In Chromium."""

    def __init__(self, page: Any) -> None:
        self.page = page

    async def sees(self, text: str) -> None:
        await self.page.locator("#round").get_by_text(text).first.wait_for(timeout=1000 * PATIENCE_S)

    async def lacks(self, text: str) -> bool:
        return bool(await self.page.locator("#round-ideas").get_by_text(text).count() == 0)

    async def begin(self, topic: str) -> None:
        await self.page.fill("#round-about", topic)
        await self.page.fill("#round-ideas-of", "1")
        await self.page.fill("#round-dots", "3")
        await self.page.press("#round-about", "Enter")

    async def write(self, text: str) -> None:
        await self.page.fill("#jot", text)
        await self.page.click(".jot button")
        await self.page.locator(".mine").get_by_text(text).wait_for()

    async def give(self, number: int, points: int) -> None:
        for _point in range(points):
            async with self.page.expect_response("**/press"):
                await self.page.click(f'.idea[data-number="{number}"] .dot[data-by="1"]')

    async def next(self) -> None:
        await self.page.click('.leads [data-key*=":next."]')


class Everywhere:
    """One house that serves Discord, Slack and the page."""

    def __init__(self, house: House, discord: DiscordDriver, slack: SlackDriver, where: dict[str, Channel]) -> None:
        self.house, self.discord, self.slack, self.where = house, discord, slack, where


@asynccontextmanager
async def everywhere(home: Path) -> AsyncIterator[Everywhere]:
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(FakeDiscord())
        slack = await stack.enter_async_context(running(second=SECOND))
        people(slack, TEAMS["red"])
        guild = discord.guild("red")
        workspace = slack.team(TEAMS["red"])
        store = MemoryStore()
        await store.open()
        settings = Settings(
            home=home,
            discord=DiscordTable(token=discord.token, api_base=discord.api_base, gateway=discord.gateway_url),  # type: ignore[arg-type]
            slack=SlackTable(bot_token=workspace.bot_token, app_token=slack.app_token, api_base=slack.api_base),  # type: ignore[arg-type]
            web=WebTable(port=unused_port()),
        )
        house = wiring.furnish(settings, store=store, generator=ScriptedGenerator())
        in_slack = build_slack(settings, installations=house.store, second=SECOND, watch=QUICK)
        chats = [build_discord(settings, identify_s=0.0), in_slack]
        serving = asyncio.create_task(house.desk.serve(chats))
        try:
            await discord.connected()
            await slack.wire.connected()
            async with paged(front=house.desk, services=house.services, changes=house.changes, chats=chats):
                where = {
                    "discord": Channel(team=Team(platform="discord", id=guild.id), id=guild.rooms[0].id),
                    "slack": Channel(team=Team(platform="slack", id=TEAMS["red"]), id=CHANNEL),
                }
                yield Everywhere(house, DiscordDriver(house, discord, {"red": guild}), SlackDriver(house, in_slack, slack), where)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            await chats[0].close()
            await store.close()
        assert discord.violations == []
        assert not slack.violations


async def number_of(house: House, channel: Channel, text: str) -> int:
    return next(idea.number for idea in await house.store.ideas(channel) if idea.text == text)


async def led_in_the_chat(house: House, chat: Driver, channel: Channel, page: OnPage) -> None:
    """Ann opens and leads in the chat, Bob is there too, and Cleo is on the page."""
    await chat.ask("ann", "/round ideas for the autumn party --ideas 1 --dots 3")
    await page.sees("ideas for the autumn party")
    await page.sees("Silent writing")
    await page.write(LATE)
    await chat.ask("bob", f"/jot {SOUP}")
    await page.sees("2 people have written so far.")
    assert await page.lacks(SOUP)
    await chat.ask("ann", "/round --do next")
    await page.sees(SOUP)
    await page.sees(LATE)

    late = await number_of(house, channel, LATE)
    await page.give(late, 2)
    await chat.ask("bob", f"/points #{late}x3")
    talk = await chat.ask("ann", "/round --do next")
    assert (await chat.ideas(talk))[0] == LATE
    await page.sees("5 points")

    await chat.ask("ann", "/round --do next")
    await page.sees("Decision")
    await chat.ask("ann", f'/decide #{late} --action "buy paper" --owner Cleo')
    await page.sees("buy paper")
    result = await chat.ask("ann", "/round --do next")
    assert "buy paper" in await chat.text(result)
    await page.sees("Result")


async def led_on_the_page(house: House, chat: Driver, channel: Channel, page: OnPage) -> None:
    """Cleo opens and leads on the page; Ann and Bob are in the chat, where each phase is posted."""
    await page.begin("ideas for the autumn party")
    await page.sees("Silent writing")
    assert any("Silent writing" in text for text in await chat.posted())
    await chat.ask("ann", f"/jot {SOUP}")
    await page.sees("1 person has written so far.")
    await page.write(LATE)
    await page.next()
    await page.sees(SOUP)
    assert any(LATE in text for text in await chat.posted())

    late = await number_of(house, channel, LATE)
    await chat.ask("bob", f"/points #{late} #{late}")
    await page.give(late, 3)
    await page.next()
    await page.sees("5 points")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Everywhere]:
    async with everywhere(tmp_path) as house:
        yield house


async def secrets(house: Everywhere) -> dict[str, str]:
    """What lets Cleo onto the page, as a person of either chat."""
    who = {"discord": house.discord.user("cleo").id, "slack": user("cleo")}
    now = house.house.services.clock()
    return {name: await a_secret(house.house.store, who[name], "session", house.where[name], now=now) for name in who}


async def both(house: Everywhere, pages: dict[str, OnPage]) -> None:
    """Two rounds at once: one led in Slack, one led on the page of a Discord channel."""
    async with asyncio.TaskGroup() as rounds:
        rounds.create_task(led_in_the_chat(house.house, house.slack, house.where["slack"], pages["slack"]))
        rounds.create_task(led_on_the_page(house.house, house.discord, house.where["discord"], pages["discord"]))


async def test_rounds_are_joined_from_discord_slack_and_the_page_at_once(house: Everywhere) -> None:
    url = house.house.settings.page_url
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), read_bufsize=2**20) as http:
        pages = {name: ByHttp(http, url, secret) for name, secret in (await secrets(house)).items()}
        watching = [asyncio.create_task(page.watch()) for page in pages.values()]

        await both(house, dict(pages))

        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


@pytest.mark.slow
@pytest.mark.skipif(not HAS_BROWSER, reason=NO_BROWSER)
async def test_rounds_are_joined_from_discord_slack_and_a_browser_at_once(house: Everywhere) -> None:
    url = house.house.settings.page_url
    async with a_browser() as browser:
        pages: dict[str, OnPage] = {}
        for name, secret in (await secrets(house)).items():
            context = await browser.new_context()
            await context.add_cookies([{"name": "muselab", "value": secret, "url": url, "httpOnly": True, "sameSite": "Lax"}])
            page = await context.new_page()
            await page.goto(f"{url}/round")
            await page.wait_for_selector("#state:not(:empty)")
            pages[name] = ByBrowser(page)

        await both(house, pages)
