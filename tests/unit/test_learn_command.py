"""`muselab learn` after a kill: a run that nobody works on is taken up as soon as it may be, and no other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import wiring
from bot.cli.tuning import _learn, free, run
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.domain.ideas import Team
from bot.domain.models import Tuning
from storage.memory import MemoryStore
from tests.builders import BLUE, RED, an_idea
from tests.fair import PATIENCE_S


async def a_run(store: MemoryStore, lease_s: float) -> Tuning:
    now = wiring.clock()
    run = Tuning(
        id="1" * 24, team=RED.team, holder="one", began_at=now, changed_at=now, leased_until=now + timedelta(seconds=lease_s)
    )
    await store.take_tuning(run, now)
    return run


async def test_a_cut_off_run_is_waited_for_until_its_lease_ends() -> None:
    store = MemoryStore()
    run = await a_run(store, 1.2)

    assert await free(store, RED.team)

    now = wiring.clock()
    taken = await store.take_tuning(replace(run, id="2" * 24, holder="two", leased_until=now + timedelta(minutes=1)), now)
    assert taken is not None
    assert (taken.id, taken.holder) == (run.id, "two")


async def test_a_run_whose_process_lives_is_not_waited_for() -> None:
    store = MemoryStore()
    run = await a_run(store, 60)
    waiting = asyncio.create_task(free(store, RED.team))
    await asyncio.sleep(0.1)

    await store.keep_tuning(replace(run, done=0.5))

    async with asyncio.timeout(PATIENCE_S):
        assert not await waiting


async def test_where_nothing_runs_nothing_is_waited_for() -> None:
    store = MemoryStore()
    run = await a_run(store, 60)
    await store.keep_tuning(replace(run, state="cancelled", leased_until=None))

    assert not await free(store, RED.team)


async def test_a_team_that_nobody_knows_is_named_beside_those_there_are(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    async with wiring.opened_store(settings) as store:
        await store.add(an_idea())

    with pytest.raises(Refusal, match="No team “test:blue”.*test:red"):
        await run(settings, BLUE.team, now=False, dry_run=True, watch=False, cancel=False)


async def test_a_team_with_nothing_to_learn_from_does_not_end_the_others_tuning(capsys: pytest.CaptureFixture[str]) -> None:
    class Nothing:
        async def learn(self, team: Team, news: object, *, now: bool) -> None:
            raise Refusal("There is nothing to tune with yet.")

    await _learn(Nothing(), MemoryStore(), RED.team, now=True)

    assert "test:red: There is nothing to tune with yet." in capsys.readouterr().out
