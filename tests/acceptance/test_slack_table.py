"""Places × actions in Slack: whatever can be done in one place can be done, and is seen, in each of them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.domain.ideas import Channel, Team
from tests.acceptance.drivers import Seen
from tests.acceptance.drivers.slack import CHANNEL, SECOND, TEAMS, connected, user
from tests.fakes.slack import running

RED, BLUE, ANN, BOB = TEAMS["red"], TEAMS["blue"], user("ann"), user("bob")
TOPIC = "names for a tea bar -n 2"


@dataclass
class Place:
    """Somewhere in Slack, with two people in it."""

    channel: str
    slack: object
    here: object
    thread: str | None = None
    of: str = ""  #: the company that the second person belongs to, where it is another one
    archived: bool = False
    second: str = BOB

    async def asks(self, text=TOPIC):
        """Somebody asks for ideas as one does there; the message that answers."""
        if self.channel[0] == "D":
            await self.slack.dm(RED, ANN, text)
        else:
            await self.slack.mention(RED, self.channel, ANN, text, thread=self.thread)
        await self.here.settle()
        message = self.slack.posts(RED, self.channel)[-1]
        self.slack.team(RED).conversation(self.channel).archived = self.archived
        return message

    def value(self, message, verb, n=0, token=""):
        return self.here.value(Seen(place=message), verb, n, token)

    async def presses(self, message, verb, n=0, token=""):
        await self.slack.click(message, self.value(message, verb, n, token), self.second, of=self.of)
        await self.here.settle()

    async def said(self, person):
        """What this person alone reads there."""
        await self.here.settle()
        shown = self.slack.seen(RED, self.channel, by=person) + self.slack.posts(RED, "D" + person[1:])
        return [one.words for one in shown if one.only_for == person or one.channel[0] == "D"]

    async def votes(self):
        where = Channel(team=Team(platform="slack", id=RED), id=self.channel)
        ideas = await self.here.house.store.ideas(where)
        return [one.value for one in await self.here.house.store.feedback(where.team, [idea.id for idea in ideas])]


PLACES = {
    "channel": {"channel": CHANNEL},
    "private channel": {"channel": "G0SECRET"},
    "direct": {"channel": "D" + ANN[1:], "second": ANN},
    "group": {"channel": "M0PARTY"},
    "thread": {"channel": CHANNEL, "thread": "1.0001"},
    "shared by companies": {"channel": CHANNEL, "of": BLUE},
    "archived": {"channel": CHANNEL, "archived": True},
}


async def acknowledges(place, message):
    await place.presses(message, "vote", 1, "up")

    assert not [ack for ack in place.slack.wire.acks if ack.missed or ack.status != 200]


async def answers(place, message):
    ideas = await place.here.ideas(Seen(place=message))

    assert len(ideas) == 2
    assert "⏳" not in message.words
    if place.thread:
        assert message.thread_ts == place.thread


async def votes(place, message):
    await place.presses(message, "vote", 1, "up")

    assert await place.votes() == [1.0]
    assert sum("Recorded" in said for said in await place.said(place.second)) == 1


async def redraws(place, message):
    await place.presses(message, "vote", 1, "up")
    if place.archived:  # nothing can be changed there now; the next vote afterwards shows both
        await place.slack.wait(lambda: place.slack.count("chat.update") >= 1)
        place.slack.team(RED).conversation(place.channel).archived = False
        await place.slack.click(message, place.value(message, "vote", 1, "up"), user("cleo"))

    await place.slack.wait(lambda: ("👍 2" if place.archived else "👍 1") in message.words)


async def reacts(place, message):
    await place.slack.react(message, "two", place.second)
    await place.here.settle()

    assert await place.votes() == [1.0]


async def stays_in_its_thread(place, message):
    await place.slack.press(message, place.value(message, "more", 1), place.second)
    await place.here.settle()

    more = next(one for one in place.slack.seen(RED, place.channel, by=place.second) if "More like" in one.words)
    assert more.thread_ts == message.thread_ts


async def has_a_board_of_its_own(place, message):
    elsewhere = Place("C0ELSEWHERE", place.slack, place.here)
    await elsewhere.asks("slogans for a bike shop -n 2")
    ideas = await place.here.ideas(Seen(place=message))

    await place.slack.slash(RED, place.channel, ANN, "/muse", "board")
    await place.here.settle()

    seen = place.slack.seen(RED, place.channel, by=ANN)
    assert sorted(await place.here.ideas(Seen(place=seen[-1]))) == sorted(ideas)


ACTIONS = (acknowledges, answers, votes, redraws, reacts, stays_in_its_thread, has_a_board_of_its_own)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
@pytest.mark.parametrize("where", PLACES)
async def test_in_each_place(where, action, tmp_path):
    async with running(second=SECOND) as slack, connected(slack, tmp_path) as here:
        slack.team(RED).person(BOB)["team_id"] = PLACES[where].get("of") or RED
        place = Place(slack=slack, here=here, **PLACES[where])

        await action(place, await place.asks())
        await here.settle()

        assert not slack.violations, "\n".join(slack.violations)
