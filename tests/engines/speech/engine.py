"""Makes the shortest sound there is; in parts where it is asked for them, and half of one where it is to break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.config import MediaTable
from generators.client.scripted_media import wav
from generators.engines.making import Commission, Part, Rendered, Report, Work


class Beep:
    def make(self, commission: Commission, report: Report) -> Iterator[Work | Part]:
        if commission.options.get("parts") and commission.options.get("format") == "pcm":
            yield Part(media_type="audio/pcm", content=b"ab")
            if commission.text == "break":
                raise ValueError("a bug")
            yield Part(media_type="audio/pcm", content=b"cd")
        sound = Rendered(name="speech.wav", media_type="audio/wav", content=wav(commission.seed))
        yield Work(files=(sound,), alt=commission.text, traits={"voice": str(commission.options.get("voice", "joe"))})

    def close(self) -> None:
        """Nothing is held."""


def build(settings: MediaTable, cache: Path) -> Beep:
    return Beep()
