"""The loop, whole: seasons with and without tuning, trials, and noise through gate and trial; each step once.

    python -m tests.bench.whole [--quick] [--anew] [--only season-easy noise …]

What a step printed is kept in the scratch folder by its name and the sources it ran with. A run that was cut off goes on at the
step in which it was; finished ones are only told again. Inside a step, drafts are kept by what was asked, and noise by team.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.embedded import CACHE

ROOT = Path(__file__).parents[2]
SOURCES = ("bot", "generators", "learning", "storage", "tests/bench")
ENOUGH_S = {False: 2 * 3600.0, True: 600.0}  # what a whole and a quick run may take on two cores; told, and not enforced
PICTURE = "docs/rounds.svg"


@dataclass(frozen=True, slots=True)
class Step:
    """One benchmark with its arguments."""

    name: str
    module: str
    arguments: tuple[str, ...]


def plan(kept: Path, *, quick: bool) -> list[Step]:
    """The steps of a run; `kept`: the folder in which noise keeps what each team came to."""
    noise = ("--kept", str(kept / "noise"), "--real", "1")
    if quick:
        season = ("--only", "seasons", "--tastes", "short", "--tuned", "--rounds", "4", "--topics", "4", "--voters", "12")
        return [
            Step("season-short", "tests.bench.loop", season),
            Step("trials", "tests.bench.loop", ("--only", "trials", "--runs", "4", "--slates", "100")),
            Step("noise", "tests.bench.noise", (*noise, "--runs", "3", "--topics", "27", "--slates", "100")),
        ]
    ranked = ("--only", "seasons", "--tuned", "--rounds", "6", "--topics", "8", "--voters", "12", "--shown", "5", "--tastes")
    return [
        Step("season-easy", "tests.bench.loop", ("--only", "seasons", "--picture", PICTURE)),
        *(Step(f"season-{taste}", "tests.bench.loop", (*ranked, taste)) for taste in ("short", "letter", "positive")),
        Step("trials", "tests.bench.loop", ("--only", "trials", "--voters", "12")),
        Step("noise", "tests.bench.noise", (*noise, "--runs", "20", "--topics", "40")),
    ]


def state_of_sources(root: Path = ROOT, folders: Sequence[str] = SOURCES) -> str:
    """A digest of all that results may depend on."""
    digest = hashlib.blake2b(digest_size=6)
    for folder in folders:
        for file in sorted((root / folder).rglob("*.py")):
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def told(file: Path, step: Step) -> dict[str, object] | None:
    """What a step came to when it was run with these arguments; None where it was not."""
    if not file.exists():
        return None
    kept: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return kept if kept["arguments"] == list(step.arguments) else None


def run(step: Step, file: Path, environment: Mapping[str, str]) -> dict[str, object]:
    """Runs a step, shows what it prints, and keeps it whole once it ended well.

    Raises:
        SystemExit: the step failed.
    """
    began = time.monotonic()
    command = [sys.executable, "-m", step.module, *step.arguments]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(environment)) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                print(line, end="", flush=True)
                lines.append(line)
        except BaseException:
            child.send_signal(signal.SIGINT)
            raise
    if child.returncode:
        raise SystemExit(f"{step.name} ended with {child.returncode}. Run this again to go on with it.")
    kept: dict[str, object] = {"arguments": list(step.arguments), "seconds": time.monotonic() - began, "printed": "".join(lines)}
    part = file.with_suffix(".part")
    part.write_text(json.dumps(kept), encoding="utf-8")
    part.replace(file)
    return kept


def main(given: argparse.Namespace) -> None:
    """Runs what is not done yet, and tells everything."""
    folder = CACHE / "whole" / f"{state_of_sources()}{'-quick' if given.quick else ''}"
    folder.mkdir(parents=True, exist_ok=True)
    if given.anew:
        for file in folder.glob("*.json"):
            file.unlink()
    spent = 0.0
    for step in plan(folder, quick=given.quick):
        if given.only and step.name not in given.only:
            continue
        file = folder / f"{step.name}.json"
        kept = told(file, step)
        print(f"== {step.name}{', done before' if kept is not None else ''}", flush=True)
        if kept is None:
            kept = run(step, file, {"OMP_NUM_THREADS": "1", **os.environ})
        else:
            print(kept["printed"], end="", flush=True)
        spent += float(str(kept["seconds"]))
        print(f"RESULT whole_minutes_{step.name.replace('-', '_')} {float(str(kept['seconds'])) / 60:.1f}", flush=True)
    print(f"RESULT whole_minutes {spent / 60:.1f}\nRESULT whole_in_time {int(spent <= ENOUGH_S[given.quick])}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="ten minutes instead of two hours; shows that all of it works")
    parser.add_argument("--anew", action="store_true", help="run finished steps again")
    parser.add_argument("--only", nargs="*", default=[], help="steps by name")
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
