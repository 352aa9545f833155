"""Logo sheets: one mark and one name, large, small, on light, on dark, alone, as an app's icon."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from generators.engines.image.canvas import Canvas, centred, icon
from generators.engines.image.design import Design
from generators.engines.image.lettering import Box
from generators.engines.shared.colour import Colour, contrast, css, deepen, ink, mixed

W, H = 1200, 900  #: pixels
Mark = Callable[[Design, float, float, float, Colour, Colour, str], str]  #: x, y, side, colour, ground, sign -> SVG


def plain(d: Design, x: float, y: float, side: float, colour: Colour, ground: Colour, sign: str) -> str:
    """The sign itself."""
    return icon(d.icons, f"ph/{sign}-fill", x, y, side, colour=colour)


def sealed(d: Design, x: float, y: float, side: float, colour: Colour, ground: Colour, sign: str) -> str:
    """The sign cut out of a disc with a ring."""
    r = side / 2
    disc = f'<circle cx="{x + r:.1f}" cy="{y + r:.1f}" r="{r * 0.84:.1f}" fill="{css(colour)}"/>'
    ring = f'<circle cx="{x + r:.1f}" cy="{y + r:.1f}" r="{r * 0.95:.1f}" fill="none" stroke="{css(colour)}" stroke-width="{side * 0.028:.1f}"/>'
    return disc + ring + icon(d.icons, f"ph/{sign}-fill", x + side * 0.24, y + side * 0.24, side * 0.52, colour=ground)


def shield(d: Design, x: float, y: float, side: float, colour: Colour, ground: Colour, sign: str) -> str:
    """The sign cut out of a hexagon."""
    points = " ".join(
        f"{x + side * px:.1f},{y + side * py:.1f}"
        for px, py in ((0.5, 0), (0.94, 0.25), (0.94, 0.75), (0.5, 1), (0.06, 0.75), (0.06, 0.25))
    )
    shape = f'<polygon points="{points}" fill="{css(colour)}" stroke="{css(colour)}" stroke-width="{side * 0.05:.1f}" stroke-linejoin="round"/>'
    return shape + icon(d.icons, f"ph/{sign}-fill", x + side * 0.23, y + side * 0.23, side * 0.54, colour=ground)


def leaf(d: Design, x: float, y: float, side: float, colour: Colour, ground: Colour, sign: str) -> str:
    """The sign cut out of a square with two round corners."""
    r = side * 0.42
    shape = (
        f'<path d="M{x + r:.1f} {y:.1f} H{x + side:.1f} V{y + side - r:.1f} A{r:.1f} {r:.1f} 0 0 1 {x + side - r:.1f} {y + side:.1f} '
        f'H{x:.1f} V{y + r:.1f} A{r:.1f} {r:.1f} 0 0 1 {x + r:.1f} {y:.1f}Z" fill="{css(colour)}"/>'
    )
    return shape + icon(d.icons, f"ph/{sign}-fill", x + side * 0.2, y + side * 0.2, side * 0.6, colour=ground)


MARKS: dict[str, Mark] = {"plain": plain, "sealed": sealed, "shield": shield, "leaf": leaf}


def beside(d: Design, c: Canvas, box: Box, mark: Mark, ground: Colour, colour: Colour, *, fill: bool = True) -> None:
    """The mark and the name in one line, in the middle of a box."""
    left, top, right, bottom = box
    if fill:
        c.tile(box, ground)
    wide, tall = right - left, bottom - top
    side = min(tall * 0.5, wide * 0.24)
    start, gap = left + wide * 0.07, side * 0.28
    words = (round(start + side + gap), round(top + tall * 0.2), round(right - wide * 0.06), round(bottom - tall * 0.2))
    c.shape(mark(d, start, (top + bottom - side) / 2, side, colour, ground, d.marks[0]))
    c.text(
        words,
        d.told.name,
        ground,
        ink(ground, colour),
        heading=True,
        largest=round(side * 0.82),
        smallest=14,
        stand="middle",
        most_lines=2,
    )


def stacked(d: Design, c: Canvas, box: Box, mark: Mark, ground: Colour, colour: Colour) -> None:
    """The mark above the name."""
    left, top, right, bottom = box
    c.tile(box, ground)
    wide, tall = right - left, bottom - top
    side = min(tall * 0.44, wide * 0.5)
    c.shape(mark(d, (left + right - side) / 2, top + tall * 0.14, side, colour, ground, d.marks[0]))
    words = (round(left + wide * 0.08), round(top + tall * 0.19 + side), round(right - wide * 0.08), round(bottom - tall * 0.1))
    c.text(
        words,
        d.told.name,
        ground,
        ink(ground, colour),
        heading=True,
        largest=round(tall * 0.17),
        smallest=13,
        align="center",
        stand="middle",
        most_lines=2,
    )


def alone(d: Design, c: Canvas, box: Box, mark: Mark, ground: Colour, colour: Colour, sign: int = 0) -> None:
    """The mark without the name."""
    c.tile(box, ground)
    x, y, side = centred(box, 0.5)
    c.shape(mark(d, x, y, side, colour, ground, d.marks[sign]))


def app(d: Design, c: Canvas, box: Box, ground: Colour, colour: Colour) -> None:
    """As an icon on a telephone."""
    c.tile(box, ground)
    x, y, side = centred(box, 0.5)
    other = mixed(colour, d.palette.dark, 0.35)
    c.shape(
        f'<linearGradient id="app{box[0]}" x2="0" y2="1"><stop stop-color="{css(colour)}"/><stop offset="1" stop-color="{css(other)}"/></linearGradient>'
        f'<rect x="{x + 3:.0f}" y="{y + 6:.0f}" width="{side:.0f}" height="{side:.0f}" rx="{side * 0.23:.0f}" fill="#000" opacity=".16"/>'
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{side:.0f}" height="{side:.0f}" rx="{side * 0.23:.0f}" fill="url(#app{box[0]})"/>'
        + icon(
            d.icons,
            f"ph/{d.marks[0]}-fill",
            x + side * 0.2,
            y + side * 0.2,
            side * 0.6,
            colour=ink(colour, (255, 255, 255), d.palette.dark, least=3),
        )
    )


def colours(d: Design) -> tuple[Colour, Colour, Colour, Colour]:
    """Paper, the brand's colour readable on paper, dark, and a light colour readable on dark."""
    paper, dark = d.palette.light, d.palette.dark
    brand = next((each for each in d.palette.accents if contrast(each, paper) >= 4.5), deepen(d.palette.accents[0], 5.5))
    return paper, brand, dark, ink(dark, d.palette.accents[1], d.palette.light)


def sheet(d: Design, *, mark: Mark, turned: bool) -> Canvas:
    """One large version, the others around it."""
    paper, brand, dark, bright = colours(d)
    c = d.canvas(W, H, paper)
    if turned:
        stacked(d, c, (0, 0, 600, 600), mark, brand, ink(brand, paper, least=4.5))
        beside(d, c, (600, 0, W, 300), mark, paper, brand)
        beside(d, c, (600, 300, W, 600), mark, dark, bright)
        app(d, c, (0, 600, 300, H), mixed(paper, dark, 0.06), brand)
        alone(d, c, (300, 600, 600, H), mark, dark, paper)
        alone(d, c, (600, 600, 900, H), mark, mixed(paper, brand, 0.18), brand, 1)
        notes(d, c, (900, 600, W, H), paper)
    else:
        beside(d, c, (0, 0, W, 450), mark, paper, brand)
        stacked(d, c, (0, 450, 400, H), mark, dark, bright)
        app(d, c, (400, 450, 700, 675), mixed(paper, brand, 0.14), brand)
        alone(d, c, (400, 675, 700, H), mark, brand, ink(brand, paper, least=4.5))
        alone(d, c, (700, 450, 925, 675), mark, mixed(paper, dark, 0.08), dark, 1)
        alone(d, c, (700, 675, 925, H), mark, mixed(paper, dark, 0.08), dark, 2)
        notes(d, c, (925, 450, W, H), paper)
    return c


def notes(d: Design, c: Canvas, box: Box, ground: Colour) -> None:
    """The colours and the type, small."""
    left, top, right, bottom = box
    c.tile(box, ground)
    pad = 24
    step = (right - left - 2 * pad) / 5
    for place, colour in enumerate((d.palette.dark, *d.palette.colours[1:4], d.palette.light)):
        edge = css(mixed(d.palette.light, d.palette.dark, 0.3))
        c.shape(
            f'<circle cx="{left + pad + step * (place + 0.5):.0f}" cy="{top + pad + step * 0.5:.0f}" r="{step * 0.4:.0f}" fill="{css(colour)}" stroke="{edge}"/>'
        )
    lay = c.text(
        (left + pad, round(top + pad + step + 18), right - pad, top + 200),
        "AaBbCc 123",
        ground,
        d.palette.dark,
        heading=True,
        largest=40,
        smallest=18,
        most_lines=1,
    )
    if bottom - lay[3] > 60:
        c.text(
            (left + pad, lay[3] + 18, right - pad, bottom - pad),
            d.told.title,
            ground,
            mixed(d.palette.dark, ground, 0.2),
            d.palette.dark,
            largest=22,
            smallest=14,
        )


def monogram(d: Design) -> Canvas:
    """The first letter as a mark, beside the sheet of the sign."""
    paper, brand, dark, bright = colours(d)
    c = d.canvas(W, H, paper)
    letter = next((each for each in d.told.name if each.isalnum()), d.told.name[:1])
    on = ink(brand, paper, least=4.5)
    c.tile((0, 0, 500, H), brand)
    c.shape(f'<circle cx="250" cy="330" r="170" fill="none" stroke="{css(on)}" stroke-width="12"/>')
    c.text(
        (120, 200, 380, 460),
        letter,
        brand,
        on,
        heading=True,
        largest=240,
        smallest=60,
        align="center",
        stand="middle",
        most_lines=1,
    )
    c.text(
        (50, 560, 450, 820),
        d.told.name,
        brand,
        on,
        heading=True,
        largest=76,
        smallest=20,
        align="center",
        stand="top",
        most_lines=3,
    )
    beside(d, c, (500, 0, W, 300), plain, paper, brand)
    beside(d, c, (500, 300, W, 600), sealed, dark, bright)
    app(d, c, (500, 600, 850, H), mixed(paper, brand, 0.14), brand)
    notes(d, c, (850, 600, W, H), paper)
    return c


COMPOSITIONS: dict[str, Callable[[Design], Canvas]] = {
    "sealed": partial(sheet, mark=sealed, turned=False),
    "plain": partial(sheet, mark=plain, turned=True),
    "monogram": monogram,
    "shield": partial(sheet, mark=shield, turned=True),
    "leaf": partial(sheet, mark=leaf, turned=False),
}
