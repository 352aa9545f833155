"""What is owed to an event: its tally is drawn, its answer is shown, and until then it stays where the next process finds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.domain.errors import StoreAway
from bot.inbox import Inbox
from bot.messages import Card
from bot.patience import patient
from bot.ports import Arrival
from bot.wiring import House
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import Sheet
from tests.builders import NOON, RED, Hands, a_call, a_press, an_idea
from tests.fair import until
from tests.unit.test_inbox import LATER, Chat, a_house, kept, left_to


class Queued(Sheet):
    """A message whose changes wait for a turn."""

    async def renew(self, draw: Any) -> None:
        assert isinstance(self.chat, Queue)
        self.chat.queued += 1
        await self.chat.turn.wait()
        card = await draw()
        if card is not None:
            self.chat.made += 1
            await self.show(card)


class Queue(Chat):
    """A chat in which changes wait for a turn."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = asyncio.Event()
        self.queued = self.made = 0

    def at(self, address: str) -> Sheet | None:
        return Queued(self, "", address)


async def brainstormed(house: House, chat: Chat) -> tuple[Callable[[], Card], list[str]]:
    """A card as it looks when asked, and its ideas."""
    asked = Sheet(chat, "ann")
    await house.desk.call(a_call("brainstorm", topic="tea", count=2), asked)
    return lambda: chat.messages[asked.address], [line.idea for line in chat.messages[asked.address].lines]


async def votes(house: House, chat: Chat, idea: str, *people: str) -> None:
    for person in people:
        await house.desk.press(kept(a_press(f"vote:{idea}:up", person=person), chat), Sheet(chat, person))


def ups(card: Card) -> list[int]:
    return [0 if line.tally is None else line.tally.ups for line in card.lines]


async def test_votes_that_come_while_a_card_waits_for_its_turn_are_drawn_in_that_turn(tmp_path: Path) -> None:
    chat = Queue()
    house = a_house(MemoryStore(), tmp_path, Hands(), chat)
    house.desk.watch.tallies.pause_s = 0.001
    card, ideas = await brainstormed(house, chat)

    await votes(house, chat, ideas[0], "ann")
    await until(lambda: chat.queued)
    await votes(house, chat, ideas[0], "bob", "cleo")
    await votes(house, chat, ideas[1], "bob")
    chat.turn.set()
    await until(lambda: not (house.desk.inbox.waiting or house.desk._tasks))

    assert ups(card()) == [3, 1]
    assert (chat.queued, chat.made) == (1, 1)


async def test_one_event_of_an_idea_answers_for_the_redrawing_of_later_votes_on_it(tmp_path: Path) -> None:
    chat, store, clock = Queue(), MemoryStore(), Hands()
    first = a_house(store, tmp_path, clock, chat)
    card, ideas = await brainstormed(first, chat)

    await votes(first, chat, ideas[0], "ann", "bob", "cleo", "dan")
    await votes(first, chat, ideas[1], "bob")
    waiting = first.desk.inbox.waiting
    for task in first.desk._tasks:  # it dies
        task.cancel()
    await asyncio.gather(*first.desk._tasks, return_exceptions=True)
    await first.desk.inbox.close()
    clock.now += LATER
    chat.turn.set()
    next_house = a_house(store, tmp_path, clock, chat)
    next_house.desk.watch.tallies.pause_s = 0.001
    await left_to(next_house)

    assert waiting == 2
    assert ups(card()) == [4, 1]


async def test_a_vote_that_is_heard_while_shutting_down_is_drawn_after_the_next_start(tmp_path: Path) -> None:
    chat, store, clock = Chat(), MemoryStore(), Hands()
    first = a_house(store, tmp_path, clock, chat)
    card, ideas = await brainstormed(first, chat)

    first.desk.watch.close()
    await votes(first, chat, ideas[0], "bob")
    await first.desk.close()
    next_house = a_house(store, tmp_path, clock, chat)
    next_house.desk.watch.tallies.pause_s = 0.001
    await left_to(next_house)

    assert ups(card()) == [1, 0]


class Unsettled(Sheet):
    """An answer that the platform does not take at first."""

    async def settle(self) -> bool:
        assert isinstance(self.chat, Unwilling)
        self.chat.refusals -= 1
        return self.chat.refusals < 0


class Unwilling(Chat):
    """Takes no answer at first."""

    refusals = 2

    async def again(self, body: str) -> bool:
        event = self.kept[body]
        await self.front.call(event, Unsettled(self, event.person.id))
        return True


async def test_an_answer_that_the_platform_does_not_take_is_given_once_more_by_the_process_that_lives(tmp_path: Path) -> None:
    chat, store = Unwilling(), MemoryStore()
    house = a_house(store, tmp_path, Hands(), chat)
    house.desk.watch.again_s = 0.0
    call = kept(a_call("idea", text="The Third Steep"), chat)

    await house.desk.call(call, Unsettled(chat, "ann"))
    waiting = house.desk.inbox.waiting
    await house.desk.watch._events()
    await house.desk.watch._events()

    assert waiting == 1
    assert chat.refusals == -1
    assert house.desk.inbox.waiting == 0
    assert [idea.text for idea in await store.ideas(RED)] == ["The Third Steep"]


class Gone(MemoryStore):
    """Has no room for votes while it is away."""

    away = True

    async def hear(self, *given: Any) -> Any:
        if self.away:
            raise StoreAway
        return await super().hear(*given)


async def test_what_meets_a_database_that_is_away_for_long_is_told_so_once_and_done_when_it_is_back(tmp_path: Path) -> None:
    chat, store = Chat(), Gone()
    idea = await store.add(an_idea())
    house = a_house(patient(store, patience_s=0.0), tmp_path, Hands(), chat)
    house.desk.watch.again_s = 0.0

    await votes(house, chat, idea.id, "ann")
    await house.desk.watch._events()
    told = [card.text for card in chat.whispers["ann"]]
    store.away = False
    await house.desk.watch._events()

    assert len(told) == 1
    assert "kept" in told[0]
    assert len(await store.feedback(RED.team, [idea.id])) == 1


async def test_an_event_is_served_later_the_longer_the_oftener_it_could_not_be(tmp_path: Path) -> None:
    chat, clock = Chat(), Hands()
    house = a_house(MemoryStore(), tmp_path, clock, chat)
    name = (RED.team, "Ev1")
    await house.desk.keep(Arrival(team=RED.team, id="Ev1", at=NOON, body="…"))

    waits = []
    house.desk.watch._handed.append((clock.now, name))
    for _try in range(8):
        house.desk.again(*name)
        waits.append((house.desk.watch._later[-1][0] - clock.now).total_seconds())

    assert house.desk.watch._handed == []  # nobody finds after two minutes that it led nowhere
    assert waits == [10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0]


class Slow(MemoryStore):
    """Stores an event when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def arrive(self, *given: Any) -> list[bool]:
        await self.let_go.wait()
        return await super().arrive(*given)


async def test_an_event_that_is_acknowledged_while_it_is_being_stored_is_served_once_and_known_as_stored(tmp_path: Path) -> None:
    store = Slow()
    inbox = Inbox(store=store, clock=Hands(), new_id=lambda: "one")
    keeping = asyncio.create_task(inbox.keep(Arrival(team=RED.team, id="Ev1", at=NOON, body="…")))
    await asyncio.sleep(0)
    keeping.cancel()  # its time is up
    await asyncio.gather(keeping, return_exceptions=True)
    bare = a_call("idea", id="Ev1", text="The Third Steep")

    waits = [asyncio.create_task(inbox.late((RED.team, "Ev1"))), asyncio.create_task(inbox.take(bare))]
    await asyncio.sleep(0)
    store.let_go.set()
    mine = await asyncio.gather(*waits)

    assert sorted(mine) == [False, True]
    assert [one.id for one in await store.unserved(NOON + LATER, NOON + 2 * LATER, "two", ["test"])] == ["Ev1"]
