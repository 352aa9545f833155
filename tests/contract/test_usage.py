"""Who used what, over memory, SQLite and PostgreSQL; and how it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.accounting import entry, lines
from bot.config import MonitorTable
from bot.domain.ideas import Candidate, Channel, Draft, Team
from bot.ports import Store, Usage
from storage.urls import build
from tests.contract.stores import ANN, BOB, NOW, OTHERS, TEAM, a_brainstorm, a_vote, an_idea, later

THERE = Channel(team=OTHERS, id="general")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    urls = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path / 'muselab.db'}"}
    return urls.get(request.param) or str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = build(url)
    await opened.open()
    yield opened
    await opened.close()


async def ended(store: Store, *, seconds: float, tokens: int, **fields: object) -> None:
    """A brainstorm that took some seconds and tokens."""
    brainstorm = a_brainstorm(**fields)
    await store.begin(brainstorm)
    drafts = [Candidate(brainstorm=brainstorm.id, draft=Draft(text="tea", tokens=tokens), verdict="kept")] * 2
    await store.log(brainstorm.channel.team, drafts)
    await store.finish(brainstorm, "done", brainstorm.created_at + (later(seconds) - NOW))


async def test_each_team_s_share_is_summed_up_and_nobody_else_s(store: Store) -> None:
    await ended(store, seconds=2.5, tokens=7, asker=ANN)
    await ended(store, seconds=1.0, tokens=5, asker=BOB)
    await ended(store, seconds=4.0, tokens=1, asker=ANN, channel=THERE)
    idea = await store.add(an_idea())
    await store.hear(TEAM, a_vote(idea))

    told = await store.usage(NOW)

    assert told == sorted(told, key=lambda one: one.team)
    by_team = {one.team: replace(one, seconds=round(one.seconds, 2)) for one in told}
    assert by_team == {
        TEAM: Usage(team=TEAM, brainstorms=2, people=2, ideas=1, votes=1, tokens=24, seconds=3.5),
        OTHERS: Usage(team=OTHERS, brainstorms=1, people=1, tokens=2, seconds=4.0),
    }


async def test_what_is_older_does_not_count_and_what_is_under_way_has_no_seconds_yet(store: Store) -> None:
    await ended(store, seconds=2.0, tokens=7, created_at=later(-60))
    running = a_brainstorm(created_at=later(60))
    await store.begin(running)

    (told,) = await store.usage(NOW)

    assert (told.brainstorms, told.tokens, told.seconds) == (1, 0, 0.0)


async def test_a_store_that_nobody_used_tells_nothing(store: Store) -> None:
    assert await store.usage(NOW) == []


def usages() -> list[Usage]:
    small, large = Team(platform="slack", id="T1"), Team(platform="discord", id="8123")
    return [Usage(team=small, brainstorms=1, seconds=9.6), Usage(team=large, brainstorms=12, tokens=3400, seconds=1800.0)]


def test_the_team_that_used_most_comes_first_and_costs_are_told_where_a_price_is_set() -> None:
    assert lines(usages(), MonitorTable()) == [
        "team          brainstorms  people  ideas  votes  tokens  seconds",
        "discord:8123           12       0      0      0    3400     1800",
        "slack:T1                1       0      0      0       0       10",
    ]
    priced = lines(usages(), MonitorTable(hour_price=2.5, currency="EUR"))
    assert [line.split("  ")[-1].strip() for line in priced] == ["cost", "1.25 EUR", "0.01 EUR"]
    assert lines([], MonitorTable()) == []


def test_as_json_a_team_has_its_figures_and_its_cost() -> None:
    large = usages()[1]

    assert entry(large, MonitorTable(hour_price=2.5, currency="EUR"))["cost"] == 1.25
    assert "cost" not in entry(large, MonitorTable())
    assert entry(large, MonitorTable())["team"] == "discord:8123"
