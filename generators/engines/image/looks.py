"""A picture in numbers: its colours, its light, where its edges are. It knows no idea and no network.

Concept boards differ in palette, layout and style, which a network trained to name things looks past; these numbers see just that.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.domain.ideas import Features

NAME = "looks/1"
SIDE = 66  # pixels that are looked at: three parts of 22; finer ones show texture, which `_detail` sums up
PARTS = 3  # across and down
HUES = 12
SHADES = 6

Plane = NDArray[np.float64]


def looks(content: bytes) -> Features:
    """What a finished picture looks like; of one that moves, its first frame."""
    with Image.open(io.BytesIO(content)) as opened:
        return looks_of(opened)


def looks_of(whole: Image.Image) -> Features:
    """The same of a picture that is at hand."""
    wide = np.log2(whole.width / whole.height) / 2
    picture = whole.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    hue, saturation, value = (np.asarray(plane, float) / 255 for plane in picture.convert("HSV").split())
    light = np.asarray(picture.convert("L"), float) / 255
    measured = [
        *_colours(hue, saturation * value), *_shades(light), *_edges(light), *_parts(light - light.mean()),
        2 * saturation.mean() - 1, 2 * saturation.std(), _alike(light, light[:, ::-1]), _alike(light, light[::-1]),
        _detail(light), wide,
    ]  # fmt: skip
    return Features.of(NAME, measured)


def _colours(hue: Plane, strength: Plane) -> Iterator[float]:
    """How much of each hue there is, from red around; and whether the whole is warm (+1) or cold."""
    bins = np.floor(hue * HUES).astype(int) % HUES
    for number in range(HUES):
        yield 2 * float(strength[bins == number].sum() / strength.size) ** 0.5 - 1  # a root: a little of a colour is seen, too
    yield float((strength * np.cos(2 * np.pi * (hue - 1 / 12))).mean())  # orange is the warmest


def _shades(light: Plane) -> Iterator[float]:
    """How light it is, its contrast, and the shares of dark to light parts."""
    yield 2 * float(light.mean()) - 1
    yield 4 * float(light.std()) - 1
    for number in range(SHADES):
        yield 2 * float(((light * SHADES).clip(0, SHADES - 1e-6).astype(int) == number).mean()) ** 0.5 - 1


def _edges(light: Plane) -> Iterator[float]:
    """Where something is to be seen, and whether lines lie (-1) or stand (+1)."""
    across, down = np.abs(np.diff(light, axis=1))[:-1], np.abs(np.diff(light, axis=0))[:, :-1]
    busy = np.pad(across + down, ((0, 1), (0, 1)))
    yield from (2 * min(1.0, 4 * part) - 1 for part in _parts(busy))
    yield float((across.sum() - down.sum()) / (across.sum() + down.sum() + 1e-9))


def _parts(plane: Plane) -> list[float]:
    """The mean of each of nine parts, row by row."""
    side = SIDE // PARTS
    return [float(part) for part in plane.reshape(PARTS, side, PARTS, side).mean(axis=(1, 3)).ravel()]


def _alike(one: Plane, other: Plane) -> float:
    """Correlation of two planes: how far a picture is its own mirror image."""
    a, b = one - one.mean(), other - other.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-9))


def _detail(light: Plane) -> float:
    """How much of the contrast is finer than a third of a part: flat shapes (-1) or texture (+1)."""
    coarse = light.reshape(SIDE // 6, 6, SIDE // 6, 6).mean(axis=(1, 3)).repeat(6, 0).repeat(6, 1)
    return 2 * float(((light - coarse) ** 2).sum() / (((light - light.mean()) ** 2).sum() + 1e-9)) - 1
