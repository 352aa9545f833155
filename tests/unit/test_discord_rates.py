"""What the bot's own token does in Discord stays within what Discord takes, however many processes use it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.rates import Rates
from storage.memory import MemoryStore

pytestmark = pytest.mark.asyncio(loop_factories=["jumping"])  # seconds pass as soon as everybody waits


def clock():
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())


async def busy(processes, times, *what):
    """When each of so many requests was made, by all processes at once."""
    made = []

    async def request(rates):
        await rates.turn(*what)
        made.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(request(processes[n % len(processes)]) for n in range(times)))
    return sorted(made)


def most_in(seconds, made):
    return max(sum(begin <= at < begin + seconds for at in made) for begin in made)


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_a_token_makes_no_more_than_fifty_requests_a_second_over_all_processes(count):
    store = MemoryStore()

    made = await busy([Rates(store, lambda: 7, clock=clock) for _n in range(count)], 150)

    assert most_in(1.0, made) <= 50
    assert made[-1] - made[0] <= 6  # and some 30 at least


@pytest.mark.parametrize("kind", ["post", "edit"])
async def test_a_channel_gets_five_posts_and_five_changes_in_five_seconds_from_all_processes(kind):
    store = MemoryStore()
    processes = [Rates(store, lambda: 7, clock=clock) for _n in range(3)]

    made, elsewhere = await asyncio.gather(busy(processes, 16, kind, 4711), busy(processes, 5, kind, 4712))

    assert most_in(5.0, made) <= 5
    assert made[-1] - made[0] <= 4 * 5.5
    assert elsewhere[-1] - elsewhere[0] < 1


async def test_another_token_has_seconds_of_its_own():
    store = MemoryStore()
    mine, other = Rates(store, lambda: 7, clock=clock), Rates(store, lambda: 8, clock=clock)
    await busy([mine], 40)

    made = await busy([other], 40)

    assert made[-1] - made[0] < 1


async def test_without_a_database_a_process_keeps_its_own_count():
    made = await busy([Rates(None, lambda: 7)], 120)

    assert most_in(1.0, made) <= 50
    assert made[-1] - made[0] < 2.1
