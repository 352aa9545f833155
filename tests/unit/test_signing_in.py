"""Signing in with Discord and Slack: only with the platform's word, in the browser that began, and for boards one may read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters._web.doors import KEPT, challenge_of
from bot.config import DiscordTable, SlackTable
from bot.domain.ideas import Channel, Person, Team
from bot.domain.models import ChannelSettings
from bot.services.team.governing import whole
from tests.acceptance.drivers.bare import BareChat
from tests.builders import an_idea
from tests.fakes.oauth import CLIENT, SECRET, Platforms, platforms
from tests.guests import Guests, welcomed

ROOM = Channel(team=Team(platform="discord", id="10"), id="11")
OTHER = Channel(team=Team(platform="discord", id="10"), id="12")
CHANNEL = Channel(team=Team(platform="slack", id="T1"), id="C1")
PRIVATE = Channel(team=Team(platform="slack", id="T1"), id="C2")
STRANGERS = Channel(team=Team(platform="slack", id="T2"), id="C1")


@dataclass
class Reading(BareChat):
    """A chat that knows who reads what."""

    name: str = "discord"
    may: Mapping[tuple[str, Channel], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    async def read_by(self, person: Person, channels: Sequence[Channel]) -> Mapping[Channel, str]:
        return {one: self.may[person.id, one] for one in channels if (person.id, one) in self.may}


@dataclass
class Town:
    guests: Guests
    platforms: Platforms

    async def begun(self, name: str) -> tuple[str, str]:
        """Where somebody is sent, and what their browser keeps."""
        status, _text, headers = await self.guests.get(f"/sign-in/{name}")
        assert status == 303
        cookie = headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        return headers["Location"], re.search(rf"{KEPT}=([^;]+)", cookie).group(1)  # type: ignore[union-attr]

    async def back(self, name: str, kept: str, **query: str) -> tuple[int, str, Any]:
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        return await self.guests.get(f"/sign-in/{name}/back?{asked}", Cookie=f"{KEPT}={kept}")

    async def signed_in(self, name: str, person: str) -> tuple[int, str, Any]:
        where, kept = await self.begun(name)
        return await self.back(name, kept, **self.platforms.agreed(where, person))


@asynccontextmanager
async def opened(home: Path, may: Mapping[tuple[str, Channel], str] | None = None, **web: Any) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(platforms())
        configured = {"discord_id": CLIENT, "discord_secret": SECRET, "slack_id": CLIENT, "slack_secret": SECRET} | web
        guests = await stack.enter_async_context(
            welcomed(
                home,
                chat=Reading(may=may or {}),
                tables={
                    "discord": DiscordTable(api_base=f"{found.base}/discord"),
                    "slack": SlackTable(api_base=f"{found.base}/slack/"),
                },
                **configured,
            )
        )
        for channel in (ROOM, OTHER, CHANNEL, PRIVATE, STRANGERS):
            await guests.house.store.add(an_idea(f"An idea of {channel.id} in {channel.team.id}", channel=channel))
        yield Town(guests, found)


def session_of(headers: Any) -> str:
    cookies = headers.getall("Set-Cookie")
    return next(found.group(1) for one in cookies if (found := re.match(r"muselab=([^;]+)", one)))


async def test_a_member_who_reads_one_board_is_let_in_as_the_person_of_the_chat(tmp_path: Path) -> None:
    async with opened(tmp_path, {("7", ROOM): "tea"}) as town:
        status, _text, headers = await town.signed_in("discord", "7")

        assert (status, headers["Location"]) == (303, "/")
        assert "An idea of 11" in (await town.guests.get("/", session_of(headers)))[1]
        (session,) = await town.guests.house.store.passes(ROOM.team, "session", town.guests.hands())
        assert (session.person, session.channel) == (Person(platform="discord", id="7"), ROOM)


async def test_who_reads_several_boards_chooses_by_links_that_work_once(tmp_path: Path) -> None:
    async with opened(tmp_path, {("7", ROOM): "tea", ("7", OTHER): "cakes"}) as town:
        status, text, _headers = await town.signed_in("discord", "7")

        links = re.findall(r'action="(/in/[^"]+)"', text)
        assert (status, len(links), "#tea" in text, "#cakes" in text) == (200, 2, True, True)
        assert [(await town.guests.post(links[0]))[0] for _time in range(2)] == [303, 401]


@pytest.mark.parametrize("name", ["discord", "slack"])
async def test_who_is_in_no_channel_with_a_board_is_not_let_in(tmp_path: Path, name: str) -> None:
    async with opened(tmp_path, {("8", ROOM): "tea"}) as town:
        status, text, headers = await town.signed_in(name, "7")

        assert (status, "No board of yours" in text) == (403, True)
        assert not any(one.startswith("muselab=") for one in headers.getall("Set-Cookie"))


async def test_the_bot_is_asked_about_no_server_that_the_person_is_not_in(tmp_path: Path) -> None:
    async with opened(tmp_path, {("7", ROOM): "tea"}) as town:
        town.platforms.servers = ("9",)

        assert (await town.signed_in("discord", "7"))[0] == 403


@pytest.mark.parametrize("pkce", [False, True])
async def test_slacks_people_see_the_boards_of_channels_they_are_in_and_of_no_other_workspace(tmp_path: Path, pkce: bool) -> None:
    async with opened(tmp_path, slack_pkce=pkce) as town:
        town.platforms.rooms = {"C8": "a", "C9": "b", "C1": "tea"}

        status, _text, headers = await town.signed_in("slack", "U1")

        (asked,) = town.platforms.asked.values()
        assert status == 303
        assert "An idea of C1 in T1" in (await town.guests.get("/", session_of(headers)))[1]
        assert ("code_challenge" in asked) is pkce
        assert town.platforms.revoked == ["xoxp-U1"]
        assert await town.guests.house.store.passes(STRANGERS.team, "session", town.guests.hands()) == []


async def test_a_code_counts_in_the_browser_that_began_only_and_once(tmp_path: Path) -> None:
    async with opened(tmp_path, {("7", ROOM): "tea"}) as town:
        where, kept = await town.begun("discord")
        came = town.platforms.agreed(where, "7")
        others_where, others = await town.begun("discord")

        assert (await town.back("discord", others, **came))[0] == 403  # somebody else's browser
        assert (await town.back("discord", "", **came))[0] == 403
        assert (await town.back("discord", kept, state=came["state"], error="access_denied"))[0] == 403
        assert (await town.back("slack", kept, **came))[0] == 403
        mixed = {"code": town.platforms.agreed(others_where, "7")["code"], "state": came["state"]}
        assert (await town.back("discord", kept, **mixed))[0] == 403  # the proof is of another sign-in
        assert (await town.back("discord", kept, **came))[0] == 303
        assert (await town.back("discord", kept, **came))[0] == 403


async def test_the_proof_is_sent_as_its_digest_and_the_address_is_ours(tmp_path: Path) -> None:
    async with opened(tmp_path) as town:
        where, kept = await town.begun("discord")

        query = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
        _name, state, verifier = kept.split(".")
        assert (query["state"], query["code_challenge"]) == (state, challenge_of(verifier))
        assert (query["code_challenge_method"], query["scope"], query["response_type"]) == ("S256", "identify guilds", "code")
        assert query["redirect_uri"] == "http://127.0.0.1:8060/sign-in/discord/back"
        assert SECRET not in where
        # RFC 7636, appendix B
        assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_who_is_blocked_is_not_let_in_by_the_platforms_word_either(tmp_path: Path) -> None:
    async with opened(tmp_path, {("7", ROOM): "tea"}) as town:
        await town.guests.house.store.settle(whole(ROOM.team), ChannelSettings(blocked=("7",)))

        assert (await town.signed_in("discord", "7"))[0] == 401


async def test_a_platform_that_is_away_is_an_outage_in_words(tmp_path: Path) -> None:
    async with opened(tmp_path) as town:
        town.platforms.broken = True

        for name in ("discord", "slack"):
            status, text, _headers = await town.signed_in(name, "7")
            assert (status, "cannot be reached" in text) == (503, True)


async def test_nobody_signs_in_where_it_is_not_configured(tmp_path: Path) -> None:
    nothing = {"discord_id": "", "slack_id": ""}
    async with opened(tmp_path, **nothing) as town:
        assert (await town.guests.get("/sign-in/discord"))[0] == 404
        assert (await town.guests.get("/sign-in/slack/back?code=1&state=2"))[0] == 404
        assert "/sign-in/" not in (await town.guests.get("/"))[1]
    async with opened(tmp_path) as town:
        text = (await town.guests.get("/?lang=zh"))[1]
        assert ("/sign-in/discord" in text, "/sign-in/slack" in text) == (True, True)
