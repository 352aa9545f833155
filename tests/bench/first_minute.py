"""A newcomer's first minute: a fresh checkout, a fresh cache, a terminal of 80 by 24; beside another commit.

    python -m tests.bench.first_minute [--vs COMMIT] [--rounds 1]

A script sits at a pseudo-terminal: it waits for the prompt, types a topic, sees the first idea and the fifth, and asks for a
picture of the first. Seconds count from the start of `muselab run`; CPU seconds and memory are those of all its processes. Each
tree takes its turn in each round, and who goes first changes; the median counts. What `make install` takes is not in it; where
that compiles the tree, the tree is compiled before. Ends with `RESULT {json}`.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections import defaultdict
from pathlib import Path

import psutil

from tests.bench.start import checked_out, spent

TOPIC = "names for a tea bar"
ENOUGH_S = 600.0  # for a step, on a machine that many share
ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[()][A-Z0-9]|[=>])")
MOVED = re.compile(r"\x1b\[[0-9;]*[A-HJKf]")  # what follows stands elsewhere, at the beginning of a line for all one can tell
#: What is waited for, under the names of the figures; what is typed once it is there.
STEPS = (
    ("prompt_s", re.compile(r"Type a topic"), TOPIC + "\r"),
    ("first_idea_s", re.compile(r"(?m)^\s*1\. \S"), ""),
    ("five_ideas_s", re.compile(r"(?m)^\s*5\. \S"), "/imagine 1 -n 1\r"),
    ("picture_s", re.compile(r"Saved as"), ""),
)


class Newcomer:
    """One `muselab run` of a tree at a pseudo-terminal."""

    def __init__(self, tree: Path, home: Path) -> None:
        self.began = time.monotonic()
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MUSELAB_", "PYTHONDONTWRITE"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--chat", "terminal"],
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            cwd=tree,
            start_new_session=True,
            env={
                **kept,
                "MUSELAB_HOME": str(home / "home"),
                "MUSELAB_CACHE": str(home / "cache"),
                "PYTHONPATH": str(tree),
                "TERM": "xterm",
                "LANG": "C.UTF-8",
            },
        )
        os.close(theirs)
        self.screen, self.shown = ours, ""

    def until(self, wanted: re.Pattern[str]) -> float:
        """Seconds from the start to when something is shown that was not before.

        Raises:
            TimeoutError: it never was.
        """
        begun = time.monotonic()
        while not wanted.search(self.shown):
            if time.monotonic() - begun > ENOUGH_S:
                raise TimeoutError(f"{wanted.pattern} did not come; the end is {self.shown[-500:]}")
            if select.select([self.screen], [], [], 0.5)[0]:
                block = os.read(self.screen, 65536).decode(errors="replace")
                if "\x1b[6n" in block:
                    os.write(self.screen, b"\x1b[1;1R")  # a terminal says where its cursor is
                self.shown += ESCAPES.sub("", MOVED.sub("\n", block)).replace("\r", "\n")
        self.shown = self.shown[-200:] if wanted.pattern.startswith("Type") else self.shown
        return time.monotonic() - self.began

    def used(self) -> tuple[float, float]:
        """CPU seconds so far and resident megabytes, of all processes."""
        bot = psutil.Process(self.process.pid)
        everyone = [bot, *bot.children(recursive=True)]
        return sum(map(spent, everyone)), sum(one.memory_info().rss for one in everyone) / 1e6

    def leave(self) -> None:
        os.write(self.screen, b"q\r")
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            self.process.wait(timeout=60)
        os.close(self.screen)


def installed(tree: Path) -> Path:
    """A fresh tree after what its `make install` does in it, all of whose packages are there already."""
    made = re.search(r"^OURS := (.+)$", (tree / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    if made:
        subprocess.run([sys.executable, "-m", "compileall", "-q", *made[1].split()], cwd=tree, check=True)
    return tree


def met(tree: Path) -> dict[str, float]:
    """The figures of one first minute."""
    with tempfile.TemporaryDirectory() as home:
        newcomer, told = Newcomer(tree, Path(home)), dict[str, float]()
        try:
            for name, wanted, typed in STEPS:
                told[name] = newcomer.until(wanted)
                os.write(newcomer.screen, typed.encode())
                if name == "five_ideas_s":
                    told["five_ideas_cpu_s"], told["five_ideas_mb"] = newcomer.used()
            told["picture_cpu_s"], told["picture_mb"] = newcomer.used()
        finally:
            newcomer.leave()
        return told


def main() -> None:
    parser = argparse.ArgumentParser(description="a newcomer's first minute")
    parser.add_argument("--vs", metavar="COMMIT", help="beside this commit")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as base:
        trees = {"this": checked_out("HEAD", Path(base) / "this")}
        if given.vs:
            trees[given.vs] = checked_out(given.vs, Path(base) / "other")
        trees = {name: installed(tree) for name, tree in trees.items()}
        for number in range(given.rounds):
            for name, tree in list(trees.items())[:: -1 if number % 2 else 1]:
                for key, value in met(tree).items():
                    found[name, key].append(value)
    keys = dict.fromkeys(key for _name, key in found)
    middle = {name: {key: statistics.median(found[name, key]) for key in keys} for name in trees}
    for key in keys:
        print(f"{key:18}" + "".join(f"{name:>10}{middle[name][key]:9.2f}" for name in trees))
    told = {key: round(value, 2) for key, value in middle["this"].items()}
    if given.vs:
        told |= {f"{key}_ratio": round(middle["this"][key] / middle[given.vs][key], 3) for key in keys}
    print("RESULT", json.dumps(told))


if __name__ == "__main__":
    main()
