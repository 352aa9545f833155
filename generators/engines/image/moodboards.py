"""Moodboards: the picture, a pattern, the palette, the type, the things, side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from generators.engines.image.canvas import Canvas, Stand, centred, icon
from generators.engines.image.design import Design
from generators.engines.image.lettering import Box
from generators.engines.shared.colour import BLACK, WHITE, css, deepen, ink, mixed

W, H = 1200, 900  #: pixels; 4:3, as a screen in a meeting room
GAP = 14
Grid = dict[str, tuple[int, int, int, int]]  #: tile -> column, row, columns, rows on a grid of 12 x 9

#: Where the tiles lie. Every cell is covered once.
GRIDS: dict[str, Grid] = {
    "wide": {
        "main": (0, 0, 7, 5),
        "title": (7, 0, 5, 3),
        "pattern": (7, 3, 3, 3),
        "hero": (10, 3, 2, 3),
        "swatches": (0, 5, 7, 1),
        "type": (0, 6, 4, 3),
        "second": (4, 6, 4, 3),
        "things": (8, 6, 4, 3),
    },
    "tall": {
        "main": (0, 0, 5, 6),
        "title": (5, 0, 7, 3),
        "second": (5, 3, 4, 3),
        "swatches": (9, 3, 1, 6),
        "hero": (10, 3, 2, 3),
        "type": (10, 6, 2, 3),
        "things": (0, 6, 5, 3),
        "pattern": (5, 6, 4, 3),
    },
    "centre": {
        "pattern": (0, 0, 3, 4),
        "hero": (0, 4, 3, 2),
        "type": (0, 6, 3, 3),
        "main": (3, 0, 6, 6),
        "title": (3, 6, 6, 3),
        "second": (9, 0, 3, 4),
        "swatches": (9, 4, 3, 2),
        "things": (9, 6, 3, 3),
    },
    "strip": {
        "title": (0, 0, 5, 4),
        "main": (5, 0, 7, 6),
        "things": (0, 4, 5, 2),
        "swatches": (0, 6, 2, 3),
        "type": (2, 6, 3, 3),
        "second": (5, 6, 3, 3),
        "pattern": (8, 6, 2, 3),
        "hero": (10, 6, 2, 3),
    },
}


def board(d: Design, *, grid: Grid) -> Canvas:
    """Fills a grid."""
    c = d.canvas(W, H, d.palette.light)
    cell_w, cell_h = (W - GAP) / 12, (H - GAP) / 9
    for name, (column, row, columns, rows) in grid.items():
        box = (
            round(GAP + column * cell_w),
            round(GAP + row * cell_h),
            round((column + columns) * cell_w),
            round((row + rows) * cell_h),
        )
        TILES[name](d, c, box)
    return c


def main(d: Design, c: Canvas, box: Box) -> None:
    """The picture."""
    c.picture(box, d.picture(box[2] - box[0], box[3] - box[1]), 10)


def second(d: Design, c: Canvas, box: Box) -> None:
    """Another picture."""
    c.picture(box, d.second(box[2] - box[0], box[3] - box[1]), 10)


def pattern(d: Design, c: Canvas, box: Box) -> None:
    """The pattern."""
    c.picture(box, d.tile(box[2] - box[0], box[3] - box[1]), 10)


def title(d: Design, c: Canvas, box: Box) -> None:
    """The headline and the line, on a deep colour."""
    ground = deepen(d.palette.accents[0], 5.5)
    left, top, right, bottom = box
    c.tile(box, ground, 10)
    pad = 26
    low = top + round((bottom - top) * 0.56) if d.told.rest else bottom - pad
    stand: Stand = "bottom" if d.told.rest else "middle"
    lay = c.text(
        (left + pad, top + pad, right - pad, low),
        d.told.title,
        ground,
        d.palette.light,
        heading=True,
        largest=62,
        smallest=21,
        stand=stand,
        most_lines=4,
    )
    if d.told.rest:
        c.text(
            (left + pad, lay[3] + 18, right - pad, bottom - pad + 6),
            d.told.rest,
            ground,
            mixed(d.palette.light, ground, 0.12),
            d.palette.light,
            largest=24,
            smallest=14,
        )


def hero(d: Design, c: Canvas, box: Box) -> None:
    """The main thing alone."""
    ground = mixed(d.palette.accents[1], d.palette.light, 0.45)
    c.tile(box, ground, 10)
    c.shape(icon(d.icons, d.drawing(0), *centred(box, 0.7)))


def things(d: Design, c: Canvas, box: Box) -> None:
    """The other things, in rows as the space asks."""
    left, top, right, bottom = box
    ground = mixed(d.palette.light, d.palette.accents[0], 0.1)
    c.tile(box, ground, 10)
    wide, tall = right - left, bottom - top
    count = max(2, min(6, len(d.things) - 1))
    columns, rows = max(
        ((n, -(-count // n)) for n in range(1, count + 1)), key=lambda shape: min(wide / shape[0], tall / shape[1])
    )
    side = min(wide / columns, tall / rows) * 0.66
    for number in range(count):
        last = count - (rows - 1) * columns if number // columns == rows - 1 else columns
        x = (
            left + wide * (number % columns + 0.5) / last - side / 2
            if last < columns
            else left + wide * (number % columns + 0.5) / columns - side / 2
        )
        y = top + tall * (number // columns + 0.5) / rows - side / 2
        c.shape(icon(d.icons, d.drawing(number + 1), x, y, side))


def swatches(d: Design, c: Canvas, box: Box) -> None:
    """The palette with its numbers."""
    left, top, right, bottom = box
    colours = [d.palette.dark, *d.palette.colours[1:4], d.palette.light]
    upright = bottom - top > (right - left) * 1.05 or right - left < 450  # a number needs 80 pixels
    along = (bottom - top if upright else right - left) / 5
    for place, colour in enumerate(colours):
        start = round(place * along)
        end = round((place + 1) * along)
        part = (left, top + start, right, top + end) if upright else (left + start, top, left + end, bottom)
        c.tile(part, colour)
        words = (part[0] + 8, part[1] + 8, part[2] - 8, part[3] - 8)
        c.text(
            words,
            css(colour),
            colour,
            ink(colour, WHITE, BLACK),
            largest=20,
            smallest=9,
            align="center",
            stand="middle",
            most_lines=1,
        )
    edge = css(mixed(d.palette.light, d.palette.dark, 0.25))
    c.shape(
        f'<rect x="{left + 0.5}" y="{top + 0.5}" width="{right - left - 1}" height="{bottom - top - 1}" fill="none" stroke="{edge}"/>'
    )


def typeface(d: Design, c: Canvas, box: Box) -> None:
    """What the letters look like."""
    left, top, right, bottom = box
    ground = d.palette.light
    edge = css(mixed(d.palette.light, d.palette.dark, 0.25))
    c.shape(
        f'<rect x="{left + 0.5}" y="{top + 0.5}" width="{right - left - 1}" height="{bottom - top - 1}" rx="10" fill="none" stroke="{edge}"/>'
    )
    pad, accent = 20, ink(ground, d.palette.accents[0])
    middle = top + round((bottom - top) * 0.52)
    lay = c.text(
        (left + pad, top + pad, right - pad, middle),
        "Aa",
        ground,
        accent,
        d.palette.dark,
        heading=True,
        largest=120,
        smallest=40,
        most_lines=1,
    )
    c.text(
        (left + pad, lay[3] + 16, right - pad, bottom - pad),
        "ABCDEFGHIJKLM nopqrstuvwxyz 0123456789",
        ground,
        d.palette.dark,
        largest=24,
        smallest=12,
    )


TILES: dict[str, Callable[[Design, Canvas, Box], None]] = {
    "main": main, "second": second, "pattern": pattern, "title": title, "hero": hero, "things": things, "swatches": swatches, "type": typeface,
}  # fmt: skip
COMPOSITIONS: dict[str, Callable[[Design], Canvas]] = {name: partial(board, grid=grid) for name, grid in GRIDS.items()}
