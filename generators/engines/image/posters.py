"""Posters: one picture, one headline, one line. Each composition is a function from a `Design` to a finished canvas."""

from __future__ import annotations

from collections.abc import Callable

from generators.engines.image.canvas import Canvas, icon
from generators.engines.image.design import Design
from generators.engines.shared.colour import contrast, css, deepen, ink, mixed

W, H = 900, 1200  #: pixels; 3:4, as posters in a lobby
M = 64  #: margin


def banner(d: Design) -> Canvas:
    """The picture fills the page; the words stand on a coloured panel below."""
    ground = deepen(d.palette.accents[0], 5.5)
    c = d.canvas(W, H, ground)
    c.picture((0, 0, W, 790), d.picture(W, 790))
    c.tile((M, 790 - 6, M + 96, 790 + 6), d.palette.light)
    paper = d.palette.light
    low = 1010 if d.told.rest else H - M
    lay = c.text(
        (M, 836, W - M, low),
        d.told.title,
        ground,
        paper,
        heading=True,
        largest=104 if d.told.rest else 150,
        smallest=30,
        stand="top" if d.told.rest else "middle",
        most_lines=3,
    )
    if d.told.rest:
        c.text((M, lay[3] + 26, W - M, H - 52), d.told.rest, ground, mixed(paper, ground, 0.1), paper, largest=34, smallest=17)
    return c


def framed(d: Design) -> Canvas:
    """Paper, a framed picture, the words centred under it like in a gallery."""
    paper, dark = d.palette.light, d.palette.dark
    c = d.canvas(W, H, paper)
    c.shape(f'<rect x="30" y="30" width="{W - 60}" height="{H - 60}" fill="none" stroke="{css(dark)}" stroke-width="3"/>')
    c.picture((M + 6, M + 6, W - M - 6, 770), d.picture(W - 2 * M - 12, 770 - M - 6), 4)
    accent = ink(paper, d.palette.accents[0], d.palette.accents[1])
    low = 985 if d.told.rest else 1090
    lay = c.text(
        (M + 20, 815, W - M - 20, low),
        d.told.title,
        paper,
        dark,
        heading=True,
        largest=84,
        smallest=28,
        align="center",
        stand="top" if d.told.rest else "middle",
        most_lines=3,
    )
    c.tile((W // 2 - 40, lay[3] + 24, W // 2 + 40, lay[3] + 29), accent)
    if d.told.rest:
        c.text(
            (M + 40, lay[3] + 50, W - M - 40, H - 62),
            d.told.rest,
            paper,
            mixed(dark, paper, 0.15),
            dark,
            largest=30,
            smallest=16,
            align="center",
        )
    return c


def shouted(d: Design) -> Canvas:
    """The headline is the picture: as large as the page allows, on a flat colour, things in a row beneath."""
    ground = (
        d.palette.accents[0]
        if contrast(d.palette.accents[0], d.palette.dark) >= 4.5
        else mixed(d.palette.accents[0], d.palette.light, 0.55)
    )
    c = d.canvas(W, H, ground)
    band = 850
    c.shape(
        f'<path d="M0 {band} C {W * 0.3} {band - 70} {W * 0.62} {band + 70} {W} {band - 20} V{H} H0Z" fill="{css(d.palette.dark)}"/>'
    )
    top = 330
    lay = c.text(
        (M, M, W - M, top + 224 if d.told.rest else band - 115),  # above the hero, which begins at band - 90
        d.told.title,
        ground,
        d.palette.dark,
        heading=True,
        largest=190,
        smallest=40,
        most_lines=5,
    )
    if d.told.rest:
        c.text((M, lay[3] + 34, W - M, 690), d.told.rest, ground, d.palette.dark, largest=34, smallest=17)
    hero = 380
    left = (W - hero) // 2
    c.shape(icon(d.icons, d.drawing(0), left, band - 90, hero), (left, band - 90, left + hero, band - 90 + hero))
    for number, x in ((1, 40), (2, W - 40 - 200)):
        turn = -8 if number == 1 else 8
        c.shape(icon(d.icons, d.drawing(number), x, band + 70, 200, turn=turn), (x, band + 70, x + 200, band + 270))
    return c


def split(d: Design) -> Canvas:
    """Two halves: words on colour, the picture in a tall window beside them."""
    dark = d.palette.dark
    c = d.canvas(W, H, d.palette.light)
    c.tile((0, 0, 430, H), dark)
    c.picture((350, 90, W - 56, H - 90), d.picture(W - 56 - 350, H - 180), 180)
    c.shape(
        icon(d.icons, f"ph/{d.marks[0]}-fill", 48, 86, 92, colour=ink(dark, d.palette.accents[0], d.palette.light, least=3)),
        (48, 86, 140, 178),
    )
    for number in range(3):
        x = 52 + number * 96
        c.shape(icon(d.icons, d.drawing(number), x, H - 160, 76), (x, H - 160, x + 76, H - 84))
    title = (48, 230, 326, 720)
    lay = c.text(title, d.told.title, dark, d.palette.light, heading=True, largest=76, smallest=24)
    if d.told.rest:
        c.text(
            (48, lay[3] + 34, 326, H - 200),
            d.told.rest,
            dark,
            mixed(d.palette.light, dark, 0.12),
            d.palette.light,
            largest=27,
            smallest=15,
        )
    return c


def ticket(d: Design) -> Canvas:
    """A card on wallpaper: picture in a disc, headline, line."""
    c = d.canvas(W, H, d.palette.light)
    c.picture((0, 0, W, H), d.tile(W, H), counted=False)
    paper = d.palette.light
    c.tile((70, 80, W - 70, H - 80), mixed(d.palette.dark, paper, 0.2), 44)
    c.tile((78, 88, W - 78, H - 88), paper, 38)
    c.picture((200, 140, W - 200, 640), d.picture(500, 500), 250)
    low = 900 if d.told.rest else H - 140
    lay = c.text(
        (130, 685, W - 130, low),
        d.told.title,
        paper,
        d.palette.dark,
        heading=True,
        largest=84,
        smallest=26,
        align="center",
        stand="top" if d.told.rest else "middle",
        most_lines=4,
    )
    if d.told.rest:
        c.text(
            (140, lay[3] + 28, W - 140, H - 130),
            d.told.rest,
            paper,
            mixed(d.palette.dark, paper, 0.15),
            d.palette.dark,
            largest=30,
            smallest=16,
            align="center",
        )
    return c


COMPOSITIONS: dict[str, Callable[[Design], Canvas]] = {
    "banner": banner,
    "framed": framed,
    "shouted": shouted,
    "split": split,
    "ticket": ticket,
}
