"""Everybody gets a turn, in order, and sees their place."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot import limits
from bot.config import LimitsTable
from bot.domain.errors import TooMany
from bot.domain.ideas import Channel
from bot.limits import Turnstile
from tests.builders import BLUE, RED, a_person


async def ignored(place: int) -> None:
    """Nobody is told."""


def test_turns_are_taken_in_order_and_places_move_up() -> None:
    async def story() -> None:
        turnstile = Turnstile(LimitsTable(at_once=1))
        places: dict[str, list[int]] = {"bob": [], "cleo": []}
        order: list[str] = []

        async def visit(name: str) -> None:
            async def told(place: int) -> None:
                places[name].append(place)

            async with turnstile.turn(a_person(name), RED, told):
                order.append(name)

        async with turnstile.turn(a_person("ann"), RED, ignored):
            visits = [asyncio.create_task(visit("bob")), asyncio.create_task(visit("cleo"))]
            await asyncio.sleep(0.01)
            assert places == {"bob": [1], "cleo": [2]}
        await asyncio.gather(*visits)

        assert order == ["bob", "cleo"]
        assert places["bob"] == [1]

    asyncio.run(story())


async def test_a_person_at_their_limit_holds_up_nobody_behind_them() -> None:
    turnstile = Turnstile(LimitsTable(person_at_once=1))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(turnstile.turn(a_person("ann"), RED, ignored))
        again = asyncio.create_task(stack.enter_async_context(turnstile.turn(a_person("ann"), RED, ignored)))
        await asyncio.sleep(0)

        async with asyncio.timeout(1), turnstile.turn(a_person("bob"), RED, ignored):
            assert not again.done()
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)


async def test_a_channel_at_its_limit_leaves_other_channels_free() -> None:
    turnstile = Turnstile(LimitsTable(channel_at_once=1))
    elsewhere = Channel(team=RED.team, id="elsewhere")

    async with turnstile.turn(a_person("ann"), RED, ignored), asyncio.timeout(1):
        async with turnstile.turn(a_person("bob"), elsewhere, ignored):
            pass


async def test_somebody_who_gives_up_waiting_leaves_the_queue() -> None:
    turnstile = Turnstile(LimitsTable(at_once=1, waiting=1))
    async with turnstile.turn(a_person("ann"), RED, ignored):
        gone = asyncio.create_task(turnstile.turn(a_person("bob"), RED, ignored).__aenter__())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        waiting = asyncio.create_task(turnstile.turn(a_person("cleo"), RED, ignored).__aenter__())
        await asyncio.sleep(0)
        assert not waiting.done()
    async with asyncio.timeout(1):
        await waiting


async def test_a_full_queue_refuses_with_its_length() -> None:
    turnstile = Turnstile(LimitsTable(at_once=1, waiting=0))

    async with turnstile.turn(a_person("ann"), RED, ignored):
        with pytest.raises(TooMany, match="queue is full .0 waiting"):
            async with turnstile.turn(a_person("bob"), RED, ignored):
                pytest.fail("let in")


async def test_a_team_at_its_limit_leaves_other_teams_free() -> None:
    turnstile = Turnstile(LimitsTable(team_at_once=1))

    async with turnstile.turn(a_person("ann"), RED, ignored), asyncio.timeout(1):
        async with turnstile.turn(a_person("bob"), BLUE, ignored):
            pass


async def test_an_error_inside_gives_the_turn_back() -> None:
    turnstile = Turnstile(LimitsTable(at_once=1))
    with pytest.raises(ZeroDivisionError):
        async with turnstile.turn(a_person("ann"), RED, ignored):
            raise ZeroDivisionError

    async with asyncio.timeout(1), turnstile.turn(a_person("ann"), RED, ignored):
        pass


async def test_on_a_machine_that_is_behind_few_work_and_the_others_know_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOLD_S", 0.001)
    places: list[int] = []
    turnstile = Turnstile(LimitsTable(at_once=100), behind=lambda: True)
    told = asyncio.Event()

    async def waiting(place: int) -> None:
        places.append(place)
        told.set()

    async def third() -> int:
        async with turnstile.turn(a_person("cleo"), RED, waiting):
            return turnstile.working

    async with AsyncExitStack() as stack:
        for name in ("ann", "bob"):
            await stack.enter_async_context(turnstile.turn(a_person(name), RED, ignored))
        comes = asyncio.create_task(third())
        await asyncio.wait_for(told.wait(), 60.0)
        working = turnstile.working
    alone = await asyncio.wait_for(comes, 60.0)

    assert (working, alone) == (2, 1)
    assert set(places) == {1}


async def test_on_a_machine_that_is_behind_a_place_is_told_now_and_then_and_whoever_is_let_in_goes_on_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "TOLD_S", 3600.0)
    turnstile = Turnstile(LimitsTable(at_once=1), behind=lambda: True)
    places: list[int] = []
    told = asyncio.Event()

    async def waiting(place: int) -> None:
        places.append(place)
        told.set()

    async def visit(name: str) -> None:
        async with turnstile.turn(a_person(name), RED, waiting if name == "last" else ignored):
            await asyncio.sleep(0)

    async with turnstile.turn(a_person("ann"), RED, ignored):
        visits = [asyncio.create_task(visit(name)) for name in ("bob", "cleo", "dan", "last")]
        await asyncio.wait_for(told.wait(), 60.0)
    await asyncio.wait_for(asyncio.gather(*visits), 60.0)

    assert places == [4]  # not 3, 2 and 1: each would have been a message
