"""The page in a real browser: two people on one board, a server that restarts under it, a keyboard, and no script but ours."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import CHROMIUM, HERE, Staged, a_browser, a_page, staged
from tests.builders import an_idea, an_opinion

HAS_BROWSER = bool(CHROMIUM) and importlib.util.find_spec("playwright") is not None
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HAS_BROWSER, reason="there is no browser: apt-get install chromium and pip install playwright"),
]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Staged]:
    async with staged(tmp_path) as stage:
        yield stage


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with a_browser() as browser:
        yield browser


async def opened(browser: Any, stage: Staged, person: str, **context: Any) -> Any:
    page = await a_page(browser, stage, await stage.secret(person), **context)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.errors = errors
    await page.goto(stage.url)
    await page.wait_for_selector("#state:not(:empty)")
    return page


def vote(idea: Any, token: str = "up") -> str:
    return f'[data-key="vote:{idea.id}:{token}"]'


async def test_two_people_see_each_others_votes_and_ideas(stage: Staged, browser: Any) -> None:
    idea = await stage.house.store.add(an_idea(channel=HERE))
    ann, bob = await opened(browser, stage, "ann"), await opened(browser, stage, "bob")

    await ann.click(vote(idea))
    await bob.wait_for_selector(f'#state-open {vote(idea)}:has-text("1")')
    await bob.click(vote(idea))
    await ann.wait_for_selector(f'{vote(idea)}:has-text("2")')
    await bob.fill("#own", "Steam & <b>Story</b>")
    await bob.press("#own", "Enter")
    await ann.wait_for_selector("text=Steam & <b>Story</b>")

    assert await ann.get_attribute(vote(idea), "aria-pressed") == "true"
    assert len(await stage.house.store.feedback(HERE.team, [idea.id])) == 2
    assert ann.errors == bob.errors == []


async def test_a_vote_is_taken_back_with_a_second_press(stage: Staged, browser: Any) -> None:
    idea = await stage.house.store.add(an_idea(channel=HERE))
    ann = await opened(browser, stage, "ann")

    await ann.click(vote(idea))
    await ann.wait_for_selector(f"#state-open {vote(idea)}[aria-pressed=true]:not([aria-busy]):has-text('1')")
    await ann.click(vote(idea))
    await ann.wait_for_selector(f"#state-open {vote(idea)}[aria-pressed=false]:not(:has-text('1'))")

    assert await stage.house.store.feedback(HERE.team, [idea.id]) == []


async def test_what_was_said_in_the_chat_appears_on_the_page(stage: Staged, browser: Any) -> None:
    idea = await stage.house.store.add(an_idea(channel=HERE))
    ann = await opened(browser, stage, "ann")

    await stage.house.services.store.hear(HERE.team, an_opinion(idea, "cy"))

    await ann.wait_for_selector(f'#state-open {vote(idea)}:has-text("1")')


async def test_a_server_that_restarts_under_an_open_page_is_found_again_with_what_was_missed(stage: Staged, browser: Any) -> None:
    idea = await stage.house.store.add(an_idea(channel=HERE))
    ann = await opened(browser, stage, "ann")

    await stage.hush()
    await ann.wait_for_selector("#state.lost")
    await stage.house.store.add(an_idea("Meanwhile Teas", channel=HERE))
    pressing = asyncio.create_task(ann.click(vote(idea)))  # it is sent again until somebody is there
    await stage.listen()

    await ann.wait_for_selector("text=Meanwhile Teas")
    await ann.wait_for_selector(f'#state-open {vote(idea)}:has-text("1")')
    await pressing
    assert len(await stage.house.store.feedback(HERE.team, [idea.id])) == 1


async def test_the_board_works_by_keyboard_alone_and_keeps_the_focus(stage: Staged, browser: Any) -> None:
    idea = await stage.house.store.add(an_idea(channel=HERE))
    ann = await opened(browser, stage, "ann")

    await ann.focus(vote(idea))
    await ann.keyboard.press("Enter")
    await ann.wait_for_selector(f"#state-open {vote(idea)}[aria-pressed=true]:has-text('1')")
    await ann.wait_for_selector(f"{vote(idea)}:focus")
    await ann.focus(f"#i-{idea.id} summary")
    await ann.keyboard.press("Enter")
    await ann.focus(f'[data-key="why:{idea.id}:"]')
    await ann.keyboard.press("Enter")
    await ann.wait_for_selector("dialog[open] .card")
    await ann.keyboard.press("Escape")

    await ann.wait_for_selector("dialog", state="hidden")


async def test_a_link_of_the_chat_opens_the_board(stage: Staged, browser: Any) -> None:
    await stage.house.store.add(an_idea(channel=HERE))
    secret = await stage.secret("ann", kind="link")
    context = await browser.new_context(locale="zh-CN")
    page = await context.new_page()

    await page.goto(f"{stage.url}/in/{secret}")
    await page.click("button.primary")
    await page.wait_for_selector("text=The Third Steep")

    assert await page.evaluate("document.cookie") == ""  # no script reads it
    assert await page.get_attribute("html", "lang") == "zh-CN"
    await context.close()


async def test_a_phone_scrolls_one_way_only(stage: Staged, browser: Any) -> None:
    await stage.house.store.add(an_idea("A_name_without_any_blank_" * 8, channel=HERE))
    ann = await opened(browser, stage, "ann", viewport={"width": 390, "height": 844})

    for path in ("/", "/?by=topic", "/gallery", "/learning"):
        await ann.goto(stage.url + path)
        assert await ann.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
