"""A board in the making: shapes by resvg, pictures and words by Pillow, and a record of where everything lies."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops, ImageDraw

from generators.engines.image import lettering
from generators.engines.image.icons import VIEW, Icons, Thing
from generators.engines.image.lettering import Box
from generators.engines.shared.colour import READABLE, Colour, contrast, css, ink

Kind = Literal["text", "picture"]
Stand = Literal["top", "middle", "bottom"]  #: where words stand in a box that is taller
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{x} {y} {w} {h}">'
COARSE = 8  #: pixels of a canvas to one of the small picture in which is looked where shapes are


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where something lies: what the tests measure."""

    kind: Kind
    box: Box
    text: str = ""
    contrast: float = 21.0  #: of a text with its ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Fonts of a board, and how emoji in its words are drawn."""

    pairing: lettering.Pairing
    emoji: lettering.Emoji


def rendered(inside: str, width: int, height: int) -> Image.Image:
    """SVG shapes of our own as a picture. Never used on what people hand in."""
    return _drawn(inside, (0, 0, width, height), (width, height))


def _drawn(inside: str, box: Box, size: tuple[int, int]) -> Image.Image:
    """The part of SVG shapes that lies in a box, at a size."""
    from resvg_py import svg_to_bytes

    left, top, right, bottom = box
    svg = OPEN.format(x=left, y=top, w=right - left, h=bottom - top) + inside + "</svg>"
    content = svg_to_bytes(svg_string=svg, width=size[0], height=size[1], skip_system_fonts=True)
    return Image.open(io.BytesIO(content)).convert("RGBA")


def _reach(inside: str, width: int, height: int) -> Box | None:
    """Where on a canvas SVG shapes are, a little generously; None: nowhere."""
    small = _drawn(inside, (0, 0, width, height), (-(-width // COARSE), -(-height // COARSE)))
    found = small.getchannel("A").getbbox()
    if found is None:
        return None
    wide, high = width / small.width, height / small.height
    return (
        max(0, int((found[0] - 1) * wide)),
        max(0, int((found[1] - 1) * high)),
        min(width, int((found[2] + 1) * wide) + 1),
        min(height, int((found[3] + 1) * high) + 1),
    )


def icon(icons: Icons, key: str, x: float, y: float, side: float, *, colour: Colour | None = None, turn: float = 0) -> str:
    """One drawing placed in SVG, `side` pixels wide, its corner at x, y; turned about its middle by degrees."""
    view = VIEW[key.partition("/")[0]]
    tone = f' color="{css(colour)}"' if colour else ""
    placed = f'<svg x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" viewBox="0 0 {view} {view}"{tone}>{icons.body(key)}</svg>'
    return f'<g transform="rotate({turn:.1f} {x + side / 2:.1f} {y + side / 2:.1f})">{placed}</g>' if turn else placed


class Canvas:
    """Takes shapes, pictures and words in the order they lie on one another."""

    def __init__(self, width: int, height: int, ground: Colour, faces: Faces) -> None:
        self.width, self.height, self.faces = width, height, faces
        self.image = Image.new("RGB", (width, height), ground)
        self.placed: list[Placed] = []
        self.cut = False  #: whether words had to be left out
        self._shapes: list[str] = []

    def shape(self, svg: str, box: Box | None = None) -> None:
        """Adds SVG shapes; they are drawn together as late as possible. `box`: where they are, if words are to keep clear."""
        self._shapes.append(svg)
        if box is not None:
            self.placed.append(Placed(kind="picture", box=box))

    def tile(self, box: Box, colour: Colour, radius: int = 0) -> None:
        """A rectangle."""
        left, top, right, bottom = box
        if not radius and not self._shapes:  # thirty times as fast as by way of SVG, and the same pixels
            ImageDraw.Draw(self.image).rectangle((left, top, right - 1, bottom - 1), fill=colour)
            return
        self.shape(
            f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" rx="{radius}" fill="{css(colour)}"/>'
        )

    def picture(self, box: Box, picture: Image.Image, radius: int = 0, *, counted: bool = True) -> None:
        """A picture, cropped to fill its box; counted, unless words are meant to lie on it."""
        self.flush()
        left, top, right, bottom = box
        filled = cover(picture, right - left, bottom - top)
        mask = rounded(filled.size, radius)
        if filled.mode == "RGBA":
            mask = ImageChops.multiply(mask, filled.getchannel("A"))
        self.image.paste(filled.convert("RGB"), (left, top), mask)
        if counted:
            self.placed.append(Placed(kind="picture", box=box))

    def text(
        self,
        box: Box,
        words: str,
        ground: Colour,
        *colours: Colour,
        heading: bool = False,
        largest: int = 40,
        smallest: int = 15,
        align: str = "left",
        stand: Stand = "top",
        most_lines: int = 99,
    ) -> Box:
        """Words as large as fit, in the first of `colours` that can be read on `ground`.

        Returns:
            Where their ink lies.
        """
        self.flush()
        left, top, right, bottom = box
        pairing = self.faces.pairing
        words = words.upper() if heading and pairing.capitals else words
        file = lettering.alike(words, pairing.heading if heading else pairing.body)
        block = lettering.fitted(
            words, file, right - left, bottom - top, largest=largest, smallest=smallest, most_lines=most_lines
        )
        self.cut |= not block.whole
        colour = ink(ground, *colours)
        spare = bottom - top - block.height
        start = top + {"top": 0, "middle": spare // 2, "bottom": spare}[stand]
        if not block.lines:
            return (left, start, left, start)
        lay = lettering.write(self.image, block, (left, start), colour, align, right - left, self.faces.emoji)
        self.placed.append(Placed(kind="text", box=lay, text=" ".join(block.lines), contrast=contrast(colour, ground)))
        return lay

    def flush(self) -> None:
        """Draws the waiting shapes, and no more of the canvas than they cover: resvg hands out a PNG, which costs by the pixel."""
        inside, self._shapes = "".join(self._shapes), []
        box = _reach(inside, self.width, self.height) if inside else None
        if box is not None:
            drawn = _drawn(inside, box, (box[2] - box[0], box[3] - box[1]))
            self.image.paste(drawn, box[:2], drawn)

    def done(self) -> Image.Image:
        """The finished picture."""
        self.flush()
        return self.image

    @property
    def legible(self) -> float:
        """The least contrast of any words."""
        return min((each.contrast for each in self.placed if each.kind == "text"), default=READABLE)


def centred(box: Box, share: float) -> tuple[float, float, float]:
    """A square in the middle of a box, a share of its shorter side: left, top, side."""
    left, top, right, bottom = box
    side = min(right - left, bottom - top) * share
    return (left + right - side) / 2, (top + bottom - side) / 2, side


def cover(picture: Image.Image, width: int, height: int) -> Image.Image:
    """A picture scaled and cropped about its middle so that it fills a size."""
    scale = max(width / picture.width, height / picture.height)
    wide, tall = max(width, round(picture.width * scale)), max(height, round(picture.height * scale))
    if (wide, tall) != picture.size:
        picture = picture.resize((wide, tall), Image.Resampling.LANCZOS)
    left, top = (wide - width) // 2, (tall - height) // 2
    return picture.crop((left, top, left + width, top + height))


def rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """A mask with soft round corners."""
    if not radius:
        return Image.new("L", size, 255)
    mask = Image.new("L", (size[0] * 2, size[1] * 2), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] * 2 - 1, size[1] * 2 - 1), radius * 2, fill=255)
    return mask.resize(size, Image.Resampling.LANCZOS)


def emoji_of(icons: Icons) -> Callable[[str, int], Image.Image | None]:
    """Draws the emoji that stand in words."""

    def drawn(letter: str, size: int) -> Image.Image | None:
        thing: Thing | None = icons.letter(letter)
        return (
            None
            if thing is None
            else rendered(icon(icons, f"noto/{thing.drawings['noto']}", 0, 0, 128), 128, 128).resize((size, size))
        )

    return drawn
