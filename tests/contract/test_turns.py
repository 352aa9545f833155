"""What every store promises of turns: processes on one database that take them never come closer together than a gap."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from bot.ports import Store
from tests.contract.stores import NOW, later
from tests.contract.test_store import Another, another, store, url  # noqa: F401 - fixtures

GAP = timedelta(seconds=1)


async def test_turns_that_processes_take_at_once_are_a_gap_apart(store: Store, another: Another) -> None:  # noqa: F811
    processes = [store, await another(), await another()]

    taken = await asyncio.gather(*(processes[n % 3].turn("slack:T0:C0", GAP, NOW) for n in range(12)))

    assert sorted(taken) == [NOW + n * GAP for n in range(12)]


@pytest.mark.parametrize("processes", [2, 3])
async def test_processes_that_wait_for_their_turns_keep_one_pace(store: Store, another: Another, processes: int) -> None:  # noqa: F811
    stores = [store, *[await another() for _ in range(processes - 1)]]
    clocks, posted = [0.0] * processes, []

    for n in range(15):  # whoever is furthest behind goes on; some rest between two posts
        me = clocks.index(min(clocks))
        at = await stores[me].turn("slack:T0:C0", GAP, later(clocks[me]))
        posted.append(at)
        clocks[me] = (at - NOW).total_seconds() + (0.0, 0.3, 2.5)[n % 3]

    assert min(b - a for a, b in itertools.pairwise(posted)) >= GAP


async def test_a_turn_after_a_rest_is_at_once_and_others_wait_for_nobody(store: Store) -> None:  # noqa: F811
    await store.turn("slack:T0:C0", GAP, NOW)

    rested = await store.turn("slack:T0:C0", GAP, later(1.5))
    other = await store.turn("slack:T0:C1", GAP, NOW)
    early = await store.turn("slack:T0:C0", GAP, later(2.0))

    assert (rested, other, early) == (later(1.5), NOW, later(2.5))
