"""Makes the shortest sound there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.config import MediaTable
from generators.client.scripted_media import wav
from generators.engines.making import Commission, Rendered, Report, Work


class Beep:
    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        sound = Rendered(name="speech.wav", media_type="audio/wav", content=wav(commission.seed))
        yield Work(files=(sound,), alt=commission.text, traits={"voice": str(commission.options.get("voice", "joe"))})

    def close(self) -> None:
        """Nothing is held."""


def build(settings: MediaTable, cache: Path) -> Beep:
    return Beep()
