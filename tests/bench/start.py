"""Start-up, memory and time to ideas of the whole thing, as a person meets it: `muselab run` with piped lines.

    python -m tests.bench.start [--cold]

`--cold` empties the cache first, so that the embedded model is unpacked again. Ends with one line `RESULT {json}`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

TOPIC = "names for a tea bar"
ROUNDS = 3


class Session:
    """One `muselab run` with a pipe at either end."""

    def __init__(self, home: str, cache: str) -> None:
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--chat", "terminal"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "MUSELAB_HOME": home, "MUSELAB_CACHE": cache},
        )

    def ask(self, line: str, ideas: int) -> list[float]:
        """Seconds from sending a line to each of its idea lines."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        sent = time.monotonic()
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        times: list[float] = []
        while len(times) < ideas:
            shown = self.process.stdout.readline()
            if not shown:
                break
            if shown.split(".")[0].isdecimal():
                times.append(time.monotonic() - sent)
        return times

    def memory(self) -> tuple[float, float]:
        """Resident megabytes of the bot and of its generation service."""
        bot = psutil.Process(self.process.pid)
        return bot.memory_info().rss / 1e6, sum(child.memory_info().rss for child in bot.children(recursive=True)) / 1e6

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


def main() -> None:
    cold = "--cold" in sys.argv
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
