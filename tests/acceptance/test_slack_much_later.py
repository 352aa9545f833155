"""An event that is served once more long after it came: what was posted for it is found, and nothing is posted twice."""

from __future__ import annotations

import json
import time

from adapters.slack.places import Where
from adapters.slack.shared import AGAIN_KEY, named
from bot.messages import Card
from tests.acceptance.drivers.slack import CHANNEL, SECOND, TEAMS, connected, user
from tests.fakes.slack import running

TEAM, ANN = TEAMS["red"], user("ann")
LATER_S = 300.0


async def test_what_was_posted_before_the_process_was_started_again_is_found(tmp_path):
    async with running(second=SECOND) as slack, connected(slack, tmp_path) as driver:
        web, ours, where = driver.chat.teams.known(TEAM), driver.chat._shared.ours, Where(channel=CHANNEL, user=ANN)
        came = time.time() - LATER_S
        await ours.place(web, where, **named("E0IDEA", {})).show(Card(text="The Third Steep"))
        (posted,) = slack.posts(TEAM, CHANNEL)
        posted.ts = f"{came + 1.0:.6f}"  # a second after the event

        again = ours.place(web, where, **named("E0IDEA", {AGAIN_KEY: came}))
        await again.show(Card(text="The Third Steep, saved"))

        assert [one.words for one in slack.posts(TEAM, CHANNEL)] == ["The Third Steep, saved"]
        assert again.ts == posted.ts


async def test_an_event_that_comes_again_says_when_it_came_first(tmp_path):
    async with running(second=SECOND) as slack, connected(slack, tmp_path) as driver:
        desk, kept, again = driver.house.desk, [], []
        keep = desk.keep

        async def keeping(arrival):
            kept.append(arrival)
            return await keep(arrival)

        async def served(body, _web):
            again.append(body)

        desk.keep = keeping
        await slack.slash(TEAM, CHANNEL, ANN, "/muse", "/idea The Third Steep")
        await driver.settle()
        driver.chat._handles = {**driver.chat._handles, "command": served}

        await driver.chat.again(kept[0].body)
        old = {name: value for name, value in json.loads(kept[0].body).items() if name != "at"}
        await driver.chat.again(json.dumps(old))  # kept by a version before this one
        await driver.settle()

        assert named("E0IDEA", again[0])["since"] == kept[0].at.timestamp()
        assert named("E0IDEA", again[1]) | {"name": ""} == {"name": "", "unsure": True, "since": 0.0}
