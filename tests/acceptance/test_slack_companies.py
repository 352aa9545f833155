"""Slack where companies meet: channels shared between workspaces, organisations of many, and tokens that end."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from adapters.slack import check
from adapters.slack.install import Sealed, fernet_of
from adapters.slack.rotating import Rotation
from adapters.slack.web import client
from bot.config import Settings, SlackTable
from bot.domain.ideas import Channel, Person, Team
from bot.domain.models import ChannelSettings
from bot.services.team.governing import whole
from tests.acceptance.drivers import Seen
from tests.acceptance.drivers.slack import CHANNEL, TEAMS, driving, install, people, user

RED, BLUE, ANN, BOB = TEAMS["red"], TEAMS["blue"], user("ann"), user("bob")
OURS = Channel(team=Team(platform="slack", id=RED), id=CHANNEL)
SHARED = {"type": "reaction_added", "event_ts": "9.9"}


@pytest.fixture
async def here(tmp_path):
    async with driving(tmp_path) as driver:
        for team in (RED, BLUE):
            driver.slack.team(team).person(BOB)["team_id"] = BLUE
        yield driver


async def opinions(here):
    ideas = await here.house.store.ideas(OURS)
    return [(said.person, said.signal, said.token) for said in await here.house.store.feedback(OURS.team, [i.id for i in ideas])]


# ---------------------------------------------------------------------------------------------- shared channels


async def test_a_press_by_the_other_company_counts_for_the_message_s_team(here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    for team in (BLUE, "T0STRANGE"):
        await here.slack.click(message.place, here.value(message, "vote", 1, "up"), BOB, of=team)
        await here.settle()

    assert await opinions(here) == [(Person(platform="slack", id=BOB), "vote", "up")]
    assert not any("There is no idea" in said for said in await here.private("bob"))


async def test_a_reaction_counts_once_under_whichever_authorization_it_comes(here):
    message = await here.ask("ann", "/idea The Third Steep")
    item = {"type": "message", "channel": CHANNEL, "ts": message.place.ts}
    event = {**SHARED, "user": BOB, "reaction": "+1", "item": item, "item_user": message.place.user}

    await here.slack.event(RED, event, under=BLUE)
    await here.slack.event(RED, event)
    await here.settle()

    assert await opinions(here) == [(Person(platform="slack", id=BOB), "vote", "👍")]
    assert await here.house.store.team_ideas(Team(platform="slack", id=BLUE)) == []


async def test_a_mention_of_the_other_company_s_bot_is_that_company_s(here):
    bot = here.slack.team(RED).bot_user
    event = {"type": "app_mention", "user": BOB, "text": f"<@{bot}> names for a tea bar -n 1", "ts": "1.5", "channel": CHANNEL}

    await here.slack.event(RED, {**event, "event_ts": "1.5"}, under=BLUE)
    await here.settle()

    assert len(await here.house.store.ideas(OURS)) == 1
    assert here.slack.posts(BLUE, CHANNEL) == []


@pytest.mark.parametrize(
    "told", [{"team_id": BLUE}, {"is_stranger": True}, {"is_restricted": True}, {"is_ultra_restricted": True}], ids=str
)
async def test_only_admins_of_the_installing_team_change_its_settings(here, told):
    person = here.slack.team(RED).person(BOB)
    person.clear()
    person.update({"id": BOB, "name": "bob", "locale": "en-US", "is_admin": True, "is_owner": True, **told})

    await here.ask("bob", "/settings --count 9")

    assert "Only people who manage this channel" in (await here.private("bob"))[-1]
    assert (await here.house.store.settings(OURS)).count is None


async def test_a_team_may_keep_outsiders_from_asking(here):
    await here.ask("admin", "/settings --outsiders off")

    await here.ask("bob", "/brainstorm names for a tea bar -n 1")
    refused = (await here.private("bob"))[-1]
    await here.ask("ann", "/brainstorm names for a tea bar -n 1")

    assert "Only people of the team that Muselab belongs to" in refused
    assert len(await here.house.store.ideas(OURS)) == 1


async def test_a_form_opened_under_a_shared_message_belongs_to_its_team(here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 1")

    await here.submit("ann", message, "idea", 0, {"text": "The Third Steep"})
    metadata = json.loads(here.slack.views[-1].view["private_metadata"])

    assert metadata["team"] == RED


# ---------------------------------------------------------------------------------------------- organisations


async def test_an_organisation_s_installation_serves_its_workspaces_and_no_others(tmp_path):
    async with driving(tmp_path) as here:
        slack, base = here.slack, here.house.settings.slack.public_url
        green = slack.team("T0GREEN")
        people(slack, "T0GREEN")
        people(slack, "T0OTHER")
        green.enterprise = "E0ORG"
        await install(slack, base, "T0GREEN")

        await slack.slash("T0GREEN", CHANNEL, ANN, "/brainstorm", "names for a tea bar -n 1")
        await slack.message("T0GREEN", CHANNEL, "Ideas for")
        await here.settle()
        await slack.slash("T0OTHER", CHANNEL, ANN, "/brainstorm", "names for a tea bar -n 1")
        await here.settle()

        assert len(await here.house.store.team_ideas(Team(platform="slack", id="T0GREEN"))) == 1
        assert slack.posts("T0OTHER", CHANNEL) == []
        assert await here.house.store.installation("slack", "E0ORG") is not None
        assert await here.house.store.installation("slack", "") is None
        message = Seen(place=slack.posts("T0GREEN", CHANNEL)[0])
        await slack.click(message.place, here.value(message, "vote", 1, "up"), BOB)
        await here.settle()
        assert (await here.chat.teams.find("T0GREEN")).enterprise == "E0ORG"


async def test_an_organisation_that_removes_us_takes_its_workspaces_along(tmp_path):
    async with driving(tmp_path) as here:
        slack, store = here.slack, here.house.store
        slack.team("T0GREEN").enterprise = "E0ORG"
        people(slack, "T0GREEN")
        await install(slack, here.house.settings.slack.public_url, "T0GREEN")
        await slack.slash("T0GREEN", CHANNEL, ANN, "/board")
        await slack.message("T0GREEN", CHANNEL, "Board")
        await here.settle()

        await slack.event("T0GREEN", {"type": "app_uninstalled", "event_ts": "1.2"})
        await here.settle()

        assert await here.chat.teams.find("T0GREEN") is None
        gone = await store.departed(datetime.now(UTC) + timedelta(days=1))
        assert {one.team.id for one in gone} == {"E0ORG", "T0GREEN"}
        await install(slack, here.house.settings.slack.public_url, "T0GREEN")
        await slack.slash("T0GREEN", CHANNEL, ANN, "/board")
        await here.settle()
        assert await store.departed(datetime.now(UTC) + timedelta(days=1)) == []


async def test_a_workspace_that_removes_us_is_noted_until_it_is_back(here):
    await here.ask("ann", "/idea The Third Steep")
    soon = datetime.now(UTC) + timedelta(days=1)

    await here.slack.event(RED, {"type": "app_uninstalled", "event_ts": "1.2"})
    await here.settle()
    noted = await here.house.store.departed(soon)
    await install(here.slack, here.house.settings.slack.public_url, RED)

    assert [one.team.id for one in noted] == [RED]
    assert await here.house.store.departed(soon) == []
    assert len(await here.house.store.ideas(OURS)) == 1  # back within the days of grace


async def test_the_doctor_names_a_token_that_ends(here):
    token = "xoxe.xoxb-1-" + here.slack.team(RED).bot_token
    here.slack.team(RED).bot_token = token
    table = SlackTable(bot_token=SecretStr(token), app_token=SecretStr(here.slack.app_token), api_base=here.slack.api_base)

    found = await check(Settings(slack=table))

    assert any("token rotation is switched on" in one.say and one.ok is False for one in found)


# ---------------------------------------------------------------------------------------------- tokens that end


async def test_a_token_is_refreshed_before_it_ends_once_by_whichever_process_is_first(tmp_path):
    async with driving(tmp_path) as here:
        slack, table, store = here.slack, here.house.settings.slack, here.house.store
        slack.team("T0GREEN").rotates_s = 3600  # less than it is refreshed before
        people(slack, "T0GREEN")
        await install(slack, table.public_url, "T0GREEN")
        first, slack.team("T0GREEN").rotates_s = slack.team("T0GREEN").bot_token, 43_200

        def process():
            rotation = Rotation(
                client=client(base=slack.api_base, session=slack.session),
                client_id=slack.client_id,
                client_secret=slack.client_secret,
                turns=store,
            )
            return Sealed(store, fernet_of(table), rotation)

        found = await asyncio.gather(*(process().find("T0GREEN") for _process in range(5)))
        later = await process().find("T0GREEN")

        assert slack.team("T0GREEN").tokens == 2
        assert slack.team("T0GREEN").bot_token != first
        assert {one.token for one in found} <= {first, slack.team("T0GREEN").bot_token}
        assert later.token == slack.team("T0GREEN").bot_token


async def test_a_token_that_has_ended_already_is_waited_for_by_the_others(tmp_path):
    async with driving(tmp_path) as here:
        slack, table, store = here.slack, here.house.settings.slack, here.house.store
        people(slack, "T0GREEN")
        slack.team("T0GREEN").rotates_s = 1
        await install(slack, table.public_url, "T0GREEN")
        sealed = Sealed(store, fernet_of(table))
        kept = await sealed._read("T0GREEN")
        slack.team("T0GREEN").rotates_s = 43_200
        ended = type(kept)(**{name: getattr(kept, name) for name in kept.__dataclass_fields__} | {"ends_at": time.time() - 60})
        await sealed._keep(ended)

        rotations = [
            Rotation(
                client=client(base=slack.api_base, session=slack.session),
                client_id=slack.client_id,
                client_secret=slack.client_secret,
                turns=store,
            )
            for _process in range(3)
        ]
        found = await asyncio.gather(*(Sealed(store, fernet_of(table), one).find("T0GREEN") for one in rotations))

        assert {one.token for one in found} == {slack.team("T0GREEN").bot_token}
        assert slack.team("T0GREEN").tokens == 2


async def test_the_settings_of_a_team_are_read_where_the_team_s_own_are_kept(here):
    await here.ask("admin", "/settings --outsiders off --blocked @u0ann")

    assert await here.house.store.settings(whole(OURS.team)) == ChannelSettings(outsiders=False, blocked=(ANN,))
