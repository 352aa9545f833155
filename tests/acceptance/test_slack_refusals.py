"""What Slack refuses for good: the ideas arrive all the same, by the response URL, which needs no token and no membership."""

from __future__ import annotations

import itertools

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


@pytest.mark.slow  # sixty commands; each of these refusals is met below by one way of asking
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


# ---------------------------------------------------------------------------------------------- the matrix

#: How somebody asks, and what is refused meanwhile; in a thread the first call is that for a stream.
REFUSED = [
    ("mention", "chat.postMessage"),
    ("direct", "chat.postMessage"),
    ("command", "chat.postMessage"),
    ("thread", "chat.startStream"),
    ("command", "chat.update"),
    ("mention", "chat.update"),
]
#: Comes with a time and is waited out; and somebody deleted the message, which is their answer.
OTHERS = frozenset({"rate_limited", "message_not_found"})


def errors_of(method):
    return sorted({*ANY, *load().methods[method]["errors"]} - OTHERS)


@pytest.fixture
async def reached(tmp_path):
    """Asks while a method refuses for good; gives what Ann reads afterwards with ideas on it, and what is still unfinished."""
    async with running(second=SECOND, judged=False) as slack, connected(slack, tmp_path) as driver:  # others judge the calls
        workspace = slack.team(TEAM)

        async def asks(how, method, error):
            slack.faults.clear()
            workspace.messages.clear()
            root = await slack.say(TEAM, CHANNEL, ANN, "what shall we call it?")
            slack.fail(method, times=500, error=error)
            if how == "command":
                await slack.slash(TEAM, CHANNEL, ANN, "/brainstorm", "names for a tea bar -n 2")
            elif how == "direct":
                slack.fail("chat.startStream", times=500, error="channel_type_not_supported")
                await slack.dm(TEAM, ANN, "names for a tea bar -n 2")
            else:
                await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 2", thread=root.ts if how == "thread" else None)
            await driver.settle()
            seen = [one for one in workspace.messages if one.bot and not one.deleted and one.only_for in (None, ANN)]
            return [one for one in seen if "Ideas for" in one.words], [one for one in seen if "⏳" in one.words]

        yield asks


async def arrives(reached, how, method, error):
    ideas, unfinished = await reached(how, method, error)

    assert len(ideas) == 1, (how, error)
    assert not unfinished, (how, error)


@pytest.mark.parametrize("method", sorted({method for _how, method in REFUSED}))
async def test_whatever_slack_refuses_for_good_the_ideas_arrive_once_and_nothing_stays_unfinished(reached, method):
    ways = itertools.cycle(how for how, refused in REFUSED if refused == method)
    for error in errors_of(method):
        await arrives(reached, next(ways), method, error)


@pytest.mark.slow
@pytest.mark.parametrize(("how", "method"), REFUSED)
async def test_whatever_slack_refuses_for_good_the_ideas_arrive_once_however_they_are_asked_for(reached, how, method):
    for error in errors_of(method):
        await arrives(reached, how, method, error)


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral"])
@pytest.mark.parametrize("error", ANY)
async def test_what_is_said_to_one_person_finds_another_way(slack, here, method, error):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")
    slack.fail(method, times=500, error=error)

    await here.press("bob", message, "vote", 1, "up")

    assert sum("Recorded" in said for said in await here.private("bob")) == 1


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
async def test_where_the_response_url_is_refused_as_well_the_asker_sees_the_ideas_alone(slack, here, status):
    slack.fail("chat.postMessage", times=100, error="restricted_action")
    slack.fail("response_url", times=100, status=status, error="expired_url")

    await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    assert sum("Ideas for" in said and "you alone see it" in said for said in await here.private("ann")) == 1


async def test_what_no_way_in_the_channel_brings_comes_in_the_person_s_own_conversation(slack, here):
    slack.fail("chat.postMessage", error="message_limit_exceeded")
    slack.fail("chat.postMessage", error="message_limit_exceeded")
    slack.fail("chat.postEphemeral", times=10, error="user_not_in_channel")

    await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 2")
    await here.settle()

    assert ["Ideas for" in message.words for message in slack.posts(TEAM, "D" + ANN[1:])] == [True]


async def test_a_message_that_can_no_more_be_changed_is_followed_by_another_and_taken_away(slack, here):
    slack.fail("chat.update", times=100, error="edit_window_closed")

    await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 2")
    await here.settle()
    slack.faults.clear()
    message = slack.posts(TEAM, CHANNEL)[0]
    await slack.press(message, next(value for value in message.buttons() if value.startswith("vote:")), user("bob"))
    await slack.wait(lambda: "👍 1" in message.words)

    assert len(slack.posts(TEAM, CHANNEL)) == 1
