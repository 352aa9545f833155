"""TRL's tuning by several processes, one a GPU: `accelerate launch` as a child, which tells its steps in a file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from bot import private
from bot.starting import SAFELY, running
from learning import dataset
from learning.dataset import TrainingSet
from learning.plan import Plan
from learning.tuners._training import Cancelled, News, Step, Stop

STEPS = "steps.jsonl"  # what the first process has done, a line a step
LOG = "launch.log"  # what all of them print
LOOK_S = 0.5  # between two looks at either
END_S = 30.0  # for ending what was asked to end


class Broke(RuntimeError):
    """One of the processes broke; the message is its error."""


def tune(base: str, training_set: TrainingSet, plan: Plan, out: Path, *, device: str, news: News, stop: Stop) -> list[Step]:
    """Tunes the model in the folder `base` in `plan.processes` processes, which write the adapter into `out / "adapter"`.

    Raises:
        Cancelled: `stop` said so; the last checkpoint stays and the next call goes on from it.
        Broke: a process ended with an error.
    """
    lessons_, planned, steps = out / "launch-training-set.json", out / "launch-plan.json", out / STEPS
    private.file(lessons_).write_text(dataset.dumped(training_set), encoding="utf-8")
    planned.write_text(json.dumps(asdict(plan)), encoding="utf-8")
    steps.unlink(missing_ok=True)
    options = {"base": base, "training-set": lessons_, "plan": planned, "out": out, "parent": os.getpid()}
    arguments = tuple(word for name, value in options.items() for word in (f"--{name}", str(value)))
    seen: list[Step] = []
    try:
        with (out / LOG).open("wb") as log:
            child = subprocess.Popen(  # noqa: S603 - our own words and paths
                command(plan.processes, arguments), stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment(device)
            )
        try:
            while child.poll() is None:
                time.sleep(LOOK_S)
                _tell(steps, seen, news)
                if stop():
                    raise Cancelled
        finally:
            _end(child)
    finally:
        lessons_.unlink(missing_ok=True)  # people's words
        planned.unlink(missing_ok=True)
    _tell(steps, seen, news)
    if child.returncode:
        raise Broke(trouble((out / LOG).read_text(errors="replace")))
    return seen


def trouble(printed: str) -> str:
    """The first error in what the processes printed; the end of it, where none is recognised."""
    match = re.search(r"^(?:\[rank\d+\]: )?[\w.]+(?:Error|Exception): .*", printed, re.MULTILINE)
    return match[0][:500] if match else " ".join(printed.split())[-500:]


def command(processes: int, arguments: tuple[str, ...]) -> list[str]:
    """The command line that docs/reference/tuning.md tells. Without GPUs its processes share the CPU, by gloo."""
    launch = running("accelerate.commands.launch", "--multi_gpu", "--num_processes", str(processes))
    plain = ("--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0")
    return [*launch, *plain, "-m", "learning.tuners._trl", *arguments]


def environment(device: str) -> Mapping[str, str]:
    """This process's, and that there is no GPU where there is none."""
    return {**os.environ, **SAFELY, **({"ACCELERATE_USE_CPU": "true"} if device == "cpu" else {})}


def _tell(file: Path, seen: list[Step], news: News) -> None:
    """Tells the steps that are in the file and were not told yet."""
    for step in list(_steps(file))[len(seen) :]:
        seen.append(step)
        news(step)


def _steps(file: Path) -> Iterator[Step]:
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):  # not one that is just being written
                yield Step(**json.loads(line))


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
