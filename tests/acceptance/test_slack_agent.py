"""Slack's agent view: its own Stop ends what somebody asked for, and the status goes with it."""

from __future__ import annotations

import pytest

from adapters.slack.manifest import EVENT_NAMES
from bot.domain.ideas import Channel
from bot.messages import Card
from tests.acceptance.drivers import Seen
from tests.acceptance.drivers.slack import TEAMS, user
from tests.acceptance.test_slack_places import HERE
from tests.acceptance.test_slack_places import here as here
from tests.acceptance.test_stories import gated

TEAM, ANN = TEAMS["red"], user("ann")
DIRECT = "D" + ANN[1:]


class Listening:
    """The desk's door, which notes what comes through it."""

    def __init__(self):
        self.calls = []

    async def keep(self, arrival):
        return True

    def done(self, team, event):
        pass

    async def call(self, call, reply):
        self.calls.append(call)
        await reply.show(Card(text="Stopped.", private=True))
        return True


@pytest.mark.parametrize(
    "names",
    [
        {"channel": DIRECT, "thread_ts": "1.0001", "user": ANN},
        {"channel_id": DIRECT, "thread_ts": "1.0001", "user_id": ANN},
        {"session": {"channel_id": DIRECT, "thread_ts": "1.0001"}, "stopped_by": ANN},
    ],
    ids=["short names", "long names", "within the session"],
)
async def test_slack_s_stop_ends_what_that_person_asked_for_there(slack, here, names):
    desk = here.chat._front = Listening()
    slack.team(TEAM).person(ANN)

    await slack.event(TEAM, {"type": "agent_session_stopped", "event_ts": "1.0009", "bot_id": "B0MUSELAB", **names})
    await here.settle()

    assert [(call.command, call.person.id, call.channel.id) for call in desk.calls] == [("stop", ANN, DIRECT)]
    assert slack.team(TEAM).statuses[-1] == (DIRECT, "1.0001", "")
    assert [(one.words, one.thread_ts) for one in slack.posts(TEAM, DIRECT)] == [("Stopped.", "1.0001")]


async def test_a_stop_that_names_no_place_stops_nothing(slack, here):
    desk = here.chat._front = Listening()

    await slack.event(TEAM, {"type": "agent_session_stopped", "event_ts": "1.0009", "bot_id": "B0MUSELAB"})
    await here.settle()

    assert desk.calls == []


def test_the_manifest_asks_to_be_told_of_it():
    assert "agent_session_stopped" in EVENT_NAMES


async def test_slack_s_stop_ends_the_ideas_that_are_being_made_there(slack, here):
    still = gated(here.house, drafts=12)
    question = await slack.dm(TEAM, ANN, "names for a tea bar -n 5")
    await still.wait()

    event = {"channel": DIRECT, "thread_ts": question.ts, "user": ANN}
    await slack.event(TEAM, {"type": "agent_session_stopped", "event_ts": "1.0009", "bot_id": "B0MUSELAB", **event})
    await here.settle()

    (made,) = await here.house.store.brainstorms(Channel(team=HERE.team, id=DIRECT), limit=9)
    (card,) = [one for one in slack.posts(TEAM, DIRECT) if "Ideas for" in one.words]
    assert made.state == "done"
    assert "Stopped" in card.words
    assert not card.streaming
    assert len(await here.ideas(Seen(place=card))) < 5
    assert slack.team(TEAM).statuses[-1] == (DIRECT, question.ts, "")
