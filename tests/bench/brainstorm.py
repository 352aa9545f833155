"""CPU seconds of one brainstorm with the embedded model, names and activities apart, beside another commit.

    python -m tests.bench.brainstorm [--vs COMMIT] [--rounds 2]

Both are whole Muselabs, `muselab run` with a pipe at either end, and take turns: each round asks every topic of both. Counted are
all processes, from the line that asks until nothing works any more. Ends with `RESULT {json}`; ratios are of the sums.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from tests.bench.start import ROOT, Session, checked_out

TOPICS = {
    "names": (
        "names for a tea bar",
        "names for a climbing hall",
        "names for a kids' robot club",
        "names for a courier in Lisbon",
    ),
    "activities": (
        "activities for a rainy team offsite",
        "activities for a library party",
        "ways to make Monday meetings shorter",
    ),
}
QUIET_S, STILL = 0.6, 0.03  # nothing works any more where less than this share of a core was used for so long


def settled(session: Session) -> float:
    """CPU seconds so far, once nothing works any more."""
    before = session.cpu()
    while True:
        time.sleep(QUIET_S)
        now = session.cpu()
        if now - before < STILL * QUIET_S:
            return now
        before = now


def measured(session: Session, topic: str) -> tuple[float, int]:
    """CPU seconds of a brainstorm of five ideas, and how many came."""
    before = settled(session)
    came = len(session.ask(f"/brainstorm {topic} -n 5", 5))
    return settled(session) - before, came


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU seconds of a brainstorm")
    parser.add_argument("--vs", metavar="COMMIT", help="compare with this commit")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    spent: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as base:
        trees = {"this": ROOT}
        if given.vs:
            trees[given.vs] = checked_out(given.vs, Path(base) / "other")
        sessions = {
            name: Session(str(Path(base) / f"home-{name}"), str(Path(base) / f"cache-{name}"), tree)
            for name, tree in trees.items()
        }
        for session in sessions.values():
            session.ask("/brainstorm names for a bakery -n 5", 5)  # loads, and is not counted
        for _round in range(given.rounds):
            for kind, topics in TOPICS.items():
                for topic in topics:
                    for name, session in sessions.items():
                        seconds, came = measured(session, topic)
                        spent[name, kind].append(seconds)
                        print(f"{name:8} {kind:10} {seconds:6.2f} CPU-s  {came} ideas  {topic}", flush=True)
        for session in sessions.values():
            session.end()
    sums = {key: sum(values) / len(values) for key, values in spent.items()}
    for (name, kind), value in sums.items():
        print(f"{name:8} {kind:10} {value:6.2f} CPU-s a brainstorm")
    told = {f"{kind}_cpu_s": round(sums["this", kind], 2) for kind in TOPICS}
    if given.vs:
        told |= {f"{kind}_cpu_ratio": round(sums["this", kind] / sums[given.vs, kind], 3) for kind in TOPICS}
    print("RESULT", json.dumps(told))


if __name__ == "__main__":
    main()
