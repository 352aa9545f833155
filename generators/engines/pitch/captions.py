"""Captions: a text in short parts, each for as long as its letters take; as a track for players, and as pictures."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from PIL import Image

from generators.engines.image import lettering
from generators.engines.image.telling import CJK

WORDS, SIGNS = 9, 12  # of a caption at most, in English words and in Chinese ones: two lines, read at a glance
FONT = "inter-latin-400-normal"
INK, GROUND = (255, 255, 255), (24, 22, 32)  # contrast 17: legible on a telephone in the sun
LARGEST, SMALLEST = 30, 14  # pixels
MARGIN = 14  # pixels


@dataclass(frozen=True, slots=True)
class Caption:
    """What is to be read, and when."""

    text: str
    start: float  #: seconds
    end: float


def timed(text: str, seconds: float) -> list[Caption]:
    """The captions of a text that is said in so many seconds."""
    lines = phrases(text)
    whole = sum(map(len, lines)) or 1
    captions, now = [], 0.0
    for line in lines:
        end = now + seconds * len(line) / whole
        captions.append(Caption(line, now, end))
        now = end
    return captions


def phrases(text: str) -> list[str]:
    """A text cut where it pauses, and where a part is still too long between words."""
    phrases: list[str] = []
    for part in re.split(r"\s+/\s+|(?<=[.!?;:])\s+|(?<=[。！？；])", text):
        units = lettering.pieces(part) if CJK.search(part) else [word + " " for word in part.split()]
        most = SIGNS if CJK.search(part) else WORDS
        count = -(-len(units) // most) or 1  # parts of about the same length
        size = -(-len(units) // count) or 1
        phrases += ["".join(units[at : at + size]).strip() for at in range(0, len(units), size)]
    return [line for line in phrases if line]


def subrip(captions: list[Caption]) -> str:
    """As players read them."""
    return "\n".join(
        f"{number}\n{stamp(one.start)} --> {stamp(one.end)}\n{one.text}\n" for number, one in enumerate(captions, start=1)
    )


def stamp(seconds: float) -> str:
    """00:00:01,250."""
    whole = round(seconds * 1000)
    return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02},{whole % 1000:03}"


def drawn(text: str, wide: int, tall: int) -> bytes:
    """One caption as a picture of a size in pixels, a PNG."""
    band = Image.new("RGB", (wide, tall), GROUND)
    room = wide - 2 * MARGIN
    block = lettering.fitted(text, FONT, room, tall - 2 * MARGIN, largest=LARGEST, smallest=SMALLEST, most_lines=2)
    if block.lines:
        lettering.write(band, block, (MARGIN, (tall - block.height) // 2), INK, "center", room, lambda _letter, _size: None)
    into = io.BytesIO()
    band.save(into, "PNG")
    return into.getvalue()
