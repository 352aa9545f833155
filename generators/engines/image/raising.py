"""A plan of a building raised as surfaces: ground, storeys, openings, roof, and what stands around. It knows no words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from generators.engines.image import openings, roofs
from generators.engines.image.building_plans import Plan
from generators.engines.image.meshes import Corner, Mesh, box, fitted, joined, prism, revolved
from generators.engines.image.roofs import AROUND, BEVEL, drum
from generators.engines.shared.colour import Colour, mixed

SIDES = ((0.0, "front"), (math.pi / 2, "right"), (math.pi, "back"), (-math.pi / 2, "left"))
YARD = 0.7  #: of ground around
STEP = 0.09  #: height of one


def raised(plan: Plan) -> list[Mesh]:
    """The building, one mesh a colour, within a sphere around the middle that a turntable shows."""
    return fitted(joined(_parts(plan)), wide=1.0, tall=1.0)


def _parts(plan: Plan) -> Iterator[Mesh]:
    wide, deep = (float(plan.bays), float(plan.deep)) if not plan.round else (_across(plan), _across(plan))
    top = plan.storeys * plan.high
    yield from _ground(plan, wide, deep)
    if plan.roof == "pagoda":
        yield from _pagoda(plan)
        return
    if {"columns"} <= plan.parts and plan.windows == "none":
        yield from _colonnade(plan, wide, deep)
    else:
        yield from _storeys(plan, wide, deep)
        yield from _open(plan, wide, deep)
        if "columns" in plan.parts:
            yield from _portico(plan, wide, deep)
    if "lantern" in plan.parts:
        yield from _lantern(plan, wide / 2, top)
    else:
        yield from (part.moved(y=top) for part in roofs.ROOFS[plan.roof](plan, wide, deep))
    yield from _beside(plan, wide, deep, top)


def _across(plan: Plan) -> float:
    """Of a round building."""
    return max(1.5, plan.bays * 0.9)


def _ground(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    if plan.round:
        yield drum(wide / 2 + YARD, 0.14, plan.ground).moved(y=-0.14)
    else:
        more = 1.2 if "steeple" in plan.parts or "columns" in plan.parts else 0.0
        yield box(wide + 2 * YARD, 0.14, deep + 2 * YARD + more, plan.ground, bevel=BEVEL).moved(y=-0.14, z=more / 2)


def _storeys(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """The walls, in bands where they are striped; round ones get narrower upwards."""
    striped = "striped" in plan.parts
    other: Colour = plan.top if striped else plan.wall
    bands = plan.storeys if striped else 1
    each = plan.storeys * plan.high / bands
    for number in range(bands):
        colour = other if number % 2 else plan.wall
        if plan.round:
            low, high = (_narrowed(plan, wide / 2, share) for share in (number / bands, (number + 1) / bands))
            band = [Corner(0, 0), Corner(low, 0), Corner(high, each - 0.001), Corner(0, each - 0.001)]
            yield revolved(band, colour, bevel=BEVEL / 2, sides=AROUND).moved(y=number * each)
        else:
            yield box(wide, each - 0.001, deep, colour, bevel=BEVEL).moved(y=number * each)
    if not plan.round:
        yield box(wide + 0.08, 0.14, deep + 0.08, plan.trim, bevel=BEVEL)
    for number in range(1, plan.storeys if plan.storeys <= 6 and not plan.round and plan.windows != "ribbon" else 1):
        yield box(wide + 0.05, 0.05, deep + 0.05, plan.trim, bevel=BEVEL / 2).moved(y=number * plan.high - 0.02)


def _narrowed(plan: Plan, across: float, share: float) -> float:
    """Half the width of a round building so far up."""
    return across * (1 - 0.22 * share) if plan.storeys >= 3 else across


def _open(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """Windows, doors and arches of all sides."""
    for storey in range(plan.storeys):
        for turn, name in SIDES:
            length, off = (wide, deep / 2) if name in {"front", "back"} else (deep, wide / 2)
            count = plan.bays if name in {"front", "back"} else plan.deep
            if plan.round:
                off, count = _narrowed(plan, wide / 2, (storey + 0.55) / plan.storeys) - 0.015, 1
                if (storey + (name in {"left", "right"})) % 2 and not (storey == 0 and name == "front"):
                    continue
            for part in _row(plan, name, storey, length, count):
                yield part.moved(z=off, y=storey * plan.high).moved(turn=turn)


def _row(plan: Plan, name: str, storey: int, length: float, count: int) -> Iterator[Mesh]:
    """The openings of one storey of one side, on a wall at z = 0."""
    high = plan.high
    steeple = "steeple" in plan.parts and name == "front"
    enter = storey == 0 and name == "front" and "door" in plan.parts and not steeple
    middle = (count - 1) // 2 if enter else -1
    arches = storey == 0 and "arcade" in plan.parts
    if plan.windows == "ribbon" and not arches and not plan.round:
        yield from openings.ribbon(plan, length - 0.3, 0.34 * high if storey or not enter else 0.74 * high, 0.9 * high)
        if enter:
            yield from openings.door(plan, 0.8, 0.66 * high)
        return
    for bay in range(count):
        x = -length / 2 + length * (bay + 0.5) / count
        if bay == middle:
            made = openings.door(plan, 0.52, 0.7 * min(high, 1.2))
        elif arches:
            made = openings.arch(plan, 0.74, 0.84 * high)
        elif plan.windows == "none" or (steeple and count < 3):
            continue
        elif plan.windows == "wide":
            made = openings.window(plan, "wide", 0.84, 0.24 * high, 0.84 * high)
        else:
            made = openings.window(plan, plan.windows, 0.46, 0.32 * high, 0.84 * high)
        yield from (part.moved(x) for part in made)


def _colonnade(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """Steps, columns all around, what stands within, and the beam upon them."""
    tall = plan.storeys * plan.high
    if plan.round:
        yield drum(wide / 2 + 0.25, STEP, plan.trim)
        yield drum(wide / 2 + 0.05, 0.22, plan.trim).moved(y=tall - 0.22)
        count = max(6, 2 * plan.bays + 2)
        for number in range(count):
            a = 2 * math.pi * (number + 0.5) / count
            yield _column(tall - STEP - 0.22, plan.wall).moved(wide * 0.44 * math.sin(a), STEP, wide * 0.44 * math.cos(a))
        return
    for number in range(3):
        more = 0.5 - 0.16 * number
        yield box(wide + more, STEP, deep + more, plan.trim, bevel=BEVEL / 2).moved(y=number * (STEP - 0.001))
    base = 3 * STEP
    cell = replace(plan, parts=plan.parts | {"door"})
    yield box(wide * 0.66, tall - base, deep * 0.72, mixed(plan.wall, plan.glass, 0.12), bevel=BEVEL).moved(y=base - 0.01)
    if "door" in plan.parts:
        yield from (part.moved(y=base, z=deep * 0.36) for part in openings.door(cell, 0.6, 0.66 * tall))
    for x, z in _around(wide - 0.3, deep - 0.3, plan.bays + 1, plan.deep + 1):
        yield _column(tall - base - 0.24, plan.wall).moved(x, base - 0.004, z)
    yield box(wide + 0.04, 0.25, deep + 0.04, plan.trim, bevel=BEVEL).moved(y=tall - 0.25)


def _around(wide: float, deep: float, across: int, along: int) -> Iterator[tuple[float, float]]:
    """Places on the rim of a rectangle."""
    for number in range(across):
        x = -wide / 2 + wide * number / (across - 1)
        yield from ((x, -deep / 2), (x, deep / 2))
    for number in range(1, along - 1):
        z = -deep / 2 + deep * number / (along - 1)
        yield from ((-wide / 2, z), (wide / 2, z))


def _column(tall: float, colour: Colour, across: float = 0.13) -> Mesh:
    """A shaft with a foot and a head."""
    line = [
        (0, 0),
        (across * 1.5, 0),
        (across * 1.5, 0.07),
        (across, 0.12),
        (across * 0.84, tall - 0.14),
        (across * 1.4, tall - 0.07),
    ]
    return revolved([Corner(x, y) for x, y in [*line, (across * 1.4, tall), (0, tall)]], colour, bevel=0.012, sides=18)


def _portico(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """A row of columns before the front, with a beam and a gable upon them."""
    out, tall = 0.9, plan.high * min(2, plan.storeys)
    count = max(2, min(6, plan.bays + 1))
    width = min(wide, count * 0.9)
    z = deep / 2 + out - 0.2
    yield box(width + 0.3, STEP, out + 0.2, plan.trim, bevel=BEVEL / 2).moved(z=deep / 2 + out / 2)
    for number in range(count):
        yield _column(tall - STEP, plan.wall).moved(-width / 2 + width * number / (count - 1), STEP - 0.004, z)
    yield box(width + 0.4, 0.2, out + 0.12, plan.trim, bevel=BEVEL).moved(y=tall - 0.01, z=deep / 2 + out / 2)
    half = width / 2 + 0.24
    front = [Corner(-half, 0), Corner(half, 0), Corner(0, half * 0.4)]
    yield prism(front, 0, out, plan.top, bevel=BEVEL).moved(y=tall + 0.18, z=deep / 2 + 0.06)


def _lantern(plan: Plan, across: float, top: float) -> Iterator[Mesh]:
    """A lighthouse's head: a gallery, glass, a roof."""
    half = _narrowed(plan, across, 1.0)
    yield drum(half * 1.3, 0.12, plan.trim).moved(y=top - 0.03)
    for number in range(12):
        a = 2 * math.pi * number / 12
        yield box(0.035, 0.26, 0.035, plan.trim, bevel=0.008).moved(
            half * 1.22 * math.sin(a), top + 0.07, half * 1.22 * math.cos(a)
        )
    yield drum(half * 0.62, 0.7, (250, 226, 140)).moved(y=top + 0.05)
    for number in range(8):
        a = 2 * math.pi * (number + 0.5) / 8
        yield box(0.04, 0.72, 0.04, plan.top, bevel=0.01).moved(half * 0.63 * math.sin(a), top + 0.06, half * 0.63 * math.cos(a))
    yield revolved([Corner(0, 0), Corner(half * 0.86, 0), Corner(0, half * 0.8)], plan.top, bevel=BEVEL, sides=AROUND).moved(
        y=top + 0.74
    )
    yield roofs.finial(0.06, 0.3, plan.trim).moved(y=top + 0.72 + half * 0.8)


def _pagoda(plan: Plan) -> Iterator[Mesh]:
    """Storeys that get smaller, each under a roof of its own."""
    wide, y = float(plan.bays), 0.0
    for storey in range(plan.storeys):
        tall = plan.high * (0.9 if storey else 1.05)
        yield box(wide, tall, wide, plan.wall, bevel=BEVEL).moved(y=y)
        one = replace(plan, roof="flat", high=tall)
        for turn, name in SIDES:
            for part in _row(one, name, storey, wide, max(1, round(wide))):
                yield part.moved(y=y, z=wide / 2).moved(turn=turn)
        yield from (part.moved(y=y + tall - 0.06) for part in roofs.eaves(plan, wide, wide))
        y, wide = y + tall + 0.22, wide * 0.87
    yield roofs.pointed(plan, wide * 0.8, wide * 0.8, wide * 0.5, (0.06, 0.06)).moved(y=y - 0.04)
    yield roofs.finial(0.14, 0.9, plan.trim).moved(y=y + wide * 0.4)


def _beside(plan: Plan, wide: float, deep: float, top: float) -> Iterator[Mesh]:
    """Chimney, balconies, stairs, a steeple, towers at the corners."""
    if "chimney" in plan.parts and not plan.round:
        rise = min(wide, deep) * 0.42 if plan.roof in {"gable", "hip", "pyramid"} else 0.1
        yield box(0.28, rise + 0.5, 0.28, plan.trim, bevel=BEVEL).moved(wide * 0.27, top - 0.1, -deep * 0.12)
        yield box(0.36, 0.08, 0.36, plan.top, bevel=BEVEL).moved(wide * 0.27, top + rise + 0.36, -deep * 0.12)
    if "balcony" in plan.parts and not plan.round:
        yield from _balconies(plan, wide, deep)
    if "stairs" in plan.parts:
        for number in range(3):
            tread = box(0.9, STEP, 0.24 * (3 - number), plan.trim, bevel=BEVEL / 2)
            yield tread.moved(y=number * (STEP - 0.001), z=deep / 2 + 0.12 * (3 - number))
    if "steeple" in plan.parts and not plan.round:
        yield from _steeple(plan, deep, top)
    if "turrets" in plan.parts and not plan.round:
        for x, z in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            tall = top + 0.7
            yield drum(0.42, tall, plan.wall).moved(x * wide / 2, 0, z * deep / 2)
            yield drum(0.48, 0.14, plan.trim).moved(x * wide / 2, tall - 0.1, z * deep / 2)
            hat = revolved([Corner(0, 0), Corner(0.52, 0), Corner(0, 1.0)], plan.top, bevel=BEVEL, sides=AROUND)
            yield hat.moved(x * wide / 2, tall + 0.03, z * deep / 2)


def _balconies(plan: Plan, wide: float, deep: float) -> Iterator[Mesh]:
    """One before each window of the front, above the ground floor."""
    for storey in range(1, plan.storeys):
        for bay in range(plan.bays):
            x, y, z = -wide / 2 + wide * (bay + 0.5) / plan.bays, storey * plan.high + 0.1, deep / 2
            yield box(0.78, 0.07, 0.4, plan.trim, bevel=BEVEL / 2).moved(x, y, z + 0.18)
            yield box(0.78, 0.05, 0.05, plan.trim, bevel=BEVEL / 3).moved(x, y + 0.3, z + 0.35)
            for number in range(5):
                yield box(0.03, 0.26, 0.03, plan.trim, bevel=0.006).moved(x - 0.36 + 0.18 * number, y + 0.06, z + 0.352)


def _steeple(plan: Plan, deep: float, top: float) -> Iterator[Mesh]:
    """A tower before the front, with the door in it."""
    side, tall, z = 1.1, top * 1.15 + 1.0, deep / 2 + 0.4
    yield box(side, tall, side, plan.wall, bevel=BEVEL).moved(z=z)
    yield box(side + 0.1, 0.12, side + 0.1, plan.trim, bevel=BEVEL).moved(y=tall - 0.06, z=z)
    yield roofs.pointed(plan, side - 0.1, side - 0.1, 1.9, (0.05, 0.05)).moved(y=tall + 0.05, z=z)
    tower = replace(plan, windows="arched")
    if "door" in plan.parts:
        yield from (part.moved(z=z + side / 2) for part in openings.door(tower, 0.6, 0.95))
    for turn, _name in SIDES:
        for part in openings.window(tower, "arched", 0.44, tall - 0.95, tall - 0.25):
            yield part.moved(z=side / 2).moved(turn=turn).moved(z=z)
