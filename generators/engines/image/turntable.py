"""Surfaces turning before one's eyes, as an endless GIF: what is nearest is seen, place by place.

Surfaces are strewn with places closer to one another than pixels are. In each frame these are turned and thrown upon the picture,
and of those that fall upon one pixel the nearest stays (a z-buffer, Catmull 1974). No order of parts has to be right for that.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generators.engines.shared.colour import Colour

FRAMES, FRAME_MS = 24, 80  # a turn in two seconds
SIDE, SMOOTH = 360, 1.5  # pixels of a frame; drawn so many times larger
TILT = math.radians(14)  #: seen a little from above
LIGHT = np.array([-0.35, 0.55, 0.76], np.float32)  #: where it comes from
AMBIENT = 0.5  #: share of the light that comes from everywhere
ZOOM, MIDDLE = 0.36, (0.5, 0.47)  #: of the picture's side: one unit, and where the middle is seen
CLOSE = 0.66  #: pixels between places
DEEP = 3.0  #: no place is farther from the middle, in units
PLACES = 1 << 18  #: that are strewn at a time, to bound memory

Floats = NDArray[np.float32]


class Surface(Protocol):
    """What can be looked at."""

    @property
    def colour(self) -> Colour:
        """Of all of it, unless it has a strip of colours."""
        ...

    def surface(self) -> tuple[Floats, Floats, NDArray[np.int32]]:
        """Vertices, unit normals, triangles."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Strewn:
    """Places all over some surfaces."""

    spots: Floats  #: shape (n, 3)
    normals: Floats  #: shape (n, 3)
    colours: Floats  #: 0..255, shape (n, 3)
    flat: Floats  #: normals of the triangles that the places lie in, shape (n, 3)


def turntable(surfaces: Sequence[Surface], ground: Colour) -> bytes:
    """One turn as an endless GIF."""
    strewn = strewn_over(surfaces)
    frames = [frame(strewn, ground, 2 * math.pi * number / FRAMES) for number in range(FRAMES)]
    palette = frames[FRAMES // 8].quantize(128)  # one for all, else colours flicker
    drawn = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in frames]
    kept = io.BytesIO()
    drawn[0].save(kept, "GIF", save_all=True, append_images=drawn[1:], duration=FRAME_MS, loop=0, optimize=False)
    return kept.getvalue()


def strewn_over(surfaces: Sequence[Surface]) -> Strewn:
    """Places over all surfaces, close enough that no pixel between them is missed."""
    parts = [part for surface in surfaces for part in _strewn(surface)]
    spots, normals, colours, flat = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Strewn(spots=spots, normals=normals, colours=colours, flat=flat)


def _strewn(surface: Surface) -> list[tuple[Floats, Floats, Floats, Floats]]:
    vertices, normals, triangles = surface.surface()
    strip, heights = strip_of(surface)
    levels = np.zeros((len(vertices), 1), np.float32) if heights is None else heights[:, None]
    triangles = _from_longest(vertices, triangles)
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    flat = np.cross(b - a, c - a)
    twice = np.linalg.norm(flat, axis=1)
    longest = np.maximum(1e-12, np.linalg.norm(b - a, axis=1))
    step = CLOSE / (ZOOM * SIDE * SMOOTH)
    along, across = (np.ceil(size / step).astype(np.int64) + 1 for size in (longest, twice / longest))
    flat /= np.maximum(1e-12, twice)[:, None]
    seen = flat[:, 1] * math.sin(TILT) + np.hypot(flat[:, 0], flat[:, 2]) * math.cos(TILT) > 0  # of others no turn shows anything
    triangles, flat, along, across = triangles[seen], flat[seen], along[seen], across[seen]
    counts = (along + 1) * (across + 1)
    bounds = np.searchsorted(np.cumsum(counts), np.arange(0, counts.sum() + PLACES, PLACES))
    parts = []
    for first, last in zip(bounds, [*bounds[1:], len(triangles)], strict=True):
        if first >= last:
            continue
        which = np.repeat(np.arange(first, last), counts[first:last])
        inside = np.arange(len(which)) - np.repeat(np.cumsum(counts[first:last]) - counts[first:last], counts[first:last])
        u = (inside // (across[which] + 1) / along[which]).astype(np.float32)
        v = (inside % (across[which] + 1) / across[which]).astype(np.float32)
        kept = u + v <= 1 + 1e-6
        which, shares = which[kept], np.stack([1 - u - v, u, v])[:, kept, None]
        spots, out, level = (_between(values, triangles[which], shares) for values in (vertices, normals, levels))
        parts.append((spots, out, strip[np.minimum((level[:, 0] * len(strip)).astype(np.int64), len(strip) - 1)], flat[which]))
    return parts


def _from_longest(vertices: Floats, triangles: NDArray[np.int32]) -> NDArray[np.int32]:
    """The same triangles, each with its longest side between its first two corners: rows of places lie along it."""
    sides = np.stack([np.linalg.norm(vertices[triangles[:, n]] - vertices[triangles[:, (n + 1) % 3]], axis=1) for n in range(3)])
    first = sides.argmax(0)[:, None]
    turned: NDArray[np.int32] = np.take_along_axis(triangles, (first + np.arange(3)) % 3, axis=1)
    return turned


def _between(values: Floats, corners: NDArray[np.int32], shares: Floats) -> Floats:
    """Values within triangles out of those at their corners."""
    made: Floats = sum(values[corners[:, corner]] * shares[corner] for corner in range(3)).astype(np.float32)
    return made


def strip_of(surface: Surface) -> tuple[Floats, Floats | None]:
    """The colours from below to above, 0..255, shape (n, 3), and where on that strip each vertex is; one colour is nowhere."""
    strip = getattr(surface, "strip", ())
    heights: Floats | None = getattr(surface, "heights", None) if strip else None
    return np.asarray(strip or (surface.colour,), np.float32), heights


def frame(strewn: Strewn, ground: Colour, angle: float) -> Image.Image:
    """The surfaces turned by an angle, in parallel perspective."""
    side = round(SIDE * SMOOTH)
    picture = Image.new("RGB", (side, side), ground)
    ImageDraw.Draw(picture).ellipse(shadow(strewn, side), fill=tuple(round(0.88 * value) for value in ground))
    turn = turned(angle)
    nearest = _nearest(strewn, turn, side)
    seen = np.flatnonzero(nearest >= 0)
    which = nearest[seen]
    lights = lit(strewn.normals[which] @ turn.T)
    pixels = np.asarray(picture).reshape(-1, 3).copy()
    pixels[seen] = np.clip(strewn.colours[which] * (0.12 + 0.95 * lights)[:, None], 0, 255)
    return Image.fromarray(pixels.reshape(side, side, 3)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def shadow(strewn: Strewn, side: int) -> tuple[float, float, float, float]:
    """Where the ground is dark beneath: left, top, right, bottom, pixels."""
    wide = float(np.hypot(strewn.spots[:, 0], strewn.spots[:, 2]).max()) * ZOOM * side
    low = MIDDLE[1] * side - float(strewn.spots[:, 1].min()) * math.cos(TILT) * ZOOM * side
    tall = wide * math.sin(TILT)
    return MIDDLE[0] * side - wide, low - 0.9 * tall, MIDDLE[0] * side + wide, low + 1.1 * tall


def _nearest(strewn: Strewn, turn: Floats, side: int) -> NDArray[np.int64]:
    """For each pixel, row by row, the place that is seen there; -1: none."""
    facing = np.flatnonzero(strewn.flat @ turn[2] > 0)
    spots = strewn.spots[facing] @ turn.T
    column = (spots[:, 0] * (ZOOM * side) + MIDDLE[0] * side).astype(np.int64)
    row = (MIDDLE[1] * side - spots[:, 1] * (ZOOM * side)).astype(np.int64)
    inside = (column >= 0) & (column < side) & (row >= 0) & (row < side)
    near = ((spots[:, 2] + DEEP) * (1 << 20)).astype(np.int64)  # nearer is larger
    keys = near << 32 | facing
    best = np.full(side * side, -1, np.int64)
    np.maximum.at(best, (row * side + column)[inside], keys[inside])
    return np.where(best >= 0, best & 0xFFFFFFFF, -1)


def turned(angle: float) -> Floats:
    """The rotation about the vertical, then a tilt towards us."""
    c, s, ct, st = math.cos(angle), math.sin(angle), math.cos(TILT), math.sin(TILT)
    made: Floats = np.array([[1, 0, 0], [0, ct, -st], [0, st, ct]], np.float32) @ np.array(
        [[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float32
    )
    return made


def lit(normals: Floats) -> Floats:
    """How light surfaces are, 0..1 (Lambert)."""
    made: Floats = AMBIENT + (1 - AMBIENT) * np.clip(normals @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
    return made
