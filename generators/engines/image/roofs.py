"""Roofs as surfaces, each standing on y = 0, in the middle of x and z."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from generators.engines.image.building_plans import Plan
from generators.engines.image.meshes import Corner, Mesh, box, prism, revolved

BEVEL = 0.03
EAVES = 0.16  #: how far a roof reaches beyond the wall
THICK = 0.12
AROUND = 40  #: sides of what is round
UP = -math.pi / 2  #: leans what lies along z upright


def gable(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """Two slopes; the ridge goes along the longer side."""
    along = wide >= deep
    span, length = (deep, wide) if along else (wide, deep)
    turn = math.pi / 2 if along else 0.0
    half, rise = span / 2, span * 0.42
    wall = prism([Corner(-half, 0), Corner(half, 0), Corner(0, rise)], -length / 2, length / 2, plan.wall, bevel=BEVEL / 2)
    yield wall.moved(turn=turn)
    slope = math.atan2(rise, half)
    along_x, along_y = math.cos(slope), math.sin(slope)
    down, over = math.hypot(half, rise) + EAVES, 0.05  # each slope goes a little over the ridge, into the other one
    low, tip = (-down * along_x, rise - down * along_y), (over * along_x, rise + over * along_y)
    off = (-THICK * along_y, THICK * along_x)
    left = [low, tip, (tip[0] + off[0], tip[1] + off[1]), (low[0] + off[0], low[1] + off[1])]
    right = [(-x, y) for x, y in reversed(left)]
    for number, side in enumerate((left, right)):
        reach = length / 2 + EAVES - 0.01 * number
        yield prism([Corner(x, y) for x, y in side], -reach, reach, plan.top, bevel=BEVEL).moved(turn=turn)


def hip(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """Four slopes, with a ridge as long as one side is longer."""
    long, short = max(wide, deep), min(wide, deep)
    ridge = max(0.04, (long - short) / (long + 2 * EAVES))
    taper = (ridge, 0.04) if wide >= deep else (0.04, ridge)
    yield pointed(plan, wide, deep, short * 0.4, taper)


def pyramid(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """Four slopes to a point; steep on what is narrow."""
    yield pointed(plan, wide, deep, min(wide, deep) * (1.1 if max(wide, deep) < 2 else 0.6), (0.04, 0.04))


def pointed(plan: Plan, wide: float, deep: float, rise: float, taper: tuple[float, float]) -> Mesh:
    """A roof that gets narrower upwards."""
    half, side = wide / 2 + EAVES, deep / 2 + EAVES
    corners = [Corner(-half, -side), Corner(half, -side), Corner(half, side), Corner(-half, side)]
    return prism(corners, 0, rise, plan.top, bevel=BEVEL, taper=taper).moved(lean=UP)


def flat(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """A cornice, the roof within it, and what stands on roofs."""
    yield box(wide + 0.14, 0.16, deep + 0.14, plan.trim, bevel=BEVEL).moved(y=-0.02)
    yield box(wide - 0.12, 0.1, deep - 0.12, plan.top, bevel=BEVEL).moved(y=0.08)
    if plan.storeys >= 4:
        yield box(wide * 0.34, 0.5, deep * 0.4, plan.wall, bevel=BEVEL).moved(wide * 0.14, 0.1, -deep * 0.1)


def dome(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """A half sphere on a drum, with a point."""
    across = min(wide, deep) / 2
    if not plan.round:
        yield from flat(plan, wide, deep)
        across *= 0.8
        yield drum(across * 0.98, 0.36, plan.wall).moved(y=0.1)
    base = 0.42 if not plan.round else 0.0
    yield drum(across * 1.06, 0.1, plan.trim).moved(y=base - 0.004)
    curve = [Corner(across * math.cos(a), across * math.sin(a), round=True) for a in _steps(0.0, math.pi / 2, 12)[:-1]]
    shell = [Corner(0, -0.02), Corner(across, -0.02), *curve, Corner(0, across, round=True)]
    yield revolved(shell, plan.top, bevel=BEVEL, sides=AROUND).moved(y=base + 0.08)
    yield finial(across * 0.12, across * 0.45, plan.trim).moved(y=base + across)


def cone(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """A point over what is round."""
    across = min(wide, deep) / 2 + EAVES
    yield revolved([Corner(0, 0), Corner(across, 0), Corner(0, across * 1.5)], plan.top, bevel=BEVEL, sides=AROUND)


def battlements(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """A parapet with gaps."""
    yield box(wide + 0.16, 0.2, deep + 0.16, plan.wall, bevel=BEVEL)
    tooth = 0.26
    for length, off, turn in ((wide, deep / 2, 0.0), (deep, wide / 2, math.pi / 2)):
        count = max(2, round(length / (2 * tooth)))
        for number in range(count + 1):
            if turn and number in {0, count}:
                continue  # a corner has one tooth, of the front's row
            at = -length / 2 + length * number / count
            for side in (-1, 1):
                x, z = (at, side * off) if not turn else (side * off, at)
                yield box(tooth, 0.3, tooth * 0.8, plan.wall, bevel=BEVEL).moved(x, 0.18, z, turn=turn)


def sawtooth(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """Slopes one behind another, each with glass on its upright side."""
    count = max(2, round(wide / 2))
    span = wide / count
    for number in range(count):
        left = -wide / 2 + number * span
        outline = [Corner(0, 0), Corner(span * 0.98, 0), Corner(span * 0.98, 0.06), Corner(0, span * 0.5)]
        yield prism(outline, -deep / 2 - 0.06, deep / 2 + 0.06, plan.top, bevel=BEVEL).moved(left)
        glass = box(0.05, span * 0.34, deep * 0.86, plan.glass, bevel=BEVEL / 2)
        yield glass.moved(left - 0.004, span * 0.08)
    yield box(wide + 0.1, 0.1, deep + 0.16, plan.trim, bevel=BEVEL).moved(y=-0.08)


def eaves(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """A pagoda's roof over one storey: wide and low, its edge thin."""
    half, side, rise = wide / 2 + 0.42, deep / 2 + 0.42, 0.34
    corners = [Corner(-half, -side), Corner(half, -side), Corner(half, side), Corner(-half, side)]
    taper = ((wide / 2 - 0.1) / half, (deep / 2 - 0.1) / side)
    yield prism(corners, 0, rise, plan.top, bevel=BEVEL, taper=taper).moved(lean=UP)
    yield box(2 * half + 0.06, 0.06, 2 * side + 0.06, plan.trim, bevel=BEVEL / 2).moved(y=-0.05)


def drum(across: float, tall: float, colour: tuple[int, int, int]) -> Mesh:
    """A cylinder that stands on y = 0."""
    return revolved([Corner(0, 0), Corner(across, 0), Corner(across, tall), Corner(0, tall)], colour, bevel=BEVEL, sides=AROUND)


def finial(across: float, tall: float, colour: tuple[int, int, int]) -> Mesh:
    """A pointed knob."""
    curve = [
        Corner(0, 0),
        Corner(across * 0.5, 0),
        Corner(across, tall * 0.3, round=True),
        Corner(across * 0.4, tall * 0.55, round=True),
    ]
    return revolved([*curve, Corner(0, tall)], colour, bevel=BEVEL / 3, sides=16)


def _steps(low: float, high: float, count: int) -> list[float]:
    return [low + (high - low) * number / count for number in range(count + 1)]


ROOFS: Mapping[str, Callable[[Plan, float, float], Iterator[Mesh]]] = {
    "flat": flat, "gable": gable, "hip": hip, "pyramid": pyramid, "dome": dome, "cone": cone, "battlements": battlements,
    "sawtooth": sawtooth,
}  # fmt: skip
