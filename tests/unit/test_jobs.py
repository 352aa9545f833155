"""What is due is done once, on time, and again where it failed; and what "every Monday at nine" means when clocks change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import InvalidTimes, Outage
from bot.domain.jobs import Job
from bot.jobs import LATER, SOON, Jobs, Work, next_time
from storage.memory import MemoryStore
from tests.builders import NOON, RED, Hands, an_id


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]


def moments(repeats: str, zone: str, after: datetime, count: int) -> list[datetime]:
    found: list[datetime] = []
    for _time in range(count):
        after = next_time(repeats, zone, after)
        found.append(after)
    return found


def test_a_weekly_time_keeps_its_hour_on_the_wall_over_a_change_of_clocks() -> None:
    assert moments("0 9 * * 1", "Europe/Berlin", utc(2026, 3, 22), 2) == [utc(2026, 3, 23, 8), utc(2026, 3, 30, 7)]
    assert moments("0 9 * * 1", "Asia/Shanghai", utc(2026, 3, 22), 2) == [utc(2026, 3, 23, 1), utc(2026, 3, 30, 1)]


def test_a_time_that_the_clock_leaves_out_comes_at_the_end_of_the_gap() -> None:
    assert moments("30 2 * * *", "America/New_York", utc(2026, 3, 8, 5), 2) == [utc(2026, 3, 8, 7), utc(2026, 3, 9, 6, 30)]


def test_a_time_that_comes_twice_is_meant_once() -> None:
    assert moments("30 1 * * *", "America/New_York", utc(2026, 11, 1, 4), 2) == [utc(2026, 11, 1, 5, 30), utc(2026, 11, 2, 6, 30)]


def test_midnight_after_a_change_of_clocks_is_not_left_out() -> None:
    assert moments("0 0 * * *", "America/New_York", utc(2026, 3, 7, 12), 3) == [
        utc(2026, 3, 8, 5),
        utc(2026, 3, 9, 4),
        utc(2026, 3, 10, 4),
    ]


@pytest.mark.parametrize("minute", range(0, 180, 7))
def test_the_next_time_is_later_than_now_also_in_the_hour_that_comes_twice(minute: int) -> None:
    now = utc(2026, 11, 1, 4, 30) + timedelta(minutes=minute)

    assert all(next_time(repeats, "America/New_York", now) > now for repeats in ("30 1 * * *", "*/20 * * * *", "5 1 * * 0"))


@pytest.mark.parametrize("repeats", ["", "monday", "* * *", "0 9 31 2 *", "61 * * * *", "0 0 9 * * 1"])
def test_times_that_name_no_moment_are_refused_with_how_to_write_them(repeats: str) -> None:
    with pytest.raises(InvalidTimes, match="five fields"):
        next_time(repeats, "UTC", NOON)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc", "Europe"])
def test_a_zone_that_is_none_is_refused_by_name(zone: str) -> None:
    with pytest.raises(InvalidTimes, match="time zone"):
        next_time("0 9 * * 1", zone, NOON)


class Doing:
    """Work that fails as often as it is told to."""

    def __init__(self, failures: Sequence[Exception] = ()) -> None:
        self.failures = list(failures)
        self.did: list[Job] = []

    async def __call__(self, job: Job) -> None:
        self.did.append(job)
        if self.failures:
            raise self.failures.pop(0)


def a_house(work: Work, store: MemoryStore | None = None) -> tuple[Jobs, MemoryStore, Hands]:
    store, hands = store or MemoryStore(), Hands()
    return Jobs(store=store, clock=hands, new_id=an_id, works={"close": work}), store, hands


async def test_what_is_due_is_done_once() -> None:
    doing = Doing()
    jobs, store, hands = a_house(doing)
    await store.plan_job(Job(kind="close", subject="r1", team=RED.team, due=NOON))
    await store.plan_job(Job(kind="close", subject="r2", team=RED.team, due=NOON + timedelta(hours=1)))

    assert await jobs.once() == 1
    assert await jobs.once() == 0
    hands.forward(hours=1)
    assert await jobs.once() == 1

    assert [job.subject for job in doing.did] == ["r1", "r2"]


async def test_a_repeating_job_is_made_up_for_once_however_long_nobody_was_there() -> None:
    doing = Doing()
    jobs, store, hands = a_house(doing)
    await jobs.repeat("close", "0 * * * *")
    await jobs.once()
    hands.forward(days=3, minutes=1)

    assert await jobs.once() == 1
    assert await jobs.once() == 0

    (planned,) = await store.jobs(None, "close")
    assert planned.due == NOON.replace(minute=0) + timedelta(days=3, hours=1)


async def test_planning_at_every_start_does_not_do_it_at_every_start() -> None:
    doing = Doing()
    jobs, store, _hands = a_house(doing)
    await jobs.repeat("close", "0 * * * *")
    await jobs.once()

    again, _store, _clock = a_house(doing, store)
    await again.repeat("close", "0 * * * *")

    assert await again.once() == 0


@pytest.mark.parametrize(("failure", "wait"), [(Outage(), SOON), (ValueError("broken"), LATER)])
async def test_what_failed_is_done_again_later(failure: Exception, wait: timedelta) -> None:
    doing = Doing([failure])
    jobs, store, hands = a_house(doing)
    await store.plan_job(Job(kind="close", due=NOON))

    await jobs.once()
    hands.forward(seconds=wait.total_seconds() - 1)
    assert await jobs.once() == 0
    hands.forward(seconds=1)
    assert await jobs.once() == 1

    assert await store.jobs(None, "close") == []
    assert len(doing.did) == 2


async def test_a_process_that_is_told_to_stop_gives_its_job_up_at_once() -> None:
    begun = asyncio.Event()

    async def work(_job: Job) -> None:
        begun.set()
        await asyncio.Event().wait()

    jobs, store, _hands = a_house(work)
    await store.plan_job(Job(kind="close", due=NOON))
    jobs.watch()
    await begun.wait()

    await jobs.close()

    doing = Doing()
    assert await a_house(doing, store)[0].once() == 1
    assert len(doing.did) == 1


async def test_kinds_that_nobody_does_here_wait_for_who_does() -> None:
    jobs, store, _hands = a_house(Doing())
    await store.plan_job(Job(kind="digest", due=NOON))

    assert await jobs.once() == 0
    assert len(await store.jobs(None, "digest")) == 1


async def test_the_host_plans_nothing_that_has_no_next_time() -> None:
    jobs, store, _hands = a_house(Doing())

    with pytest.raises(InvalidTimes):
        await jobs.repeat("close", "0 9 31 2 *")

    assert await store.jobs(None, "close") == []
