"""The page in a real browser: two people on one board, a server that restarts under it, a keyboard, and no script but ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.browsing import HAS_BROWSER, HERE, NO_BROWSER, Staged, a_browser, a_page, heard, staged, watching
from tests.builders import an_idea, an_opinion

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not HAS_BROWSER, reason=NO_BROWSER),
]


@pytest_asyncio.fixture(loop_scope="module")
async def stage(tmp_path: Path) -> AsyncIterator[Staged]:
    async with staged(tmp_path) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Any]:
    """One for all the tests: it takes seconds to start."""
    async with a_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def browser(chromium: Any) -> AsyncIterator[Any]:
    """The same browser, without what an earlier test left open."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


async def opened(browser: Any, stage: Staged, person: str, path: str = "/", **context: Any) -> Any:
    page = await a_page(browser, stage, await stage.secret(person), **context)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.errors = errors
    await page.goto(stage.url + path)
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


async def three(stage: Staged) -> list[Any]:
    return [await stage.house.store.add(an_idea(text, channel=HERE)) for text in ("One", "Two", "Three")]


async def test_an_idea_is_dragged_into_a_state_and_taken_back(stage: Staged, browser: Any) -> None:
    one, _two, _three = await three(stage)
    ann, bob = await opened(browser, stage, "ann"), await opened(browser, stage, "bob")

    await ann.drag_and_drop(f"#i-{one.id} .text", "#state-shortlisted .empty")
    await bob.wait_for_selector(f"#state-shortlisted #i-{one.id}")
    await ann.click("#undo button")
    await bob.wait_for_selector(f"#state-open #i-{one.id}")
    await ann.drag_and_drop(f"#i-{one.id} .text", "#state-dropped .empty")
    await ann.fill("#reason", "too long")
    await ann.press("#reason", "Enter")
    await bob.wait_for_selector(f'#state-dropped #i-{one.id}:has-text("too long")')

    assert ann.errors == bob.errors == []


async def test_an_idea_is_merged_by_dragging_while_somebody_votes_and_nothing_is_lost(stage: Staged, browser: Any) -> None:
    one, two, _three = await three(stage)
    ann, bob = await opened(browser, stage, "ann"), await opened(browser, stage, "bob")

    await asyncio.gather(bob.click(vote(one)), ann.drag_and_drop(f"#i-{one.id} .text", f"#i-{two.id}"))
    await bob.wait_for_selector(f"#i-{one.id}", state="detached")
    await bob.wait_for_selector(f'{vote(two)}:has-text("1")')
    await ann.click("#undo button")

    await bob.wait_for_selector(f'{vote(one)}:has-text("1")')
    assert len(await stage.house.store.feedback(HERE.team, [one.id])) == 1


async def test_ideas_are_moved_and_merged_without_a_mouse(stage: Staged, browser: Any) -> None:
    one, two, three_ = await three(stage)
    ann = await opened(browser, stage, "ann")

    for idea, to in ((one, "state-shortlisted"), (two, f"idea-{three_.id}")):
        await ann.focus(f"#i-{idea.id} .move")
        await ann.keyboard.press("Enter")
        await ann.wait_for_selector("#to:focus")
        await ann.select_option("#to", to)
        await ann.press("#reason", "Enter")
        await ann.wait_for_selector("dialog", state="hidden")

    await ann.wait_for_selector(f"#state-shortlisted #i-{one.id}")
    await ann.wait_for_selector(f"#i-{two.id}", state="detached")
    await ann.wait_for_selector(f"#i-{three_.id} .move:focus")
    assert ann.errors == []


async def test_themes_are_begun_joined_and_renamed_by_hand(stage: Staged, browser: Any) -> None:
    one, two, _three = await three(stage)
    ann, bob = await opened(browser, stage, "ann", "/?by=theme"), await opened(browser, stage, "bob", "/?by=theme")

    await ann.drag_and_drop(f"#i-{one.id} .text", "#theme-new")
    await bob.wait_for_selector(f"section:not(#theme-none) #i-{one.id}")
    (theme,) = await stage.house.store.themes(HERE, "")
    await ann.drag_and_drop(f"#i-{two.id} .text", f"#theme-{theme.id} h2")
    await bob.wait_for_selector(f"#theme-{theme.id} #i-{two.id}")
    await ann.reload()
    await ann.click(f"#theme-{theme.id} .rename")
    await ann.fill("#name", "Numbers")
    await ann.press("#name", "Enter")

    await bob.wait_for_selector(f'#theme-{theme.id} h2:has-text("Numbers")')
    assert ann.errors == bob.errors == []


async def test_who_reloads_in_the_middle_finds_what_they_said_and_what_others_did(stage: Staged, browser: Any) -> None:
    one, two, _three = await three(stage)
    ann = await opened(browser, stage, "ann")

    await ann.click(vote(one))
    await ann.wait_for_selector(f"{vote(one)}[aria-pressed=true]:not([aria-busy])")
    await stage.house.store.hear(HERE.team, an_opinion(two, "bob"))
    await ann.reload()

    await ann.wait_for_selector(f"{vote(one)}[aria-pressed=true]:has-text('1')")
    await ann.wait_for_selector(f"{vote(two)}[aria-pressed=false]:has-text('1')")


async def test_two_hundred_ideas_stand_before_twenty_who_look(stage: Staged, browser: Any) -> None:
    ideas = [await stage.house.store.add(an_idea(f"Idea {number}", channel=HERE)) for number in range(200)]
    ann, bob = await opened(browser, stage, "ann"), await opened(browser, stage, "bob")
    async with watching(stage, 18) as streams:
        await ann.click(vote(ideas[7]))
        await bob.wait_for_selector(f'{vote(ideas[7])}:has-text("1")')
        told = await asyncio.gather(*(heard(stream, "board") for stream in streams))

    assert await bob.locator(".idea").count() == 200
    assert {tuple(one["id"] for one in found["ideas"]) for found in told} == {(ideas[7].id,)}


async def test_a_round_is_written_weighed_and_decided_on_the_page(stage: Staged, browser: Any) -> None:
    ann, bob = await opened(browser, stage, "ann", "/round"), await opened(browser, stage, "bob", "/round")
    await ann.fill("#round-about", "names for a tea bar")
    await ann.fill("#round-ideas-of", "0")
    await ann.press("#round-about", "Enter")
    await bob.fill("#jot", "half a thought, still being writ")
    await ann.fill("#jot", "Steam & Story")
    await ann.click(".jot button")
    await ann.wait_for_selector(".mine >> text=Steam & Story")
    await bob.wait_for_selector("text=1 person has written so far.")
    assert await bob.input_value("#jot") == "half a thought, still being writ"
    await ann.click('.leads [data-key*=":next."]')
    await bob.click(".dot[data-by='1']")
    await bob.wait_for_selector("output:has-text('1')")
    await ann.click('.leads [data-key*=":next."]')
    await bob.wait_for_selector("text=1 point")
    assert await bob.locator(".leads:visible").count() == 0
    await ann.click('.leads [data-key*=":next."]')
    await ann.fill("#decide-action", "ask a lawyer")
    await ann.click(".decide button")

    await bob.wait_for_selector(".decided >> text=ask a lawyer")
    assert ann.errors == bob.errors == []


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

    for path in ("/", "/?by=topic", "/?by=theme", "/round", "/gallery", "/learning"):
        await ann.goto(stage.url + path)
        assert await ann.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
