"""Acknowledging: an answer that comes at once may be it, and where it does not come the acknowledgement goes ahead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot import wiring
from bot.config import Settings
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import Hands, a_call


class Promising:
    """A reply that may acknowledge with its first card."""

    address = back = ""

    def __init__(self, *, promises: bool = True) -> None:
        self.promised = False
        self.acks: list[bool] = []  #: whether each was private
        self.acked = asyncio.Event()
        self.told: Callable[[], None] = lambda: None
        self._promises = promises

    def promise(self, *, private: bool, acknowledged: Callable[[], None]) -> bool:
        self.promised, self.told = self._promises, acknowledged
        return self._promises

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        self.promised = False
        self.acks.append(private)
        self.acked.set()

    async def show(self, card: Any) -> None: ...

    async def tell(self, card: Any) -> None: ...

    async def settle(self) -> bool:
        return True


@pytest.fixture
async def house(tmp_path: Any) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    house.desk.receiving.soon_s = 0.0
    yield house
    await house.desk.close()
    await store.close()


async def test_an_acknowledgement_goes_ahead_of_an_answer_that_does_not_come(house: House) -> None:
    reply = Promising()

    taking = await house.desk.receiving.acknowledged(a_call("help"), reply, private=True, soon=True)
    before = list(reply.acks)
    await reply.acked.wait()

    assert await taking()
    assert (before, reply.acks) == ([], [True])


async def test_an_answer_that_came_needs_no_other_acknowledgement(house: House) -> None:
    reply = Promising()

    await house.desk.receiving.acknowledged(a_call("help"), reply, private=True, soon=True)
    reply.promised = False  # as where a card was sent
    for _turn in range(5):
        await asyncio.sleep(0)

    assert reply.acks == []


async def test_the_time_to_an_answer_at_once_is_measured_when_it_is_told(house: House) -> None:
    counted = lambda: house.services.meter.registry.get_sample_value(  # noqa: E731
        "muselab_bot_ack_seconds_count", {"platform": "test"}
    )
    reply = Promising()

    await house.desk.receiving.acknowledged(a_call("help"), reply, private=True, soon=True)
    before = counted()
    reply.told()

    assert (before or 0.0, counted()) == (0.0, 1.0)


async def test_what_cannot_be_promised_is_acknowledged_first(house: House) -> None:
    reply = Promising(promises=False)

    await house.desk.receiving.acknowledged(a_call("help"), reply, private=False, soon=True)

    assert reply.acks == [False]
