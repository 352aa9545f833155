"""Things that are round about their upright middle, turned from how they look from the side: by name, or by a silhouette."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.words import _
from generators.engines.image.meshes import Corner, Mesh, fitted, revolved
from generators.engines.making import Unmakeable
from generators.engines.shared.colour import Colour, Palette, mixed

SIDES = 72  #: of what is round: no corner is seen at the size of a screen
BEVEL = 0.012
FINE = 5  #: places between two of a curve
ROWS = 56  #: of a silhouette: how finely it is looked at
SMOOTH = 2  #: times that a silhouette's edge is smoothed, so that pixels do not become grooves
LEAST, MOST = 0.01, 0.92  #: of a picture: what stands out from its ground
APART = 36  #: of 255: between a picture's ground and what stands out
LINES = 64  #: colours of a strip
GLOW = (255, 236, 190)
HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How something looks from the side."""

    name: str
    phrases: tuple[str, ...]  #: what it is called, the English name first
    line: tuple[tuple[float, float, bool], ...]  #: half width, height, whether part of a curve
    strip: int  #: colours
    parts: tuple[str, ...]  #: other profiles put upon it
    light: bool  #: whether it shines


@cache
def profiles() -> Mapping[str, Profile]:
    """By name."""
    told = tomllib.loads(resources.files(__package__).joinpath("profiles.toml").read_text(encoding="utf-8"))
    return {
        name: Profile(
            name=name, phrases=tuple(filter(None, map(str.strip, row["words"].split(",")))), line=_line(row["line"]),
            strip=row["strip"], parts=tuple(row.get("parts", ())), light=row.get("light", False),
        )
        for name, row in told.items()
    }  # fmt: skip


def _line(text: str) -> tuple[tuple[float, float, bool], ...]:
    places = [place.split() for place in text.split(",")]
    return tuple((float(place[0]), float(place[1]), place[2:] == ["o"]) for place in places)


@cache
def _called() -> re.Pattern[str]:
    every = sorted((phrase for profile in profiles().values() for phrase in profile.phrases), key=len, reverse=True)
    return re.compile(
        "|".join(re.escape(each) if HAN.search(each) else rf"(?<!\w){re.escape(each)}(?:e?s|n)?(?!\w)" for each in every)
    )


def named(text: str) -> Profile | None:
    """The first thing in a text whose look from the side is known."""
    found = _called().search(text.casefold())
    if found is None:
        return None
    return next(
        profile
        for profile in profiles().values()
        if any(found[0] == each or found[0].removesuffix("s") == each or found[0].startswith(each) for each in profile.phrases)
    )


def turned(profile: Profile, palette: Palette, rng: random.Random, *, as_is: bool) -> list[Mesh]:
    """A thing, in the palette's colours; not as it is in the table a little wider or taller."""
    wide, tall = (1.0, 1.0) if as_is else (rng.uniform(0.8, 1.25), rng.uniform(0.85, 1.15))
    made = []
    for number, name in enumerate((profile.name, *profile.parts)):
        one = profiles()[name]
        corners = curved([(x * wide, y * tall, round_) for x, y, round_ in one.line])
        colours = [palette.accents[(number + each) % len(palette.accents)] for each in range(one.strip)]
        colour = mixed(GLOW, palette.light, 0.4) if one.light else colours[0]
        strip = banded(colours, palette.light, rng) if one.strip > 1 else ()
        made.append(revolved(corners, colour, bevel=BEVEL, sides=SIDES, strip=strip))
    return fitted(made)


def curved(line: Sequence[tuple[float, float, bool]]) -> list[Corner]:
    """A line with its curves filled in (Catmull and Rom 1974); what is no curve stays a corner."""
    spots = np.array([(x, y) for x, y, _round in line])
    made: list[Corner] = []
    for number, (x, y, round_) in enumerate(line):
        made.append(Corner(x, y, round=round_ and 0 < number < len(line) - 1))
        if number == len(line) - 1 or not (round_ or line[number + 1][2]):
            continue
        a, b = spots[number], spots[number + 1]
        before = (b - spots[number - 1]) / 2 if round_ and number else b - a
        behind = (spots[number + 2] - a) / 2 if line[number + 1][2] and number + 2 < len(line) else b - a
        for step in range(1, FINE + 1):
            t = step / (FINE + 1)
            h = (2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, -2 * t**3 + 3 * t**2, t**3 - t**2)
            at = h[0] * a + h[1] * before + h[2] * b + h[3] * behind
            made.append(Corner(max(0.004, float(at[0])), float(at[1]), round=True))
    return made


def banded(colours: Sequence[Colour], line: Colour, rng: random.Random) -> tuple[Colour, ...]:
    """Colours one above another, parted by thin lines."""
    cuts = sorted(round(LINES * (number + rng.uniform(0.7, 1.3)) / len(colours)) for number in range(len(colours) - 1))
    strip: list[Colour] = []
    for number, (low, high) in enumerate(zip([0, *cuts], [*cuts, LINES], strict=True)):
        strip += [line] * min(2 * bool(number), high - low) + [colours[number]] * max(0, high - low - 2 * bool(number))
    return tuple(strip)


def silhouette(picture: Image.Image) -> NDArray[np.bool_]:
    """What stands out from a picture's ground.

    Raises:
        Unmakeable: nothing does, or all of it.
    """
    small = picture.convert("RGBA")
    small.thumbnail((512, 512))
    pixels = np.asarray(small, np.int16)
    if pixels[..., 3].min() < 128:
        mask: NDArray[np.bool_] = pixels[..., 3] > 127
    else:
        rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])[:, :3]
        mask = np.abs(pixels[..., :3] - np.median(rim, axis=0)).max(axis=2) > APART
    if not LEAST <= mask.mean() <= MOST:
        raise Unmakeable(_("Nothing in this picture stands out from its ground. Send a shape on a plain or transparent ground."))
    return mask


def from_silhouette(picture: Image.Image) -> list[Mesh]:
    """What a silhouette becomes when it is turned about its upright middle; its colours, row by row, go around.

    Raises:
        Unmakeable: no shape is to be seen.
    """
    mask = silhouette(picture)
    pixels = np.asarray(picture.convert("RGB").resize(mask.shape[::-1]))
    rows = np.flatnonzero(mask.any(axis=1))
    cuts = np.linspace(rows[0], rows[-1] + 1, ROWS + 1)
    widths: list[float] = []
    strip: list[NDArray[np.float64]] = []
    for low, high in pairwise(cuts):
        part = slice(int(low), max(int(low) + 1, round(high)))
        widths.append(float(mask[part].sum(axis=1).mean()) / 2)
        shades = pixels[part][mask[part]]
        strip.append(np.median(shades, axis=0) if len(shades) else strip[-1] if strip else np.zeros(3))
    radii = np.array(widths[::-1])
    for _pass in range(SMOOTH):
        radii = np.convolve(np.pad(radii, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
    step = (rows[-1] + 1 - rows[0]) / ROWS
    radii = np.maximum(radii, 0.15 * step)
    line = [Corner(0, 0), Corner(float(radii[0]), 0)]
    line += [Corner(float(radius), (number + 0.5) * step, round=True) for number, radius in enumerate(radii)]
    line += [Corner(float(radii[-1]), ROWS * step), Corner(0, ROWS * step)]
    colours = tuple((int(red), int(green), int(blue)) for red, green, blue in reversed(strip))
    return fitted([revolved(line, colours[len(colours) // 2], bevel=0.3 * step, sides=SIDES, strip=colours)])
