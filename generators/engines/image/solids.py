"""A drawing as a solid: its outline in its commonest colour, and the other colours standing out of it, front and back alike.

The outline of a layer is where its blurred mask crosses one half (marching squares, Lorensen & Cline 1987 in the plane), so it is
smooth, and each layer's surface is closed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from generators.engines.shared.colour import Colour

CELLS = 64  # along a side: finer is not seen at the size of a turntable, and the file doubles
FINE = 4  #: pixels a cell
LAYERS = 6  # colours at most: a flat drawing has three to five
LEAST = 0.012  # of the drawing: smaller colours are the soft edges between two others
BASE, STEP = 0.16, 0.045  #: height of the lowest layer and of each further one, halves of the drawing's side being 1

Points = NDArray[np.float32]  #: shape (n, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One colour's closed surface. Triangles go anticlockwise seen from outside; up is +y, the front +z."""

    colour: Colour
    low: float  #: z of the layer that it stands on; 0 for that one itself
    high: float  #: z of its top; its back lies at -high
    corners: Points  #: of the outline's cells, at z = 0
    caps: NDArray[np.int32]  #: triangles of corners, seen from the front, shape (n, 3)
    edges: NDArray[np.int32]  #: of the outline, the inside on the left, shape (n, 2)
    outward: Points  #: unit normals of the corners; zero inside

    def surface(self) -> tuple[Points, Points, NDArray[np.int32]]:
        """Vertices, their normals, and triangles."""
        count, rim = len(self.corners), np.unique(self.edges)
        up = np.array([0, 0, self.high], np.float32)
        ahead = np.broadcast_to(np.array([0, 0, 1], np.float32), self.corners.shape)
        a, b = (np.searchsorted(rim, self.edges[:, end]) + 2 * count for end in (0, 1))
        deep = len(rim)  # vertices of the walls' front, then as many of their back
        walls = np.concatenate([np.stack([a, a + deep, b], 1), np.stack([b, a + deep, b + deep], 1)])
        edge, out = self.corners[rim], self.outward[rim]
        vertices = np.concatenate([self.corners + up, self.corners - up, edge + up, edge - up])
        triangles = np.concatenate([self.caps, self.caps[:, ::-1] + count, walls])
        return vertices, np.concatenate([ahead, -ahead, out, out]), triangles.astype(np.int32)


def layers(drawing: Image.Image) -> list[Layer]:
    """The layers of a drawing with transparency, the lowest first."""
    side = CELLS * FINE
    ranks, colours = flattened(drawing.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS))
    made: list[Layer] = []
    for rank, colour in enumerate(colours):
        mask = ranks == rank if made else ranks >= 0
        shape = field(mask)
        if mask.sum() < LEAST * (ranks >= 0).sum() or float(shape.max()) <= 0:
            continue
        high = BASE + STEP * len(made)
        corners, caps, edges = outlined(shape)
        outward = normals_of(shape, corners, edges)
        low = BASE if made else 0.0
        made.append(Layer(colour=colour, low=low, high=high, corners=corners, caps=caps, edges=edges, outward=outward))
    return made


def flattened(drawing: Image.Image) -> tuple[NDArray[np.int16], list[Colour]]:
    """Of every pixel the rank of its colour, -1 outside, 0 for the commonest; and the colours by rank."""
    solid = np.asarray(drawing.getchannel("A")) > 127
    paper = Image.new("RGBA", drawing.size, (255, 255, 255, 255))
    paper.alpha_composite(drawing)
    few = paper.convert("RGB").quantize(2 * LAYERS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    shades = np.asarray(few.getpalette() or [], np.int32).reshape(-1, 3)
    found = np.asarray(few)
    counts = np.bincount(found[solid], minlength=len(shades))
    kept = [place for place in np.argsort(-counts)[:LAYERS] if counts[place] > LEAST * max(1, solid.sum())]
    kept = apart(kept, shades) or [int(np.argmax(counts))]
    near = np.argmin(((shades[:, None] - shades[kept][None]) ** 2).sum(-1), axis=1)  # of each shade the kept one
    whole = Image.fromarray(near[found].astype(np.uint8)).filter(ImageFilter.ModeFilter(5))  # soft edges go to a neighbour
    areas = np.bincount(np.asarray(whole)[solid], minlength=len(kept))
    order = np.argsort(-areas)
    ranks = np.argsort(order)[np.asarray(whole)].astype(np.int16)
    ranks[~solid] = -1
    colours = [shades[kept[place]] for place in order]
    return ranks, [(int(red), int(green), int(blue)) for red, green, blue in colours]


def apart(places: list[int], shades: NDArray[np.int32], least: int = 40) -> list[int]:
    """Those of the shades that the eye tells from all before them; distances in RGB, 0..442."""
    kept: list[int] = []
    for place in places:
        if all(math.dist(shades[place], shades[other]) > least for other in kept):
            kept.append(int(place))
    return kept


def field(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """A mask as numbers at the cells' corners, above 0 inside, shape (CELLS + 3, CELLS + 3); the border is outside."""
    soft = Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(FINE * 0.6))
    seen = np.asarray(soft.resize((CELLS + 1, CELLS + 1), Image.Resampling.BOX), np.float32) / 255 - 0.5
    return np.pad(seen, 1, constant_values=-0.5)


def outlined(shape: NDArray[np.float32]) -> tuple[Points, NDArray[np.int32], NDArray[np.int32]]:
    """Corners, triangles and outline of where a field is above 0."""
    numbers: dict[tuple[float, float], int] = {}

    def at(x: float, y: float) -> int:
        return numbers.setdefault((round(x, 4), round(y, 4)), len(numbers))

    triangles: list[tuple[int, int, int]] = []
    edges: list[tuple[int, int]] = []
    inside = shape > 0
    touched = inside[:-1, :-1] | inside[1:, :-1] | inside[:-1, 1:] | inside[1:, 1:]
    for row, column in np.argwhere(touched):
        ring, ends = cell(shape, int(row), int(column))
        places = [at(x, y) for x, y in ring]
        triangles += [(places[0], places[n], places[n + 1]) for n in range(1, len(places) - 1)]
        edges += [(places[leave], places[enter]) for leave, enter in ends]
    half = (len(shape) - 1) / 2
    flat = np.array([(x / half - 1, 1 - y / half, 0.0) for x, y in numbers], np.float32)
    good = [three for three in triangles if len(set(three)) == 3]
    return flat, np.array(good, np.int32), np.array([pair for pair in edges if pair[0] != pair[1]], np.int32)


def cell(shape: NDArray[np.float32], row: int, column: int) -> tuple[list[tuple[float, float]], list[tuple[int, int]]]:
    """The part of one cell that is inside, anticlockwise with y upwards; and which of its sides lie on the outline."""
    corners = ((column, row), (column, row + 1), (column + 1, row + 1), (column + 1, row))
    ring: list[tuple[float, float]] = []
    left: list[int] = []
    entered: list[int] = []
    for here, there in zip(corners, (*corners[1:], corners[0]), strict=True):
        value, other = float(shape[here[1], here[0]]), float(shape[there[1], there[0]])
        if value > 0:
            ring.append((float(here[0]), float(here[1])))
        if (value > 0) != (other > 0):
            first, last = sorted((here, there))  # the neighbour cell must find the very same point
            a, b = float(shape[first[1], first[0]]), float(shape[last[1], last[0]])
            share = a / (a - b)
            (left if value > 0 else entered).append(len(ring))
            ring.append((first[0] + share * (last[0] - first[0]), first[1] + share * (last[1] - first[1])))
    entered = [*entered[1:], *entered[:1]] if entered and left and entered[0] < left[0] else entered
    return ring, list(zip(left, entered, strict=True))


def normals_of(shape: NDArray[np.float32], corners: Points, edges: NDArray[np.int32]) -> Points:
    """Unit normals of the outline's corners, out of the field's slope; zero elsewhere."""
    slopes: list[NDArray[np.float32]] = list(np.gradient(shape))
    down, right = slopes
    half = (len(shape) - 1) / 2
    made = np.zeros_like(corners)
    for place in np.unique(edges):
        x, y = (float(corners[place, 0]) + 1) * half, (1 - float(corners[place, 1])) * half
        slope = np.array([-between(right, x, y), between(down, x, y)])
        made[place, :2] = slope / max(1e-6, float(np.hypot(*slope)))
    return made


def between(values: NDArray[np.float32], x: float, y: float) -> float:
    """A value between the corners of its cell."""
    column, row = min(int(x), values.shape[1] - 2), min(int(y), values.shape[0] - 2)
    across, along = x - column, y - row
    upper = values[row, column] * (1 - across) + values[row, column + 1] * across
    lower = values[row + 1, column] * (1 - across) + values[row + 1, column + 1] * across
    return float(upper * (1 - along) + lower * along)
