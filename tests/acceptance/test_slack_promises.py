"""What Slack's documentation asks of an app, held by its own numbers: waits by the clock, states by their age, tokens by name."""

from __future__ import annotations

import html
import itertools
import re
import time

import aiohttp
import pytest
from cryptography.fernet import Fernet
from yarl import URL

from adapters.slack.install import Sealed, fernet_of
from adapters.slack.pace import Pace
from adapters.slack.teams import Teams
from tests.acceptance.drivers.slack import CHANNEL, SECOND, TEAMS, driving, install, people, user

RED, ANN, BOB = TEAMS["red"], user("ann"), user("bob")


# ---------------------------------------------------------------------------------------------- Retry-After


def gaps(slack, method):
    """Seconds between calls of a method."""
    times = [at for name, at in slack.called_at if name == method]
    return [after - before for before, after in itertools.pairwise(times)]


async def test_after_a_429_no_message_of_that_workspace_calls_before_its_time(slack, here):
    slack.fail("chat.postMessage", retry_after=2)
    slack.team(RED).conversation("C0OTHER")

    await slack.slash(RED, CHANNEL, ANN, "/board")
    await slack.wait(lambda: slack.count("chat.postMessage"), what="the call that is refused")
    await slack.slash(RED, "C0OTHER", BOB, "/board")
    await here.settle()

    assert len(slack.posts(RED, CHANNEL)) == len(slack.posts(RED, "C0OTHER")) == 1
    assert gaps(slack, "chat.postMessage")[0] >= 2.0


async def test_a_429_more_often_than_the_client_tries_is_waited_out_every_time(slack, here):
    slack.fail("chat.postMessage", times=5, retry_after=1)

    await here.ask("ann", "/board")

    assert len(slack.posts(RED, CHANNEL)) == 1
    assert min(gaps(slack, "chat.postMessage")) >= 1.0
    assert len(gaps(slack, "chat.postMessage")) == 5


async def test_votes_that_come_during_a_429_change_the_message_after_it(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")
    other = await here.ask("ann", "/brainstorm names for a coffee bar -n 2")
    slack.called_at.clear()
    slack.fail("chat.update", retry_after=2)

    await slack.press(message.place, here.value(message, "vote", 1, "up"), BOB)
    await slack.wait(lambda: "chat.update" in dict(slack.called_at), what="the update that is refused")
    await slack.press(other.place, here.value(other, "vote", 1, "up"), BOB)
    await slack.wait(lambda: all("👍 1" in one.place.words for one in (message, other)), what="both tallies")

    assert gaps(slack, "chat.update")[0] >= 2.0


# ---------------------------------------------------------------------------------------------- installing


async def begun(slack, base):
    """What somebody's browser has after the first page of an installation: the state, and the cookie that binds it to them."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        page = await browser.get(f"{base}/slack/install")
        link = URL(html.unescape(re.search(r'href="(https://slack.com/oauth[^"]+)"', await page.text())[1]))
        return link.query["state"], link.query.get("redirect_uri", ""), {name: one.value for name, one in page.cookies.items()}


async def ended(slack, base, state, cookies, redirect, code="a-code"):
    """The status with which the last page answers."""
    slack.codes[code] = ("T0GREEN", ANN, redirect)
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        answer = await browser.get(f"{base}/slack/oauth_redirect", params={"code": code, "state": state}, headers=cookie)
        return answer.status


def sealed_at(here, seconds_ago):
    """A state as we made it then."""
    return fernet_of(here.house.settings.slack).encrypt_at_time(b"install", int(time.time()) - seconds_ago).decode()


async def green_is_installed(here):
    return await here.house.store.installation("slack", "T0GREEN") is not None


@pytest.mark.parametrize(("age", "taken"), [(590, True), (602, False), (86_400, False)])
async def test_an_installation_ends_within_ten_minutes(tmp_path, age, taken):
    async with driving(tmp_path) as here:
        base, state = here.house.settings.slack.public_url, sealed_at(here, age)
        people(here.slack, "T0GREEN")
        _state, redirect, cookies = await begun(here.slack, base)

        status = await ended(here.slack, base, state, dict.fromkeys(cookies, state), redirect)

        assert (status == 200) == taken
        assert await green_is_installed(here) == taken


async def test_a_state_of_somebody_else_s_making_is_refused_with_its_cookie(tmp_path):
    async with driving(tmp_path) as here:
        base = here.house.settings.slack.public_url
        _state, redirect, cookies = await begun(here.slack, base)
        foreign = Fernet(Fernet.generate_key()).encrypt(b"install").decode()

        status = await ended(here.slack, base, foreign, dict.fromkeys(cookies, foreign), redirect)

        assert status in (400, 401)
        assert not await green_is_installed(here)


async def test_a_state_of_another_browser_is_refused(tmp_path):
    async with driving(tmp_path) as here:
        base = here.house.settings.slack.public_url
        _mine, _redirect, cookies = await begun(here.slack, base)
        other, redirect, _cookies = await begun(here.slack, base)

        status = await ended(here.slack, base, other, cookies, redirect)

        assert status in (400, 401)
        assert not await green_is_installed(here)


async def test_the_same_state_installs_once(tmp_path):
    async with driving(tmp_path) as here:
        base = here.house.settings.slack.public_url
        people(here.slack, "T0GREEN")
        state, redirect, cookies = await begun(here.slack, base)

        first = await ended(here.slack, base, state, cookies, redirect)
        await here.house.store.drop_installation("slack", "T0GREEN")
        second = await ended(here.slack, base, state, cookies, redirect, code="another-code")

        assert first == 200
        assert second in (400, 401)
        assert not await green_is_installed(here)


async def test_after_a_second_installation_the_next_call_bears_the_new_token(tmp_path):
    async with driving(tmp_path) as here:
        slack, base = here.slack, here.house.settings.slack.public_url
        await here.ask("ann", "/board")
        slack.team(RED).bot_token = "xoxb-the-second-installation"
        await install(slack, base, RED)

        await here.ask("ann", "/board")

        assert len(slack.posts(RED, CHANNEL)) == 2
        assert [team for name, team, _args in slack.calls if name == "chat.postMessage"] == [RED, RED]


async def test_another_process_takes_the_new_token_too(tmp_path):
    async with driving(tmp_path) as here:
        slack, table = here.slack, here.house.settings.slack
        async with aiohttp.ClientSession() as session:
            other = Teams(base=slack.api_base, pace=Pace(second=SECOND))
            other.open(session, Sealed(here.house.store, fernet_of(table)))
            post = {"channel": CHANNEL, "text": "x"}
            await other.known(RED).call("chat.postMessage", **post)
            slack.team(RED).bot_token = "xoxb-the-second-installation"
            await install(slack, table.public_url, RED)

            await other.known(RED).call("chat.postMessage", **post)

        assert len(slack.posts(RED, CHANNEL)) == 2
        assert [team for name, team, _args in slack.calls if name == "chat.postMessage"] == [RED, "", RED]  # once, with the old
