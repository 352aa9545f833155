"""Closed surfaces in one colour or with a strip of colours, and how they are moved and joined. It knows no files.

Corners are rounded off a little: each vertex then belongs to one flat or round side and has that side's normal, so that no place
has two vertices, every surface is closed as it is stored, and light runs along the edges as it does on things that were made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generators.engines.shared.colour import Colour

Points = NDArray[np.float32]  #: shape (n, 3), or (n, 2) in a plane
Triangles = NDArray[np.int32]  #: shape (n, 3), anticlockwise seen from outside


@dataclass(frozen=True, slots=True)
class Corner:
    """A place that an outline goes through."""

    x: float
    y: float
    round: bool = False  #: part of a curve; else two straight sides meet here


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """A closed surface, or several that do not touch. Up is +y, the front +z."""

    vertices: Points
    normals: Points  #: unit length, outwards
    triangles: Triangles
    colour: Colour
    strip: tuple[Colour, ...] = ()  #: colours from `heights` 0 to 1; none: all of it has `colour`
    heights: NDArray[np.float32] | None = None  #: of the vertices along the strip, 0..1, shape (n,)

    def surface(self) -> tuple[Points, Points, Triangles]:
        """Vertices, normals, triangles."""
        return self.vertices, self.normals, self.triangles

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0, *, turn: float = 0.0, lean: float = 0.0) -> Mesh:
        """Leaned forward about x, then turned about y (both radians), then moved."""
        c, s = math.cos(turn), math.sin(turn)
        cl, sl = math.cos(lean), math.sin(lean)
        way = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ np.array([[1, 0, 0], [0, cl, -sl], [0, sl, cl]])
        vertices = (self.vertices @ way.T + (x, y, z)).astype(np.float32)
        return _with(self, vertices, (self.normals @ way.T).astype(np.float32))


def _with(mesh: Mesh, vertices: Points, normals: Points) -> Mesh:
    return Mesh(
        vertices=vertices, normals=normals, triangles=mesh.triangles, colour=mesh.colour, strip=mesh.strip, heights=mesh.heights
    )


def joined(meshes: Iterable[Mesh]) -> list[Mesh]:
    """Those of one colour as one mesh each, in the order in which colours come first."""
    kinds: dict[tuple[Colour, tuple[Colour, ...]], list[Mesh]] = {}
    for mesh in meshes:
        kinds.setdefault((mesh.colour, mesh.strip), []).append(mesh)
    made = []
    for (colour, strip), parts in kinds.items():
        starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
        heights = [part.heights for part in parts if part.heights is not None]
        made.append(
            Mesh(
                vertices=np.concatenate([part.vertices for part in parts]),
                normals=np.concatenate([part.normals for part in parts]),
                triangles=np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=False)]).astype(np.int32),
                colour=colour, strip=strip, heights=np.concatenate(heights) if strip else None,
            )
        )  # fmt: skip
    return made


def fitted(meshes: Sequence[Mesh], *, wide: float = 1.0, tall: float = 1.0) -> list[Mesh]:
    """The same things so large that they just stay within `wide` of the axis through their middle and `tall` of their half height."""
    every = np.concatenate([mesh.vertices for mesh in meshes])
    low, high = every.min(0), every.max(0)
    middle = (low + high) / 2
    around = float(np.hypot(every[:, 0] - middle[0], every[:, 2] - middle[2]).max())
    scale = min(wide / around, tall / max(1e-6, float(high[1] - low[1]) / 2))
    return [_with(mesh, ((mesh.vertices - middle) * scale).astype(np.float32), mesh.normals) for mesh in meshes]


def rounded(corners: Sequence[Corner], bevel: float, *, closed: bool) -> tuple[Points, Points]:
    """An outline with its corners cut off, and the normal of each place of it, to the right of the way.

    Args:
        corners: in order; of a closed outline anticlockwise, so that outside is on the right.
        bevel: how much is cut off before and behind a corner, at most a third of a side.
        closed: whether the last goes on to the first; else both ends stay as they are.

    Returns:
        Places and unit normals, shape (m, 2) each.
    """
    spots = np.array([(corner.x, corner.y) for corner in corners], np.float64)
    count, places, normals = len(spots), [], []
    for number, corner in enumerate(corners):
        here = spots[number]
        before = spots[number - 1] if closed or number else None
        after = spots[(number + 1) % count] if closed or number < count - 1 else None
        into, onto = _way(before, here), _way(here, after)
        if into is None or onto is None:
            way = onto if into is None else into
            assert way is not None
            places.append(here)
            normals.append(_right(way[0]))
        elif corner.round:
            mean = into[0] + onto[0]
            places.append(here)
            normals.append(_right(mean / max(1e-9, float(np.hypot(*mean)))))
        else:
            cut = bevel * max(1.0, 0.7 * _sharpness(into[0], onto[0]))  # at a sharp corner more, else what is inset would cross
            places += [here - into[0] * min(cut, into[1] / 3), here + onto[0] * min(cut, onto[1] / 3)]
            normals += [_right(into[0]), _right(onto[0])]
    return np.array(places, np.float32), np.array(normals, np.float32)


def _way(start: NDArray[np.float64] | None, end: NDArray[np.float64] | None) -> tuple[NDArray[np.float64], float] | None:
    """Direction and length."""
    if start is None or end is None:
        return None
    step = end - start
    length = float(np.hypot(*step))
    return step / max(1e-9, length), length


def _sharpness(into: NDArray[np.float64], onto: NDArray[np.float64]) -> float:
    """How much longer along its sides a corner is than it is wide: 1 for a square one."""
    turn = float(np.clip(into @ onto, -0.99, 1.0))
    return math.sqrt((1 - turn) / (1 + turn))


def _right(way: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([way[1], -way[0]])


def prism(
    corners: Sequence[Corner], low: float, high: float, colour: Colour, *, bevel: float, taper: tuple[float, float] = (1.0, 1.0)
) -> Mesh:
    """An outline without hollows, in the plane of x and y, made as deep as from z = `low` to `high`.

    Args:
        corners: anticlockwise.
        low: where it begins, on z.
        high: where it ends.
        colour: of all of it.
        bevel: how much is cut off the edges.
        taper: the outline at `high`, as shares of its x and y; above 0.
    """
    outline, out = rounded(corners, bevel, closed=True)
    edge = min(bevel, (high - low) / 3)
    count, narrow = len(outline), np.asarray(taper, np.float32)

    def ring(z: float, inset: float) -> Points:
        far = (min(max(z, low + edge), high - edge) - low) / (high - low)  # both ends are as wide as where their edge begins
        there = outline * (1 + (narrow - 1) * far) - out * inset
        return np.hstack([there, np.full((count, 1), z)]).astype(np.float32)

    lean = np.abs((outline * (1 - narrow) * out).sum(1, keepdims=True)) * np.sign(1 - min(taper) + 1e-9)
    side = np.hstack([out * (high - low), lean])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    end = np.zeros((count, 3), np.float32)
    end[:, 2] = 1
    inset = edge / 2  # less than the corners' cut, else places of a square corner fall together
    rings = [ring(low, inset), ring(low + edge, 0), ring(high - edge, 0), ring(high, inset * min(*taper, 1.0))]
    triangles = _walls(count, 3)
    fan = np.stack([np.zeros(count - 2, int), np.arange(1, count - 1), np.arange(2, count)], 1)
    triangles += [fan[:, ::-1], fan + 3 * count]
    return Mesh(
        vertices=np.concatenate(rings).astype(np.float32),
        normals=np.concatenate([-end, side, side, end]).astype(np.float32),
        triangles=np.concatenate(triangles).astype(np.int32),
        colour=colour,
    )


def _walls(count: int, bands: int) -> list[Triangles]:
    """Triangles between rings of `count` places each that lie one behind another."""
    around = np.arange(count)
    after = (around + 1) % count
    triangles: list[Triangles] = []
    for number in range(bands):
        a, b, c, d = (place + (number + up) * count for place, up in ((around, 0), (after, 0), (after, 1), (around, 1)))
        triangles += [np.stack([a, b, c], 1), np.stack([a, c, d], 1)]
    return triangles


def box(wide: float, tall: float, deep: float, colour: Colour, *, bevel: float) -> Mesh:
    """A box that stands on y = 0, in the middle of x and z."""
    half = wide / 2
    outline = [Corner(-half, 0), Corner(half, 0), Corner(half, tall), Corner(-half, tall)]
    return prism(outline, -deep / 2, deep / 2, colour, bevel=min(bevel, wide / 4, tall / 4, deep / 4))


def revolved(
    profile: Sequence[Corner], colour: Colour, *, bevel: float, sides: int, strip: Sequence[Colour] = (), start: float = 0.0
) -> Mesh:
    """A profile turned about the vertical.

    Args:
        profile: x from the axis, y upwards: from the axis below, by the outside, to the axis above; both ends at x = 0.
        colour: of all of it where there is no strip.
        bevel: as in `rounded`.
        sides: how many places there are around; at least 3.
        strip: colours from the lowest place to the highest.
        start: radians at which the first of those places lies.
    """
    line, out = rounded(profile, bevel, closed=False)
    angles = start + 2 * np.pi * np.arange(sides) / sides
    across, ahead = np.cos(angles), np.sin(angles)
    rings = line[1:-1]
    vertices = [np.array([[0, line[0, 1], 0]]), *(np.stack([r * across, np.full(sides, y), r * ahead], 1) for r, y in rings)]
    normals = [np.array([[0.0, -1, 0]]), *(np.stack([x * across, np.full(sides, y), x * ahead], 1) for x, y in out[1:-1])]
    vertices.append(np.array([[0, line[-1, 1], 0]]))
    normals.append(np.array([[0.0, 1, 0]]))
    around = np.arange(sides)
    after = (around + 1) % sides
    last = 1 + len(rings) * sides
    triangles = [np.stack([np.zeros(sides, int), 1 + around, 1 + after], 1)]
    for ring in range(len(rings) - 1):
        a, b = 1 + ring * sides + around, 1 + ring * sides + after
        triangles += [np.stack([a, a + sides, b + sides], 1), np.stack([a, b + sides, b], 1)]
    triangles.append(np.stack([np.full(sides, last), last - sides + after, last - sides + around], 1))
    where = np.concatenate(vertices)
    low, high = float(line[:, 1].min()), float(line[:, 1].max())
    return Mesh(
        vertices=where.astype(np.float32),
        normals=np.concatenate(normals).astype(np.float32),
        triangles=np.concatenate(triangles).astype(np.int32),
        colour=colour,
        strip=tuple(strip),
        heights=((where[:, 1] - low) / max(1e-6, high - low)).astype(np.float32) if strip else None,
    )
