"""Whoever calls Slack waits for a turn, and no longer than needed."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack.pace import GAP, HOLD_S, PER_MINUTE, TALLIES_LEAVE, Pace
from bot.domain.errors import StoreDown
from storage.memory import MemoryStore

SECOND = 0.01


async def a_turn(pace, *what):
    async with pace.turn(*what):
        pass


async def test_posts_in_one_channel_come_a_second_apart_and_in_order():
    pace, order = Pace(second=SECOND), []
    clock = asyncio.get_running_loop().time

    async def post(name):
        async with pace.turn("chat.postMessage", "T0", "C0"):
            began = clock()
            await asyncio.sleep(SECOND)
        order.append((name, began, clock()))

    await asyncio.gather(*(post(n) for n in range(4)))

    rests = [next_began - ended for (_m, _b, ended), (_n, next_began, _e) in itertools.pairwise(order)]
    assert [name for name, _began, _ended in order] == [0, 1, 2, 3]
    assert min(rests) >= 0.95 * GAP * SECOND


async def test_posts_in_different_channels_do_not_wait_for_one_another():
    pace, began = Pace(second=10.0), asyncio.get_running_loop().time()

    await asyncio.gather(*(a_turn(pace, "chat.postMessage", "T0", f"C{n}") for n in range(50)))

    assert asyncio.get_running_loop().time() - began < 1.0


async def test_more_calls_than_a_minute_holds_wait_for_the_next():
    pace = Pace(second=0.005)  # a minute lasts 0.3 s
    limit = PER_MINUTE["chat.update"]
    began = asyncio.get_running_loop().time()

    for _turn in range(limit):
        await a_turn(pace, "chat.update", "T0")
    at_once = asyncio.get_running_loop().time() - began
    full = pace.room("chat.update", "T0")
    await a_turn(pace, "chat.update", "T0")

    assert at_once < 0.2
    assert full == 0
    assert asyncio.get_running_loop().time() - began >= 0.29


async def test_workspaces_have_their_own_turns():
    pace = Pace(second=10.0)
    for _turn in range(PER_MINUTE["chat.update"]):
        await a_turn(pace, "chat.update", "T0RED")

    assert pace.room("chat.update", "T0RED") == 0
    assert pace.room("chat.update", "T0BLUE") == PER_MINUTE["chat.update"]


async def test_a_message_rests_a_second_between_half_finished_cards():
    pace, loop = Pace(second=0.05), asyncio.get_running_loop()
    changed_at = loop.time()

    await pace.rest(changed_at)
    rested = loop.time() - changed_at
    await pace.rest(changed_at)

    assert rested >= 0.05
    assert loop.time() - changed_at - rested < 0.02


async def test_processes_on_one_database_post_in_a_channel_a_second_apart():
    loop, posted, turns = asyncio.get_running_loop(), [], MemoryStore()

    def clock():
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=loop.time())

    async def post(pace):
        async with pace.turn("chat.postMessage", "T0", "C0"):
            posted.append(loop.time())

    processes = [Pace(second=SECOND, turns=turns, clock=clock) for _ in range(3)]
    await asyncio.gather(*(post(processes[n % 3]) for n in range(9)))

    assert min(later - sooner for sooner, later in itertools.pairwise(posted)) >= SECOND


async def test_a_database_that_is_away_stops_nobody_from_posting():
    class Away:
        async def turn(self, of, gap, at):
            raise StoreDown

    pace, posted = Pace(second=SECOND, turns=Away()), []

    async with pace.turn("chat.postMessage", "T0", "C0"):
        posted.append("here")

    assert posted == ["here"]


async def test_after_a_refusal_calls_are_made_one_by_one_for_a_minute():
    """The process before this one has spent turns of the same minute, of which this one knows nothing."""
    pace, loop, made = Pace(second=0.01), asyncio.get_running_loop(), []
    pace.hold("chat.update", "T0", 0.02)
    began = loop.time()

    async def call():
        async with pace.turn("chat.update", "T0"):
            made.append(loop.time())

    async def once_more():
        await pace.again("chat.update", "T0")
        made.append(loop.time())

    await asyncio.gather(*(call() for _n in range(4)), *(once_more() for _n in range(4)))

    each = 60 * 0.01 / PER_MINUTE["chat.update"]
    assert len(made) == 8
    assert all(at - began >= 0.02 + n * each for n, at in enumerate(made))


async def test_answers_come_before_tallies_and_find_room_in_a_minute_full_of_them():
    pace, order = Pace(second=60.0), []

    async def call(name, leaves):
        async with pace.turn("chat.update", "T0", leaves=leaves):
            order.append(name)

    tallies = [asyncio.create_task(call("tally", TALLIES_LEAVE)) for _n in range(PER_MINUTE["chat.update"])]
    while len(order) < PER_MINUTE["chat.update"] - TALLIES_LEAVE:
        await asyncio.sleep(0)
    await call("answer", 0)
    for task in tallies:
        task.cancel()
    await asyncio.gather(*tallies, return_exceptions=True)

    assert order == ["tally"] * (PER_MINUTE["chat.update"] - TALLIES_LEAVE) + ["answer"]


async def test_whoever_gives_up_waiting_keeps_nobody_else_waiting():
    pace = Pace(second=0.005)
    for _turn in range(PER_MINUTE["chat.update"]):
        await a_turn(pace, "chat.update", "T0")
    first, second = (asyncio.create_task(a_turn(pace, "chat.update", "T0")) for _n in range(2))
    await asyncio.sleep(0)

    first.cancel()
    await second

    assert first.cancelled() or first.cancelling()


async def test_after_a_refusal_there_is_room_for_one_call_at_a_time():
    pace = Pace(second=60.0)
    pace.hold("chat.postEphemeral", "T0", 0.0)
    before = pace.room("chat.postEphemeral", "T0")

    await a_turn(pace, "chat.postEphemeral", "T0")

    assert before > 0
    assert pace.room("chat.postEphemeral", "T0") == 0


async def test_a_tally_that_was_refused_stands_behind_answers_again():
    pace, order, refused = Pace(second=60.0), [], asyncio.Event()
    queue = pace._queues["T0", "chat.update"]

    async def tally():
        async with pace.turn("chat.update", "T0", leaves=TALLIES_LEAVE):
            await refused.wait()
            await pace.again("chat.update", "T0")
            order.append("tally")

    async def answer():
        async with pace.turn("chat.update", "T0"):
            order.append("answer")

    tallies = [asyncio.create_task(tally()) for _n in range(2)]
    while len(pace._turns["T0", "chat.update"]) < 2:
        await asyncio.sleep(0)
    pace.hold("chat.update", "T0", 3600.0)
    refused.set()
    answers = [asyncio.create_task(answer()) for _n in range(2)]
    while len(queue._waiting) < 4:
        await asyncio.sleep(0)
    pace._held.clear()  # the time is over
    pace._careful.clear()
    queue._move()
    await asyncio.gather(*tallies, *answers)

    assert order == ["answer", "answer", "tally", "tally"]


def clock():
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())


class Asked(MemoryStore):
    """Counts how often it is asked."""

    times = 0

    async def permits(self, *what, **more):
        self.times += 1
        return await super().permits(*what, **more)


@pytest.mark.parametrize("method", ["chat.postEphemeral", "chat.update", "views.open", "files.getUploadURLExternal"])
@pytest.mark.parametrize("count", [2, 3])
async def test_processes_on_one_database_call_no_oftener_together_than_one_may(method, count):
    store, made = MemoryStore(), 0
    processes = [Pace(second=3600.0, turns=store, clock=clock) for _n in range(count)]

    async def call(pace):
        nonlocal made
        async with pace.turn(method, "T0"):
            made += 1

    calls = [asyncio.create_task(call(processes[n % count])) for n in range(120)]
    while made < PER_MINUTE[method]:
        await asyncio.sleep(0)
    for _n in range(100):
        await asyncio.sleep(0)

    assert made == PER_MINUTE[method]
    assert all([not await pace.taken(method, "T0") for pace in processes])
    assert all(pace.room(method, "T0") == 0 for pace in processes)
    assert all([await pace.taken(method, "T1") for pace in processes])
    for task in calls:
        task.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


async def test_what_the_process_before_has_spent_of_a_minute_is_not_spent_again():
    store, loop, second = MemoryStore(), asyncio.get_running_loop(), 0.005  # a minute lasts 0.3 s
    before, after = (Pace(second=second, turns=store, clock=clock) for _n in range(2))
    began = loop.time()
    for _turn in range(PER_MINUTE["chat.update"]):
        await a_turn(before, "chat.update", "T0")

    await a_turn(after, "chat.update", "T0")

    assert loop.time() - began >= 60 * second


async def test_tallies_leave_a_part_of_the_minute_of_all_processes_to_answers():
    store, order = MemoryStore(), []
    tallying, answering = (Pace(second=3600.0, turns=store, clock=clock) for _n in range(2))

    async def call(pace, name, leaves):
        async with pace.turn("chat.update", "T0", leaves=leaves):
            order.append(name)

    tallies = [asyncio.create_task(call(tallying, "tally", TALLIES_LEAVE)) for _n in range(PER_MINUTE["chat.update"])]
    while len(order) < PER_MINUTE["chat.update"] - TALLIES_LEAVE:
        await asyncio.sleep(0)
    for _n in range(TALLIES_LEAVE):
        await call(answering, "answer", 0)
    for task in tallies:
        task.cancel()
    await asyncio.gather(*tallies, return_exceptions=True)

    assert order == ["tally"] * (PER_MINUTE["chat.update"] - TALLIES_LEAVE) + ["answer"] * TALLIES_LEAVE


async def test_a_process_that_calls_much_asks_the_database_for_several_calls_at_once():
    store = Asked()
    pace = Pace(second=3600.0, turns=store, clock=clock)

    for _n in range(PER_MINUTE["chat.postEphemeral"] // 2):
        await a_turn(pace, "chat.postEphemeral", "T0")

    assert store.times <= PER_MINUTE["chat.postEphemeral"] // 6


async def test_a_process_that_calls_now_and_then_takes_nothing_from_the_others():
    store, second = MemoryStore(), 0.001
    rare, other = (Pace(second=second, turns=store, clock=clock) for _n in range(2))
    for _n in range(10):
        await a_turn(rare, "chat.postEphemeral", "T0")
        await asyncio.sleep(HOLD_S * second)

    made = 0
    while await other.taken("chat.postEphemeral", "T0"):
        made += 1

    assert made >= PER_MINUTE["chat.postEphemeral"] - 2 * 10


async def test_a_database_that_is_away_stops_nobody_from_calling():
    class Away:
        async def permits(self, *_what, **_more):
            raise StoreDown

    pace = Pace(second=SECOND, turns=Away())

    await a_turn(pace, "chat.postEphemeral", "T0")

    assert await pace.taken("chat.postEphemeral", "T0")


async def test_a_turn_that_is_taken_at_once_is_had_by_one():
    pace = Pace(second=3600.0, turns=MemoryStore(), clock=clock)

    taken = await asyncio.gather(*(pace.taken("chat.postEphemeral", "T0") for _n in range(2 * PER_MINUTE["chat.postEphemeral"])))

    assert sum(taken) == PER_MINUTE["chat.postEphemeral"]
