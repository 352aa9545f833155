"""Several processes on one database and token: one acknowledges and goes, another serves; one answer, nothing taken back."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from bot import commands, plugins, wiring
from bot.courtesy import Courtesy
from bot.ports import LEASE
from storage.memory import MemoryStore
from tests.acceptance.drivers.slack import CHANNEL, SECOND, TEAMS, connected, is_carousel, user
from tests.acceptance.dying import opened
from tests.contract.conftest import postgres, postgres_url  # noqa: F401 - fixtures
from tests.fair import until
from tests.fakes.slack import running
from tests.fakes.slack.wire import Ack

EPOCH = datetime(2026, 3, 1, tzinfo=UTC)
TEAM, ANN = TEAMS["red"], user("ann")
LINES = {
    "board": "board",
    "brainstorm": "brainstorm names for a boat -n 2",
    "compose": "compose 1",
    "copy": "copy a tea bar -n 2",
    "duel": "duel",
    "export": "export csv",
    "help": "help vote",
    "hide": "hide 2",
    "idea": "idea The Third Steep",
    "imagine": "imagine 1",
    "model": "model show",
    "more": "more 1 -n 2",
    "name": "name a tea bar -n 2",
    "pick": "pick 1",
    "pitch": "pitch 1",
    "poem": "poem autumn rain -n 2",
    "polish": "polish 1 -n 1",
    "privacy": "privacy show",
    "recommend": "recommend a tea bar",
    "remix": "remix 1 3 -n 2",
    "restore": "restore 2",
    "say": "say 1",
    "settings": "settings --count 2",
    "spin": "spin underwater -n 2",
    "story": "story a lighthouse -n 2",
    "why": "why 1",
}
FORMS = {
    "idea": {"text": "Leaf & Let Leaf"},
    "edit": {"text": "The Fourth Steep"},
    "stars": {"stars": "4"},
    "remix": {"second": "2"},
    "correct": {"topic": "names for a tee bar"},
}
NOTES = {"correct": 1}  # what only the person sees beside the answer
WHOLE = {  # forms that a command opens which is typed alone
    "brainstorm": {"topic": "names for a boat"},
    "copy": {"topic": "a tea bar"},
    "compose": {"what": "1"},
    "imagine": {"what": "1"},
}


class Gate(Courtesy):
    """Lets nothing begin after an acknowledgement while it is shut."""

    def __init__(self):
        super().__init__()
        self.free = asyncio.Event()
        self.free.set()

    async def after_you(self, *, first=False):
        await self.free.wait()


class Pair:
    """Two processes or more, of which one dies after each acknowledgement."""

    def __init__(self, slack, drivers, first):
        self.slack, self.drivers, self.first = slack, drivers, first

    async def handed_over(self, act):
        """What the one acknowledges the other serves; gives the messages that came of it, and those that are gone."""
        wire, workspace = self.slack.wire, self.slack.team(TEAM)
        held = {name for driver in self.drivers for name in driver.house.desk.inbox._held}
        while len(wire.acks) % len(self.drivers) != self.first:
            wire.acks.append(Ack("none", 0.0))  # deliveries go to the connections by turns
        there = list(workspace.messages)
        for driver in self.drivers:
            driver.chat.acks.free.clear()
        ack = await act()
        assert not ack.missed
        new = {driver: set(driver.house.desk.inbox._held) - held for driver in self.drivers}
        (gone,) = [driver for driver in self.drivers if new[driver]]
        lives = self.drivers[(self.drivers.index(gone) + 1) % len(self.drivers)]
        await until(lambda: gone.chat._tasks)
        under_way = list(gone.chat._tasks)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        for driver in self.drivers:
            driver.chat.acks.free.set()
        await self.takes_over(lives, new[gone])
        posted = [message for message in workspace.messages if message.bot and message not in there]
        came = [message for message in posted if not message.files and not is_carousel(message)]
        return came, [message for message in workspace.messages if message.deleted]

    async def takes_over(self, driver, names):
        inbox = driver.house.desk.inbox
        inbox.clock = lambda: wiring.clock() + 2 * LEASE
        left = await inbox.left(["slack"])
        inbox.clock = wiring.clock
        (arrival,) = [one for one in left if (one.team, one.id) in names]
        await driver.chat.again(arrival.body)
        await driver.settle()


#: How many processes, and which of them acknowledges; on a database of their own each one's connections are its own.
SEVERAL = [
    *(pytest.param(2, first, "memory", id=f"{first} of 2 acknowledges") for first in (0, 1)),
    *(
        pytest.param(count, first, "postgresql", id=f"{first} of {count} acknowledges, PostgreSQL", marks=pytest.mark.slow)
        for count in (2, 3)
        for first in range(count)
    ),
]


@pytest.fixture
def stores(count, kind, tmp_path, request):
    """How each process opens its store."""
    if kind == "memory":
        store = MemoryStore()
        return [nullcontext(store)] * count
    url = request.getfixturevalue("postgres_url")
    return [opened(url, tmp_path / str(number)) for number in range(count)]


@pytest.fixture
async def pair(count, first, stores, tmp_path):
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(running(second=SECOND, judged=False))  # others judge the calls
        drivers = []
        for one in stores:
            store = await stack.enter_async_context(one)
            drivers.append(await stack.enter_async_context(connected(slack, tmp_path, store=store)))
        await slack.wire.connected(count)
        for driver in drivers:
            driver.chat.acks = Gate()
        await slack.slash(TEAM, CHANNEL, ANN, "/brainstorm", "names for a tea bar -n 3")
        for driver in drivers:
            await driver.settle()
        yield Pair(slack, drivers, first)


@pytest.mark.asyncio(loop_factories=["fair"])  # a thread that learns imports for a second, of which a brisk one makes eight
@pytest.mark.parametrize(("count", "first", "kind"), SEVERAL)
async def test_each_command_that_one_process_acknowledges_and_another_serves_has_one_answer(pair):
    names = plugins.names(commands)
    assert set(LINES) <= set(names)
    for name in names:
        line = LINES.get(name, f"help {name}")  # what needs a file, or something under way, is asked about
        answers, deleted = await pair.handed_over(lambda line=line: pair.slack.slash(TEAM, CHANNEL, ANN, "/muse", line))

        assert len(answers) == 1, (name, [answer.words for answer in answers])
        assert "⏳" not in answers[0].words, name
        assert not deleted


@pytest.mark.parametrize(("count", "first", "kind"), SEVERAL)
async def test_each_button_that_one_process_acknowledges_and_another_serves_has_one_answer(pair):
    message = await pair.slack.message(TEAM, CHANNEL, "Ideas for")
    values = [*message.buttons(), *message.options()]
    pressed = {value.split(":")[0]: value for value in values if not value.startswith("?")}
    assert len(pressed) >= 8
    for verb, value in pressed.items():
        answers, deleted = await pair.handed_over(lambda value=value: pair.slack.press(message, value, ANN))

        assert len(answers) == 1, (verb, [answer.words for answer in answers])
        assert not deleted


@pytest.mark.parametrize(("count", "first", "kind"), SEVERAL)
async def test_each_form_that_one_process_acknowledges_and_another_serves_has_one_answer(pair):
    message = await pair.slack.message(TEAM, CHANNEL, "Ideas for")
    asks = {value.removeprefix("?").split(":")[0]: value for value in [*message.buttons(), *message.options()] if value[0] == "?"}
    assert set(FORMS) == set(asks)
    for verb, values in FORMS.items():
        await filled(pair, lambda verb=verb: pair.slack.press(message, asks[verb], ANN), verb, values)


@pytest.mark.parametrize(("count", "first", "kind"), SEVERAL)
async def test_each_form_of_a_command_that_one_process_acknowledges_and_another_serves_has_one_answer(pair):
    opening = {name for name in plugins.names(commands) if hasattr(plugins.load(commands, name), "OPENS")}
    assert opening == {*WHOLE, "import", "memo", "photo"}  # which take files
    for name, values in WHOLE.items():
        await filled(pair, lambda name=name: pair.slack.slash(TEAM, CHANNEL, ANN, "/muse", name), name, values)


async def filled(pair, opened, verb, values):
    """Opens a form, and hands over what is sent with it."""
    await opened()
    modal = await pair.slack.modal(TEAM, ANN)
    for driver in pair.drivers:
        await driver.settle()

    answers, deleted = await pair.handed_over(lambda: pair.slack.submit_view(modal, values))

    assert len(answers) == 1 + NOTES.get(verb, 0), (verb, [answer.words for answer in answers])
    assert sum(answer.only_for is None for answer in answers) <= 1
    assert not deleted


@pytest.fixture
def database(kind, request, tmp_path):
    return f"sqlite:///{tmp_path / 'muselab.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.mark.parametrize(
    ("kind", "count"), [("sqlite", 2), ("postgresql", 2), pytest.param("postgresql", 3, marks=pytest.mark.slow)]
)
async def test_several_processes_post_in_a_channel_at_one_pace(database, count, tmp_path):
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(running(second=0.2))
        drivers = []
        for number in range(count):
            store = await stack.enter_async_context(opened(database, tmp_path / str(number)))
            drivers.append(await stack.enter_async_context(connected(slack, tmp_path, store=store)))
        await slack.wire.connected(count)
        for driver in drivers:  # by the clock that the local Slack judges by, which stands still while others compute
            driver.chat.teams.pace._clock = lambda: EPOCH + timedelta(seconds=loop.time())

        await asyncio.gather(*(slack.slash(TEAM, CHANNEL, ANN, "/board") for _ in range(6)))
        for driver in drivers:
            await driver.settle()

        assert len(slack.posts(TEAM, CHANNEL)) == 6
        assert not slack.violations


@pytest.mark.parametrize(
    ("kind", "count"), [("sqlite", 2), ("postgresql", 2), pytest.param("postgresql", 3, marks=pytest.mark.slow)]
)
async def test_several_processes_tell_people_in_private_no_oftener_than_one_may(database, count, tmp_path):
    loop = asyncio.get_running_loop()
    began = wiring.clock() - timedelta(seconds=loop.time())  # what is older than a day the database forgets
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(running(second=60.0))  # nothing of a minute is over before the test is
        drivers = []
        for number in range(count):
            store = await stack.enter_async_context(opened(database, tmp_path / str(number)))
            drivers.append(await stack.enter_async_context(connected(slack, tmp_path, store=store)))
        await slack.wire.connected(count)
        for driver in drivers:
            driver.chat.teams.pace._clock = lambda: began + timedelta(seconds=loop.time())
            driver.chat.teams.pace._second = 60.0
        for n in range(86):  # private messages of before; each process alone could send another 47
            async with drivers[n % count].chat.teams.pace.turn("chat.postEphemeral", TEAM):
                assert slack.rates.excess("chat.postEphemeral", TEAM, CHANNEL) is None

        for _n in range(20):
            await slack.slash(TEAM, CHANNEL, ANN, "/muse", "help vote")
        for driver in drivers:
            await driver.settle()

        told = [said for said in slack.team(TEAM).messages if said.only_for is not None]
        assert len(told) == 20
        assert not slack.violations
