"""A database that is slow, and a clock that jumps: everybody is acknowledged, and answered once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.ideas import Draft
from bot.ports import Order
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import Sheet
from tests.builders import Hands, a_call
from tests.fair import PATIENCE_S
from tests.unit.test_inbox import Chat, kept, left_to


class Slow(MemoryStore):
    """Stores no event until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()

    async def arrive(self, *given: Any) -> list[bool]:
        await self.may.wait()
        return await super().arrive(*given)


class Gated(ScriptedGenerator):
    """Makes no draft until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may = asyncio.Event(), asyncio.Event()

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        self.begun.set()
        await self.may.wait()
        async for draft in super().draft(order):
            yield draft


async def test_a_database_that_takes_longer_than_people_may_wait_costs_nobody_an_answer(tmp_path: Any) -> None:
    chat, store = Chat(), Slow()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    house.desk.watch.chats, chat.front = {"test": chat}, house.desk
    asked = Sheet(chat, "ann")

    answering = asyncio.create_task(house.desk.call(kept(a_call("brainstorm", topic="tea", count=2), chat), asked))
    async with asyncio.timeout(PATIENCE_S):
        while not asked.acks:  # one second after it came
            await asyncio.sleep(0.01)
    told_before_it_was_stored = not house.desk.inbox.waiting
    store.may.set()
    await answering

    assert told_before_it_was_stored
    assert len(chat.messages[asked.address].lines) == 2
    assert len(chat.messages) == 1
    await house.desk.close()


@pytest.mark.parametrize("minutes", [-90, -9, 9, 90])
async def test_a_clock_that_jumps_in_the_middle_of_a_brainstorm_leaves_one_answer_with_an_end(
    tmp_path: Any, minutes: int
) -> None:
    chat, hands, generator = Chat(), Hands(), Gated()
    house = wiring.furnish(Settings(home=tmp_path), store=MemoryStore(), generator=generator, now=hands)
    house.desk.watch.chats, chat.front = {"test": chat}, house.desk
    asked = Sheet(chat, "ann")
    answering = asyncio.create_task(house.desk.call(kept(a_call("brainstorm", topic="tea", count=2), chat), asked))
    await generator.begun.wait()

    hands.forward(minutes=minutes)
    await house.desk.watch._brainstorms()
    watching = asyncio.create_task(left_to(house))
    generator.may.set()
    await asyncio.gather(answering, watching)

    (card,) = chat.messages.values()
    (brainstorm,) = house.store._brainstorms.values()  # type: ignore[attr-defined]
    assert brainstorm.state == ("failed" if minutes == 90 else "done")
    assert len(card.lines) == (0 if minutes == 90 else 2)
    assert any(control.key.verb == "spin" for control in card.controls) or "kept" in card.text or "interrupted" in card.text
