"""One engine in a process of its own: `python -m tests.bench.engine.child NAME` does a task for each line it reads."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.engine.engines import ENGINES
from tests.bench.engine.tasks import Task


def spent() -> float:
    """CPU time of all threads of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb(engine: Any) -> float:
    """The most memory that the engine's process has had at once."""
    process = engine.process.pid if hasattr(engine, "process") else os.getpid()
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024 / 1e6  # told in KiB


def done(engine: Any, task: Task) -> dict[str, float]:
    """Does a task and says what it took."""
    cpu_s = getattr(engine, "cpu_s", spent)
    cpu, wall = cpu_s(), time.perf_counter()
    tokens, first = 0, 0.0
    for some in engine.do(task):
        first = first or time.perf_counter() - wall
        tokens += some
    took = time.perf_counter() - wall
    return {"tokens": tokens, "wall_s": took, "cpu_s": cpu_s() - cpu, "first_s": getattr(engine, "first_s", first)}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what engines print is no answer
    engine = ENGINES[sys.argv[1]]()
    answers.write("{}\n")
    answers.flush()
    try:
        for line in sys.stdin:
            given = json.loads(line)
            task = Task(**given | {"prompts": tuple(given["prompts"])})
            answers.write(json.dumps(done(engine, task) | {"peak_mb": peak_mb(engine)}) + "\n")
            answers.flush()
    finally:
        with contextlib.suppress(AttributeError):
            engine.close()


if __name__ == "__main__":
    main()
