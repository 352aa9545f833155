"""One round that people join from a Discord server, a Slack workspace and the page at once, after both teams' admins agreed.

The chats are served with the platforms' real client libraries. Whoever is on the page is there by HTTP, and once, where the
machine has one, in a real browser.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot import housekeeping
from bot.domain.ideas import Idea
from bot.givens import new_id
from tests.acceptance.drivers import Seen
from tests.acceptance.drivers.slack import CHANNEL, TEAMS, user
from tests.acceptance.test_round_everywhere import ByBrowser, ByHttp, Everywhere, OnPage, everywhere
from tests.browsing import HAS_BROWSER, NO_BROWSER, a_browser, a_secret
from tests.fair import until

LANTERNS, SOUP, CHOIR, KITES = "Paper lanterns over the canal", "A soup contest", "A choir in boats", "Kites from the roof"
IDEAS = (LANTERNS, SOUP, CHOIR, KITES)
CODE = re.compile(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Everywhere]:
    async with everywhere(tmp_path) as house, housekeeping.kept(house.house.services, new_id):
        await until(lambda: all(chat.ready for chat in house.house.desk.watch.chats.values()))
        yield house


async def joined(house: Everywhere) -> None:
    """The admin of the Discord server gets a code, and the admin of the Slack workspace enters it."""
    given = await house.discord.ask("admin", "/bridge --do code")
    code = CODE.search(await house.discord.text(given))
    assert code is not None
    await house.slack.ask("admin", f"/bridge {code[0]}")
    assert any("A bridge to Discord" in text for text in await house.slack.posted())
    assert any("A bridge to Slack" in text for text in await house.discord.posted())


def newest(house: Everywhere, text: str) -> Seen | None:
    """The newest message in Slack's channel that says this."""
    posts = house.slack.slack.posts(TEAMS["red"], CHANNEL)
    return next((Seen(place=one) for one in reversed(posts) if text in one.words), None)


async def in_slack(house: Everywhere, text: str) -> Seen:
    """The same, once it is there."""
    await until(lambda: newest(house, text) is not None, what=text)
    found = newest(house, text)
    assert found is not None
    return found


async def idea_of(house: Everywhere, text: str) -> Idea:
    return next(idea for idea in await house.house.store.ideas(house.where["discord"]) if idea.text == text)


def label(message: Seen, key: str) -> str:
    """What stands on a button of a message in Slack."""
    buttons = [one for block in message.place.blocks if block["type"] == "actions" for one in block["elements"]]
    return next(str(one["text"]["text"]) for one in buttons if one.get("value") == key)


async def held(house: Everywhere, page: OnPage, there: OnPage) -> None:
    """Ann opens and leads in Discord, on whose page Cleo is; Bob takes part from Slack, where another is on the page of that."""
    discord, slack = house.discord, house.slack
    opened = await discord.ask("ann", "/round ideas for the autumn party --ideas 1 --dots 3")
    assert "held in Slack, too" in await discord.text(opened)
    card = await in_slack(house, "Silent writing")
    assert "held in Discord, too" in await slack.text(card)
    for one in (page, there):
        await one.sees("Silent writing")

    await discord.ask("ann", f"/jot {LANTERNS}")
    await slack.submit("bob", card, "jot", 0, {"text": SOUP})
    await page.write(CHOIR)
    await there.write(KITES)
    for one in (page, there):
        await one.sees("4 people have written so far.")
    await until(lambda: "4 people have written so far." in card.place.words)
    assert not any(SOUP in text or CHOIR in text for text in [*await discord.posted(), *await slack.posted()])
    assert await page.lacks(SOUP)
    assert await there.lacks(CHOIR)

    await discord.ask("ann", "/round --do next")
    points = await in_slack(house, "Give your points")
    for seen in (await slack.text(points), (await discord.posted())[-1]):
        assert [idea for idea in IDEAS if idea not in seen] == []
    for one in (page, there):
        await one.sees(SOUP)
        await one.sees(CHOIR)
    number = {text: (await idea_of(house, text)).number for text in IDEAS}
    await slack.submit("bob", points, "points", 0, {"ideas": f"{number[CHOIR]}x3"})
    await discord.ask("ann", f"/points {number[CHOIR]}x2 {number[SOUP]}")
    await page.give(number[SOUP], 2)
    await there.give(number[CHOIR], 1)

    await discord.ask("ann", "/round --do next")
    talk = await in_slack(house, "Talk about the ideas")
    assert (await slack.ideas(talk))[:2] == [CHOIR, SOUP]
    for one in (page, there):
        await one.sees("6 points")
    key = f"vote:{(await idea_of(house, LANTERNS)).id}:up"
    await slack.press("bob", talk, "vote", (await slack.ideas(talk)).index(LANTERNS) + 1, "up")
    here = discord.guilds["red"].rooms[0].messages[-1]
    await until(lambda: label(talk, key) == "👍 1" and here.buttons[key].get("label") == "1", what="the vote on both cards")

    await discord.ask("ann", "/round --do next")
    await discord.ask("ann", f'/decide {number[CHOIR]} --action "hire boats" --owner Cleo')
    result = await discord.ask("ann", "/round --do next")
    assert "hire boats" in await discord.text(result)
    assert "hire boats" in await slack.text(await in_slack(house, "What came of"))
    for one in (page, there):
        await one.sees("Result")
        await one.sees("hire boats")
    board = await house.house.store.ideas(house.where["slack"])
    assert board == []  # what was written lives with its host


async def secrets(house: Everywhere) -> list[str]:
    """What lets somebody onto the page of either channel."""
    who, now = {"discord": house.discord.user("cleo").id, "slack": user("cleo")}, house.house.services.clock()
    return [await a_secret(house.house.store, who[name], "session", house.where[name], now=now) for name in who]


async def test_one_round_is_joined_from_discord_slack_and_the_page_at_once(house: Everywhere) -> None:
    await joined(house)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), read_bufsize=2**20) as http:
        pages = [ByHttp(http, house.house.settings.page_url, secret) for secret in await secrets(house)]
        watching = [asyncio.create_task(page.watch()) for page in pages]

        await held(house, *pages)

        reader = await a_secret(house.house.store, user("admin"), "share", house.where["slack"], now=house.house.services.clock())
        async with http.get(f"{pages[1].url}/round", headers={"Cookie": f"muselab={reader}"}) as answer:
            shown = await answer.text()
        assert "round-head" in shown
        assert "autumn party" not in shown  # a round of another team is not its guest's to publish
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


@pytest.mark.slow
@pytest.mark.skipif(not HAS_BROWSER, reason=NO_BROWSER)
async def test_one_round_is_joined_from_discord_slack_and_a_browser_at_once(house: Everywhere) -> None:
    await joined(house)
    url = house.house.settings.page_url
    async with a_browser() as browser:
        pages: list[OnPage] = []
        for secret in await secrets(house):
            context = await browser.new_context()
            await context.add_cookies([{"name": "muselab", "value": secret, "url": url, "httpOnly": True, "sameSite": "Lax"}])
            page = await context.new_page()
            await page.goto(f"{url}/round")
            await page.wait_for_selector("#state:not(:empty)")
            pages.append(ByBrowser(page))

        await held(house, *pages)
