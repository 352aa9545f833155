"""`muselab learn` after a kill: a run that nobody works on is taken up as soon as it may be, and no other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot import compose
from bot.domain.models import Tuning
from bot.tuning import free
from storage.memory import MemoryStore
from tests.builders import RED


async def a_run(store: MemoryStore, lease_s: float) -> Tuning:
    now = compose.clock()
    run = Tuning(
        id="1" * 24, team=RED.team, holder="one", began_at=now, changed_at=now, leased_until=now + timedelta(seconds=lease_s)
    )
    await store.take_tuning(run, now)
    return run


async def test_a_cut_off_run_is_waited_for_until_its_lease_ends() -> None:
    store = MemoryStore()
    run = await a_run(store, 1.2)

    assert await free(store, RED.team)

    now = compose.clock()
    taken = await store.take_tuning(replace(run, id="2" * 24, holder="two", leased_until=now + timedelta(minutes=1)), now)
    assert taken is not None
    assert (taken.id, taken.holder) == (run.id, "two")


async def test_a_run_whose_process_lives_is_not_waited_for() -> None:
    store = MemoryStore()
    run = await a_run(store, 60)
    waiting = asyncio.create_task(free(store, RED.team))
    await asyncio.sleep(0.1)

    await store.keep_tuning(replace(run, done=0.5))

    async with asyncio.timeout(5):
        assert not await waiting


async def test_where_nothing_runs_nothing_is_waited_for() -> None:
    store = MemoryStore()
    run = await a_run(store, 60)
    await store.keep_tuning(replace(run, state="cancelled", leased_until=None))

    assert not await free(store, RED.team)
