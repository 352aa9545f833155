"""Makes a tiny PNG, or breaks in the way that the text asks for."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bot.config import MediaTable
from bot.domain.ideas import Features
from bot.words import _
from generators.client.scripted_media import png
from generators.engines.making import Commission, Rendered, Report, Unmakeable, Work

built = 0


class Tiny:
    def __init__(self) -> None:
        self.closed = False

    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        print("a library that prints")
        if commission.text == "impossible once begun":
            report("drawing", 0.0)
        if commission.text.startswith("impossible"):
            raise Unmakeable(_("This button is not one of Muselab's."))
        if commission.text == "missing":
            raise ModuleNotFoundError("No module named 'paint'", name="paint")
        if commission.text == "broken":
            raise ValueError("a bug")
        if commission.text == "memory":
            raise MemoryError
        if commission.text == "die":
            os.kill(os.getpid(), 9)
        for number in range(commission.count):
            report("drawing", number / commission.count)
            if commission.text == "slow":
                time.sleep(60)
            content = png(commission.seed + number)
            yield Work(
                files=(Rendered(name="picture.png", media_type="image/png", content=content),),
                alt=f"{commission.text} {os.getpid()}",
                traits={"layout": str(commission.options.get("layout", "poster"))},
                features=Features(name="pixels/1", values=(0.25, -1.0)),
                facts={
                    "width": 8,
                    "attached": len(commission.attachments),
                    "task": str(commission.options.get("task", "")),
                    "threads": os.environ["OMP_NUM_THREADS"],
                },
            )

    def close(self) -> None:
        self.closed = True


def build(settings: MediaTable, cache: Path) -> Tiny:
    sys.stderr.write("built\n")
    return Tiny()
