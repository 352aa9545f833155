"""Whoever calls Slack waits for a turn, and no longer than needed."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

from adapters.slack.pace import GAP, PER_MINUTE, TALLIES_LEAVE, Pace
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


async def test_in_its_first_minute_a_process_spends_nothing_on_tallies_that_the_one_before_may_have_spent():
    pace, loop, made = Pace(second=0.01, turns=MemoryStore()), asyncio.get_running_loop(), []

    async def call(leaves):
        async with pace.turn("chat.update", "T0", leaves=leaves):
            made.append((leaves, loop.time()))

    await asyncio.gather(*(call(TALLIES_LEAVE) for _n in range(4)))
    await asyncio.gather(*(call(0) for _n in range(3)))

    tallies, answers = ([at for leaves, at in made if bool(leaves) is waits] for waits in (True, False))
    each = 60 * 0.01 / PER_MINUTE["chat.update"]
    assert all(later - sooner >= 0.99 * each for sooner, later in itertools.pairwise(tallies))
    assert pace._earliest("chat.update", "T0") == 0.0  # answers come as they are asked for
    assert len(answers) == 3
