"""The local Slack keeps Slack's rules, towards the official client libraries and towards plain HTTP."""

from __future__ import annotations

import asyncio
import json
import time

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes import slack as local

TEAM, CHANNEL, ANN, BOB = "T0ACME", "C0TEA", "U0ANN", "U0BOB"
BUTTON = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Yes"}, "value": "yes"}


@pytest.fixture
async def slack():
    async with local.running(second=0.01) as running:
        workspace = running.team(TEAM)
        workspace.person(ANN), workspace.person(BOB)
        workspace.conversation(CHANNEL)
        yield running


def client_of(slack, team=TEAM):
    return AsyncWebClient(
        token=slack.team(team).bot_token,
        base_url=slack.api_base,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2), AsyncServerErrorRetryHandler(max_retry_count=2)],
    )


@pytest.fixture
async def app(slack):
    """A small Bolt app over Socket Mode that answers a command with a button."""
    app = AsyncApp(client=client_of(slack), signing_secret=slack.signing_secret)
    app.heard = []

    @app.command("/ask")
    async def ask(ack, command, client, respond):
        await ack()
        app.heard.append(command["text"])
        await client.chat_postMessage(
            channel=command["channel_id"], text="Well?", blocks=[{"type": "actions", "elements": [BUTTON]}]
        )

    @app.action("a")
    async def pressed(ack, body, client):
        await ack()
        view = {
            "type": "modal",
            "callback_id": "form",
            "title": {"type": "plain_text", "text": "Why?"},
            "submit": {"type": "plain_text", "text": "Send"},
            "blocks": [
                {
                    "type": "input",
                    "block_id": "why",
                    "label": {"type": "plain_text", "text": "Why"},
                    "element": {"type": "plain_text_input", "action_id": "why"},
                }
            ],
        }
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("form")
    async def submitted(ack, view):
        text = view["state"]["values"]["why"]["why"]["value"]
        app.heard.append(text)
        await (ack(response_action="errors", errors={"why": "Longer, please"}) if text == "no" else ack())

    @app.event("reaction_added")
    async def reacted(event):
        app.heard.append(event["reaction"])

    @app.event("app_mention")
    async def mentioned(event):
        app.heard.append(event["text"])

    handler = AsyncSocketModeHandler(app, slack.app_token)
    handler.client.ping_interval = 0.2
    await handler.connect_async()
    await slack.wire.connected()
    app.handler = handler
    yield app
    await handler.client.close()
    await asyncio.sleep(0)


async def test_a_command_a_click_and_a_form_travel_through_socket_mode(slack, app):
    ack = await slack.slash(TEAM, CHANNEL, ANN, "/ask", "tea & <cakes>")
    message = await slack.message(TEAM, CHANNEL)
    await slack.click(message, "yes", ANN)
    modal = await slack.modal(TEAM, ANN)
    refused = await slack.submit_view(modal, {"why": "no"})
    accepted = await slack.submit_view(modal, {"why": "because"})

    assert not ack.missed
    assert ack.seconds < 1.0
    assert refused.body["response_action"] == "errors"
    assert modal.errors == {"why": "Longer, please"}
    assert accepted.body is None
    assert not modal.open
    assert app.heard == ["tea &amp; &lt;cakes&gt;", "no", "because"]
    assert slack.violations == []


async def test_events_reach_the_app_and_its_own_messages_do_not_come_back_as_its_own(slack, app):
    message = await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar")
    await slack.react(message, "fire", BOB)

    await slack.wait(lambda: len(app.heard) == 2)
    assert app.heard == [f"<@{slack.team(TEAM).bot_user}> names for a tea bar", "fire"]
    assert slack.violations == []


async def test_signed_requests_are_as_slack_signs_them(slack):
    app = AsyncApp(client=client_of(slack), signing_secret=slack.signing_secret)
    heard = []

    @app.event("reaction_added")
    async def reacted(event):
        heard.append(event["reaction"])

    runner = aiohttp.web.AppRunner(app.web_app(path="/slack/events"), shutdown_timeout=0.1)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.wire.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    message = await slack.say(TEAM, CHANNEL, ANN, "hello")

    good = await slack.react(message, "fire", BOB)
    challenge = await slack.wire.post("url_verification", {"type": "url_verification", "challenge": "abc", "token": "t"})
    kind, payload = slack.last
    forged = await slack.wire.post(kind, payload, secret="not the secret")
    stale = await slack.wire.post(kind, payload, at=int(time.time()) - 600)
    await runner.cleanup()

    assert good.status == 200
    assert challenge == (200, {"challenge": "abc"})
    assert (forged[0], stale[0]) == (401, 401)
    assert heard == ["fire"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"blocks": [{"type": "section", "text": {"type": "plain_text", "text": "x" * 3001}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"type": "plain_text", "text": "x", "texst": 1}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "sectoin", "text": {"type": "plain_text", "text": "x"}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "actions", "elements": [BUTTON, BUTTON]}]}, "invalid_blocks"),
        ({"blocks": [{"type": "divider"}] * 51}, "msg_blocks_too_many"),
        ({"blocks": [{"type": "section", "text": {"type": "plain_text", "text": "x" * 2900}}] * 5}, "msg_blocks_too_long"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"txet": "hello"}, "invalid_arguments"),
        ({}, "no_text"),
    ],
)
async def test_a_wrong_message_is_refused_and_noted(slack, given, error):
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {slack.team(TEAM).bot_token}"}) as session:
        answer = await (await session.post(f"{slack.api_base}chat.postMessage", json={"channel": CHANNEL, **given})).json()

    assert answer["error"] == error
    assert len(slack.violations) >= 1


async def test_a_right_message_is_kept_as_sent(slack):
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "x" * 3000}}, {"type": "actions", "elements": [BUTTON]}]

    posted = await client_of(slack).chat_postMessage(channel=CHANNEL, text="hello", blocks=blocks, team_id=TEAM)
    changed = await client_of(slack).chat_update(channel=CHANNEL, ts=posted["ts"], text="bye", blocks=[])

    assert [text for text, _blocks in slack.posts(TEAM, CHANNEL)[0].versions] == ["hello", "bye"]
    assert changed["ts"] == posted["ts"]
    assert slack.violations == []


async def test_two_posts_within_a_second_break_the_rate(slack):
    slack.rates.second = 1.0
    client = AsyncWebClient(token=slack.team(TEAM).bot_token, base_url=slack.api_base, retry_handlers=[])
    await client.chat_postMessage(channel=CHANNEL, text="one")

    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel=CHANNEL, text="two")

    assert error.value.response["error"] == "ratelimited"
    assert error.value.response.headers["Retry-After"] == "1"
    assert len(slack.violations) == 1


async def test_more_calls_in_a_minute_than_the_tier_allows_break_the_rate(slack):
    slack.rates.second = 1.0
    posted = await client_of(slack).chat_postMessage(channel=CHANNEL, text="one")
    client = AsyncWebClient(token=slack.team(TEAM).bot_token, base_url=slack.api_base, retry_handlers=[])

    for turn in range(50):
        await client.chat_update(channel=CHANNEL, ts=posted["ts"], text=str(turn))
    with pytest.raises(SlackApiError):
        await client.chat_update(channel=CHANNEL, ts=posted["ts"], text="once more")

    assert len(slack.violations) == 1


async def test_planned_mishaps_come_in_order_and_end(slack):
    slack.fail("chat.postMessage", status=503)
    slack.fail("chat.postMessage", error="is_archived")
    client = client_of(slack)

    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel=CHANNEL, text="one")
    posted = await client.chat_postMessage(channel=CHANNEL, text="two")

    assert error.value.response["error"] == "is_archived"
    assert posted["ok"]
    assert slack.count("chat.postMessage") == 3


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda team: setattr(team, "revoked", True), "token_revoked"),
        (lambda team: setattr(team, "scopes", frozenset()), "missing_scope"),
        (lambda team: setattr(team.conversation(CHANNEL), "archived", True), "is_archived"),
        (lambda team: setattr(team.conversation(CHANNEL), "deleted", True), "channel_not_found"),
        (lambda team: setattr(team.conversation(CHANNEL), "bot_inside", False), "not_in_channel"),
    ],
)
async def test_what_a_workspace_takes_away_is_gone(slack, spoil, error):
    spoil(slack.team(TEAM))

    with pytest.raises(SlackApiError) as refused:
        await client_of(slack).chat_postMessage(channel=CHANNEL, text="hello")

    assert refused.value.response["error"] == error


async def test_a_response_url_serves_five_times(slack):
    url = slack.response_url(TEAM, CHANNEL, ANN)

    async with aiohttp.ClientSession() as session:
        statuses = [(await session.post(url, json={"text": str(turn)})).status for turn in range(6)]

    assert statuses == [200] * 5 + [404]
    assert [message.text for message in slack.private(TEAM, ANN)] == ["0", "1", "2", "3", "4"]


async def test_a_trigger_serves_once_and_not_for_long(slack):
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Hello"}, "blocks": []}
    client = client_of(slack)
    trigger = slack.trigger(TEAM, ANN)
    await client.views_open(trigger_id=trigger, view=view)

    with pytest.raises(SlackApiError) as again:
        await client.views_open(trigger_id=trigger, view=view)
    slack.trigger_life = 0.0
    with pytest.raises(SlackApiError) as late:
        await client.views_open(trigger_id=slack.trigger(TEAM, ANN), view=view)

    assert again.value.response["error"] == "exchanged_trigger_id"
    assert late.value.response["error"] == "expired_trigger_id"


async def test_a_stream_grows_and_ends(slack):
    slack.wire.retry_delays = ()
    question = await slack.dm(TEAM, ANN, "names for a tea bar")
    client = client_of(slack)

    started = await client.chat_startStream(channel=question.channel, thread_ts=question.ts, markdown_text="One")
    await client.chat_appendStream(channel=question.channel, ts=started["ts"], markdown_text=" two")
    with pytest.raises(SlackApiError) as busy:
        await client.chat_update(channel=question.channel, ts=started["ts"], text="no")
    await client.chat_stopStream(channel=question.channel, ts=started["ts"], blocks=[{"type": "actions", "elements": [BUTTON]}])
    with pytest.raises(SlackApiError) as over:
        await client.chat_appendStream(channel=question.channel, ts=started["ts"], markdown_text=" three")

    message = slack.posts(TEAM, question.channel)[-1]
    assert message.streamed == "One two"
    assert list(message.buttons()) == ["yes"]
    assert busy.value.response["error"] == "streaming_state_conflict"
    assert over.value.response["error"] == "message_not_in_streaming_state"
    assert slack.violations == []


async def test_a_stream_in_a_channel_names_its_reader(slack):
    with pytest.raises(SlackApiError) as error:
        await client_of(slack).chat_startStream(channel=CHANNEL, thread_ts="1.2", markdown_text="One")

    assert error.value.response["error"] == "missing_recipient_team_id"


async def test_a_file_arrives_whole(slack):
    await client_of(slack).files_upload_v2(channel=CHANNEL, filename="board.csv", content=b"1,Steep\n", title="Board")

    upload = next(iter(slack.uploads.values()))
    assert (upload.name, upload.content, upload.channel) == ("board.csv", b"1,Steep\n", CHANNEL)
    assert slack.violations == []


async def test_an_unacknowledged_event_comes_again_with_the_same_id(slack):
    seen = []

    async def hook(request):
        seen.append((request.headers.get("X-Slack-Retry-Num"), json.loads(await request.text())["event_id"]))
        return aiohttp.web.Response(status=500 if len(seen) < 3 else 200)

    server = aiohttp.web.Application()
    server.router.add_post("/", hook)
    runner = aiohttp.web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.wire.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"

    ack = await slack.open_home(TEAM, ANN)
    await runner.cleanup()

    assert [number for number, _id in seen] == [None, "1", "2"]
    assert len({id for _number, id in seen}) == 1
    assert ack.retries == 2


async def test_a_refresh_brings_a_new_connection(slack, app):
    await slack.wire.disconnect("refresh_requested")

    await slack.wait(lambda: slack.wire.opened == 2)
    await slack.wire.connected()
    ack = await slack.slash(TEAM, CHANNEL, ANN, "/ask", "still there?")
    assert not ack.missed


async def test_a_dropped_socket_is_opened_again(slack, app):
    await slack.wire.drop()

    await slack.wait(lambda: slack.wire.opened == 2)
    assert not (await slack.slash(TEAM, CHANNEL, ANN, "/ask", "still there?")).missed


async def test_a_silent_connection_swallows_what_is_sent(slack, app):
    slack.wire.go_silent(pongs=True)
    slack.wire.ack_s = 0.2

    ack = await slack.slash(TEAM, CHANNEL, ANN, "/ask", "hello?")

    assert ack.missed
    assert app.heard == []


async def test_a_late_ack_is_a_missed_one(slack):
    slack.wire.ack_s = 0.2
    app = AsyncApp(client=client_of(slack), signing_secret=slack.signing_secret)

    @app.command("/slow")
    async def slow(ack):
        await asyncio.sleep(0.5)
        await ack()

    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    ack = await slack.slash(TEAM, CHANNEL, ANN, "/slow")
    await asyncio.sleep(0.5)
    await handler.client.close()

    assert ack.missed


async def test_an_installation_gives_a_token_for_a_code_once(slack):
    slack.codes["code"] = ("T0NEW", ANN, "")
    asked = {"client_id": slack.client_id, "client_secret": slack.client_secret, "code": "code"}

    async with aiohttp.ClientSession() as session:
        granted = await (await session.post(f"{slack.api_base}oauth.v2.access", data=asked)).json()
        refused = await (await session.post(f"{slack.api_base}oauth.v2.access", data=asked)).json()

    assert granted["access_token"] == slack.team("T0NEW").bot_token
    assert refused["error"] == "invalid_code"
    assert (await AsyncWebClient(token=granted["access_token"], base_url=slack.api_base).auth_test())["team_id"] == "T0NEW"
