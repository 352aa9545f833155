"""What a scene is made of: things, a palette, an area, chance."""

from __future__ import annotations

import random
from dataclasses import dataclass

from generators.engines.image.canvas import icon
from generators.engines.image.icons import Icons, Thing
from generators.engines.shared.colour import Colour, Palette, css, mixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """What a scene is made of."""

    icons: Icons
    things: tuple[Thing, ...]  #: the hero first, then at least four more
    look: str  #: a set of coloured drawings
    palette: Palette
    rng: random.Random
    width: int
    height: int

    def draw(self, number: int, x: float, y: float, side: float, *, turn: float = 0) -> str:
        """A thing with its middle at x, y."""
        thing = self.things[number % len(self.things)]
        return icon(self.icons, f"{self.look}/{thing.drawings[self.look]}", x - side / 2, y - side / 2, side, turn=turn)

    def ground(self, *colours: Colour) -> str:
        """The whole area: one colour, or two from top to bottom."""
        if len(colours) == 1:
            return f'<rect width="{self.width}" height="{self.height}" fill="{css(colours[0])}"/>'
        stops = "".join(f'<stop offset="{place}" stop-color="{css(colour)}"/>' for place, colour in enumerate(colours))
        return (
            f'<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>'
            f'<rect width="{self.width}" height="{self.height}" fill="url(#sky)"/>'
        )


def shadow(x: float, y: float, wide: float, colour: Colour, strength: float = 0.28) -> str:
    """What lies on the ground under a thing."""
    return (
        f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{wide / 2:.1f}" ry="{wide / 11:.1f}" fill="{css(colour)}" opacity="{strength}"/>'
    )


def soft(palette: Palette, number: int, share: float = 0.55) -> Colour:
    """An accent taken towards paper, so that drawings stand out before it."""
    return mixed(palette.accents[number % 5], palette.light, share)
