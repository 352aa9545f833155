"""What can go wrong between Slack and us: the person reads something useful, or nothing on purpose; nothing happens twice."""

from __future__ import annotations

import asyncio
import html
import re
import time

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from adapters.slack import build, check
from adapters.slack.install import Sealed
from adapters.slack.web import Failed
from bot import wiring
from bot.config import Settings, SlackTable
from bot.domain.errors import Misconfigured
from bot.domain.ideas import Channel, Team
from bot.domain.models import ChannelSettings
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers import Seen
from tests.acceptance.drivers.slack import CHANNEL, QUICK, TEAMS, connected, driving, people, user
from tests.fair import now

TEAM, ANN, BOB = TEAMS["red"], user("ann"), user("bob")


def brainstorms(slack):
    return [message for message in slack.posts(TEAM, CHANNEL) if "Ideas for" in message.words]


# ---------------------------------------------------------------------------------------------- time


async def test_the_ack_comes_at_once_however_long_the_ideas_take(slack, tmp_path):
    async with connected(slack, tmp_path, generator=ScriptedGenerator(delay_s=0.15)) as here:
        ack = await slack.slash(TEAM, CHANNEL, ANN, "/brainstorm", "names for a tea bar -n 2")
        await here.settle()

    assert not ack.missed
    assert ack.seconds < 0.15
    assert len(brainstorms(slack)) == 1


async def test_a_hundred_commands_at_once_are_all_acknowledged_in_time(slack, here):
    began = now()
    acks = await asyncio.gather(
        *(slack.slash(TEAM, f"C0ROOM{n:03}", f"U0P{n:03}", "/board") for n in range(100)),
    )

    assert not [ack for ack in acks if ack.missed]
    assert max(ack.seconds for ack in acks) < 3.0
    assert now() - began < 10
    await here.settle()


async def test_ideas_appear_while_more_are_made_and_the_last_card_always_arrives(slack, tmp_path):
    async with connected(slack, tmp_path, generator=ScriptedGenerator(delay_s=0.05)) as here:
        message = await here.ask("ann", "/brainstorm names for a tea bar -n 5")

    counts = [sum(block["type"] == "actions" for block in blocks) for _text, blocks in message.place.versions]
    assert len(await here.ideas(message)) == 5
    assert "⏳" in message.place.versions[0][0]
    assert "⏳" not in message.place.text
    assert counts == sorted(counts)


async def test_twenty_people_voting_at_once_change_the_message_within_the_rates(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 3")
    value = here.value(message, "vote", 1, "up")
    before = slack.count("chat.update")

    await asyncio.gather(*(slack.click(message.place, value, f"U0V{n:03}") for n in range(20)))
    await slack.wait(lambda: "👍 20" in message.place.words)

    assert slack.count("chat.update") - before <= 3
    assert all(len(slack.private(TEAM, f"U0V{n:03}")) == 1 for n in range(20))


# ---------------------------------------------------------------------------------------------- the Web API


async def test_a_rate_limit_is_waited_out_and_the_message_comes_once(slack, here):
    slack.fail("chat.postMessage", retry_after=1)

    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    assert len(await here.ideas(message)) == 2
    assert len(slack.posts(TEAM, CHANNEL)) == 1


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_a_server_error_is_tried_again(slack, here, method, times):
    slack.fail(method, times=times, status=503)

    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    assert len(await here.ideas(message)) == 2
    assert "⏳" not in message.place.words
    assert len(slack.posts(TEAM, CHANNEL)) == 1


async def test_blocks_that_slack_refuses_are_shown_as_text(slack, here):
    slack.fail("chat.postMessage", error="invalid_blocks")

    message = await here.ask("ann", "/board")

    assert "The board is empty" in message.place.words
    assert slack.count("chat.postMessage") == 2


async def test_a_deleted_message_stays_deleted_and_votes_on_it_are_kept(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")
    message.place.deleted = True

    await here.press("bob", message, "vote", 1, "up")
    await slack.wait(lambda: slack.count("chat.update") >= 2)
    await here.settle()
    board = await here.ask("ann", "/board")

    assert "👍 1" in await here.text(board)
    assert [one for one in brainstorms(slack) if one.ts != message.place.ts] == []


@pytest.mark.parametrize("spoil", ["archived", "deleted"])
async def test_a_channel_that_is_gone_while_ideas_are_made_harms_nobody(slack, tmp_path, spoil):
    async with connected(slack, tmp_path, generator=ScriptedGenerator(delay_s=0.05)) as here:
        await slack.slash(TEAM, CHANNEL, ANN, "/brainstorm", "names for a tea bar -n 3")
        await slack.message(TEAM, CHANNEL)
        setattr(slack.team(TEAM).conversation(CHANNEL), spoil, True)
        await here.settle()

        slack.team(TEAM).conversation("C0OTHER")
        await slack.slash(TEAM, "C0OTHER", ANN, "/brainstorm", "names for a tea bar -n 2")
        await here.settle()

    assert len(slack.posts(TEAM, "C0OTHER")) == 1


async def test_where_the_bot_is_no_member_it_answers_by_the_response_url(slack, here):
    slack.team(TEAM).conversation(CHANNEL).bot_inside = False

    message = await here.ask("ann", "/brainstorm names for a tea bar -n 4")
    await here.press("bob", message, "vote", 1, "up")

    assert len(await here.ideas(message)) == 4
    assert "⏳" not in message.place.words
    assert len(slack.posts(TEAM, CHANNEL)) == 1
    assert any("Recorded" in said for said in await here.private("bob"))


async def test_a_response_url_that_is_used_up_ends_quietly(slack, here):
    slack.team(TEAM).conversation(CHANNEL).bot_inside = False
    await slack.slash(TEAM, CHANNEL, ANN, "/board")
    for url in slack.response_urls.values():
        url.uses = 5
    await here.settle()

    message = await here.ask("ann", "/board")

    assert message.place is not None


async def test_a_taken_away_token_silences_the_bot_until_it_works_again(slack, here):
    slack.team(TEAM).revoked = True
    await here.ask("ann", "/brainstorm names for a tea bar -n 2")
    slack.team(TEAM).revoked = False

    message = await here.ask("ann", "/board")

    assert len(await here.ideas(message)) == 2


async def test_a_missing_permission_is_named_to_the_person_who_meets_it(slack, here):
    await here.ask("ann", "/idea The Third Steep")
    slack.team(TEAM).scopes -= {"files:write"}

    await here.ask("ann", "/export csv")

    assert any("files:write" in said for said in await here.private("ann"))


async def test_without_the_permission_to_see_people_the_rest_works(slack, here):
    slack.team(TEAM).scopes -= {"users:read"}

    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    assert len(await here.ideas(message)) == 2


async def test_a_slow_answer_about_a_person_does_not_hold_up_their_ideas(slack, here):
    slack.fail("users.info", before_s=10.0)

    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    assert len(await here.ideas(message)) == 2


async def test_a_file_that_slack_does_not_take_is_said_so(slack, here):
    await here.ask("ann", "/idea The Third Steep")
    slack.max_file = 10

    await here.ask("ann", "/export csv")

    assert any("Slack does not take board.csv" in said for said in await here.private("ann"))


async def test_an_export_of_a_person_s_data_goes_to_that_person_alone(slack, here):
    await here.ask("ann", "/idea The Third Steep")

    await here.ask("ann", "/privacy export")

    upload = next(iter(slack.uploads.values()))
    assert upload.channel == "D" + ANN[1:]
    assert "The Third Steep" in upload.content.decode()


# ---------------------------------------------------------------------------------------------- forms


async def test_a_form_that_comes_too_late_is_explained(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")
    slack.trigger_life = -1.0

    await slack.press(message.place, here.value(message, "edit", 1, None), BOB)
    said = await slack.whisper(TEAM, BOB, "three seconds")

    assert "Please press again" in said.words


async def test_pressing_for_a_form_that_comes_twice_opens_it_once(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    await slack.press(message.place, here.value(message, "edit", 1, None), BOB)
    await slack.modal(TEAM, BOB)
    await slack.repeat()
    await here.settle()

    assert len(slack.views) == 1
    assert slack.private(TEAM, BOB) == []


# ---------------------------------------------------------------------------------------------- twice


async def test_a_command_delivered_twice_brainstorms_once(slack, here):
    await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    await slack.repeat(attempt=0)
    await here.settle()

    assert len(brainstorms(slack)) == 1


async def test_a_mention_delivered_twice_brainstorms_once(slack, here):
    await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 2")
    await slack.repeat(attempt=1)
    await slack.message(TEAM, CHANNEL, "Ideas for")
    await here.settle()

    assert len(brainstorms(slack)) == 1


async def test_a_press_delivered_twice_is_confirmed_once(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    await here.press("bob", message, "vote", 1, "up")
    await slack.repeat()
    await here.settle()

    assert len(await here.private("bob")) == 1


async def test_a_form_delivered_twice_adds_one_idea(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    await here.submit("bob", message, "idea", 0, {"text": "The Third Steep"})
    await slack.repeat()
    await here.settle()

    assert (await here.ideas(await here.ask("ann", "/board"))).count("The Third Steep") == 1


async def test_slack_s_own_retries_over_http_have_one_effect(tmp_path):
    async with driving(tmp_path) as here:
        await here.slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 2")
        kind, payload = here.slack.last
        later = int(time.time()) + 1  # a retry is signed anew, in another second
        answers = [await here.slack.wire.post(kind, payload, at=later, attempt=n, reason="http_timeout") for n in (1, 1)]
        await here.settle()

        assert len(brainstorms(here.slack)) == 1
        assert answers[0][0] == 200


# ---------------------------------------------------------------------------------------------- forged


async def test_forged_stale_and_replayed_requests_are_refused(tmp_path):
    async with driving(tmp_path) as here:
        slack, wire = here.slack, here.slack.wire
        await here.ask("ann", "/idea The Third Steep")
        kind, payload = slack.last
        sent = wire.signed(kind, payload | {"trigger_id": "other"})

        forged = await wire.post(kind, payload, secret="guessed")
        stale = await wire.post(kind, payload, at=int(time.time()) - 400)
        first = await wire.post(kind, payload, sent=sent)
        replayed = await wire.post(kind, payload, sent=sent)
        unsigned = await wire.post(kind, payload, sent=(sent[0], {"Content-Type": "application/x-www-form-urlencoded"}))
        await here.settle()

        assert [status for status, _body in (forged, stale, first, replayed, unsigned)] == [401, 401, 200, 401, 401]


@pytest.mark.parametrize("stamp", ["abc", "", "-1", "1e9", "9" * 400, "nan", "1700000000.5"])
async def test_nonsense_in_place_of_a_time_is_refused_and_nobody_s_words_are_logged(tmp_path, caplog, capsys, stamp):
    async with driving(tmp_path) as here:
        wire = here.slack.wire
        await here.ask("ann", "/idea The Third Steep")
        kind, payload = here.slack.last
        body, headers = wire.signed(kind, payload)

        headers["X-Slack-Request-Timestamp"] = stamp
        status, _body = await wire.post(kind, payload, sent=(body, headers))
        forged, _body = await wire.post(kind, payload | {"text": "our secret plan"}, secret="guessed")
        stale, _body = await wire.post(kind, payload | {"text": "our secret plan"}, at=int(time.time()) - 400)

        logged = caplog.text + "".join(capsys.readouterr())
        assert (status, forged, stale) == (401, 401, 401)
        assert "secret" not in logged
        assert "Traceback" not in logged
        assert max(map(len, logged.splitlines()), default=0) <= 200


@pytest.mark.parametrize(
    "place",
    [
        "https://evilslack.com/a",
        "https://slack.com.evil.example/a",
        "https://files.slack.com:8443/a",
        "http://files.slack.com/a",
        "https://files.slack.com@evil.example/a",
    ],
)
async def test_our_token_goes_to_no_host_but_slack_s(here, place):
    web = here.chat.teams.known(TEAM)

    with pytest.raises(Failed, match="foreign_file"):
        await web.download(place, 10)


async def test_a_file_that_has_moved_elsewhere_is_not_followed(slack, here):
    slack.moved["F0MOVED"] = f"{slack.base}/files-pri/F0THERE/notes.png".replace("127.0.0.1", "localhost")

    with pytest.raises(Failed, match="file_not_found"):
        await here.chat.teams.known(TEAM).download(f"{slack.base}/files-pri/F0MOVED/notes.png", 10)

    assert slack.downloads == ["F0MOVED"]


async def test_a_button_copied_from_another_team_does_nothing(tmp_path):
    async with driving(tmp_path) as here:
        red = await here.ask("ann", "/brainstorm names for a tea bar -n 2", team="red")
        blue = await here.ask("bob", "/brainstorm names for a tea bar -n 2", team="blue")
        stolen = here.value(red, "vote", 1, "up")
        for _block, element in blue.place.elements():
            if element.get("value") == here.value(blue, "vote", 1, "up"):
                element["value"] = stolen

        await here.slack.click(blue.place, stolen, user("bob"))
        await here.settle()

        assert any("There is no idea" in said for said in await here.private("bob", team="blue"))
        assert "👍 1" not in await here.text(await here.ask("ann", "/board", team="red"))


async def test_a_workspace_that_is_not_installed_gets_nothing(tmp_path):
    async with driving(tmp_path) as here:
        slack = here.slack
        people(slack, "T0GREEN")

        await slack.slash("T0GREEN", CHANNEL, ANN, "/brainstorm", "names for a tea bar")
        await here.settle()

        assert slack.posts("T0GREEN", CHANNEL) == []


async def test_a_workspace_that_removes_us_is_forgotten(tmp_path):
    async with driving(tmp_path) as here:
        slack = here.slack
        await slack.event(TEAM, {"type": "app_uninstalled", "event_ts": "1.2"})
        await here.settle()

        await slack.slash(TEAM, CHANNEL, ANN, "/board")
        await here.settle()

        assert slack.posts(TEAM, CHANNEL) == []
        assert await here.chat.teams.find(TEAM) is None


async def test_tokens_are_stored_sealed_and_open_with_our_key_alone(tmp_path):
    async with driving(tmp_path) as here:
        token, store = here.slack.team(TEAM).bot_token, here.house.store
        kept = await store.installation("slack", TEAM)

        mine = await here.chat.teams.find(TEAM)
        others = await Sealed(store, Fernet(Fernet.generate_key())).find(TEAM)

        assert mine.token == token
        assert token.encode() not in kept
        assert token not in repr(vars(store))
        assert others is None


async def test_an_installation_begun_elsewhere_or_long_ago_is_refused(tmp_path):
    async with driving(tmp_path) as here, aiohttp.ClientSession() as browser:
        base = here.house.settings.slack.public_url
        here.slack.codes["stolen"] = ("T0GREEN", ANN, f"{base}/slack/oauth_redirect")

        async with browser.get(f"{base}/slack/oauth_redirect", params={"code": "stolen", "state": "made up"}) as answer:
            status = answer.status

        assert status in (400, 401)
        assert await here.house.store.installation("slack", "T0GREEN") is None


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1]", b"1.5", b"payload=%7B", b"payload=1.5", b'{"authorizations": 1}', b"\xff\xfe", b"null"]
)
async def test_what_a_stranger_posts_is_refused_and_breaks_nothing(tmp_path, kind, body):
    async with driving(tmp_path) as here, aiohttp.ClientSession() as stranger:
        url = f"{here.house.settings.slack.public_url}/slack/events"
        async with stranger.post(url, data=body, headers={"Content-Type": kind}) as answer:
            assert answer.status in (400, 401)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("events", {"type": "event_callback", "team_id": TEAM}),
        ("events", {"type": "event_callback", "team_id": TEAM, "event": {"type": "reaction_added"}, "event_id": "E2"}),
        ("slash", {"command": "/muse", "team_id": TEAM}),
        ("view_submission", {"type": "view_submission", "team": {"id": TEAM}}),
    ],
)
async def test_what_is_signed_and_yet_no_event_of_slack_s_breaks_nothing(tmp_path, kind, payload):
    async with driving(tmp_path) as here:
        status, _body = await here.slack.wire.post(kind, payload)

        assert status in (200, 400, 404)


#: When ideas were made, as Slack shows it in everybody's own zone.
MADE_AT = re.compile(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[-\d]+ [:\d]+ UTC>")


async def test_nothing_anybody_writes_becomes_a_mention_a_link_or_markup(slack, tmp_path):
    evil = "<!channel> <@U0BOB> <https://evil.example|free tea> & *bold* _it_ `code` :fire: @everyone"
    async with connected(slack, tmp_path, generator=ScriptedGenerator(texts=[evil, "A quiet name for a tea bar"])) as here:
        await here.ask("bob", "/idea " + evil)
        message = await here.ask("ann", f"/brainstorm {evil} -n 1")
        board = await here.ask("ann", "/board")

    sent = [args for method, _team, args in slack.calls if method.startswith("chat.")]
    texts = [one for args in sent for one in _strings(args.get("blocks", []), args.get("text", ""))]
    assert any("free tea" in text for text in texts)
    texts = [MADE_AT.sub("", text) for text in texts]
    assert not [text for text in texts if "<" in text or ">" in text]
    blocks = [str(block) for args in sent for block in args.get("blocks", [])]
    when = re.compile(rf"{{'type': 'mrkdwn', 'text': '{MADE_AT.pattern}', 'verbatim': True}}")  # ours alone, and nobody's words
    assert not [block for block in blocks if "mrkdwn" in when.sub("", block)]
    assert html.escape(evil, quote=False) in board.place.words
    assert message.place is not None


def _strings(blocks, text):
    found = [text]
    stack = list(blocks)
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            found += [value for key, value in part.items() if key == "text" and isinstance(value, str)]
            stack += [value for value in part.values() if isinstance(value, dict | list)]
        elif isinstance(part, list):
            stack += part
    return found


# ---------------------------------------------------------------------------------------------- Socket Mode


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_when_slack_ends_a_connection_another_takes_over(slack, here, reason):
    await slack.wire.disconnect(reason)
    await slack.wait(lambda: slack.wire.opened >= 2)
    await slack.wire.connected()

    message = await here.ask("ann", "/board")

    assert message.place is not None


async def test_a_warning_of_an_ending_connection_costs_nothing(slack, here):
    await slack.wire.disconnect("warning")

    assert (await here.ask("ann", "/board")).place is not None


async def test_a_dropped_connection_is_opened_again(slack, here):
    await slack.wire.drop()
    await slack.wait(lambda: slack.wire.opened >= 2)

    assert (await here.ask("ann", "/board")).place is not None


@pytest.mark.parametrize("pongs", [False, True])
async def test_a_silently_dead_connection_is_replaced(slack, tmp_path, pongs):
    watch = QUICK.__class__(tick_s=0.05, ping_s=0.1, broken_s=0.3, quiet_s=0.6, first_wait_s=0.02)
    async with connected(slack, tmp_path, watch=watch) as here:
        slack.wire.go_silent(pongs=pongs)
        await slack.wait(lambda: any(not link.deaf for link in slack.wire.live()))
        await slack.wait(lambda: not any(link.deaf for link in slack.wire.live()))

        message = await here.ask("ann", "/board")

    assert message.place is not None


async def test_a_client_wedged_on_a_closed_session_is_replaced(slack, here):
    client = here.chat.server._handler.client
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    await client.current_session.close()

    await slack.wait(lambda: slack.wire.opened >= 2)
    await slack.wire.connected()

    assert (await here.ask("ann", "/board")).place is not None


async def test_an_unreachable_slack_is_tried_until_it_is_there(slack, tmp_path):
    slack.wire.unreachable = True
    async with connected(slack, tmp_path, ready=False) as here:
        await slack.wait(lambda: slack.count("apps.connections.open") >= 2)
        slack.wire.unreachable = False
        await slack.wire.connected()

        assert (await here.ask("ann", "/board")).place is not None


# ---------------------------------------------------------------------------------------------- the start


def settings_of(slack, tmp_path, **changes):
    table = {
        "bot_token": SecretStr(slack.team(TEAM).bot_token),
        "app_token": SecretStr(slack.app_token),
        "api_base": slack.api_base,
    }
    return Settings(home=tmp_path, slack=SlackTable(**{**table, **changes}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bot_token": SecretStr("xoxb-wrong")}, "MUSELAB_SLACK__BOT_TOKEN"),
        ({"app_token": SecretStr("xapp-wrong")}, "MUSELAB_SLACK__APP_TOKEN"),
    ],
)
async def test_a_token_that_slack_refuses_is_named_at_the_start(slack, tmp_path, changes, said):
    settings = settings_of(slack, tmp_path, **changes)
    house = wiring.furnish(settings, store=MemoryStore(), generator=ScriptedGenerator())

    with pytest.raises(Misconfigured, match=said):
        await build(settings).run(house.desk)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bot_token": SecretStr("")}, "BOT_TOKEN"),
        ({"app_token": SecretStr("")}, "APP_TOKEN"),
        ({"port": 3000}, "SIGNING_SECRET"),
        ({"client_id": "1.2"}, "CLIENT_SECRET"),
        ({"client_id": "1.2", "client_secret": SecretStr("s")}, "PORT"),
        ({"client_id": "1.2", "client_secret": SecretStr("s"), "port": 3000, "signing_secret": SecretStr("s")}, "KEY"),
    ],
)
async def test_what_is_missing_is_named_before_anything_starts(slack, tmp_path, changes, said):
    with pytest.raises(Misconfigured, match=said):
        build(settings_of(slack, tmp_path, **changes))


async def test_the_doctor_names_missing_permissions_and_wrong_tokens(slack, tmp_path):
    people(slack, TEAM)

    good = await check(settings_of(slack, tmp_path))
    slack.team(TEAM).scopes -= {"reactions:read"}
    poor = await check(settings_of(slack, tmp_path, app_token=SecretStr("xapp-wrong")))
    unused = await check(Settings(home=tmp_path))

    assert [finding.ok for finding in good] == [True, True, True]  # the bot, what Slack says of its messages, the app
    assert [finding.ok for finding in poor] == [False, False]
    assert "reactions:read" in poor[0].say
    assert [finding.ok for finding in unused] == [None]


# ---------------------------------------------------------------------------------------------- after a restart


async def test_buttons_and_reactions_on_old_messages_work_after_a_restart(slack, tmp_path):
    store = MemoryStore()
    async with connected(slack, tmp_path, store=store) as here:
        message = await here.ask("ann", "/brainstorm names for a tea bar -n 3")
    async with connected(slack, tmp_path, store=store) as here:
        await here.press("bob", message, "vote", 2, "up")
        await slack.wait(lambda: "👍 1" in message.place.words)
        await slack.react(message.place, "one", ANN)
        await slack.wait(lambda: message.place.words.count("👍 1") >= 2)
        board = await here.ideas(await here.ask("ann", "/board"))

    assert set(board[:2]) == set((await here.ideas(message))[:2])


async def test_a_brainstorm_cut_short_goes_on_in_its_message_after_a_restart(slack, tmp_path):
    store = MemoryStore()
    async with connected(slack, tmp_path, store=store, generator=ScriptedGenerator(delay_s=0.2)) as here:
        await slack.slash(TEAM, CHANNEL, ANN, "/brainstorm", "names for a tea bar -n 4")
        message = await slack.message(TEAM, CHANNEL, "1.")
        for task in list(here.house.desk._tasks):
            task.cancel()
        await asyncio.sleep(0)
    for brainstorm in await store.brainstorms(_general(), limit=5):
        await store.lease(brainstorm, brainstorm.created_at)
    async with connected(slack, tmp_path, store=store) as here:
        await slack.wait(lambda: "⏳" not in message.words and message.words.count("\n") > 3)

    assert len(await here.ideas(Seen(place=message))) == 4
    assert len(brainstorms(slack)) == 1


def _general():
    return Channel(team=Team(platform="slack", id=TEAM), id=CHANNEL)


async def test_reactions_that_a_channel_has_switched_off_count_for_nothing(slack, here):
    message = await here.ask("ann", "/idea The Third Steep")
    await here.house.store.settle(_general(), ChannelSettings(reactions=False))

    await here.react("bob", message, "🔥")

    board = await here.text(await here.ask("ann", "/board"))
    assert "👍 1" not in board
    assert "The Third Steep" in board


# ---------------------------------------------------------------------------------------------- nothing is left behind


def our_tasks() -> list[str]:
    """What runs, but for the local Slack: it keeps a task for each connection that rests in the bot's pool."""
    names = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
    return [name for name in names if not name.startswith("RequestHandler.")]


async def test_a_long_day_leaves_no_task_behind(slack, here):
    await here.ask("ann", "/board")
    await asyncio.sleep(0.1)
    before = len(our_tasks())

    for turn in range(30):
        message = await here.ask("ann", f"/brainstorm names number {turn} -n 2")
        await here.press("bob", message, "vote", 1, "up")
        if turn % 10 == 0:
            await slack.wire.drop()
            await slack.wire.connected()
    await here.settle()
    await slack.wait(lambda: len(here.house.desk._tasks) == 0)
    # what rests a second between posts, or looks after a dropped socket, ends by itself
    await slack.wait(lambda: len(our_tasks()) <= before + 3)
