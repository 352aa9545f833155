"""Scenes made of drawings: a place, light, shadows, repetition. Each is one function from a `Cast` to SVG."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from generators.engines.image.cast import Cast, shadow, soft
from generators.engines.shared.colour import Colour, contrast, css, mixed


def landscape(cast: Cast, *, sides: tuple[float, float] = (0.0, 1.0), company: bool = True) -> str:
    """Sky, sun, two hills; the hero in front, others near and far, the far ones smaller and where they can be seen whole.

    Args:
        cast: what it is made of.
        sides: what of the width is seen.
        company: whether two things stand beside the hero.
    """
    w, h, rng, palette = cast.width, cast.height, cast.rng, cast.palette
    far, near = soft(palette, 0, 0.35), soft(palette, 2, 0.1)
    horizon, unit, ground_y, hero = h * 0.62, min(w, h), h * 0.86, min(w, h) * 0.5
    before = [(w / 2, ground_y + unit * 0.04 - hero / 2, hero)]  # middle and side of what stands before the far ones
    if company:
        before += [
            (x, ground_y - unit * 0.02 - side / 2, side) for x in (w * 0.18, w * 0.82) for side in [unit * rng.uniform(0.25, 0.3)]
        ]
    parts = [skies(cast), hill(w, h, horizon - unit * 0.06, unit * 0.11, far, rng)]
    for number, (x, side) in enumerate(clear(before, horizon, unit, (w * sides[0], w * sides[1]), rng)):
        parts += [
            shadow(x, horizon + unit * 0.025, side * 0.8, palette.dark, 0.2),
            cast.draw(3 + number % 2, x, horizon - side * 0.36, side),
        ]
    parts.append(hill(w, h, horizon + unit * 0.07, unit * 0.05, near, rng))
    for number, (x, y, side) in sorted(enumerate(before), key=lambda one: one[0] == 0):  # the hero last
        parts += [shadow(x, y + side / 2 - unit * 0.01, side * 0.9, palette.dark), cast.draw(number, x, y, side)]
    return "".join(parts)


def skies(cast: Cast) -> str:
    """A sky with a sun and three clouds."""
    w, h, rng, palette, unit = cast.width, cast.height, cast.rng, cast.palette, min(cast.width, cast.height)
    sun = f'cx="{w * rng.uniform(0.15, 0.85):.0f}" cy="{h * rng.uniform(0.14, 0.26):.0f}"'
    glow, light = css(soft(palette, 0, 0.6)), css(mixed(palette.accents[0], palette.light, 0.25))
    parts = [
        cast.ground(mixed(soft(palette, 1, 0.62), palette.accents[1], 0.25), palette.light),
        f'<circle {sun} r="{unit * 0.2:.0f}" fill="{glow}" opacity=".55"/><circle {sun} r="{unit * 0.12:.0f}" fill="{light}"/>',
    ]
    for _cloud in range(3):
        x, y, r = rng.uniform(0, w), rng.uniform(0.08, 0.32) * h, unit * rng.uniform(0.03, 0.05)
        puffs = "".join(
            f'<circle cx="{x + dx * r:.0f}" cy="{y - dy * r:.0f}" r="{r * size:.0f}"/>'
            for dx, dy, size in ((-1.2, 0, 0.7), (0, 0.4, 1), (1.2, 0, 0.75))
        )
        parts.append(f'<g fill="{css(palette.light)}" opacity=".75">{puffs}</g>')
    return "".join(parts)


def clear(
    before: list[tuple[float, float, float]], horizon: float, unit: float, span: tuple[float, float], rng: random.Random
) -> list[tuple[float, float]]:
    """Where far things can stand on the horizon, four at most: middle and side, touching nothing that stands before them."""
    found: list[tuple[float, float]] = []
    left, right = span
    for place in rng.sample(range(24), 24):
        side = unit * rng.uniform(0.12, 0.16)
        x, y = left + side / 2 + (right - left - side) * place / 23, horizon - side * 0.36
        near = [(x0, y0, side0) for x0, y0, side0 in before] + [(x0, y, side0) for x0, side0 in found]
        if all(max(abs(x - x0), abs(y - y0)) > (side + side0) / 2 for x0, y0, side0 in near):
            found.append((x, side))
    return found[:4]


def hill(w: int, h: int, y: float, swell: float, colour: Colour, rng: random.Random) -> str:
    """A wavy horizon filled to the bottom."""
    start = rng.uniform(0, math.tau)
    points = [(w * step / 24, y + swell * math.sin(start + step * 0.32)) for step in range(25)]
    path = " ".join(f"L{x:.0f} {top:.0f}" for x, top in points)
    return f'<path d="M0 {h} {path} L{w} {h}Z" fill="{css(colour)}"/>'


def podium(cast: Cast) -> str:
    """The hero on a stage of two steps before a large disc; the others float around it."""
    w, h, rng, palette = cast.width, cast.height, cast.rng, cast.palette
    unit, x = min(w, h), cast.width / 2
    back, disc, step = soft(palette, 0, 0.5), soft(palette, 1, 0.25), mixed(palette.light, palette.accents[0], 0.08)
    floor = h * 0.8
    parts = [cast.ground(mixed(back, palette.light, 0.45), back)]
    parts.append(f'<circle cx="{x}" cy="{h * 0.45:.0f}" r="{unit * 0.36:.0f}" fill="{css(disc)}"/>')
    parts.append(f'<rect y="{floor:.0f}" width="{w}" height="{h - floor:.0f}" fill="{css(mixed(back, palette.dark, 0.14))}"/>')
    for wide, y in ((0.62, floor + unit * 0.03), (0.46, floor - unit * 0.045)):
        rx = unit * wide / 2
        parts.append(
            f'<path d="M{x - rx:.0f} {y:.0f} v{unit * 0.075:.0f} a{rx:.0f} {rx / 5:.0f} 0 0 0 {2 * rx:.0f} 0 v-{unit * 0.075:.0f}Z" fill="{css(mixed(step, palette.dark, 0.2))}"/>'
        )
        parts.append(f'<ellipse cx="{x}" cy="{y:.0f}" rx="{rx:.0f}" ry="{rx / 5:.0f}" fill="{css(step)}"/>')
    hero = unit * 0.46
    parts += [shadow(x, floor - unit * 0.04, hero * 0.8, palette.dark), cast.draw(0, x, floor - unit * 0.04 - hero / 2, hero)]
    for number in range(1, 7):
        side = unit * (0.17 if number < 4 else 0.12)
        angle = math.pi * (1.02 + 0.96 * (number - 1) / 5)
        reach = min(w * 0.41, unit * 0.62) + rng.uniform(-0.02, 0.02) * unit
        parts.append(
            cast.draw(
                number,
                x + reach * math.cos(angle),
                h * 0.52 + min(h * 0.38, reach) * math.sin(angle),
                side,
                turn=rng.uniform(-14, 14),
            )
        )
    return "".join(parts)


def burst(cast: Cast) -> str:
    """Rays from behind the hero."""
    w, h, palette = cast.width, cast.height, cast.palette
    one = soft(palette, 0, 0.2)
    other = mixed(one, palette.light, 0.42)
    x, y, far = w / 2, h * 0.52, w + h
    parts = [cast.ground(one)]
    rays = 14
    for ray in range(rays):
        a, b = math.tau * ray / rays, math.tau * (ray + 0.5) / rays
        parts.append(
            f'<path d="M{x} {y} L{x + far * math.cos(a):.0f} {y + far * math.sin(a):.0f} L{x + far * math.cos(b):.0f} {y + far * math.sin(b):.0f}Z" fill="{css(other)}"/>'
        )
    unit = min(w, h)
    parts.append(f'<circle cx="{x}" cy="{y:.0f}" r="{unit * 0.34:.0f}" fill="{css(palette.light)}"/>')
    parts.append(
        f'<circle cx="{x}" cy="{y:.0f}" r="{unit * 0.34:.0f}" fill="none" stroke="{css(palette.dark)}" stroke-width="{unit * 0.012:.0f}"/>'
    )
    parts.append(cast.draw(0, x, y, unit * 0.46))
    for number, (dx, dy) in enumerate(((-0.36, -0.34), (0.36, -0.34), (-0.36, 0.36), (0.36, 0.36)), 1):
        parts.append(cast.draw(number, x + dx * w, y + dy * h, unit * 0.2, turn=cast.rng.uniform(-16, 16)))
    return "".join(parts)


def orbit(cast: Cast) -> str:
    """The hero as a sun, the others on its orbits, on a dark ground with stars."""
    w, h, rng, palette = cast.width, cast.height, cast.rng, cast.palette
    unit, x, y = min(w, h), cast.width / 2, cast.height / 2
    deep = mixed(palette.dark, palette.accents[0], 0.12)
    parts = [cast.ground(palette.dark, deep)]
    stars = [(rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.6, 2.2), rng.uniform(0.3, 0.9)) for _star in range(70)]
    light, line = css(palette.light), css(soft(palette, 0, 0.4))
    parts += [
        f'<circle cx="{sx:.0f}" cy="{sy:.0f}" r="{r:.1f}" fill="{light}" opacity="{glow:.2f}"/>' for sx, sy, r, glow in stars
    ]
    parts += [
        f'<ellipse cx="{x}" cy="{y}" rx="{w * reach:.0f}" ry="{h * reach:.0f}" fill="none" stroke="{line}" stroke-width="2" stroke-dasharray="3 9"/>'
        for reach in (0.3, 0.43)
    ]
    parts.append(f'<circle cx="{x}" cy="{y}" r="{unit * 0.24:.0f}" fill="{css(soft(palette, 0, 0.25))}"/>')
    parts.append(cast.draw(0, x, y, unit * 0.36))
    start = rng.uniform(0, math.tau)
    for number in range(1, 7):
        reach = 0.3 if number % 2 else 0.43
        angle = start + math.tau * number / 6
        px, py = x + w * reach * math.cos(angle), y + h * reach * math.sin(angle)
        side = unit * 0.15
        parts.append(
            f'<circle cx="{px:.0f}" cy="{py:.0f}" r="{side * 0.66:.0f}" fill="{css(mixed(deep, palette.light, 0.86))}"/>'
        )
        parts.append(cast.draw(number, px, py, side * 0.86))
    return "".join(parts)


def blocks(cast: Cast) -> str:
    """A quilt of coloured squares, quarter circles and things."""
    w, h, rng, palette = cast.width, cast.height, cast.rng, cast.palette
    columns = 4 if w >= h else 3
    side = w / columns
    rows = math.ceil(h / side)
    grounds = [
        soft(palette, 0, 0.15),
        soft(palette, 1, 0.35),
        palette.light,
        soft(palette, 2, 0.3),
        mixed(palette.dark, palette.accents[0], 0.2),
    ]
    cells = [(column, row) for row in range(rows) for column in range(columns)]
    shown = [cell for cell in cells if sum(cell) % 2 == 0]
    number = {
        cell: place
        for place, cell in enumerate(
            sorted(shown, key=lambda cell: abs(cell[0] - columns / 2 + 0.5) + abs(cell[1] - rows / 2 + 0.5))
        )
    }
    parts, before = [], -1
    for cell in cells:
        x, y = cell[0] * side, cell[1] * side
        before = rng.choice([place for place in range(len(grounds)) if place != before])
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{side + 1:.1f}" height="{side + 1:.1f}" fill="{css(grounds[before])}"/>'
        )
        if cell in number:
            if number[cell] % 2:
                parts.append(
                    f'<circle cx="{x + side / 2:.1f}" cy="{y + side / 2:.1f}" r="{side * 0.44:.1f}" fill="{css(mixed(grounds[before], palette.light, 0.6))}"/>'
                )
            parts.append(cast.draw(number[cell], x + side / 2, y + side / 2, side * 0.62))
        else:
            parts.append(quarter(x, y, side, rng, css(grounds[(before + 1 + rng.randrange(4)) % 5])))
    return "".join(parts)


def quarter(x: float, y: float, side: float, rng: random.Random, fill: str) -> str:
    """A quarter of a circle in one corner of a square, by chance."""
    corner = rng.choice(((0, 0, 1, 0, 0, 1), (1, 0, 1, 1, 0, 0), (1, 1, 0, 1, 1, 0), (0, 1, 0, 0, 1, 1)))
    cx, cy, ax, ay, bx, by = (value * side for value in corner)
    return f'<path d="M{x + cx:.1f} {y + cy:.1f} L{x + ax:.1f} {y + ay:.1f} A{side:.1f} {side:.1f} 0 0 1 {x + bx:.1f} {y + by:.1f}Z" fill="{fill}"/>'


def pattern(cast: Cast) -> str:
    """Wallpaper: a few things again and again, row against row."""
    w, h, rng, palette = cast.width, cast.height, cast.rng, cast.palette
    side = min(w, h) / 4.6
    ground = soft(palette, rng.randrange(3), 0.6)
    dot = css(mixed(ground, palette.dark, 0.18))
    parts = [cast.ground(ground)]
    number = 0
    for row in range(-1, math.ceil(h / (side * 0.86)) + 1):
        for column in range(-1, math.ceil(w / side) + 1):
            x = (column + (0.5 if row % 2 else 0)) * side + side / 2
            y = row * side * 0.86 + side / 2
            parts.append(f'<circle cx="{x + side / 2:.0f}" cy="{y:.0f}" r="{side * 0.045:.1f}" fill="{dot}"/>')
            parts.append(cast.draw(number % 4, x, y, side * 0.6, turn=(-12, 10, 0, 16)[number % 4]))
            number += 1
    return "".join(parts)


def arch(cast: Cast) -> str:
    """A landscape seen through an arched window, in a wall."""
    w, h, palette = cast.width, cast.height, cast.palette
    wall = mixed(palette.accents[0], palette.light, 0.3)
    if contrast(wall, palette.light) < 1.25:
        wall = mixed(palette.dark, palette.accents[0], 0.5)
    wide, top, bottom = min(w * 0.7, h * 0.7), h * 0.1, h * 0.86
    x, r = (w - wide) / 2, wide / 2
    shape = f"M{x:.0f} {bottom:.0f} V{top + r:.0f} A{r:.0f} {r:.0f} 0 0 1 {x + wide:.0f} {top + r:.0f} V{bottom:.0f}Z"
    y = bottom + h * 0.02
    parts = [
        cast.ground(wall),
        f'<clipPath id="arch"><path d="{shape}"/></clipPath><g clip-path="url(#arch)">{landscape(cast, sides=(x / w, 1 - x / w), company=False)}</g>',
    ]
    parts.append(f'<path d="{shape}" fill="none" stroke="{css(palette.light)}" stroke-width="{min(w, h) * 0.025:.0f}"/>')
    parts.append(
        f'<rect x="{x - wide * 0.08:.0f}" y="{bottom:.0f}" width="{wide * 1.16:.0f}" height="{h * 0.045:.0f}" rx="6" fill="{css(palette.light)}"/>'
    )
    side = min(w, h) * 0.15
    parts += [cast.draw(1, x + wide * 0.02, y - side * 0.56, side), cast.draw(2, x + wide * 0.98, y - side * 0.56, side)]
    return "".join(parts)


SCENES: dict[str, Callable[[Cast], str]] = {
    "landscape": landscape,
    "podium": podium,
    "burst": burst,
    "orbit": orbit,
    "blocks": blocks,
    "arch": arch,
    "pattern": pattern,
}
