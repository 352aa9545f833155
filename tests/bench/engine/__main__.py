"""How fast engines make ideas from the same weights and prompts, side by side, each in a process of its own with one thread.

    python -m tests.bench.engine [--rounds 3] [--tokens 64] [--only "ours;llama"] [--columns "n8;lora"] [--picture FILE]

Every round does every task with every engine in turn, so that a busy neighbour slows all of them; figures are medians over
rounds, ratios are taken within a round. Ours is the whole service over HTTP. Ends with `RESULT key value` lines.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from tests.bench.engine import picture, roofline
from tests.bench.engine.engines import ENGINES, has_bfloat16, missing
from tests.bench.engine.tasks import Run, Task, tasks

PARAMETERS = 134_515_008  # of SmolLM2-135M; the table of tokens is also the last matrix
COLUMNS = {"n1": "N = 1", "n8": "N = 8", "n32": "N = 32", "mixed": "32 prompts", "lora": "32, 4 adapters"}

Runs = dict[tuple[str, str], list[Run]]


class Child:
    """An engine's process."""

    def __init__(self, name: str) -> None:
        command = [sys.executable, "-m", "tests.bench.engine.child", name]
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process
        # a session of its own is a scheduling group of its own, so that no row is slower for what runs beside the benchmark
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True, start_new_session=True
        )
        self.peak_mb = 0.0

    def opened(self) -> None:
        """Waits until the engine can work."""
        self._answer()

    def do(self, task: Task) -> Run:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()
        told = self._answer()
        self.peak_mb = told.pop("peak_mb")
        return Run(**told)

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def _answer(self) -> dict:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._said.seek(0)
            raise RuntimeError(self._said.read()[-1500:])
        return json.loads(line)


def main() -> None:
    parser = argparse.ArgumentParser(description="engines side by side")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=64, help="of each idea")
    parser.add_argument("--only", default="", help="rows whose names contain one of these, separated by semicolons")
    parser.add_argument("--columns", default=";".join(COLUMNS), help="of the table, separated by semicolons")
    parser.add_argument("--picture", type=Path, help="an SVG of the table")
    given = parser.parse_args()
    wanted = [part.strip() for part in given.only.split(";") if part.strip()]
    names = [name for name in ENGINES if not wanted or any(part in name for part in wanted)]
    for name in list(names):
        if package := missing(name):
            print(f"{name}: not measured, as {package} is not installed. To have it: make bench-rivals")
            names.remove(name)
    for name in [name for name in names if "bfloat16" in name and not has_bfloat16()]:
        print(f"{name}: not measured, as this CPU has no bfloat16 and emulates it, far slower than float32")
        names.remove(name)
    limits = roofline.measured()
    rates = ", ".join(f"{rate:.0f} GFLOP/s {form}" for form, rate in limits.gflop_s.items())
    print(f"one core: {limits.read_gb_s:.0f} GB/s, {rates}", flush=True)
    runs, peaks = raced(names, given)
    table(runs, peaks, names)
    result = figures(runs, names) | kept_with_adapters(runs, names) | shares(runs, limits)
    for key, value in result.items():
        print(f"RESULT {key} {value}")
    if given.picture:
        given.picture.write_text(picture.bars({name: medians(runs, name) for name in names}), encoding="utf-8")


def raced(names: list[str], given: argparse.Namespace) -> tuple[Runs, dict[str, float]]:
    """Every task by every engine in every round; the first round is short and warms up."""
    runs: Runs = defaultdict(list)
    children: dict[str, Child] = {}
    try:
        for name in names:
            children[name] = Child(name)
        for name in names:
            show(f"opening {name}")
            try:
                children[name].opened()
            except RuntimeError as error:
                print(f"{name}: not measured, it did not open: {error}", flush=True)
                del children[name]
        for round_ in range(given.rounds + 1):
            asked = tasks(given.tokens if round_ else 4, round_=round_)
            for key, task in ((key, task) for key, task in asked.items() if key in given.columns.split(";")):
                for name, child in list(children.items()):
                    if task.adapters and not name.startswith("ours"):
                        continue
                    try:
                        run = child.do(task)
                    except RuntimeError as error:
                        print(f"{name}: stopped at {key}: {error}", flush=True)
                        del children[name]
                        continue
                    if round_:
                        runs[name, key].append(run)
                        show(f"round {round_} of {given.rounds}, {COLUMNS[key]}, {name}: {run.per_cpu_s:.0f} tokens a CPU-second")
        return runs, {name: child.peak_mb for name, child in children.items()}
    finally:
        for child in children.values():
            child.close()


def show(text: str) -> None:
    """Minutes long: people see that it moves."""
    print(text, file=sys.stderr, flush=True)


def medians(runs: Runs, name: str) -> dict[str, float]:
    """Tokens a CPU-second by column."""
    found = {key: [run.per_cpu_s for run in runs[name, key]] for key in COLUMNS if runs.get((name, key))}
    return {key: statistics.median(values) for key, values in found.items()}


def table(runs: Runs, peaks: dict[str, float], names: list[str]) -> None:
    """Markdown: tokens a CPU-second, tokens a second in brackets."""
    keys = [key for key in COLUMNS if any(runs.get((name, key)) for name in names)]
    heads = [COLUMNS[key] for key in keys]
    print("| tokens a CPU-second (a second) | " + " | ".join(heads) + " | first of 32 prompts, s | peak MB |")
    print("|---" * (len(keys) + 3) + "|")
    for name in names:
        if name not in peaks:
            continue
        cells = []
        for key in keys:
            mine = runs.get((name, key), [])
            per_s = statistics.median(run.tokens / run.wall_s for run in mine) if mine else 0.0
            cells.append(f"{statistics.median(run.per_cpu_s for run in mine):.0f} ({per_s:.0f})" if mine else "–")
        firsts = [run.first_s for run in runs.get((name, "mixed"), [])]
        first = f"{statistics.median(firsts):.1f}" if firsts else "–"
        print(f"| {name} | " + " | ".join(cells) + f" | {first} | {peaks[name]:.0f} |")


def figures(runs: Runs, names: list[str]) -> dict[str, float]:
    """The best of ours to the best of each rival, within a round; medians over rounds."""
    result: dict[str, float] = {}
    rivals = {"generate": ("generate,",), "llamacpp_best": ("llama.cpp",), "openvino": ("OpenVINO",)}
    for key in COLUMNS:
        mine = best(runs, [name for name in names if name.startswith("ours")], key)
        for word, begins in rivals.items():
            theirs = best(runs, [name for name in names if name.startswith(begins)], key)
            if mine and theirs:
                ratios = (one / other for one, other in zip(mine, theirs, strict=False))
                result[f"vs_{word}_{key}"] = round(statistics.median(ratios), 2)
    return result


def kept_with_adapters(runs: Runs, names: list[str]) -> dict[str, float]:
    """What is left of each of ours when 32 prompts are asked of four adapters instead of the model; medians over rounds."""
    result: dict[str, float] = {}
    for name in names:
        pairs = zip(runs.get((name, "lora"), []), runs.get((name, "mixed"), []), strict=False)
        if ratios := [lora.per_cpu_s / plain.per_cpu_s for lora, plain in pairs]:
            result[f"lora_to_plain_{name.removeprefix('ours, ').replace(' ', '_')}"] = round(statistics.median(ratios), 2)
    return result


def best(runs: Runs, names: list[str], key: str) -> list[float]:
    """What the engine that is best by its median did, round by round."""
    rows = [[run.per_cpu_s for run in runs[name, key]] for name in names if runs.get((name, key))]
    return max(rows, key=statistics.median, default=[])


def shares(runs: Runs, limits: roofline.Limits) -> dict[str, float]:
    """The share of the machine's limit that each of ours reaches; the best one's without its name."""
    result: dict[str, float] = {}
    for key, rows in (("n1", 1), ("n8", 8), ("n32", 32)):
        found = {}
        for name, row in ((name, row) for name, row in runs.items() if name[0].startswith("ours") and name[1] == key):
            form = next((form for form in ("float32", "bfloat16") if form in name[0]), "int8")
            reached = statistics.median(run.per_cpu_s for run in row)
            found[name[0]] = (reached, round(reached / limits.ceiling(form, PARAMETERS, rows), 2))
        if found:
            result[f"roofline_share_{key}"] = max(found.values())[1]
            for name, (_reached, share) in found.items():
                result[f"roofline_share_{key}_{name.removeprefix('ours, ').replace(' ', '_')}"] = share
    return result


if __name__ == "__main__":
    main()
