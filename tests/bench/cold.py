"""CPU seconds and memory of three boards and of a tune, each by an engine in a fresh process, beside another commit.

    python -m tests.bench.cold [--vs COMMIT] [--rounds 5]

Both take turns. The first round fills caches of files and is not counted. Ends with `RESULT {json}`; ratios are of medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from bot.config import MediaTable
from tests.bench.start import ROOT, SURROUNDINGS, checked_out

CODE = """
import json, resource, sys
from pathlib import Path
from types import SimpleNamespace
from generators.engines.making import Commission
try:
    from generators.engines.{kind}.engine import build
    settings = SimpleNamespace(**json.loads(sys.argv[2]))
except ModuleNotFoundError:  # as it was before 28 November 2026, when engines read the settings themselves
    from bot.config import MediaTable
    from generators.engines.{kind} import build
    settings = MediaTable()
engine = build(settings, Path(sys.argv[1]))
works = list(engine.make(Commission(task={kind!r}, text="a tea bar under the stars", {asked}), lambda _doing, _done: None))
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, len(works)]))
"""
WORKS = {"boards": ("image", "count=3", 3), "tune": ("music", "options={'bars': 12}", 1)}


def measured(tree: Path, what: str, cache: Path) -> tuple[float, float]:
    """CPU seconds and MB at most, of a fresh process that makes a work and ends."""
    kind, asked, count = WORKS[what]
    code = CODE.format(kind=kind, asked=asked)
    settings = MediaTable().model_dump_json(exclude={"token", "foreign_token"})
    surroundings = SURROUNDINGS | {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(cache), settings], cwd=tree, env=surroundings, capture_output=True, text=True, check=True
    )
    seconds, peak, made = json.loads(done.stdout.splitlines()[-1])
    assert made == count, f"{made} works in the place of {count}"
    return seconds, peak


def main() -> None:
    parser = argparse.ArgumentParser(description="media from cold")
    parser.add_argument("--vs", metavar="COMMIT", help="compare with this commit")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    found: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as base:
        trees = {"this": ROOT}
        if given.vs:
            trees[given.vs] = checked_out(given.vs, Path(base) / "other")
        for number in range(-1, given.rounds):
            for what in WORKS:
                for name, tree in trees.items():
                    cache = Path(base) / f"cache-{name}"
                    cache.mkdir(exist_ok=True)
                    figures = measured(tree, what, cache)
                    if number >= 0:
                        found[name, what].append(figures)
    middle = {key: [statistics.median(each) for each in zip(*rows, strict=True)] for key, rows in found.items()}
    for (name, what), (seconds, peak) in middle.items():
        print(f"{name:8} {what:7} {seconds:6.2f} CPU-s {peak:7.0f} MB")
    told: dict[str, float] = {}
    for what in WORKS:
        seconds, peak = middle["this", what]
        told |= {f"{what}_cpu_s": round(seconds, 2), f"{what}_peak_mb": round(peak)}
        if given.vs:
            before = middle[given.vs, what]
            told |= {f"{what}_cpu_ratio": round(seconds / before[0], 3), f"{what}_memory_ratio": round(peak / before[1], 3)}
    print("RESULT", json.dumps(told))


if __name__ == "__main__":
    main()
