"""Kills everything there is and counts what was lost.

    python -m tests.bench.chaos [--kills 200] [--rate 9] [--chat discord|slack] [--database sqlite|postgresql]
        [--no-points] [--no-days] [--anew] [--lanes 2]

Days: people ask, add ideas and vote on the local platform while the bot (`tests.bench.host`: real adapter, desk, database), the
generation service, the learner and PostgreSQL are killed with SIGKILL, one every few seconds, and started again. Then all is left
alone until nothing is amiss, or nothing gets better any more, and everything that was acknowledged is looked for. Points: one
event, and a bot that dies before or after one of its writes or requests, for each of them.

Every piece of ten kills, and of one event, is a process of its own, so that one may rest while another works, and is noted in
build/chaos.json: a run that is cut off goes on from there. Ends with one line `RESULT {json}`: kills, lost, doubled, stuck,
points, points_ok and others; `missing` counts pieces that did not come to an end, which the next run does again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.acceptance.dying import EVENTS, Event
from tests.bench.chaos.points import points
from tests.bench.chaos.rounds import a_round
from tests.bench.hosts import Trouble
from tests.bench.town import START_S
from tests.bench.towns import TOWNS

NOTES = Path("build/chaos.json")
DATABASES = ("sqlite", "postgresql")
ROUND = 10  # kills between two notes
LANES = 2  # pieces at a time: a day rests half of its time, and a machine has two cores
LONGEST_S = 1800.0  # for one piece; the longest that was seen took 600 s, on a machine that others kept busy
KEYS = ("kills", "lost", "doubled", "stuck", "points", "points_ok", "tallies_wrong", "late", "missing")
FOUND = "FOUND "


@dataclass(frozen=True, slots=True)
class Piece:
    """What is done and noted at once."""

    chat: str
    database: str
    event: Event | None = None  #: of the points; None: it is a day
    seed: int = 0
    kills: int = 0

    @property
    def name(self) -> str:
        what = f"day {self.seed} of {self.kills}" if self.event is None else f"points of {self.event}"
        return f"{self.chat} {self.database} {what}"

    async def done(self, rate: float) -> dict[str, int]:
        """Does it; what it found."""
        if self.event is not None:
            return await points(self.chat, self.event, self.database)
        return await a_round(self.chat, self.database, self.kills, rate, self.seed)


def pieces(given: argparse.Namespace) -> Iterator[Piece]:
    """All that is to be done; days first, as they rest."""
    places = [(chat, database) for database in given.database or DATABASES for chat in given.chat or TOWNS]
    each = 0 if given.no_days else -(-given.kills // len(places))
    for seed, start in enumerate(range(0, each, ROUND)):
        for chat, database in places:
            yield Piece(chat, database, seed=seed, kills=min(ROUND, each - start))
    for chat, database in places:
        for event in () if given.no_points else EVENTS:
            yield Piece(chat, database, event)


@dataclass
class Notes:
    """What was found so far, in a file."""

    found: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, *, anew: bool) -> Notes:
        return cls(json.loads(NOTES.read_text(encoding="utf-8")) if NOTES.exists() and not anew else {})

    def add(self, name: str, found: dict[str, int]) -> None:
        self.found[name] = found
        NOTES.parent.mkdir(exist_ok=True)
        draft = NOTES.with_suffix(".part")
        draft.write_text(json.dumps(self.found, indent=1), encoding="utf-8")
        draft.replace(NOTES)


async def run(wanted: Sequence[Piece], notes: Notes, given: argparse.Namespace) -> None:
    """Does what no earlier run has done, some at a time."""
    left, began = [one for one in wanted if one.name not in notes.found], time.monotonic()

    async def lane() -> None:
        while left:
            piece = left.pop(0)
            found = await in_a_process(piece, given)
            if found is not None:
                notes.add(piece.name, found)
            print(f"{time.monotonic() - began:.0f} s: {piece.name}: {found or 'did not end'}", flush=True)

    async with asyncio.TaskGroup() as group:
        for _lane in range(given.lanes):
            group.create_task(lane())


async def in_a_process(piece: Piece, given: argparse.Namespace) -> dict[str, int] | None:
    """What a piece found; None: it did not come to its end, and has said why."""
    command = (sys.executable, "-m", "tests.bench.chaos", "--only", piece.name, f"--rate={given.rate}")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=os.environ)
    found: dict[str, int] | None = None
    try:
        async with asyncio.timeout(LONGEST_S):
            assert process.stdout is not None
            while line := (await process.stdout.readline()).decode(errors="replace"):
                if line.startswith(FOUND):
                    found = json.loads(line.removeprefix(FOUND))
                else:
                    print(f"  {piece.name}: {line.rstrip()}", flush=True)
            await process.wait()
    except TimeoutError:
        print(f"  {piece.name}: takes longer than {LONGEST_S:g} s", flush=True)
    finally:
        await ended(process)
    return found


async def ended(process: asyncio.subprocess.Process) -> None:
    """Ends a piece with all that it has started, PostgreSQL included; what does not end in time is killed."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), START_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="what is lost, doubled or stuck when anything is killed")
    parser.add_argument("--kills", type=int, default=200, help="over all days")
    parser.add_argument("--rate", type=float, default=9.0, help="things done a second")
    parser.add_argument("--chat", choices=tuple(TOWNS), action="append", help="default: both")
    parser.add_argument("--database", choices=DATABASES, action="append", help="default: both")
    parser.add_argument("--no-points", action="store_true")
    parser.add_argument("--no-days", action="store_true")
    parser.add_argument("--anew", action="store_true", help="forget what earlier runs noted")
    parser.add_argument("--lanes", type=int, default=LANES, help="pieces at a time")
    parser.add_argument("--only", help="one piece, by its name, here and without a note")
    given = parser.parse_args()
    if given.only:
        only(given)
        return
    wanted, notes = list(pieces(given)), Notes.read(anew=given.anew)
    asyncio.run(run(wanted, notes, given))
    result: Counter[str] = Counter(dict.fromkeys(KEYS, 0))
    for piece in wanted:
        result.update(notes.found.get(piece.name, {"missing": 1}))
    del result["rested_s"]
    print("RESULT", json.dumps(result))
    if result["missing"]:
        raise SystemExit("some pieces did not come to their end: the same command does them again")


def only(given: argparse.Namespace) -> None:
    """One piece, in this process."""
    try:
        piece = named(given.only)
        print(FOUND + json.dumps(asyncio.run(piece.done(given.rate))), flush=True)
    except Trouble as trouble:
        raise SystemExit(str(trouble)) from trouble


def named(name: str) -> Piece:
    """The piece of that name."""
    chat, database, kind, *rest = name.split()
    if kind == "day":
        return Piece(chat, database, seed=int(rest[0]), kills=int(rest[2]))
    event = next(one for one in EVENTS if one == rest[1])
    return Piece(chat, database, event)


if __name__ == "__main__":
    main()
