"""Start-up, memory and time to ideas of the whole thing, as a person meets it: `muselab run` with piped lines.

    python -m tests.bench.start [--cold] [--vs COMMIT [--rounds 3]]

`--cold` empties the cache first, so that the embedded model is unpacked again. Ends with one line `RESULT {json}`.

`--vs` compares with another commit instead, which is checked out in a temporary folder and runs with the same packages. Each
takes its turn in each round, after a start that is not counted, in a cache of its own. Of each figure the median counts:

- the generation service alone: CPU seconds until it is ready, and its memory seven seconds later, when it has given back what it
  can;
- `muselab run` with a pipe at either end: seconds and CPU seconds of all its processes until the first idea of a brainstorm of
  names, which is asked for at once; and the service's memory after a brainstorm of names and one of activities.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path

import psutil

TOPIC = "names for a tea bar"
ACTIVITY = "a rainy team offsite"
ROUNDS = 3
ROOT = Path(__file__).parents[2]
#: Python keeps what it has compiled, as it does wherever nobody forbids it.
SURROUNDINGS = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
SILENT_S = 60.0  # without a line in the middle of a set, after which it has no more: some end with four ideas of five
RESTED_S = 7.0  # after which the service has given back what it holds only to be at hand


class Session:
    """One `muselab run` with a pipe at either end."""

    def __init__(self, home: str, cache: str, tree: Path = ROOT) -> None:
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--chat", "terminal"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tree,
            env=SURROUNDINGS | {"MUSELAB_HOME": home, "MUSELAB_CACHE": cache, "PYTHONPATH": str(tree)},
        )
        self._shown = [b""]  #: lines that nobody has read, and of one that has not ended

    def ask(self, line: str, ideas: int) -> list[float]:
        """Seconds from sending a line to each of its idea lines; fewer where a set has fewer, which `SILENT_S` tells."""
        assert self.process.stdin is not None
        sent = time.monotonic()
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        times: list[float] = []
        while len(times) < ideas and (shown := self._line(SILENT_S if times else None)) is not None:
            if shown.split(b".")[0].isdigit():
                times.append(time.monotonic() - sent)
        return times

    def _line(self, silent_s: float | None) -> bytes | None:
        """The next line shown; None where the output ended, or nothing was shown for so long."""
        assert self.process.stdout is not None
        source = self.process.stdout.fileno()
        while len(self._shown) == 1:
            if not select.select([source], [], [], silent_s)[0] or not (block := os.read(source, 65536)):
                return None
            self._shown = (self._shown[0] + block).split(b"\n")
        return self._shown.pop(0)

    def memory(self) -> tuple[float, float]:
        """Resident megabytes of the bot and of its generation service."""
        bot = psutil.Process(self.process.pid)
        return bot.memory_info().rss / 1e6, sum(child.memory_info().rss for child in bot.children(recursive=True)) / 1e6

    def cpu(self) -> float:
        """CPU seconds of all processes so far."""
        bot = psutil.Process(self.process.pid)
        return sum(spent(one) for one in (bot, *bot.children(recursive=True)))

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


def spent(process: psutil.Process) -> float:
    """CPU seconds of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def served(tree: Path, cache: str) -> tuple[float, float]:
    """The generation service of a tree by itself: CPU seconds until it is ready, and resident megabytes at rest."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tree,
        env=SURROUNDINGS | {"MUSELAB_CACHE": cache, "PYTHONPATH": str(tree)},
    )
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["listening"]
        while not _ready(url):
            time.sleep(0.05)
        service = psutil.Process(process.pid)
        used = spent(service)
        time.sleep(RESTED_S)
        return used, service.memory_info().rss / 1e6
    finally:
        process.terminate()
        process.wait(timeout=60)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/ready", timeout=10) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False


def asked(tree: Path, cache: str) -> dict[str, float]:
    """The whole thing of a tree, as a person meets it."""
    with tempfile.TemporaryDirectory() as home:
        session = Session(home, cache, tree)
        first = session.ask(f"/brainstorm {TOPIC} -n 5", 1)[0]
        told = {"first_idea_s": first, "first_idea_cpu_s": session.cpu()}
        session.ask(f"/brainstorm {ACTIVITY} -n 5", 4 + 5)  # the rest of the first, and five more
        told["work_mb"] = session.memory()[1]
        session.end()
        return told


def checked_out(commit: str, folder: Path) -> Path:
    """A commit's files in a folder that is made for them."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder


def compared(commit: str, rounds: int) -> None:
    """Prints every figure of this tree and of a commit, and this one's as shares of that one's."""
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as base:
        other = checked_out(commit, Path(base) / "other")
        for number in range(-1, rounds):
            for name, tree in (("this", ROOT), (commit, other)):
                cache = str(Path(base) / f"cache-{name}")
                ready, rest = served(tree, cache)
                for key, value in {"start_cpu_s": ready, "rest_mb": rest, **asked(tree, cache)}.items():
                    if number >= 0:
                        found[name, key].append(value)
    middle = {key: statistics.median(values) for key, values in found.items()}
    for key in ("start_cpu_s", "rest_mb", "work_mb", "first_idea_s", "first_idea_cpu_s"):
        print(f"{key:18} this {middle['this', key]:8.2f}   {commit} {middle[commit, key]:8.2f}")
    ratios = {"start": "start_cpu_s", "rest_memory": "rest_mb", "work_memory": "work_mb"}
    ratios |= {"first_idea": "first_idea_s", "first_idea_cpu": "first_idea_cpu_s"}
    told = {f"{name}_ratio": round(middle["this", key] / middle[commit, key], 3) for name, key in ratios.items()}
    print("RESULT", json.dumps(told))


def main() -> None:
    parser = argparse.ArgumentParser(description="start-up, memory and time to ideas")
    parser.add_argument("--cold", action="store_true", help="empty the cache first")
    parser.add_argument("--vs", metavar="COMMIT", help="compare with this commit instead")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each in a comparison")
    given = parser.parse_args()
    if given.vs:
        compared(given.vs, given.rounds)
    else:
        alone(cold=given.cold)


def alone(*, cold: bool) -> None:
    """Prints this tree's figures."""
    result: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as scratch:
        cache = scratch if cold else str(Path.home() / ".cache" / "muselab")
        session = Session(home, cache)
        first = session.ask(f"/brainstorm {TOPIC} -n 5", 5)
        result["start_to_first_idea_s"] = first[0]
        result["start_to_all_ideas_s"] = first[-1]
        warm = [session.ask(f"/brainstorm {TOPIC} of kind {n} -n 5", 5) for n in range(ROUNDS)]
        complete = [times for times in warm if times]
        result["first_idea_s"] = sorted(times[0] for times in complete)[len(complete) // 2]
        result["all_ideas_s"] = sorted(times[-1] for times in complete)[len(complete) // 2]
        result["bot_mb"], result["service_mb"] = session.memory()
        session.end()
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "bot", "--help"], capture_output=True, check=True)
        result["help_s"] = time.monotonic() - began
    for name, value in result.items():
        print(f"{name:24} {value:8.2f}")
    print("RESULT", json.dumps({"cold": cold, **{name: round(value, 2) for name, value in result.items()}}))


if __name__ == "__main__":
    main()
