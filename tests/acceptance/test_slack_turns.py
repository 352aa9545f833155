"""A change of a message waits for its turn at Slack's rate: what is shown then is what is stored then."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack.pace import PER_MINUTE, TALLIES_LEAVE
from adapters.slack.places import Where
from adapters.slack.web import Failed, Web
from bot.domain.errors import StoreAway
from bot.messages import Card
from tests.acceptance.drivers.slack import CHANNEL, TEAMS, user
from tests.fair import until

TEAM, ANN, BOB = TEAMS["red"], user("ann"), user("bob")


class Spent:
    """No turn is left for a tally until the test says so."""

    def __init__(self, here):
        self.pace, self.key = here.chat.teams.pace, (TEAM, "chat.update")
        later = asyncio.get_running_loop().time() + 1000.0
        self.pace._turns[self.key].extend([later] * (PER_MINUTE["chat.update"] - TALLIES_LEAVE))

    async def waited_for(self):
        await until(lambda: self.pace._queues[self.key]._waiting, what="a change that waits for its turn")

    def is_over(self):
        self.pace._turns[self.key].clear()
        self.pace._queues[self.key]._move()


async def posted(slack, here, text):
    """A message of ours that is there, and what changes it."""
    where = Where(channel=CHANNEL, user=ANN)
    surface = here.chat._shared.ours.place(here.chat.teams.known(TEAM), where)
    await surface.show(Card(text=text))
    return surface, slack.posts(TEAM, CHANNEL)[-1]


async def test_votes_that_come_in_a_minute_without_a_turn_are_one_change(slack, here):
    here.house.desk.watch.tallies.pause_s = 0.01
    message = await here.ask("ann", "/brainstorm names for a tea bar -n 2")
    up, changes = here.value(message, "vote", 1, "up"), slack.count("chat.update")
    minute = Spent(here)

    await slack.press(message.place, up, ANN)
    await minute.waited_for()
    await slack.press(message.place, up, BOB)
    await here.settle()
    minute.is_over()
    await slack.wait(lambda: "👍 2" in message.place.words, what="the tally")
    await until(lambda: not here.house.desk.inbox.waiting)

    assert slack.count("chat.update") == changes + 1


async def test_a_card_that_is_asked_for_while_a_tally_waits_is_not_replaced_by_it(slack, here):
    surface, message = await posted(slack, here, "The first page")
    minute, drawn = Spent(here), []

    async def draw():
        drawn.append(True)
        return Card(text="The first page, voted on")

    waiting = asyncio.create_task(surface.renew(draw))
    await minute.waited_for()
    shown = asyncio.create_task(surface.show(Card(text="The second page")))
    await until(lambda: surface._wanted == Card(text="The second page"))
    minute.is_over()
    await asyncio.gather(waiting, shown)

    assert message.words == "The second page"
    assert drawn == []


async def test_a_card_that_looks_as_before_is_not_sent(slack, here):
    surface, _message = await posted(slack, here, "The Third Steep")

    async def draw():
        return Card(text="The Third Steep")

    await surface.renew(draw)

    assert slack.count("chat.update") == 0


async def test_a_database_that_does_not_give_our_token_is_a_slack_that_cannot_be_reached(here):
    async def away(_known):
        raise StoreAway

    web = Web(TEAM, here.chat.teams.pace, away)

    with pytest.raises(Failed) as failed:
        await web.call("chat.update", channel=CHANNEL, ts="1.0")

    assert failed.value.error == "unreachable"


async def test_an_event_whose_database_is_away_before_it_reaches_the_desk_is_served_later(slack, here):
    watch, typed, lines = here.house.desk.watch, here.chat._talking._typed, []

    async def away_at_first(line, *more, **named):
        lines.append(line)
        if len(lines) == 1:
            raise StoreAway
        await typed(line, *more, **named)

    here.chat._talking._typed = away_at_first
    here.chat.again, again = record(here.chat.again)
    watch.again_s = 0.0
    ack = await slack.slash(TEAM, CHANNEL, ANN, "/muse", "/idea The Third Steep")
    await here.settle()
    await watch._events()
    await here.settle()

    assert ack.status == 200
    assert len(again) == 1
    assert lines == ["/idea The Third Steep"] * 2
    assert len(slack.posts(TEAM, CHANNEL)) == 1
    assert here.house.desk.inbox.waiting == 0


def record(work):
    """Does it, and keeps what it was given."""
    given = []

    async def recorded(*what):
        given.append(what)
        return await work(*what)

    return recorded, given
