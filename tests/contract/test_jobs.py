"""Every store keeps what is to happen later until somebody has done it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.ideas import Team
from bot.domain.jobs import Job
from bot.ports import Store
from storage.urls import build
from tests.contract.stores import NOW, OTHERS, TEAM, later

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["memory", "sqlite", "postgresql", pytest.param("pgbouncer", marks=pytest.mark.pooler)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param in ("postgresql", "pgbouncer"):
        return str(request.getfixturevalue("pooled_url" if request.param == "pgbouncer" else "postgres_url"))
    return "memory:" if request.param == "memory" else f"sqlite:///{tmp_path / 'muselab.db'}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    made = build(url)
    await made.open()
    yield made
    await made.close()


def a_job(**given: object) -> Job:
    return Job(**{"kind": "close", "subject": "round-1", "team": TEAM, "due": NOW} | given)  # type: ignore[arg-type]


async def taken(store: Store, at: float = 0, holder: str = "a", limit: int = 10) -> list[Job]:
    return await store.take_jobs(later(at), later(at + 20), holder, ["close"], limit=limit)


async def test_a_job_is_taken_when_it_is_due_and_not_before(store: Store) -> None:
    await store.plan_job(a_job(due=later(5)))

    early, in_time = await taken(store, 4), await taken(store, 5)

    assert early == []
    assert in_time == [a_job(due=later(5), holder="a", leased_until=later(25))]


async def test_what_one_process_does_no_other_takes_until_its_lease_ends(store: Store) -> None:
    await store.plan_job(a_job())
    await taken(store)

    meanwhile, afterwards = await taken(store, 19, "b"), await taken(store, 20, "b")

    assert meanwhile == []
    assert [job.holder for job in afterwards] == ["b"]


async def test_a_done_job_is_never_taken_again(store: Store) -> None:
    await store.plan_job(a_job())
    (job,) = await taken(store)

    assert await store.end_job(job, later(1))

    assert await taken(store, 1000) == []
    assert await store.jobs(TEAM, "close") == []


async def test_planning_the_same_once_more_changes_nothing_also_where_it_is_done(store: Store) -> None:
    await store.plan_job(a_job())
    (job,) = await taken(store)
    await store.plan_job(a_job())  # the event that planned it came twice
    assert await taken(store, 1, "b") == []
    await store.end_job(job, later(1))

    await store.plan_job(a_job())

    assert await taken(store, 1000) == []


async def test_another_moment_moves_a_job_and_whoever_does_it_learns_that_it_is_not_theirs(store: Store) -> None:
    await store.plan_job(a_job())
    (job,) = await taken(store)

    await store.plan_job(a_job(due=later(60)))

    assert not await store.keep_job(job, later(40))
    assert not await store.end_job(job, later(1))
    assert await taken(store, 59) == []
    assert [one.due for one in await taken(store, 60)] == [later(60)]


async def test_a_job_that_is_done_can_be_planned_for_another_moment(store: Store) -> None:
    await store.plan_job(a_job())
    (job,) = await taken(store)
    await store.end_job(job, later(1))

    await store.plan_job(a_job(due=later(60)))

    assert [one.due for one in await taken(store, 60)] == [later(60)]


async def test_who_was_taken_over_can_neither_keep_nor_end_a_job(store: Store) -> None:
    await store.plan_job(a_job())
    (slow,) = await taken(store)
    (quick,) = await taken(store, 30, "b")

    assert not await store.keep_job(slow, later(100))
    assert not await store.end_job(slow, later(31), again=later(500))
    assert await store.keep_job(quick, later(100))
    assert await taken(store, 99, "c") == []
    assert await store.end_job(quick, later(32))


async def test_a_repeating_job_is_due_again_and_keeps_that_moment_when_it_is_planned_at_every_start(
    store: Store,
) -> None:
    weekly = a_job(repeats="0 9 * * 1", zone="Europe/Berlin")
    await store.plan_job(weekly)
    (job,) = await taken(store)
    assert (job.repeats, job.zone) == ("0 9 * * 1", "Europe/Berlin")
    assert await store.end_job(job, later(1), again=later(600))

    await store.plan_job(weekly)

    assert await taken(store, 599) == []
    assert [one.due for one in await taken(store, 600)] == [later(600)]


async def test_a_new_expression_or_zone_moves_a_repeating_job(store: Store) -> None:
    await store.plan_job(a_job(repeats="0 9 * * 1", due=later(600)))

    await store.plan_job(a_job(repeats="0 9 * * 1", zone="Asia/Shanghai", due=later(300)))
    await store.plan_job(a_job(repeats="0 8 * * 1", zone="Asia/Shanghai", due=later(200)))

    assert [(job.due, job.repeats) for job in await store.jobs(TEAM, "close")] == [(later(200), "0 8 * * 1")]


async def test_jobs_are_taken_longest_due_first_some_at_a_time_and_of_the_kinds_that_are_asked_for(store: Store) -> None:
    for number, seconds in enumerate((3, 1, 2)):
        await store.plan_job(a_job(subject=f"round-{number}", due=later(seconds)))
    await store.plan_job(a_job(kind="digest", due=later(0)))

    first, second, rest = [await taken(store, 10, limit=limit) for limit in (1, 1, 5)]

    assert [[job.subject for job in some] for some in (first, second, rest)] == [["round-1"], ["round-2"], ["round-0"]]


async def test_what_is_planned_is_found_by_its_team_alone_and_can_be_forgotten(store: Store) -> None:
    await store.plan_job(a_job(due=later(7)))
    await store.plan_job(a_job(subject="round-2", due=later(3)))
    await store.plan_job(a_job(team=OTHERS))
    await store.plan_job(a_job(team=None))

    assert [job.subject for job in await store.jobs(TEAM, "close")] == ["round-2", "round-1"]
    assert await store.drop_job(TEAM, "close", "round-1")
    assert not await store.drop_job(TEAM, "close", "round-1")
    assert [job.subject for job in await store.jobs(TEAM, "close")] == ["round-2"]
    assert [job.team for job in await store.jobs(OTHERS, "close")] == [OTHERS]
    assert [job.team for job in await store.jobs(None, "close")] == [None]


async def test_a_job_that_is_forgotten_while_it_is_done_cannot_be_ended(store: Store) -> None:
    await store.plan_job(a_job(repeats="0 9 * * 1"))
    (job,) = await taken(store)

    await store.drop_job(TEAM, "close", "round-1")

    assert not await store.end_job(job, later(1), again=later(2))
    assert await taken(store, 100) == []


async def test_the_jobs_of_a_team_that_is_forgotten_go_and_the_hosts_own_stay(store: Store) -> None:
    await store.plan_job(a_job())
    await store.plan_job(a_job(team=None))
    await store.plan_job(a_job(team=OTHERS))

    await store.forget_team(TEAM)

    assert {job.team for job in await taken(store)} == {None, OTHERS}


async def test_done_jobs_are_known_for_a_month(store: Store) -> None:
    for number in range(2):
        await store.plan_job(a_job(subject=f"round-{number}"))
    first, second = await taken(store)
    await store.end_job(first, NOW)
    month = timedelta(days=30, seconds=1)

    await store.end_job(second, NOW + month)
    await store.plan_job(replace(a_job(), subject=first.subject))

    assert [job.subject for job in await taken(store, 40)] == [first.subject]


async def test_many_that_take_at_once_never_get_the_same_one(store: Store) -> None:
    for number in range(20):
        await store.plan_job(a_job(subject=f"round-{number}"))

    got = await asyncio.gather(*(taken(store, 0, f"h{n}", limit=3) for n in range(8)))

    subjects = [job.subject for some in got for job in some]
    assert len(subjects) == len(set(subjects))
    assert len(subjects) + len(await taken(store, 0, "last", limit=100)) == 20


async def test_teams_whose_ids_run_into_one_another_are_kept_apart(store: Store) -> None:
    odd = Team(platform="discord", id="")
    await store.plan_job(a_job(team=odd))

    assert await store.jobs(None, "close") == []
    assert [job.team for job in await store.jobs(odd, "close")] == [odd]


KILLED = """
import asyncio, os, signal, sys
from datetime import datetime, timedelta
from storage.urls import build

async def main(url, now):
    store = build(url)
    await store.open()
    at = datetime.fromisoformat(now)
    jobs = await store.take_jobs(at, at + timedelta(seconds=20), "dead", ["close"])
    print(len(jobs), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_job_whose_process_was_killed_is_done_by_another_when_its_lease_ends(tmp_path: Path) -> None:
    store = build(f"sqlite:///{tmp_path / 'muselab.db'}")
    await store.open()
    await store.plan_job(a_job())

    ran = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", KILLED, f"sqlite:///{tmp_path / 'muselab.db'}", NOW.isoformat()),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    said, _errors = await ran.communicate()

    assert (said.strip(), ran.returncode) == (b"1", -9)
    assert await taken(store, 19, "b") == []
    (job,) = await taken(store, 20, "b")
    assert await store.end_job(job, later(21))
    await store.close()
