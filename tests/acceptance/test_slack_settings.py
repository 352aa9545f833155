"""Settings in Slack: its own pickers, permissions checked at once, and what cannot work refused with the reason."""

from __future__ import annotations

import pytest

from adapters.slack import settling
from bot.commands import settings as command
from bot.domain.ideas import Channel, Team
from bot.domain.models import ChannelSettings
from bot.services.team.governing import whole
from tests.acceptance.drivers.slack import CHANNEL, TEAMS, user
from tests.acceptance.test_slack_places import here as here

TEAM, ADMIN, BOB = TEAMS["red"], user("admin"), user("bob")
HERE = Channel(team=Team(platform="slack", id=TEAM), id=CHANNEL)


async def opened(slack, here):
    """The form, behind the button under the settings."""
    await here.ask("admin", "/settings")
    shown = await slack.whisper(TEAM, ADMIN, "Settings of this channel")
    await slack.press(shown, next(value for value in shown.buttons() if value.startswith("?settings")), ADMIN)
    return await slack.modal(TEAM, ADMIN)


async def test_settings_are_chosen_in_a_form_and_what_is_left_empty_stays(slack, here):
    await here.ask("admin", "/settings --style dry")
    slack.team(TEAM).conversation("C0NEWS")
    form = await opened(slack, here)

    given = {"count": "3", "language": "zh", "thread": "on", "admins": BOB, "admin_channel": "C0NEWS", "quiet": "18:00-08:00"}
    await slack.submit_view(form, given)
    await here.settle()

    settled, team = await here.house.store.settings(HERE), await here.house.store.settings(whole(HERE.team))
    assert (settled.count, settled.language, settled.thread, settled.style) == (3, "zh", True, "dry")
    assert (settled.quiet_from.hour, team.admins, team.admin_channel) == (18, (BOB,), "C0NEWS")
    assert any("Settings saved" in said for said in await here.private("admin"))


async def test_the_form_has_slack_s_own_pickers(slack, here):
    form = await opened(slack, here)

    kinds = {block["block_id"]: block["element"]["type"] for block in form.view["blocks"] if block["type"] == "input"}
    assert kinds["admin_channel"] == "conversations_select"
    assert kinds["blocked"] == kinds["admins"] == "multi_users_select"
    assert kinds["pickers"] == "static_select"
    assert kinds["count"] == "number_input"
    assert set(kinds) == {param.name for param in command.PARAMS} - {"askers", "voters", "picking"}


@pytest.mark.parametrize("name", [setting.param.name for setting in command.SETTINGS if setting.param.choices])
def test_every_word_of_the_form_is_one_that_the_command_takes(name):
    (setting,) = [one for one in command.SETTINGS if one.param.name == name]
    (block,) = [one for one in settling.settings_view({})["blocks"] if one.get("block_id") == name]

    values = [setting.read(option["value"]) for option in block["element"]["options"]]

    assert len({str(value) for value in values}) == len(values)


async def test_who_may_not_change_settings_is_offered_no_form(slack, here):
    await here.ask("bob", "/settings")

    shown = await slack.whisper(TEAM, BOB, "Settings of this channel")
    assert shown.buttons() == {}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/settings --askers U0ANN", "Slack has no roles"),
        ("/settings --voters <!subteam^S0123456>", "Slack has no roles"),
        ("/settings --picking U0ANN", "Slack has no roles"),
        ("/settings --admins <!subteam^S0123456>", "who is in a user group"),
        ("/settings --blocked S0123456", "who is in a user group"),
        ("/settings --reactions on", "has not granted “reactions:read”"),
    ],
)
async def test_a_setting_that_cannot_work_is_refused_with_the_reason(slack, here, line, why):
    slack.team(TEAM).scopes -= {"reactions:read"}

    await here.ask("admin", line)

    assert why in (await here.private("admin"))[-1]
    settled = [await here.house.store.settings(one) for one in (HERE, whole(HERE.team))]
    assert settled == [ChannelSettings(), ChannelSettings()]


async def test_what_slack_cannot_do_can_still_be_taken_back(slack, here):
    await here.ask("admin", "/settings --askers -")

    assert "Settings saved" in (await here.private("admin"))[-1]


@pytest.mark.parametrize("line", ["/export", "/imagine a fox in the snow", "/compose rain", "/say hello", "/pitch a tea bar"])
async def test_a_command_that_makes_a_file_is_refused_where_none_may_be_sent(slack, here, line):
    slack.team(TEAM).scopes -= {"files:write"}

    await here.ask("ann", line)

    assert "“files:write” is not granted" in (await here.private("ann"))[-1]
    assert slack.posts(TEAM, CHANNEL) == []


async def test_a_button_that_makes_a_file_is_refused_where_none_may_be_sent(slack, here):
    slack.team(TEAM).scopes -= {"files:write"}
    mine = await here.ask("ann", "/idea The Third Steep")

    await here.press("ann", mine, "imagine", 1)

    assert "“files:write” is not granted" in (await here.private("ann"))[-1]
    assert len(slack.posts(TEAM, CHANNEL)) == 1


@pytest.mark.parametrize(("state", "why"), [("outside", "“/invite @muselab”"), ("archived", "archived")])
async def test_news_in_a_channel_that_slack_does_not_let_us_write_in_are_refused_with_what_to_do(slack, here, state, why):
    news = slack.team(TEAM).conversation("C0NEWS")
    news.bot_inside, news.archived = state != "outside", state == "archived"

    await here.ask("admin", "/settings --admin-channel C0NEWS")

    assert why in (await here.private("admin"))[-1]
    assert await here.house.store.settings(whole(HERE.team)) == ChannelSettings()
