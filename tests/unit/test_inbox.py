"""The inbox keeps what came until it is served, and the next process serves what the last one left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import wiring
from bot.config import GeneratorTable, Settings
from bot.domain.errors import GeneratorDown, NothingCame, StoreAway, StoreDown
from bot.domain.ideas import Draft
from bot.inbox import Inbox
from bot.messages import Call, Press
from bot.patience import patient
from bot.ports import Arrival, Health, Order, Store
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, Hands, a_call, a_press, an_idea
from tests.fair import PATIENCE_S

LATER = timedelta(seconds=30)  # leases have ended by then


class Chat(BareChat):
    """Serves kept events again, by the call or press that they were."""

    name = "test"

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Call | Press] = {}
        self.front: Any = None

    async def again(self, body: str) -> bool:
        event = self.kept[body]
        sheet = Sheet(self, event.person.id)
        await (self.front.call if isinstance(event, Call) else self.front.press)(event, sheet)
        return True


def kept(event: Any, chat: Chat) -> Any:
    """The event as an adapter hands it over that can serve it again."""
    body = f"the body of {event.id}"
    chat.kept[body] = replace(event, body=body)
    return chat.kept[body]


def a_house(store: Store, tmp_path: Any, clock: Hands, chat: Chat) -> House:
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=clock)
    house.desk.watch.chats = {"test": chat}
    chat.front = house.desk
    return house


async def left_to(house: House) -> None:
    """What the last process left is served."""
    watching = asyncio.create_task(house.desk.watch.run())
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.sleep(0)
        while house.desk.inbox.waiting or house.desk.watch._left or house.desk._tasks:
            await asyncio.sleep(0.01)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await house.desk.close()


class Dying(MemoryStore):
    """Its process dies at the first call of this method."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at

    def __getattribute__(self, name: str) -> Any:
        if name == object.__getattribute__(self, "__dict__").get("at"):
            raise asyncio.CancelledError
        return object.__getattribute__(self, name)


@pytest.mark.parametrize("at", ["ideas", "add"])
async def test_an_idea_of_a_process_that_died_is_put_on_the_board_once(tmp_path: Any, at: str) -> None:
    chat, clock, store = Chat(), Hands(), Dying(at)
    first = a_house(store, tmp_path, clock, chat)
    call = kept(a_call("idea", text="The Third Steep"), chat)
    with pytest.raises(asyncio.CancelledError):
        await first.desk.call(call, Sheet(chat, "ann"))
    store.at, clock.now = "", clock.now + LATER

    await left_to(a_house(store, tmp_path, clock, chat))
    await left_to(a_house(store, tmp_path, clock, chat))

    assert [idea.text for idea in await store.ideas(RED)] == ["The Third Steep"]


async def test_serving_a_person_s_idea_once_more_is_no_copy_of_itself(tmp_path: Any) -> None:
    chat, clock, store = Chat(), Hands(), MemoryStore()
    call = kept(a_call("idea", text="The Third Steep"), chat)
    first = a_house(store, tmp_path, clock, chat)
    first.desk.inbox.done = lambda names, handed_on=False: None  # type: ignore[method-assign]  # it died before that was noted
    await first.desk.call(call, Sheet(chat, "ann"))
    clock.now += LATER

    await left_to(a_house(store, tmp_path, clock, chat))

    assert len(await store.ideas(RED)) == 1
    assert chat.whispers == {}
    assert await store.unserved(clock.now + LATER, clock.now + 2 * LATER, "nobody", ["test"]) == []


async def test_a_vote_that_was_taken_back_since_is_not_counted_when_it_is_served_late(tmp_path: Any) -> None:
    chat, clock, store = Chat(), Hands(), Dying("hear")
    idea = await store.add(an_idea())
    first = a_house(store, tmp_path, clock, chat)
    with pytest.raises(asyncio.CancelledError):
        await first.desk.press(kept(a_press(f"vote:{idea.id}:up"), chat), Sheet(chat, "ann"))
    store.at = ""
    other = a_house(store, tmp_path, clock, chat)
    taken_back = replace(a_press(f"vote:{idea.id}:none"), at=NOON + timedelta(seconds=2))
    await other.desk.press(kept(taken_back, chat), Sheet(chat, "ann"))
    clock.now += LATER

    await left_to(a_house(store, tmp_path, clock, chat))

    assert await store.feedback(RED.team, [idea.id]) == []


async def test_what_was_asked_long_ago_is_told_and_not_done(tmp_path: Any) -> None:
    chat, clock, store = Chat(), Hands(), MemoryStore()
    call = kept(a_call("brainstorm", topic="tea"), chat)
    await store.arrive([Arrival(team=RED.team, id=call.id, at=NOON, body=call.body)], "a dead process", NOON)
    clock.now += timedelta(hours=2)

    await left_to(a_house(store, tmp_path, clock, chat))

    assert ["has only just come back" in card.text for card in chat.whispers["ann"]] == [True]
    assert await store.brainstorms(RED, limit=5) == []


async def test_who_leaves_gives_up_at_once_what_is_not_served(tmp_path: Any) -> None:
    clock, store = Hands(), MemoryStore()
    inbox = Inbox(store=store, clock=clock, new_id=lambda: "one")
    await inbox.keep(Arrival(team=RED.team, id="Ev1", at=NOON, body="…"))

    await inbox.close()

    assert [one.id for one in await store.unserved(clock.now, clock.now + LATER, "two", ["test"])] == ["Ev1"]


class Slow(MemoryStore):
    """Takes its time, and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    async def arrive(self, arrivals: Sequence[Arrival], holder: str, until: datetime) -> list[bool]:
        self.asked.append(len(arrivals))
        await asyncio.sleep(0.01)
        return await super().arrive(arrivals, holder, until)


async def test_events_that_come_while_the_database_works_are_stored_together() -> None:
    store = Slow()
    inbox = Inbox(store=store, clock=Hands(), new_id=lambda: "one")
    events = [Arrival(team=RED.team, id=f"Ev{n}", at=NOON, body="…") for n in range(20)]

    first = asyncio.create_task(inbox.keep(events[0]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    kept = await asyncio.gather(*map(inbox.keep, events[1:]), inbox.keep(events[5]))

    assert await first
    assert kept == [True] * 19 + [False]
    assert store.asked == [1, 19]


async def test_an_event_that_could_not_be_stored_is_as_new_as_before() -> None:
    store = Slow()
    inbox = Inbox(store=store, clock=Hands(), new_id=lambda: "one")
    event, works = Arrival(team=RED.team, id="Ev1", at=NOON, body="…"), store.arrive

    async def full(*_given: Any) -> list[bool]:
        raise StoreDown

    store.arrive = full  # type: ignore[method-assign]
    with pytest.raises(StoreDown):
        await inbox.keep(event)
    store.arrive = works  # type: ignore[method-assign]

    assert await inbox.keep(event)


class Away(MemoryStore):
    """Is away for some calls."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.calls = calls

    async def hear(self, *given: Any) -> Any:
        self.calls -= 1
        if self.calls >= 0:
            raise StoreAway
        return await super().hear(*given)


async def test_a_vote_waits_for_a_database_that_is_away(tmp_path: Any) -> None:
    chat, away = Chat(), Away(3)
    idea = await away.add(an_idea())
    house = a_house(patient(away), tmp_path, Hands(), chat)

    await house.desk.press(a_press(f"vote:{idea.id}:up", reaction="👍"), Sheet(chat, "ann"))

    assert len(await away.feedback(RED.team, [idea.id])) == 1
    assert chat.whispers == {}


async def test_who_waited_long_enough_is_told(tmp_path: Any) -> None:
    chat, away = Chat(), Away(1000)
    idea = await away.add(an_idea())
    house = a_house(patient(away, patience_s=0.2), tmp_path, Hands(), chat)

    await house.desk.press(a_press(f"vote:{idea.id}:up"), Sheet(chat, "ann"))

    assert [card.text for card in chat.whispers["ann"]] == [str(StoreAway())]


class Refusing(Sheet):
    """A message that the platform does not take at first."""

    async def settle(self) -> bool:
        assert isinstance(self.chat, Busy)
        self.chat.refusals -= 1
        return self.chat.refusals < 0


class Busy(Chat):
    """Takes no message at first."""

    refusals = 2

    def at(self, address: str) -> Sheet | None:
        return Refusing(self, "", address)


@pytest.mark.asyncio(loop_factories=["jumping"])
async def test_a_vote_is_served_when_its_tally_is_drawn_however_often_the_platform_refuses(tmp_path: Any) -> None:
    chat, store = Busy(), MemoryStore()
    house = a_house(store, tmp_path, Hands(), chat)
    house.desk.watch.tallies.again_s = 0.01
    asked = Sheet(chat, "ann")
    await house.desk.call(a_call("brainstorm", topic="tea", count=2), asked)
    idea = chat.messages[asked.address].lines[0].idea

    await house.desk.press(kept(a_press(f"vote:{idea}:up"), chat), Sheet(chat, "ann"))
    waiting = house.desk.inbox.waiting
    async with asyncio.timeout(PATIENCE_S):
        while house.desk.inbox.waiting:
            await asyncio.sleep(0.01)

    assert waiting == 1
    assert chat.refusals == -1


class Held(Sheet):
    """A message whose last card is on its way until it is let go."""

    async def settle(self) -> bool:
        assert isinstance(self.chat, Holding)
        self.chat.settling.set()
        await self.chat.let_go.wait()
        return True


class Holding(Chat):
    def __init__(self) -> None:
        super().__init__()
        self.settling, self.let_go = asyncio.Event(), asyncio.Event()


class Watched(MemoryStore):
    """Says when somebody looks at a brainstorm."""

    def __init__(self) -> None:
        super().__init__()
        self.looked = asyncio.Event()

    async def brainstorm(self, *given: Any) -> Any:
        self.looked.set()
        return await super().brainstorm(*given)


async def test_a_vote_that_comes_while_the_last_card_is_on_its_way_is_drawn_after_it(tmp_path: Any) -> None:
    chat, store = Holding(), Watched()
    house = a_house(store, tmp_path, Hands(), chat)
    house.desk.watch.tallies.pause_s = 0.01
    asked = Held(chat, "ann")
    answering = asyncio.create_task(house.desk.call(a_call("brainstorm", topic="tea", count=2), asked))
    await chat.settling.wait()
    idea = chat.messages[asked.address].lines[0].idea

    await house.desk.press(kept(a_press(f"vote:{idea}:up"), chat), Sheet(chat, "ann"))
    store.looked.clear()
    await store.looked.wait()
    await asyncio.sleep(0)
    chat.let_go.set()
    await answering
    async with asyncio.timeout(PATIENCE_S):
        while house.desk.inbox.waiting or house.desk._tasks:
            await asyncio.sleep(0.01)

    tally = chat.messages[asked.address].lines[0].tally
    assert tally is not None
    assert tally.ups == 1


class Crossed(Sheet):
    """A message on which the first change is long on its way."""

    async def show(self, card: Any) -> None:
        assert isinstance(self.chat, Crossing)
        self.chat.changes_begun += 1
        if self.chat.changes_begun == 1:
            self.chat.begun.set()
            await self.chat.let_go.wait()
        await super().show(card)


class Crossing(Chat):
    def __init__(self) -> None:
        super().__init__()
        self.changes_begun = 0
        self.begun, self.let_go = asyncio.Event(), asyncio.Event()

    def at(self, address: str) -> Sheet | None:
        return Crossed(self, "", address)


async def test_two_redrawings_of_one_card_do_not_arrive_in_the_wrong_order(tmp_path: Any) -> None:
    chat = Crossing()
    house = a_house(MemoryStore(), tmp_path, Hands(), chat)
    house.desk.watch.tallies.pause_s = 0.001
    asked = Sheet(chat, "ann")
    await house.desk.call(a_call("brainstorm", topic="tea", count=2), asked)
    idea = chat.messages[asked.address].lines[0].idea

    await house.desk.press(kept(a_press(f"vote:{idea}:up"), chat), Sheet(chat, "ann"))
    await chat.begun.wait()
    await house.desk.press(kept(a_press(f"vote:{idea}:up", person="bob"), chat), Sheet(chat, "bob"))
    for _turn in range(50):
        await asyncio.sleep(0.002)
    chat.let_go.set()
    async with asyncio.timeout(PATIENCE_S):
        while house.desk.inbox.waiting or house.desk._tasks:
            await asyncio.sleep(0.01)

    tally = chat.messages[asked.address].lines[0].tally
    assert tally is not None
    assert tally.ups == 2


class Ill(ScriptedGenerator):
    """Answers every order with an error, and feels well."""

    async def health(self) -> Health:
        return Health(ready=True, doing="")


class Mortal(ScriptedGenerator):
    """Dies in the middle of its first orders, and is away for a moment each time."""

    def __init__(self, deaths: int) -> None:
        super().__init__()
        self.deaths = deaths
        self.given: list[Order] = []
        self.away = False

    async def health(self) -> Health:
        there, self.away = not self.away, False
        return Health(ready=there, doing="")

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        self.given.append(order)
        if len(self.given) <= self.deaths:
            self.away = True
            yield Draft(text=f"Before death {len(self.given)}", relevance=1.0)
            raise GeneratorDown
        async for draft in super().draft(order):
            yield draft


@pytest.mark.asyncio(loop_factories=["jumping"])
async def test_a_generator_that_dies_several_times_within_a_brainstorm_is_waited_for(tmp_path: Any) -> None:
    chat, generator = Chat(), Mortal(3)
    house = wiring.furnish(Settings(home=tmp_path), store=MemoryStore(), generator=generator, now=Hands())
    sheet = Sheet(chat, "ann")

    await house.desk.call(a_call("brainstorm", topic="tea", count=3), sheet)

    assert len(chat.messages[sheet.address].lines) == 3
    assert len({order.seed for order in generator.given}) == len(generator.given) == 4


class Hanging(ScriptedGenerator):
    """Never says a word, and feels well."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        self.asked += 1
        await asyncio.Event().wait()
        yield Draft(text="")


async def test_a_generator_that_hangs_costs_its_time_once(tmp_path: Any) -> None:
    chat, generator = Chat(), Hanging()
    settings = Settings(home=tmp_path, generator=GeneratorTable(timeout_s=0.05))
    house = wiring.furnish(settings, store=MemoryStore(), generator=generator, now=Hands())
    sheet = Sheet(chat, "ann")

    await house.desk.call(a_call("brainstorm", topic="tea", count=3), sheet)

    assert generator.asked == 1
    assert "took longer than" in chat.messages[sheet.address].footer


class Empty(ScriptedGenerator):
    """Ends every order well, with nothing."""

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        for text in ():
            yield Draft(text=text)


async def test_a_generator_that_says_nothing_is_not_the_topic_s_fault(tmp_path: Any) -> None:
    chat = Chat()
    house = wiring.furnish(Settings(home=tmp_path), store=MemoryStore(), generator=Empty(), now=Hands())
    sheet = Sheet(chat, "ann")

    await house.desk.call(a_call("brainstorm", topic="tea", count=3), sheet)

    assert chat.messages[sheet.address].footer == str(NothingCame())


async def test_the_words_of_a_foreign_service_stay_in_the_log(tmp_path: Any) -> None:
    chat, store = Chat(), MemoryStore()
    generator = Ill(fails_after=0, failure=GeneratorDown("The generation service failed: <script> at 10.0.0.7"))
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=generator, now=Hands())
    sheet = Sheet(chat, "ann")

    await house.desk.call(a_call("brainstorm", topic="tea"), sheet)

    assert chat.messages[sheet.address].footer == str(GeneratorDown())
