"""What every store promises of turns and permits: processes on one database come a gap apart, and no oftener than they may."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from bot.ports import Store
from tests.contract.stores import NOW, later
from tests.contract.test_store import Another, another, store, url  # noqa: F401 - fixtures

GAP = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


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


@pytest.mark.parametrize("wanted", [1, 7])
async def test_processes_that_ask_at_once_are_given_no_more_together_than_a_period_has(
    store: Store,  # noqa: F811
    another: Another,  # noqa: F811
    wanted: int,
) -> None:
    processes = [store, await another(), await another()]

    given = await asyncio.gather(
        *(processes[n % 3].permits("slack:T0:chat.update", 20, MINUTE, NOW, wanted=wanted, hold=GAP) for n in range(30))
    )

    assert sum(one.granted for one in given) == 20
    assert min(one.left for one in given) == 0
    assert all(one.again == NOW + GAP + MINUTE for one in given if not one.granted)


async def test_no_period_has_more_than_it_may_however_processes_ask(store: Store, another: Another) -> None:  # noqa: F811
    processes, used = [store, await another()], []

    for n in range(60):  # one asks for several, and uses them as late as it may
        now, hold = n * 3.1, 2.0 * (n % 2)
        got = await processes[n % 2].permits("x", 10, MINUTE, later(now), wanted=1 + 3 * (n % 2), hold=timedelta(seconds=hold))
        used += [now + hold] * got.granted

    most = max(sum(at < other <= at + 59.999 for other in used) + 1 for at in used)
    assert most <= 10
    assert len(used) >= 10 * 2  # of the three minutes that it took


async def test_permits_of_another_kind_are_counted_by_themselves_and_some_are_left_to_others(store: Store) -> None:  # noqa: F811
    first = await store.permits("slack:T0:views.open", 4, MINUTE, NOW, wanted=99)
    for _n in range(3):
        await store.permits("slack:T0:views.open", 4, MINUTE, NOW)
    none = await store.permits("slack:T0:views.open", 4, MINUTE, later(1))
    other = await store.permits("slack:T1:views.open", 4, MINUTE, later(1))
    again = await store.permits("slack:T0:views.open", 4, MINUTE, none.again)

    assert (first.granted, first.left) == (1, 3)
    assert (none.granted, none.again) == (0, NOW + MINUTE)
    assert other.granted == again.granted == 1


async def test_a_clock_that_was_wrong_stops_nobody(store: Store) -> None:  # noqa: F811
    await store.permits("x", 1, MINUTE, later(3600))

    assert (await store.permits("x", 1, MINUTE, NOW)).granted == 1
