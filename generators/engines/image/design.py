"""What a board is designed from: an idea cut into title and rest, drawings, a palette, fonts, and pictures on demand."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from generators.engines.image.canvas import Canvas, Faces
from generators.engines.image.icons import Icons, Thing
from generators.engines.image.logo_names import named
from generators.engines.image.telling import CJK, telling
from generators.engines.shared.colour import Colour, Palette

TITLE = 44  # letters of a headline: three lines on a poster
VERSE = " / "  #: between the lines of a poem that is written in one
SHORTEST = 3  # a "title" before a colon shorter than this is an abbreviation


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An idea as a board says it."""

    title: str
    rest: str  #: what is said under the title; may be empty; a poem's lines with breaks between them
    name: str  #: for a logo
    words: tuple[str, ...]  #: what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Everything a layout needs. Pictures are made when asked for: some take seconds."""

    told: Told
    icons: Icons
    things: tuple[Thing, ...]
    marks: tuple[str, ...]
    look: str
    palette: Palette
    faces: Faces
    rng: random.Random
    picture: Callable[[int, int], Image.Image]  #: the main one, width x height
    second: Callable[[int, int], Image.Image]  #: another view of the same idea
    tile: Callable[[int, int], Image.Image]  #: a pattern
    size: tuple[int, int] | None = None  #: of a picture without words

    def canvas(self, width: int, height: int, ground: Colour) -> Canvas:
        """An empty board."""
        return Canvas(width, height, ground, self.faces)

    def drawing(self, number: int) -> str:
        """The key of a thing's drawing."""
        return f"{self.look}/{self.things[number % len(self.things)].drawings[self.look]}"


def told(text: str) -> Told:
    """Cuts an idea into what a headline says and the rest."""
    text = text.strip().strip("\"“”'*_").lstrip("# ")
    if VERSE in text:
        return verse([line.strip() for line in text.split(VERSE) if line.strip()])
    title, rest = _parted(text)
    title = title.strip(" \"“”'*_:：-–—")
    title = title if "…" in title else title.rstrip(".。")
    words = telling(text)
    return Told(title=title or text, rest=rest.strip(), name=named(title or text), words=tuple(words[:6]))


def verse(lines: list[str]) -> Told:
    """A poem: its first line leads, the others stand under it, one below the other."""
    first = lines[0] if lines else ""
    telltale = tuple(telling(" ".join(lines))[:6])
    return Told(title=first, rest="\n".join(lines[1:]), name=named(first.rstrip(",;:.，；。 ")), words=telltale)


def _parted(text: str) -> tuple[str, str]:
    """The headline and what follows, without losing a word."""
    slogan = len(text) <= TITLE and len(re.findall(r"[.!?]", text)) > 1  # “Bike. Breathe. Repeat.” is one saying
    for sign in (r"\s*[:：]\s+|：", r"\s+[-–—]\s+|——", r"(?<=[!?。！？])\s*", r"(?<=[a-z0-9)])\.\s+"):
        found = re.search(sign, text)
        if found and not slogan and SHORTEST <= found.start() <= TITLE * 1.3 and text[found.end() :].strip():
            return text[: found.end()].strip() if sign.startswith("(?<=[!") else text[: found.start()], text[found.end() :]
    if len(text) <= (TITLE // 2 if CJK.search(text) else TITLE * 1.4):
        return text, ""
    for sign in (r"[,;，；、]\s*", r"\s+(?=(?:that|which|where|who|so|because|with|for|and|to|by|in|from)\b)"):
        for found in re.finditer(sign, text):
            if TITLE * 0.3 <= found.start() <= (TITLE // 2 if CJK.search(text) else TITLE * 1.2):
                return text[: found.start()], text  # the clause leads, the whole follows
    if CJK.search(text):
        return text[: TITLE // 3] + "…", text
    words = text.split()
    count = next((n for n in range(min(7, len(words)), 1, -1) if len(" ".join(words[:n])) <= TITLE), 1)
    return " ".join(words[:count])[:TITLE] + "…", text
