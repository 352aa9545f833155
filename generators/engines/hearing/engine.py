"""Speech in words: what a recording says, window by window; and its thoughts, one by one.

Embedded: Whisper tiny.en in a package, English. By name: any recogniser of transformers (`openai/whisper-large-v3-turbo` …), or a
service that speaks OpenAI's `/v1/audio/transcriptions`.

| option     | values                                                              |
|------------|---------------------------------------------------------------------|
| `language` | of the speech: `en`, `de`, `zh` …; without it the model tells it    |
| `prompt`   | words that may come up, as they are spelled                         |
| `parts`    | whether each window's words are given out while the rest is heard   |

Facts: `text`; `thoughts`, a JSON list of its sentences; `segments`, a JSON list of [begin, end, text], seconds; `seconds`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from bot.words import _
from generators.engines.hearing.ears import Ear, Elsewhere, Embedded, Heard, Named
from generators.engines.hearing.opening import RATE, opened
from generators.engines.making import Commission, Engine, Part, Report, Unmakeable, Work
from generators.engines.shared.foreign import Server

EMBEDDED = "embedded"
MOST_PROMPT = 1000  # characters of words that may come up
END = re.compile(r"(?<=[.!?…])[\"”’)]?\s+(?=\S)|(?<=[。！？])")
#: What begins a sentence aloud and says nothing.
LEAD = re.compile(
    r"^(?:(?:um+|uh+|er+m?|okay|ok|so|well|right|yeah|and then|and|then|also|ähm?|also gut|嗯|那个|然后)[,.\s、，]+)+",
    re.IGNORECASE,
)
FEWEST = 2  # words of a thought; “Okay.” is none


class Settings(Protocol):
    """What this engine needs of the configuration."""

    hearing: str  #: "embedded", a Hugging Face name, a folder, or the URL of a service that speaks OpenAI's paths
    device: str
    dtype: str


def build(settings: Settings, cache: Path) -> Engine:
    """The engine; nothing is loaded before the first commission."""
    server = Server.named(settings.hearing)
    if server is not None:
        return HearingEngine(Elsewhere(server))
    if settings.hearing == EMBEDDED:
        return HearingEngine(Embedded())
    return HearingEngine(Named(settings.hearing, device=settings.device, dtype=settings.dtype))


class HearingEngine:
    """See the module."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear

    def make(self, commission: Commission, report: Report) -> Iterator[Work | Part]:
        """See `Engine`."""
        if len(commission.attachments) != 1:
            raise Unmakeable(_("One recording is needed for this. Please attach it."))
        sound = opened(commission.attachments[0])
        seconds = len(sound) / RATE
        report(_("Listening"), 0.0)
        language = str(commission.options.get("language", "")).strip().lower()
        prompt = str(commission.options.get("prompt", ""))[:MOST_PROMPT]
        parts: list[Heard] = []
        for part in self._ear.heard(sound, language=language, prompt=prompt):
            if commission.options.get("parts"):
                yield Part(media_type="text/plain", content=(" " * bool(parts) + part.text).encode())
            parts.append(part)
            report(_("Listening"), part.end / seconds)
        text = " ".join(part.text for part in parts)
        segments = [[round(part.begin, 2), round(part.end, 2), part.text] for part in parts]
        yield Work(
            files=(),
            alt=text,
            facts={
                "text": text,
                "seconds": round(seconds, 2),
                "thoughts": json.dumps(thoughts(text), ensure_ascii=False),
                "segments": json.dumps(segments, ensure_ascii=False),
            },
            traits={"model": self._ear.name},
        )

    def close(self) -> None:
        """See `Engine`."""
        if isinstance(self._ear, Embedded):
            self._ear = Embedded()


def thoughts(text: str) -> list[str]:
    """The sentences of a text without what only begins them aloud; those that are nothing but that are left out."""
    found = [LEAD.sub("", sentence.strip()) for sentence in END.split(text)]
    kept = [one for one in found if len(re.findall(r"\w+", one)) >= FEWEST or re.search(r"[\u3400-\u9fff]{2}", one)]
    return [one[0].upper() + one[1:] for one in kept]
