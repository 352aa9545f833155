"""The places where people meet Muselab in Slack: mentions, threads, direct messages, the Home tab, shortcuts, reactions."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import jsonschema
import pytest
from pydantic import SecretStr

from adapters.slack import manifest
from adapters.slack.emoji import EMOJI
from adapters.slack.manifest import SCOPES
from bot import plugins, signals
from bot.config import Settings, SlackTable
from bot.domain.ideas import Channel, Team
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers import Seen
from tests.acceptance.drivers.slack import CHANNEL, TEAMS, connected, people, user
from tests.fair import START_S
from tests.fakes.slack.specs import load

TEAM, ANN, BOB = TEAMS["red"], user("ann"), user("bob")
ROOT = Path(__file__).parents[2]
DIRECT = "D" + ANN[1:]
HERE = Channel(team=Team(platform="slack", id=TEAM), id=CHANNEL)
SLOW_S = 0.05


@pytest.fixture
async def here(slack, tmp_path):
    async with connected(slack, tmp_path, generator=ScriptedGenerator(delay_s=SLOW_S)) as driver:  # its own: tests stop it
        yield driver


# ---------------------------------------------------------------------------------------------- mentions and threads


async def test_a_mention_in_a_channel_is_answered_there(slack, here):
    await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar & cakes -n 2")
    message = await slack.message(TEAM, CHANNEL, "Ideas for")
    await here.settle()

    assert message.thread_ts is None
    assert "names for a tea bar & cakes" in await here.text(Seen(place=message))
    assert len(await here.ideas(Seen(place=message))) == 2


async def test_a_mention_in_a_thread_is_answered_there_as_a_stream(slack, here):
    root = await slack.say(TEAM, CHANNEL, BOB, "What shall we call it?")
    await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 3", thread=root.ts)
    message = await slack.message(TEAM, CHANNEL, "Ideas for")
    await here.settle()

    assert message.thread_ts == root.ts
    assert slack.count("chat.startStream") == slack.count("chat.stopStream") == 1
    assert slack.count("chat.appendStream") >= 1
    assert not message.streaming
    assert len(await here.ideas(Seen(place=message))) == 3


async def test_where_slack_has_no_stream_the_message_is_updated(slack, here):
    slack.fail("chat.startStream", times=5, error="channel_type_not_supported")
    root = await slack.say(TEAM, CHANNEL, BOB, "What shall we call it?")

    await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 3", thread=root.ts)
    message = await slack.message(TEAM, CHANNEL, "Ideas for")
    await here.settle()

    assert message.thread_ts == root.ts
    assert slack.count("chat.postMessage") == 1
    assert len(await here.ideas(Seen(place=message))) == 3


async def test_a_stream_that_slack_ends_early_is_finished_by_updates(slack, here):
    slack.fail("chat.appendStream", error="message_not_in_streaming_state")
    await slack.dm(TEAM, ANN, "names for a tea bar -n 3")
    message = await slack.message(TEAM, DIRECT)
    await slack.wait(lambda: slack.count("chat.appendStream") == 1)
    message.streaming = False
    await here.settle()

    assert len(await here.ideas(Seen(place=message))) == 3
    assert len(slack.posts(TEAM, DIRECT)) == 1


async def test_mentions_and_links_in_a_topic_become_plain_words(slack, here):
    await slack.event(
        TEAM,
        {
            "type": "app_mention",
            "user": ANN,
            "text": f"<@{slack.team(TEAM).bot_user}> names for <https://tea.example|our tea bar> in <#C0TEA|tea> -n 1",
            "ts": "1.5",
            "channel": CHANNEL,
            "event_ts": "1.5",
            "team": TEAM,
        },
    )
    message = await slack.message(TEAM, CHANNEL, "Ideas for")
    await here.settle()

    assert "names for our tea bar in tea" in message.words


IDS = re.compile(r"\b[UCSWBT]0?[A-Z0-9]{4,}\b")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("hey <@US> slogans for a tram", "hey slogans for a tram"),
        ("slogans for a tram <@US>", "slogans for a tram"),
        ("<@US>, slogans for a tram <@US>!", "slogans for a tram!"),
        ("<@US> a gift for <@U0BOB> in <#C0TEA>", "a gift for Bob B. in another channel"),
        ("<@US> a gift for <@U0BOB|bob> in <#C0TEA|tea>", "a gift for bob in tea"),
        ("<@US> a gift for <@U0NOBODY1>", "a gift for somebody"),
        ("<@US> a farewell for <#C0GENERAL>", "a farewell for this channel"),
        ("<@US> 给<#C0GENERAL>起个名字", "给这个频道起个名字"),
        ("<@US> <!here> names for a tea bar", "names for a tea bar"),
        ("hey <!channel> <@US> names for a tea bar <!everyone>", "hey names for a tea bar"),
        ("<@US> <!subteam^S0CREW12|@crew> names for a tea bar", "names for a tea bar"),
        ("<@US> icebreakers for <!here|here>", "icebreakers for everybody"),
        ("<@US> icebreakers for <!subteam^S0CREW12>", "icebreakers for everybody"),
        ("<@US> icebreakers for <!subteam^S0CREW12|@crew>", "icebreakers for crew"),
        ("<@US> settings for <@U0BOB> in a fantasy novel", "settings for Bob B. in a fantasy novel"),
        ("<@US> names for <https://tea.example|our tea bar> &amp; more", "names for our tea bar & more"),
    ],
)
async def test_a_topic_has_names_in_it_and_never_an_id(slack, here, text, topic):
    workspace = slack.team(TEAM)
    workspace.person(BOB)["display_name"] = "Bob B."
    event = {"type": "app_mention", "user": ANN, "ts": "1.5", "channel": CHANNEL, "event_ts": "1.5", "team": TEAM}

    await slack.event(TEAM, {**event, "text": text.replace("US", workspace.bot_user)})
    message = await slack.message(TEAM, CHANNEL, "的点子" if "给" in topic else "Ideas for")
    await here.settle()

    (made,) = await here.house.store.brainstorms(HERE, limit=9)
    assert made.prompt.text == topic
    assert not IDS.search(message.words)


# ---------------------------------------------------------------------------------------------- direct messages


async def test_a_direct_message_is_answered_in_its_thread_with_a_status_meanwhile(slack, here):
    question = await slack.dm(TEAM, ANN, "names for a tea bar -n 2")
    message = await slack.message(TEAM, DIRECT, "Ideas for")
    await here.settle()

    assert message.thread_ts == question.ts
    assert slack.team(TEAM).statuses == [(DIRECT, question.ts, "is thinking…")]  # however often it is acknowledged
    assert len(slack.posts(TEAM, DIRECT)) == 1


async def test_our_own_direct_messages_and_edits_are_no_questions(slack, here):
    await slack.dm(TEAM, ANN, "/help")
    await slack.message(TEAM, DIRECT)
    await slack.event(
        TEAM, {"type": "message", "subtype": "message_changed", "channel": DIRECT, "channel_type": "im", "ts": "1.6"}
    )
    await here.settle()

    assert len(slack.posts(TEAM, DIRECT)) == 1


async def test_what_cannot_be_done_is_said_in_the_conversation(slack, here):
    await slack.dm(TEAM, ANN, "/brainstrom tea")
    message = await slack.message(TEAM, DIRECT)

    assert "/brainstorm" in message.words


async def test_opening_the_conversation_offers_something_to_ask(slack, here):
    await slack.open_home(TEAM, ANN, tab="messages")
    await slack.wait(lambda: slack.team(TEAM).prompts.get(DIRECT))

    prompts = slack.team(TEAM).prompts[DIRECT]
    assert 2 <= len(prompts) <= 4
    assert prompts[0]["message"] == "names for a tea bar"


async def test_a_person_reads_their_own_language(slack, here):
    slack.team(TEAM).person(ANN)["locale"] = "zh-CN"
    calls = slack.count("users.info")

    await slack.slash(TEAM, CHANNEL, ANN, "/muse", "help")
    await slack.slash(TEAM, CHANNEL, ANN, "/muse", "help")
    await here.settle()

    asked = [args for method, _team, args in slack.calls if method == "users.info"]
    assert len(asked) - calls == 1
    assert asked[-1] == {"user": ANN, "include_locale": True}
    assert all(re.search("[\u4e00-\u9fff]", said) for said in await here.private("ann"))


async def test_slack_is_asked_once_who_somebody_is_who_does_several_things_at_once(slack, here):
    slack.fail("users.info", before_s=0.2)
    calls = slack.count("users.info")

    for _time in range(3):
        await slack.slash(TEAM, CHANNEL, ANN, "/muse", "help")
    await here.settle()

    assert slack.count("users.info") - calls == 1
    assert len(await here.private("ann")) == 3


# ---------------------------------------------------------------------------------------------- the Home tab


async def test_home_shows_the_board_of_a_chosen_channel_and_takes_votes(slack, here):
    await here.ask("bob", "/idea The Third Steep")
    await slack.open_home(TEAM, ANN)
    await slack.wait(lambda: "The board is empty" in _home(slack))
    await slack.choose_channel(TEAM, ANN, CHANNEL)
    await slack.wait(lambda: "The Third Steep" in _home(slack))
    vote = next(value for value in _home_values(slack) if value.startswith("vote:") and value.endswith(":up"))

    await slack.press_home(TEAM, ANN, vote)
    await slack.wait(lambda: "Recorded 👍" in _home(slack))

    assert "👍 1" in _home(slack)
    assert "Settings of this channel" in _home(slack)


async def test_home_begins_where_a_person_last_used_muselab(slack, here):
    await here.ask("ann", "/idea The Third Steep")

    await slack.open_home(TEAM, ANN)

    await slack.wait(lambda: "The Third Steep" in _home(slack))


async def test_a_form_opened_at_home_has_its_effect_in_the_channel(slack, here):
    await here.ask("ann", "/idea The Third Steep")
    await slack.open_home(TEAM, ANN)
    await slack.wait(lambda: "The Third Steep" in _home(slack))
    edit = next(value for value in _home_values(slack) if value.startswith("?edit:"))

    await slack.press_home(TEAM, ANN, edit)
    await slack.submit_view(await slack.modal(TEAM, ANN), {"text": "The Fourth Steep"})
    await here.settle()

    assert "The Fourth Steep" in await here.ideas(await here.ask("bob", "/board"))
    assert "The Fourth Steep" in _home(slack)


def _home(slack):
    view = slack.team(TEAM).homes.get(ANN, {"blocks": []})
    return str(view["blocks"])


def _home_values(slack):
    blocks = slack.team(TEAM).homes[ANN]["blocks"]
    elements = [element for block in blocks for element in block.get("elements", ())]
    return [part["value"] for element in elements for part in (element, *element.get("options", ())) if part.get("value")]


# ---------------------------------------------------------------------------------------------- shortcuts and reactions


async def test_the_shortcut_on_a_message_with_several_ideas_asks_which(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 3")
    second = (await here.ideas(message))[1]

    await slack.shortcut(message.place, "remix", BOB)
    modal = await slack.modal(TEAM, BOB)
    await slack.submit_view(modal, {"muselab-choice": _option(modal, second), "second": "3"})
    remix = await slack.message(TEAM, CHANNEL, "A remix of")
    await here.settle()

    assert second[:30] in await here.text(Seen(place=remix))


async def test_the_shortcut_on_somebody_s_message_says_what_it_is_for(slack, here):
    message = await slack.say(TEAM, CHANNEL, ANN, "Good morning")

    await slack.shortcut(message, "remix", BOB)

    assert "no idea of Muselab's" in (await slack.whisper(TEAM, BOB)).words


def _option(modal, text):
    block = next(block for block in modal.view["blocks"] if block["block_id"] == "muselab-choice")
    return next(option["value"] for option in block["element"]["options"] if text[:20] in option["text"]["text"])


async def test_number_emoji_vote_for_the_idea_of_that_number(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 3")
    ideas = await here.ideas(message)

    await slack.react(message.place, "three", BOB)
    await here.settle()
    assert (await here.ideas(await here.ask("ann", "/board")))[0] == ideas[2]

    await slack.react(message.place, "three", BOB, remove=True)
    await here.settle()
    assert "👍 1" not in await here.text(await here.ask("ann", "/board"))


async def test_other_emoji_on_several_ideas_mean_nothing_and_who_used_them_is_told_once(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    for name in ("fire", "parrot", "+1::skin-tone-4"):
        await slack.react(message.place, name, BOB)
        await here.settle()
    await slack.react(message.place, "fire", BOB, remove=True)
    await here.settle()

    assert "👍 1" not in await here.text(await here.ask("ann", "/board"))
    (hint,) = slack.private(TEAM, BOB)
    assert "1️⃣ to 🔟" in hint.words
    assert slack.private(TEAM, ANN) == []


async def test_where_reactions_are_switched_off_nobody_is_told_how_to_react(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")
    await here.ask("admin", "/settings --reactions off")

    await slack.react(message.place, "fire", BOB)
    await here.settle()

    assert slack.private(TEAM, BOB) == []


@pytest.mark.parametrize("tone", ["", *(f"::skin-tone-{tone}" for tone in range(2, 7))])
async def test_a_thumb_of_any_colour_is_a_vote(slack, here, tone):
    message = await here.ask("ann", "/idea The Third Steep")

    await slack.react(message.place, f"+1{tone}", BOB)
    await here.settle()
    up = await here.text(await here.ask("ann", "/board"))
    await slack.react(message.place, f"+1{tone}", BOB, remove=True)
    await here.settle()

    assert "👍 1" in up
    assert "👍 1" not in await here.text(await here.ask("ann", "/board"))


def test_every_emoji_that_says_something_has_a_name_in_slack():
    said = {emoji for name in plugins.names(signals) for emoji in plugins.load(signals, name).EMOJI}

    assert said <= set(EMOJI.values())


# ---------------------------------------------------------------------------------------------- the whole program


async def test_the_program_itself_serves_slack_and_stops_when_told(slack, tmp_path):
    people(slack, TEAM)
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "MUSELAB_HOME": str(tmp_path),
        "MUSELAB_GENERATOR__SCRIPTED": "true",
        "MUSELAB_SLACK__BOT_TOKEN": slack.team(TEAM).bot_token,
        "MUSELAB_SLACK__APP_TOKEN": slack.app_token,
        "MUSELAB_SLACK__API_BASE": slack.api_base,
    }
    slack.rates.second = 1.0  # the program keeps to real seconds
    program = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", cwd=tmp_path, env=env)
    try:
        await slack.wire.connected(deadline=START_S)
        await slack.slash(TEAM, CHANNEL, ANN, "/brainstorm", "names for a tea bar -n 3")
        message = await slack.message(TEAM, CHANNEL, "3. ", deadline=START_S)
        await slack.wait(lambda: "⏳" not in message.words, deadline=START_S)
    finally:
        program.terminate()
        status = await asyncio.wait_for(program.wait(), START_S)

    assert len(slack.posts(TEAM, CHANNEL)) == 1
    assert status in (0, 128 + signal.SIGTERM, -signal.SIGTERM)


# ---------------------------------------------------------------------------------------------- the manifest


@pytest.mark.parametrize("port", [0, 3000])
def test_the_manifest_is_as_slack_wants_it(tmp_path, port):
    settings = Settings(home=tmp_path, slack=SlackTable(port=port, client_id="1.2", client_secret=SecretStr("s")))

    made = manifest(settings, url="https://muse.example.org")

    jsonschema.validate(made, load().manifest)
    assert made["settings"]["socket_mode_enabled"] == (port == 0)
    assert made["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)
    assert {command["command"] for command in made["features"]["slash_commands"]} == {"/brainstorm", "/board", "/muse"}
    assert ("request_url" in made["settings"]["interactivity"]) == (port != 0)


async def test_the_permissions_in_the_manifest_are_all_that_is_used(slack, here):
    await here.ask("ann", "/idea The Third Steep")
    await here.ask("ann", "/export csv")
    await here.ask("ann", "/privacy export")
    await slack.dm(TEAM, ANN, "/board")
    await slack.open_home(TEAM, ANN, tab="messages")
    await slack.open_home(TEAM, ANN)
    await here.settle()

    assert slack.team(TEAM).scopes == set(SCOPES)
    assert "lacks the permission" not in "\n".join(await here.private("ann"))
    assert len(slack.uploads) == 2


async def test_in_a_channel_with_threads_what_follows_a_brainstorm_stands_below_it(slack, here):
    await here.ask("admin", "/settings --thread on")
    first = await here.ask("ann", "/brainstorm names for a tea bar -n 2")

    more = await here.press("bob", first, "more", 1)
    again = await here.press("ann", more, "more", 1)

    assert first.place.thread_ts is None
    assert more.place.thread_ts == first.place.ts
    assert again.place.thread_ts == first.place.ts
    assert len(await here.ideas(more)) >= 1


async def test_reactions_on_other_people_s_messages_are_not_even_looked_at(slack, here):
    message = await slack.say(TEAM, CHANNEL, ANN, "Good morning")

    await slack.react(message, "fire", BOB)
    await here.settle()

    assert slack.count("reactions.get") == 0


async def test_a_stream_shows_every_part_once_while_it_grows(slack, here):
    await slack.dm(TEAM, ANN, "names for a tea bar -n 4")
    message = await slack.message(TEAM, DIRECT)
    await here.settle()

    _text, streamed = message.versions[-2]  # the last state before the finished card took its place
    heads = [block for block in streamed if block["type"] == "header"]
    ideas = [block["text"]["text"] for block in streamed if block["type"] == "section"]
    assert len(heads) == 1
    assert len(ideas) == len(set(ideas)) >= 3


async def test_a_stream_that_cannot_be_ended_at_once_is_ended_later(slack, here):
    slack.fail("chat.stopStream", times=4, status=503)

    await slack.dm(TEAM, ANN, "names for a tea bar -n 2")
    message = await slack.message(TEAM, DIRECT)
    await here.settle()

    assert not message.streaming
    assert "⏳" not in message.words
    assert len(await here.ideas(Seen(place=message))) == 2


async def test_an_admin_named_by_mention_may_change_settings(slack, here):
    await here.ask("bob", "/settings --count 3")
    refused = await here.private("bob")
    await here.ask("admin", "/settings --admins @u0bob")

    await here.ask("bob", "/settings --count 3")

    assert "Only people who manage" in refused[-1]
    assert "count: 3" in (await here.private("bob"))[-1]


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived", "missing_scope"])
async def test_a_channel_in_which_we_cannot_write_hears_no_news_and_the_setting_says_so(slack, here, error):
    slack.fail("chat.postMessage", times=9, error=error)

    await here.ask("admin", "/settings --admin-channel C0THEIRS")

    assert "not one of this team's" in (await here.private("admin"))[-1]
    assert (await here.house.store.settings(Channel(team=HERE.team, id=""))).admin_channel is None


async def test_a_channel_that_hears_news_is_told_so(slack, here):
    await here.ask("admin", f"/settings --admin-channel <#{CHANNEL}>")

    assert "news of your team's model are told here" in (await here.posted())[-1]
    assert (await here.house.store.settings(Channel(team=HERE.team, id=""))).admin_channel == CHANNEL


async def test_a_conversation_of_one_s_own_gives_no_rights_over_the_team(slack, here):
    await slack.dm(TEAM, ANN, f"/settings --admins {ANN}")
    said = await slack.message(TEAM, DIRECT)

    assert "Only people who manage" in said.words


async def test_a_form_s_words_hold_no_ids(slack, here):
    slack.team(TEAM).person(BOB)["display_name"] = "Bob B."
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 1")

    await here.submit("ann", message, "idea", 0, {"text": f"Ask <@{BOB}> and <@U0NOBODY1>"})

    (own,) = [idea for idea in await here.house.store.ideas(HERE) if idea.author is not None]
    assert own.text == "Ask Bob B. and somebody"


async def test_what_is_said_in_the_thread_of_ideas_is_about_them(slack, here):
    question = await slack.mention(TEAM, CHANNEL, ANN, "names for a tea bar -n 3", thread="1.0001")
    first = await slack.message(TEAM, CHANNEL, "Ideas for")
    await here.settle()
    second = (await here.ideas(Seen(place=first)))[1]

    await slack.mention(TEAM, CHANNEL, BOB, "more like the second one", thread=question.thread_ts)
    message = await slack.message(TEAM, CHANNEL, "More like")
    await here.settle()
    await slack.mention(TEAM, CHANNEL, BOB, "thanks!", thread=question.thread_ts)
    said = await slack.whisper(TEAM, BOB, "welcome")
    await here.settle()

    assert f"More like “{second}”" in message.words
    assert message.thread_ts == said.thread_ts == "1.0001"
    assert len(await here.house.store.brainstorms(HERE, limit=9)) == 2


async def test_in_a_direct_conversation_what_is_said_is_about_its_last_ideas(slack, here):
    await slack.dm(TEAM, ANN, "names for a tea bar -n 2")
    await slack.message(TEAM, DIRECT, "Ideas for")
    await here.settle()

    await slack.dm(TEAM, ANN, "再来几个")
    await slack.wait(lambda: len(slack.posts(TEAM, DIRECT)) == 2)
    await here.settle()
    await slack.dm(TEAM, ANN, "你好")
    hello = await slack.message(TEAM, DIRECT, "你好")

    made = await here.house.store.brainstorms(Channel(team=HERE.team, id=DIRECT), limit=9)
    assert [one.prompt.text for one in made] == ["names for a tea bar"] * 2
    assert "/muse help" in hello.words


async def test_a_mention_in_a_topic_is_a_name(slack, here):
    message = await here.ask("ann", "/brainstorm a birthday present for @u0bob -n 1")

    assert "a birthday present for u0bob" in await here.text(message)


# ---------------------------------------------------------------------------------------------- deleting


async def board(here, channel=CHANNEL):
    return await here.house.store.ideas(Channel(team=HERE.team, id=channel))


async def test_a_message_deleted_in_a_direct_conversation_hides_what_it_showed(slack, here):
    await slack.dm(TEAM, ANN, "names for a tea bar -n 3")
    message = await slack.message(TEAM, DIRECT, "Ideas for")
    await here.settle()
    assert len(await board(here, DIRECT)) == 3

    await slack.delete(message)
    await here.settle()

    assert await board(here, DIRECT) == []


async def test_a_message_of_somebody_else_that_is_deleted_hides_nothing(slack, here):
    question = await slack.dm(TEAM, ANN, "names for a tea bar -n 3")
    await slack.message(TEAM, DIRECT, "Ideas for")
    await here.settle()

    await slack.delete(question)
    await here.settle()

    assert len(await board(here, DIRECT)) == 3


# ---------------------------------------------------------------------------------------------- the board


async def turned(slack, here):
    """A board of two pages, its first page and its second, which was turned to."""
    for number in range(11):
        await here.ask("ann", f"/idea The tea of day {number}")
    board = await here.ask("ann", "/board")
    first, posts = await here.ideas(board), len(slack.posts(TEAM, CHANNEL))
    await here.press("bob", board, "board", 0, "2")
    assert len(slack.posts(TEAM, CHANNEL)) == posts
    return board, first, await here.ideas(board)


async def test_a_page_of_the_board_is_turned_in_its_place(slack, here):
    board, first, second = await turned(slack, here)

    assert (len(first), len(second)) == (10, 1)
    assert not set(first) & set(second)
    await here.press("ann", board, "board", 0, "1")
    assert await here.ideas(board) == first


async def test_a_page_is_turned_where_the_bot_is_no_member(slack, here):
    slack.team(TEAM).conversation(CHANNEL).bot_inside = False

    _board, first, second = await turned(slack, here)

    assert not set(first) & set(second)


async def test_reactions_to_a_turned_page_are_for_the_ideas_on_it(slack, here):
    board, _first, second = await turned(slack, here)

    await here.react("bob", board, "👍")

    assert "👍 1" in await here.text(await here.ask("ann", "/board"))
    assert (await here.ideas(await here.ask("ann", "/board")))[0] == second[0]


async def test_the_board_asked_for_under_ideas_does_not_take_their_place(slack, here):
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")
    ideas = await here.ideas(message)

    board = await here.press("bob", message, "board")

    assert board is not None
    assert await here.ideas(message) == ideas


# ---------------------------------------------------------------------------------------------- votes, where ideas are shown


async def voted(slack, here, message, values):
    """Two people press 👍 on the one idea of a message."""
    up = next(value for value in values if value.startswith("vote:") and value.endswith(":up"))
    for person in (ANN, BOB):
        await slack.press(message, up, person)
    await here.settle()
    await slack.wait(lambda: "👍 2" in message.words, what="the tally on the message")


async def test_votes_on_a_person_s_own_idea_change_its_message(slack, here):
    here.house.desk.watch.tallies.pause_s = 0.02
    mine = (await here.ask("ann", "/idea The Third Steep")).place

    await voted(slack, here, mine, mine.buttons())

    assert "A new idea on the board" in mine.words
    assert len(slack.posts(TEAM, CHANNEL)) == 1


async def test_votes_pressed_on_the_board_change_the_board_and_the_idea_s_message(slack, here):
    here.house.desk.watch.tallies.pause_s = 0.02
    mine = (await here.ask("ann", "/idea The Third Steep")).place
    board = (await here.ask("bob", "/board")).place

    await voted(slack, here, board, board.buttons())

    await slack.wait(lambda: "👍 2" in mine.words, what="the tally on the idea's own message")
    assert await here.ideas(Seen(place=board)) == ["The Third Steep"]
    assert len(slack.posts(TEAM, CHANNEL)) == 2


async def test_votes_on_the_board_are_seen_on_it_after_a_restart(slack, tmp_path):
    store = MemoryStore()
    async with connected(slack, tmp_path, store=store) as before:
        await before.ask("ann", "/idea The Third Steep")
        board = (await before.ask("ann", "/board")).place
    await slack.wait(lambda: not slack.wire.live(), what="the end of the first connection")
    async with connected(slack, tmp_path, store=store) as after:
        after.house.desk.watch.tallies.pause_s = 0.02
        await voted(slack, after, board, board.buttons())
