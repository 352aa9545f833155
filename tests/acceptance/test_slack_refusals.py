"""What Slack refuses for good: the ideas arrive all the same, by the response URL, which needs no token and no membership."""

from __future__ import annotations

import pytest

from tests.acceptance.drivers.slack import CHANNEL, SECOND, TEAMS, connected, user
from tests.fakes.slack import running
from tests.fakes.slack.specs import load

TEAM, ANN = TEAMS["red"], user("ann")
#: Beside those of each method: what Slack answers any call with.
ANY = (
    "not_authed",
    "invalid_auth",
    "token_revoked",
    "token_expired",
    "account_inactive",
    "missing_scope",
    "team_access_not_granted",
)


@pytest.fixture
async def slack():
    async with running(second=SECOND) as running_slack:
        yield running_slack
        assert not running_slack.violations, "\n".join(running_slack.violations)


@pytest.fixture
async def here(slack, tmp_path):
    async with connected(slack, tmp_path) as driver:
        yield driver


async def test_whatever_a_post_is_refused_with_the_ideas_of_a_command_arrive(slack, here):
    passing = {"rate_limited"}
    for error in (*ANY, *sorted(set(load().methods["chat.postMessage"]["errors"]) - passing)):
        slack.faults.clear()
        slack.fail("chat.postMessage", times=100, error=error)

        message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

        assert len(await here.ideas(message)) == 2, error
        assert "⏳" not in message.place.words, error


@pytest.mark.parametrize("error", ["not_authed", "invalid_auth", "internal_error", "fatal_error", "service_unavailable"])
async def test_what_passes_is_tried_again_where_there_is_no_other_way(slack, here, error):
    slack.fail("chat.postMessage", error=error)

    await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 2")
    await here.settle()

    assert ["Ideas for" in message.words for message in slack.posts(TEAM, CHANNEL)] == [True]


@pytest.mark.parametrize("error", ["thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"])
async def test_an_answer_in_a_thread_that_is_closed_stands_in_the_channel(slack, here, error):
    root = await slack.say(TEAM, CHANNEL, ANN, "what shall we call it?")
    for method in ("chat.postMessage", "chat.startStream"):
        slack.fail(method, error=error)

    await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 2", thread=root.ts)
    await here.settle()

    assert ["Ideas for" in message.words for message in slack.posts(TEAM, CHANNEL)] == [True]
