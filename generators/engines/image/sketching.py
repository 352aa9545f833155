"""Coloured variants of a drawing by the project's own small network; how it was trained: `docs/reference/pictures.md`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from bot.words import _
from generators.engines.making import Unmakeable
from generators.engines.shared.colour import Colour, Palette
from generators.engines.shared.meaning import ASSETS, SIZE, Meaning
from generators.engines.shared.prepared import sessions

STYLES = ("soft", "flat", "shaded", "bold")  #: whose drawings the network learnt from: Noto, Fluent flat, Fluent, FxEmoji
INKED = 0.25  # darker than the paper around it by so much: ink
FAINT, FULL_OF_INK = 0.003, 0.3  # shares of ink: less is an empty page, more is a picture
DIM, PAPER = 95, 0.55  # most of a page is paper, brighter than this even in a dim room
VIVID, COLOURED = 90, 0.25  # and hardly coloured
SHADING = (0.4, 0.0, 0.85, 0.2)  #: how much of the network's shading each style keeps within a region; the rest is one colour
INK = (0.28, 0.22, 0.4, 0.0)  #: how light each style's lines are: a share of the colours beside them
SIDE = 96  #: pixels that the network sees
FULL = 768  #: pixels of the result
FINE = 384  #: pixels at which regions between lines are found
SHARES = (0.4, 0.28, 0.2, 0.12)  #: how much of each colour of a palette is wanted
Plane = NDArray[np.float32]


class Painter:
    """The network. Loaded when made."""

    def __init__(self, meaning: Meaning) -> None:
        import onnxruntime

        self._meaning = meaning
        self._session: Any = onnxruntime.InferenceSession(str(ASSETS / "painter.onnx"), sessions())

    def painted(self, ink: Image.Image, words: str, style: int, palette: Palette | None) -> Image.Image:
        """Colours a drawing.

        Args:
            ink: the lines, from `lines_of`.
            words: what it shows, in English; may be empty.
            style: 0..3, see `STYLES`.
            palette: which colours to prefer; none: what the thing usually has.

        Returns:
            RGBA, FULL x FULL: outside of the thing it is transparent.
        """
        condition = np.zeros((1, SIZE + 5 + 17), np.float32)
        if words:
            condition[0, :SIZE] = self._meaning.vectors([words])[0] * SIZE**0.5
        condition[0, SIZE + style] = 1.0
        if palette is not None:
            told = [[*(channel / 255 for channel in colour), part] for colour, part in zip(wanted(palette), SHARES, strict=True)]
            condition[0, SIZE + 5 : SIZE + 21] = np.asarray(told, np.float32).ravel()
            condition[0, SIZE + 21] = 1.0
        lines = thin(ink)
        made: Plane = self._session.run(None, {"lines": lines[None, None], "condition": condition})[0][0]
        return finished(made, ink, style)


def wanted(palette: Palette) -> tuple[Colour, Colour, Colour, Colour]:
    """The colours of a palette that a drawing should have: the lively ones, and the dark for what is small."""
    first, second, third = palette.accents[:3]
    return first, second, third, palette.colours[0]


def lines_of(picture: Image.Image) -> Image.Image:
    """The strokes of a drawing on paper, cropped and centred: mode L, FULL x FULL, 0 paper .. 255 ink.

    Raises:
        Unmakeable: it is no line drawing: a photo's edges are no strokes, and colouring between them makes blots.
    """
    grey = picture.convert("L")
    grey.thumbnail((FULL, FULL), Image.Resampling.LANCZOS)
    paper = grey.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(max(grey.size) / 24))  # light falls unevenly
    ink = np.clip(1 - np.asarray(grey, np.float32) / (np.asarray(paper, np.float32) + 1), 0, 1)
    strong = ink > INKED
    if strong.mean() < FAINT:
        raise Unmakeable(_("No lines can be seen in this picture. Please draw with a dark pen on light paper."))
    vivid = np.asarray(picture.convert("HSV").resize(grey.size), np.float32)[..., 1] > VIVID
    if strong.mean() > FULL_OF_INK or (np.asarray(grey) > DIM).mean() < PAPER or vivid[~strong].mean() > COLOURED:
        raise Unmakeable(
            _("This is no drawing in lines on light paper, which colouring needs. Any other picture can be painted instead.")
        )
    return centred(Image.fromarray((np.clip((ink - 0.12) / 0.3, 0, 1) * 255).astype(np.uint8), "L"))


def centred(ink: Image.Image) -> Image.Image:
    """The inked part in the middle of a square, as the network is used to."""
    box = ink.point([0] * 64 + [255] * 192).getbbox() or (0, 0, *ink.size)
    part = ink.crop(box)
    scale = FULL * 0.92 / max(part.size)
    part = part.resize((max(1, round(part.width * scale)), max(1, round(part.height * scale))), Image.Resampling.LANCZOS)
    square = Image.new("L", (FULL, FULL), 0)
    square.paste(part, ((FULL - part.width) // 2, (FULL - part.height) // 2))
    return square


def thin(ink: Image.Image) -> Plane:
    """Lines one pixel wide at twice `SIDE`, softened to `SIDE`: what the network learnt from, whatever pen was used."""
    bones = skeleton(np.asarray(ink.resize((2 * SIDE, 2 * SIDE), Image.Resampling.BOX)) > 90)
    fat = np.pad(bones, 1)
    fat = fat[1:-1, 1:-1] | fat[:-2, 1:-1] | fat[2:, 1:-1] | fat[1:-1, :-2] | fat[1:-1, 2:]
    small: Plane = np.clip(fat.reshape(SIDE, 2, SIDE, 2).mean((1, 3)) * 1.25, 0, 1).astype(np.float32)
    return small


def skeleton(shape: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The middle lines of a shape (Zhang & Suen 1984)."""
    shape = shape.copy()
    while True:
        removed = 0
        for first in (True, False):
            p = np.pad(shape, 1)
            n, ne, e, se = p[:-2, 1:-1], p[:-2, 2:], p[1:-1, 2:], p[2:, 2:]
            s, sw, w, nw = p[2:, 1:-1], p[2:, :-2], p[1:-1, :-2], p[:-2, :-2]
            around = np.stack([n, ne, e, se, s, sw, w, nw]).astype(np.int8)
            count = around.sum(0)
            turns = ((around == 0) & (np.roll(around, -1, 0) == 1)).sum(0)
            sides = ~(n & e & s) & ~(e & s & w) if first else ~(n & e & w) & ~(n & s & w)
            gone = shape & (count >= 2) & (count <= 6) & (turns == 1) & sides
            shape &= ~gone
            removed += int(gone.sum())
        if not removed:
            return shape


def finished(made: Plane, ink: Image.Image, style: int) -> Image.Image:
    """The network's small painting at full size: each region between lines in its own colour, the person's lines on top.

    Args:
        made: premultiplied RGBA, 0..1, shape (4, side, side).
        ink: the lines, from `lines_of`.
        style: 0..3, see `STYLES`.
    """
    alpha = np.clip(made[3:], 0.02, 1)
    colour = np.clip(np.concatenate([made[:3] / alpha, made[3:]]), 0, 1)
    small = Image.fromarray((colour.transpose(1, 2, 0) * 255).astype(np.uint8), "RGBA")
    soft = np.asarray(small.resize((FINE, FINE), Image.Resampling.BICUBIC), np.float32)
    flat = regions(soft, np.asarray(ink.resize((FINE, FINE), Image.Resampling.LANCZOS)) > 100, SHADING[style])
    large = Image.fromarray(flat.astype(np.uint8), "RGBA").resize((FULL, FULL), Image.Resampling.LANCZOS)
    lines = ink.filter(ImageFilter.GaussianBlur(0.7))
    darker = (
        large.convert("RGB").filter(ImageFilter.GaussianBlur(8)).point([round(INK[style] * level) for level in range(256)] * 3)
    )
    shown = ImageChops.lighter(large.getchannel("A"), lines)
    return Image.merge("RGBA", (*Image.composite(darker, large.convert("RGB"), lines).split(), shown))


def regions(soft: Plane, lines: NDArray[np.bool_], shading: float) -> Plane:
    """Every area that lines enclose in its middle colour, with some of the shading kept.

    Args:
        soft: RGBA, 0..255, shape (side, side, 4).
        lines: where ink is, shape (side, side).
        shading: how much of it is kept, 0..1.
    """
    from scipy import ndimage

    areas, count = ndimage.label(~lines)
    result = soft.copy()
    outside = set(np.concatenate([areas[0], areas[-1], areas[:, 0], areas[:, -1]]).tolist())
    for number, place in enumerate(ndimage.find_objects(areas), 1):
        if number in outside or place is None:
            continue
        inside = areas[place] == number
        seen = soft[place][inside]
        if len(seen) < 40 or count > 4000:  # specks of a hatching take what lies around them
            continue
        sure = seen[seen[:, 3] > 110]
        middle = np.median(sure if len(sure) > 0.2 * len(seen) else seen, axis=0)
        keep = shading * seen[:, 3:] / 255  # where the network left paper there is no shading to keep
        result[place][inside] = (1 - keep) * middle + keep * seen
        result[place][inside, 3] = 255.0 if middle[3] > 110 else middle[3]
    # Under the lines lies what is beside them, so that no pale seam shows.
    near = ndimage.distance_transform_edt(lines, return_distances=False, return_indices=True)
    return np.asarray(result[near[0], near[1]], np.float32)
