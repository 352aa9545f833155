"""Colours: how far apart they are for the eye, and palettes whose words can be read on them."""

from __future__ import annotations

import colorsys
import json
import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

ASSETS = Path(__file__).parents[2] / "assets"
Colour = tuple[int, int, int]  #: red, green, blue, 0..255
READABLE = 4.5  # WCAG 2.2, 1.4.3: contrast of text that is not large
WHITE, BLACK = (255, 255, 255), (17, 17, 20)

#: Moods people ask for by name, as hues they bring to mind.
NAMED: dict[str, tuple[str, str, str, str, str]] = {
    "ocean": ("#03253f", "#0b5a8a", "#1ca3c4", "#8fdde7", "#f4fbfc"),
    "forest": ("#132a1c", "#2f5d3a", "#6a994e", "#c5d8a4", "#f7f5e6"),
    "sunset": ("#2d1b3d", "#a23e58", "#f0803c", "#f9c74f", "#fff4e0"),
    "candy": ("#3a1c50", "#e0407b", "#ff8fb1", "#8be0e0", "#fff5fa"),
    "night": ("#0a0f24", "#1d2b5a", "#5468d4", "#e8c66b", "#eef0fb"),
    "earth": ("#2b2118", "#7a4b2a", "#c08552", "#dfc5a0", "#faf4ea"),
    "mono": ("#151515", "#4a4a4a", "#8c8c8c", "#d0d0d0", "#fafafa"),
    "berry": ("#2a0a2e", "#7b1e5b", "#c9356e", "#f2a2b6", "#fdf1f3"),
    "citrus": ("#27330f", "#5f8d1d", "#b5cf2f", "#ffd23f", "#fffbe8"),
    "tech": ("#0b132b", "#1c2541", "#3a86ff", "#5bc0be", "#f2f7ff"),
    "warm": ("#331a12", "#b23a1e", "#ee7b30", "#f7c873", "#fff6ea"),
    "calm": ("#243447", "#5b7a8c", "#a3bfc9", "#dfe7dd", "#fbfaf5"),
}


TOLD = (
    "black #0f0f12, dark grey #4b4b4e, grey #87878a, light grey #c8c8ca, white #f8f8f8, dark red #731419, "
    "red #d22828, pink #f096b4, magenta #c8288c, purple #6e3296, lavender #beaae1, navy #141e50, blue #2d5ac8, "
    "sky blue #82c3f0, turquoise #28b4b4, teal #0a6469, dark green #144628, green #3c9641, light green #a5d78c, "
    "olive #6e6e28, yellow #fad73c, gold #cda032, orange #f08728, dark brown #3c2614, brown #734826, "
    "tan #be9669, beige #e1cdaa, cream #faf0d7 "
)


QUIET = 0.55  # liveliness that paper may have; a whole page of more hurts the eye


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Five colours and what each is for."""

    name: str
    colours: tuple[Colour, ...]  #: dark to light

    @property
    def dark(self) -> Colour:
        """Ink on light ground; at least as dark as text on white needs, and deeper."""
        return deepen(self.colours[0], 9.0)

    @property
    def light(self) -> Colour:
        """Paper."""
        return tinted(self.colours[-1])

    @property
    def accents(self) -> tuple[Colour, ...]:
        """The lively ones, liveliest first."""
        return tuple(sorted(self.colours, key=lambda each: -liveliness(each)))


def hexed(text: str) -> Colour:
    """`#rrggbb`, or `#rgb`, as numbers."""
    digits = text.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def css(colour: Colour) -> str:
    """`#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Colour) -> float:
    """Relative luminance, 0..1 (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (channel / 255 for channel in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: Colour, b: Colour) -> float:
    """Contrast ratio, 1..21 (WCAG 2.2)."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def saturation(colour: Colour) -> float:
    """0 grey .. 1 pure."""
    return colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))[1]


def liveliness(colour: Colour) -> float:
    """How much a colour draws the eye: pure and neither black nor white."""
    hue, light, pure = colorsys.rgb_to_hls(*(channel / 255 for channel in colour))
    return pure * (1 - abs(2 * light - 1)) + 0 * hue


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of b in a."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def deepen(colour: Colour, against_white: float) -> Colour:
    """The same hue, darkened until its contrast with white is reached."""
    for step in range(21):
        dark = mixed(colour, BLACK, step / 20)
        if contrast(dark, WHITE) >= against_white:
            return dark
    return BLACK


def tinted(colour: Colour) -> Colour:
    """The same hue, lightened to paper."""
    for step in range(21):
        light = mixed(colour, WHITE, step / 20)
        if luminance(light) >= 0.78 and liveliness(light) <= QUIET:
            return light
    return WHITE


def ink(ground: Colour, *wanted: Colour, least: float = READABLE) -> Colour:
    """The first colour of `wanted` that can be read on `ground`; else the nearest shade of the first that can."""
    for colour in wanted:
        if contrast(colour, ground) >= least:
            return colour
    end = max((WHITE, (0, 0, 0)), key=lambda each: contrast(each, ground))  # one of them reaches 4.58 on any ground
    start = wanted[0] if wanted else end
    for step in range(1, 21):
        shade = mixed(start, end, step / 20)
        if contrast(shade, ground) >= least:
            return shade
    return end


@cache
def words() -> tuple[tuple[str, Colour], ...]:
    """Colours everybody has a word for."""
    return tuple((name.strip(), hexed(code)) for name, code in re.findall(r"([a-z ]+) (#[0-9a-f]{6})", TOLD))


def named(colour: Colour) -> str:
    """A colour in a word."""
    name, _rgb = min(words(), key=lambda each: distance(each[1], colour))
    return name


def distance(a: Colour, b: Colour) -> float:
    """How different two colours look: weighted by what the eye sees best (a low-cost approximation of CIE76)."""
    red = (a[0] + b[0]) / 2
    d = [x - y for x, y in zip(a, b, strict=True)]
    return float((2 + red / 256) * d[0] ** 2 + 4 * d[1] ** 2 + (2 + (255 - red) / 256) * d[2] ** 2)


@cache
def library() -> tuple[Palette, ...]:
    """Every palette: the named ones, then those of the collection."""
    collected = json.loads((ASSETS / "palettes.json").read_text(encoding="utf-8"))
    return tuple(Palette(name=name, colours=tuple(map(hexed, colours))) for name, colours in {**_named(), **collected}.items())


def _named() -> dict[str, list[str]]:
    return {name: [css(each) for each in _ordered(colours)] for name, colours in NAMED.items()}


def titled(collected: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Palettes by a name, dark to light: each is called after its two liveliest colours."""
    found: dict[str, list[str]] = {}
    titles: Counter[str] = Counter()
    for colours in collected:
        unnamed = Palette(name="", colours=_ordered(colours))
        first = named(unnamed.accents[0])
        second = next((word for word in map(named, unnamed.accents[1:]) if word != first), "white")
        title = f"{first} and {second}"
        titles[title] += 1
        found[title + (f" ({titles[title]})" if titles[title] > 1 else "")] = [css(each) for each in unnamed.colours]
    return found


def _ordered(colours: Sequence[str]) -> tuple[Colour, ...]:
    """From dark to light."""
    return tuple(sorted(map(hexed, colours), key=luminance))


#: Of a palette of one colour: shares of black in its two dark shades, of white in its two light ones.
SHADED, LIT = (0.72, 0.35), (0.5, 0.88)


@cache
def toned(name: str) -> Palette:
    """The palette of one colour, in five shades of it.

    Raises:
        KeyError: nobody has a word for such a colour; see `words`.
    """
    colour = dict(words())[name]
    shades = (*(mixed(colour, BLACK, share) for share in SHADED), colour, *(mixed(colour, WHITE, share) for share in LIT))
    return Palette(name=name, colours=tuple(sorted(shades, key=luminance)))


@cache
def askable() -> tuple[str, ...]:
    """The names by which a palette can be asked for: those of the library, and every colour with a word."""
    return (*(each.name for each in library()), *(name for name, _colour in words()))


def palettes(name: str, count: int, rng: random.Random) -> list[Palette]:
    """`count` palettes, far apart; all of them `name` if one is asked for.

    Raises:
        KeyError: no palette has that name; see `askable`.
    """
    every = library()
    if name:
        return [next((each for each in every if each.name == name), None) or toned(name)] * count
    chosen = [rng.choice(every)]
    while len(chosen) < count:
        drawn = rng.sample(every, 12)
        chosen.append(max(drawn, key=lambda each: min(apart(each, other) for other in chosen)))
    return chosen


def recoloured(picture: Image.Image, palette: Palette, strength: float) -> Image.Image:
    """A picture whose lights and darks take the colours of a palette, `strength` 0..1."""
    shades = [palette.dark, *palette.colours[1:4], palette.light]
    levels = [luminance(each) ** 0.5 for each in shades]  # about as bright as the eye finds them
    table: list[int] = []
    for channel in range(3):
        table += [round(each) for each in np.interp(np.linspace(0, 1, 256), sorted(levels), [shade[channel] for shade in shades])]
    toned = Image.merge("RGB", [picture.convert("L")] * 3).point(table)
    return Image.blend(picture.convert("RGB"), toned, 0.75 * strength)


def apart(a: Palette, b: Palette) -> float:
    """How different two palettes look, by their liveliest two colours and their paper."""
    pairs = zip((*a.accents[:2], a.light), (*b.accents[:2], b.light), strict=True)
    return sum(math.dist(one, other) for one, other in pairs)
