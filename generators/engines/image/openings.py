"""Windows, doors and arches as surfaces, each lying upon a wall whose front is z = 0, its middle at x = 0."""

from __future__ import annotations

import math
from collections.abc import Iterator

from generators.engines.image.building_plans import Plan
from generators.engines.image.meshes import Corner, Mesh, prism

BEVEL = 0.014
SUNK = 0.05  #: behind the wall's front, so that nothing floats
FRAME, GLASS, BAR, DOOR = 0.05, 0.065, 0.085, 0.07  #: how far each stands out of the wall
RIM = 0.055  #: of a frame around its glass
CURVE = 10  #: places of half a circle


def outline(shape: str, wide: float, low: float, high: float) -> list[Corner]:
    """An opening, anticlockwise from its lower left: `plain`, `arched`, or `round`."""
    half = wide / 2
    if shape == "round":
        middle, turn = (low + high) / 2, 2 * math.pi / (2 * CURVE)
        return [Corner(half * math.cos(turn * n), middle + half * math.sin(turn * n), round=True) for n in range(2 * CURVE)]
    if shape == "arched":
        spring, turn = high - half, math.pi / CURVE
        arch = [Corner(half * math.cos(turn * n), spring + half * math.sin(turn * n), round=True) for n in range(CURVE + 1)]
        return [Corner(-half, low), Corner(half, low), *arch]
    return [Corner(-half, low), Corner(half, low), Corner(half, high), Corner(-half, high)]


def window(plan: Plan, shape: str, wide: float, low: float, high: float) -> Iterator[Mesh]:
    """A frame, glass, and bars."""
    if shape == "round":
        wide = min(wide, high - low)
    yield prism(outline(shape, wide, low, high), -SUNK, FRAME, plan.trim, bevel=BEVEL)
    inner = outline(shape, wide - 2 * RIM, low + RIM, high - RIM)
    yield prism(inner, -SUNK / 2, GLASS, plan.glass, bevel=BEVEL)
    bar, middle = RIM / 3, (low + high) / 2
    top = high - RIM / 2
    yield prism(outline("plain", 2 * bar, low + RIM / 2, top), 0, BAR, plan.trim, bevel=BEVEL / 2)
    cross = wide - 1.5 * RIM
    if shape != "wide" and high - low > 0.4:
        yield prism(outline("plain", cross, middle - bar, middle + bar), 0.01, BAR + 0.004, plan.trim, bevel=BEVEL / 2)
    if shape in {"plain", "arched"}:
        yield prism(outline("plain", wide + 0.1, low - 0.06, low + 0.01), -SUNK / 3, BAR + 0.04, plan.trim, bevel=BEVEL)


def ribbon(plan: Plan, wide: float, low: float, high: float) -> Iterator[Mesh]:
    """Glass from one end of a storey to the other, with posts."""
    yield prism(outline("plain", wide, low, high), -SUNK, GLASS / 2, plan.glass, bevel=BEVEL)
    posts = max(2, round(wide))
    for number in range(1, posts):
        at = -wide / 2 + wide * number / posts
        post = prism(outline("plain", 0.05, low - 0.005, high + 0.005), -SUNK / 2, GLASS, plan.trim, bevel=BEVEL / 2)
        yield post.moved(at)


def door(plan: Plan, wide: float, high: float) -> Iterator[Mesh]:
    """A door in its frame; arched where the windows are."""
    shape = "arched" if plan.windows == "arched" or "arcade" in plan.parts else "plain"
    yield prism(outline(shape, wide, -SUNK / 2, high), -SUNK, FRAME, plan.trim, bevel=BEVEL)
    yield prism(outline(shape, wide - 2 * RIM, 0, high - RIM), -SUNK / 2, DOOR, plan.door, bevel=BEVEL)
    yield prism(outline("plain", 0.02, 0.01, high - 1.6 * RIM), 0.01, DOOR + 0.012, plan.trim, bevel=BEVEL / 3)


def arch(plan: Plan, wide: float, high: float) -> Iterator[Mesh]:
    """An open arch: its rim, and the dark behind it."""
    yield prism(outline("arched", wide, -SUNK / 2, high), -SUNK, FRAME, plan.trim, bevel=BEVEL)
    yield prism(outline("arched", wide - 2 * RIM, 0, high - RIM), -SUNK / 2, FRAME + 0.006, plan.glass, bevel=BEVEL)
