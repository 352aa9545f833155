"""Hears two sentences in every file, and tells them in parts where it is asked to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bot.config import MediaTable
from generators.engines.making import Commission, Part, Report, Unmakeable, Work

SAID = ("A tea bar.", " On a roof.")


class Shell:
    def make(self, commission: Commission, report: Report) -> Iterator[Work | Part]:
        if len(commission.attachments) != 1:
            raise Unmakeable("One recording is needed.")
        if commission.options.get("parts"):
            yield from (Part(media_type="text/plain", content=said.encode()) for said in SAID)
        segments = [[0.0, 1.5, SAID[0]], [1.5, 62.25, SAID[1].strip()]]
        facts = {"text": "".join(SAID), "seconds": 62.25, "thoughts": json.dumps(SAID), "segments": json.dumps(segments)}
        yield Work(files=(), alt="".join(SAID), facts=facts)

    def close(self) -> None:
        """Nothing is held."""


def build(settings: MediaTable, cache: Path) -> Shell:
    return Shell()
