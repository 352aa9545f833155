"""Kills everything there is and counts what was lost.

    python -m tests.bench.chaos [--kills 200] [--rate 9] [--chat discord|slack] [--database sqlite|postgresql]
        [--no-points] [--no-days] [--anew]

Days: people ask, add ideas and vote on the local platform while the bot (`tests.bench.host`: real adapter, desk, database), the
generation service, the learner and PostgreSQL are killed with SIGKILL, one every few seconds, and started again. Then all is left
alone for a minute, and everything that was acknowledged is looked for. Points: one event, and a bot that dies before or after one
of its writes or requests, for each of them. Every piece of ten kills, and of one event, is noted in build/chaos.json: a run that
is cut off goes on from there. Ends with one line `RESULT {json}`: kills, lost, doubled, stuck, points, points_ok and others.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from tests.acceptance.dying import EVENTS
from tests.bench.chaos.points import points
from tests.bench.chaos.rounds import a_round
from tests.bench.hosts import Trouble
from tests.bench.towns import TOWNS

NOTES = Path("build/chaos.json")
DATABASES = ("sqlite", "postgresql")
ROUND = 10  # kills between two notes
KEYS = ("kills", "lost", "doubled", "stuck", "points", "points_ok")


def main() -> None:
    parser = argparse.ArgumentParser(description="what is lost, doubled or stuck when anything is killed")
    parser.add_argument("--kills", type=int, default=200, help="over all days")
    parser.add_argument("--rate", type=float, default=9.0, help="things done a second")
    parser.add_argument("--chat", choices=tuple(TOWNS), action="append", help="default: both")
    parser.add_argument("--database", choices=DATABASES, action="append", help="default: both")
    parser.add_argument("--no-points", action="store_true")
    parser.add_argument("--no-days", action="store_true")
    parser.add_argument("--anew", action="store_true", help="forget what earlier runs noted")
    given = parser.parse_args()
    notes: dict[str, dict[str, int]] = {}
    if NOTES.exists() and not given.anew:
        notes = json.loads(NOTES.read_text(encoding="utf-8"))
    places = [(chat, database) for database in given.database or DATABASES for chat in given.chat or TOWNS]
    for chat, database in places:
        for event in () if given.no_points else EVENTS:
            noted(notes, f"{chat} {database} points of {event}", partial(points, chat, event, database))
    each = -(-given.kills // len(places))
    for seed, start in enumerate(range(0, 0 if given.no_days else each, ROUND)):
        kills = min(ROUND, each - start)
        for chat, database in places:
            noted(notes, f"{chat} {database} day {seed} of {kills}", partial(a_round, chat, database, kills, given.rate, seed))
    result: Counter[str] = Counter(dict.fromkeys(KEYS, 0))
    for found in notes.values():
        result.update(found)
    print("RESULT", json.dumps(result))


def noted(notes: dict[str, dict[str, int]], name: str, work: Callable[[], Coroutine[Any, Any, dict[str, int]]]) -> None:
    """Does a piece of work that no earlier run has done, and notes what it found."""
    if name not in notes:
        try:
            notes[name] = asyncio.run(work())
        except Trouble as trouble:
            raise SystemExit(str(trouble)) from trouble
        NOTES.parent.mkdir(exist_ok=True)
        NOTES.write_text(json.dumps(notes, indent=1), encoding="utf-8")
    print(f"{name}: {notes[name]}", flush=True)


if __name__ == "__main__":
    main()
