"""What Slack alone has: a step of workflows, sessions with a status and a title, a canvas and a table of the board, a judge."""

from __future__ import annotations

import json

import jsonschema
import pytest

from adapters.slack import check, exports, manifest
from adapters.slack.keeping import named_of
from adapters.slack.places import Where
from adapters.slack.steps import StepReply
from bot.config import Settings, SlackTable
from bot.domain.ideas import Channel, IdeaId
from bot.messages import Card, Line
from tests.acceptance.drivers.slack import CHANNEL, TEAMS, user
from tests.acceptance.test_slack_places import HERE
from tests.acceptance.test_slack_places import here as here
from tests.fakes.slack.specs import load

TEAM, ANN, BOB = TEAMS["red"], user("ann"), user("bob")
DIRECT = "D" + ANN[1:]
STEP = "Fx0STEP"


def executed(**inputs):
    """A workflow comes to our step, as npm's @slack/types 3.2.0 describes the event (`FunctionExecutedEvent`)."""
    function = {"id": "Fn0", "callback_id": "brainstorm", "title": "Brainstorm", "type": "app", "app_id": "A0MUSELAB"}
    function |= {"input_parameters": [], "output_parameters": [], "date_created": 1, "date_updated": 1, "date_deleted": 0}
    ids = {"function_execution_id": STEP, "workflow_execution_id": "Wx0", "bot_access_token": "xwfp-secret"}
    return {"type": "function_executed", "event_ts": "1.0009", "function": function, "inputs": inputs, **ids}


# ------------------------------------------------------------------------------------------------ a step of workflows


async def test_a_workflow_s_step_posts_ideas_and_hands_them_on(slack, here):
    inputs = {"topic": "names for a tea bar", "channel": CHANNEL, "user": ANN, "count": 3}

    await slack.event(TEAM, executed(**inputs))
    await here.settle()

    (card,) = slack.posts(TEAM, CHANNEL)
    ideas = [idea.text for idea in await here.house.store.ideas(HERE)]
    outputs = slack.team(TEAM).steps[STEP]["outputs"]
    assert len(ideas) == 3
    assert sorted(line.partition(". ")[2] for line in outputs["ideas"].splitlines()) == sorted(ideas)
    assert outputs["message_ts"] == card.ts


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"topic": " ", "channel": CHANNEL, "user": ANN}, "topic"),
        ({"topic": "tea", "channel": "", "user": ANN}, "needs a channel"),
        ({"topic": "tea", "channel": CHANNEL}, "the person in whose name"),
        ({"topic": "tea", "channel": CHANNEL, "user": ANN, "count": 99}, "99"),
    ],
    ids=["no topic", "no channel", "nobody", "too many"],
)
async def test_a_step_that_cannot_be_done_tells_the_workflow_why(slack, here, inputs, why):
    await slack.event(TEAM, executed(**inputs))
    await here.settle()

    assert why in slack.team(TEAM).steps[STEP]["error"]
    assert slack.posts(TEAM, CHANNEL) == []


async def test_a_step_asks_in_a_person_s_name_and_never_as_an_admin(slack, here):
    await here.ask("admin", f"/settings --blocked {ANN}")

    await slack.event(TEAM, executed(topic="tea", channel=CHANNEL, user=ANN))
    await here.settle()

    assert "error" in slack.team(TEAM).steps[STEP]


async def test_a_step_that_came_twice_is_done_once(slack, here):
    await slack.event(TEAM, executed(topic="tea", channel=CHANNEL, user=ANN, count="2"))
    await slack.repeat()
    await here.settle()

    assert len(slack.posts(TEAM, CHANNEL)) == 1
    assert len(await here.house.store.ideas(HERE)) == 2


async def test_a_step_that_another_process_began_is_ended_by_this_one(slack, here):
    web = here.chat.teams.known(TEAM)
    where = Where(channel=CHANNEL, user=ANN)
    begun = StepReply(web, here.chat._ours.place(web, where, name="n1", since=0.0), step=STEP)

    reply = here.chat.back(HERE, begun.back, "")
    await reply.show(Card(title="Ideas", lines=(Line(idea=IdeaId("0" * 24), number=7, text="The Third Steep"),)))

    assert slack.team(TEAM).steps[STEP]["outputs"]["ideas"] == "7. The Third Steep"


def test_the_token_of_a_step_is_not_kept():
    kept = named_of({"type": "event_callback", "event_id": "Ev1", "event": executed(topic="tea", user=ANN)})

    assert kept is not None
    assert kept.user == ANN
    assert "secret" not in json.dumps(kept.body)


def test_the_manifest_has_the_step_only_where_it_was_asked_for():
    plain, whole = (manifest(Settings(slack=SlackTable(workflows=on))) for on in (False, True))

    jsonschema.Draft7Validator(load().manifest).validate(whole)
    assert "functions" not in plain
    assert "function_executed" not in plain["settings"]["event_subscriptions"]["bot_events"]
    assert set(whole["functions"]["brainstorm"]["input_parameters"]["required"]) == {"topic", "channel", "user"}
    assert "function_executed" in whole["settings"]["event_subscriptions"]["bot_events"]


# ------------------------------------------------------------------------------------------------ menus of messages


async def test_anybody_s_message_is_put_on_the_board_from_its_menu(slack, here):
    slack.team(TEAM).person(BOB)
    said = await slack.say(TEAM, CHANNEL, BOB, "@u0ann The Third Steep & more")

    await slack.shortcut(said, "words-idea", ANN)
    await here.settle()

    assert [idea.text for idea in await here.house.store.ideas(HERE)] == ["u0ann The Third Steep & more"]


async def test_a_message_without_words_is_put_nowhere(slack, here):
    said = await slack.say(TEAM, CHANNEL, BOB, "")

    await slack.shortcut(said, "words-idea", ANN)
    await here.settle()

    assert (await here.private("ann"))[-1] == "There are no words on this message."
    assert await here.house.store.ideas(HERE) == []


def test_the_manifest_has_both_menus():
    entries = {one["callback_id"]: one["name"] for one in manifest(Settings())["features"]["shortcuts"]}

    assert entries == {"remix": "Remix this idea", "words-idea": "Put this on the board"}


# ------------------------------------------------------------------------------------------------ sessions


async def test_a_session_is_at_work_while_ideas_come_and_has_their_title_afterwards(slack, here):
    question = await slack.dm(TEAM, ANN, "names for a tea bar -n 2")
    await here.settle()

    there = [(channel, thread, status) for channel, thread, status, _title in slack.team(TEAM).sessions]
    assert there == [(DIRECT, question.ts, "processing"), (DIRECT, question.ts, "active")]
    assert "names for a tea bar" in slack.team(TEAM).sessions[-1][3]


async def test_where_slack_has_no_sessions_people_are_answered_and_it_is_asked_once(slack, here):
    slack.fail("agents.sessions.setStatus", error="unknown_method", times=9)

    await slack.dm(TEAM, ANN, "names for a tea bar -n 2")
    await here.settle()

    assert len(await here.house.store.ideas(Channel(team=HERE.team, id=DIRECT))) == 2
    assert sum(method == "agents.sessions.setStatus" for method, _team, _args in slack.calls) == 1


async def test_a_stream_says_what_is_being_done_and_that_it_is_over(slack, here):
    await slack.dm(TEAM, ANN, "names for a tea bar -n 3")
    await here.settle()

    streamed = [args for method, _team, args in slack.calls if method.endswith("Stream")]
    steps = [chunk for args in streamed for chunk in args.get("chunks", ()) if chunk["type"] == "task_update"]
    assert {step["id"] for step in steps} == {"ideas"}
    assert [step["status"] for step in steps] == ["in_progress"] * (len(steps) - 1) + ["complete"]
    assert all("/3" in step["title"] for step in steps[1:])


# ------------------------------------------------------------------------------------------------ the board


async def pressed(slack, here, token):
    await here.ask("ann", "/idea A & B | C")
    await here.ask("ann", "/idea =SUM(A1)")
    await here.ask("bob", "/vote 1 up")
    await here.ask("ann", "/export")
    shown = await slack.whisper(TEAM, ANN, "Here is the board")
    await slack.press(shown, f"export::{token}", ANN)
    await here.settle()


async def test_the_board_becomes_a_canvas_of_its_channel(slack, here):
    await pressed(slack, here, exports.CANVAS)

    (canvas,) = slack.team(TEAM).canvases
    assert canvas["channel_id"] == CHANNEL
    title, common, first = canvas["document_content"]["markdown"].split("\n\n", 2)
    assert (title, common) == ("# Board", f"All of these: written by slack:{ANN}")
    assert first.startswith("1. A & B")
    assert "is a canvas of this channel now" in (await here.private("ann"))[-1]


async def test_the_board_becomes_a_table_for_everybody(slack, here):
    await pressed(slack, here, exports.TABLE)

    (block,) = slack.posts(TEAM, CHANNEL)[-1].blocks
    header, first, second = block["rows"]
    assert [cell["text"] for cell in header][:3] == ["#", "Idea", "👍"]
    assert [first[0]["value"], first[1]["text"], first[2]["value"]] == [1, "A &amp; B | C", 1]
    assert second[1]["text"].endswith("=SUM(A1)")


@pytest.mark.parametrize(
    ("token", "method", "error", "why"),
    [
        (exports.CANVAS, "canvases.create", "missing_scope", "lacks the permission “canvases:write”"),
        (exports.CANVAS, "canvases.create", "canvas_disabled_user_team", "canvas_disabled_user_team"),
        (exports.TABLE, "chat.postMessage", "invalid_blocks", "invalid_blocks"),
    ],
)
async def test_a_form_that_slack_does_not_take_is_explained(slack, here, token, method, error, why):
    if error == "missing_scope":
        slack.team(TEAM).scopes -= {"canvases:write"}
    await here.ask("ann", "/idea The Third Steep")
    await here.ask("ann", "/export")
    shown = await slack.whisper(TEAM, ANN, "Here is the board")
    if error != "missing_scope":
        slack.fail(method, error=error, times=9)

    await slack.press(shown, f"export::{token}", ANN)
    await here.settle()

    assert why in (await here.private("ann"))[-1]


def test_a_large_board_s_table_is_within_slack_s_limits_and_counts_the_rest():
    ideas = [{"number": str(n), "text": "x" * 400, "up": "3", "down": "0", "stars": "", "state": ""} for n in range(300)]

    table, rest = exports.table(ideas)

    shown = len(table["rows"]) - 1
    assert sum(len(cell["text"]) for row in table["rows"] for cell in row) <= 12_000
    assert str(300 - shown) in rest["elements"][0]["text"]
    assert all(cell["text"] for row in table["rows"] for cell in row)


# ------------------------------------------------------------------------------------------------ the doctor


@pytest.mark.parametrize(
    ("error", "ok", "say"),
    [("", True, "nothing wrong"), ("invalid_blocks", False, "invalid_blocks"), ("unknown_method", None, "was not asked")],
)
async def test_the_doctor_has_slack_judge_a_message(slack, error, ok, say):
    table = SlackTable(bot_token=slack.team(TEAM).bot_token, app_token=slack.app_token, api_base=slack.api_base)
    if error:
        slack.fail("blocks.validate", error=error)

    findings = await check(Settings(slack=table))

    (found,) = [one for one in findings if say in one.say]
    assert found.ok is ok
