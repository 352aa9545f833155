"""One engine in a process of its own: commissions come in at standard input, works go out at standard output.

    python -m generators.service.media_worker generators.engines.image.engine

What an engine prints goes to standard error. The process ends with the service that started it.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import queue
import resource
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

from bot.words import speaking
from generators.engines.making import Engine, Part, Unmakeable
from generators.engines.shared.thumbnails import with_thumbnail
from generators.service import frames

NICE = 5  # people wait for words first: text is drafted beside this

log = logging.getLogger(__name__)


def main() -> None:
    """Serves until the service is gone."""
    name = sys.argv[1]
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break the frames
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)
    arrived: queue.Queue[frames.Frame] = queue.Queue()
    threading.Thread(target=_hear, args=(sys.stdin.buffer, arrived), name="studio", daemon=True).start()
    job, _parts = arrived.get()
    settings = SimpleNamespace(**job["settings"])  # checked by the service: pydantic would take a tenth of a CPU second
    serve(name, settings, Path(job["cache"]), arrived, out)


def _hear(source: BinaryIO, arrived: queue.Queue[frames.Frame]) -> None:
    """Reads in a thread of its own, so that the end of the service is noticed in the middle of a work too."""
    with contextlib.suppress(ValueError, OSError):
        while (frame := frames.read(source)) is not None:
            arrived.put(frame)
    os._exit(0)


def serve(name: str, settings: SimpleNamespace, cache: Path, arrived: queue.Queue[frames.Frame], out: BinaryIO) -> None:
    """Makes one commission after another; the engine is built with the first."""
    engine: Engine | None = None
    while True:
        commission, language = frames.commission_of(arrived.get())

        def say(message: dict[str, Any]) -> None:
            _send(out, frames.packed(message))

        def report(doing: str, done: float) -> None:
            say({"kind": "step", "doing": doing, "done": min(1.0, max(0.0, done))})

        with speaking(language):
            try:
                if engine is None:
                    engine = importlib.import_module(name).build(settings, cache)
                for work in engine.make(commission, report):
                    _send(out, frames.of_part(work) if isinstance(work, Part) else frames.of_work(with_thumbnail(work)))
                say({"kind": "end", "memory_mb": peak_mb()})
            except Unmakeable as error:
                say({"kind": "unmakeable", "why": str(error)})
            except ModuleNotFoundError as error:
                say({"kind": "missing", "what": error.name or str(error)})
            except MemoryError:
                say({"kind": "memory"})
            except Exception as error:
                log.exception("an engine broke")
                if "out of memory" in str(error).lower():
                    say({"kind": "memory"})
                else:
                    say({"kind": "broke", "why": f"{type(error).__name__}: {error}"[:300]})


def _send(out: BinaryIO, frame: bytes) -> None:
    out.write(frame)
    out.flush()


def peak_mb() -> float:
    """The most memory this process ever held, MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    main()
