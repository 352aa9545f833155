"""Sizes of pictures: as people write them, as models can draw them."""

from __future__ import annotations

import re

from PIL import Image

from bot.words import _
from generators.engines.image.capabilities import LEAST_MULTIPLE
from generators.engines.making import Unmakeable

SIZES = range(64, 2049)  # pixels: below nothing is seen, above no model was trained
MOST_ASPECT = 4.0  # width by height: no model was trained on longer strips


def fitting(picture: Image.Image, size: tuple[int, int] | None) -> Image.Image:
    """A picture in a size whose sides are multiples of 16, its own or a wanted one."""
    wide, tall = size or picture.size
    return picture.convert("RGB").resize(
        (max(64, wide // LEAST_MULTIPLE * LEAST_MULTIPLE), max(64, tall // LEAST_MULTIPLE * LEAST_MULTIPLE))
    )


def size_of(told: str) -> tuple[int, int] | None:
    """`1024x768` as numbers; nothing for nothing.

    Raises:
        Unmakeable: it is no size, or one that no model makes.
    """
    if not told or told == "auto":
        return None
    found = re.fullmatch(r"(\d{2,4})\s*[x×]\s*(\d{2,4})", told.strip())
    sides = tuple(int(side) for side in found.groups()) if found else ()
    if len(sides) != 2 or any(side not in SIZES for side in sides):
        raise Unmakeable(
            _("“{size}” is no size. Write width x height in pixels from {least} to {most}, for example 1024x768.").format(
                size=told[:20], least=SIZES.start, most=SIZES.stop - 1
            )
        )
    return sides[0] // LEAST_MULTIPLE * LEAST_MULTIPLE, sides[1] // LEAST_MULTIPLE * LEAST_MULTIPLE


def aspect_of(told: str) -> float:
    """`16:9` as width by height; 0 for nothing.

    Raises:
        Unmakeable: it is no such shape, or a strip.
    """
    if not told.strip():
        return 0.0
    found = re.fullmatch(r"\s*(\d{1,4})\s*[:/x×]\s*(\d{1,4})\s*", told)
    wide, tall = (int(found[1]), int(found[2])) if found else (0, 0)
    if not wide or not tall or not 1 / MOST_ASPECT <= wide / tall <= MOST_ASPECT:
        raise Unmakeable(_("“{shape}” is no shape. Write width : height, at most 4:1, for example 16:9.").format(shape=told[:20]))
    return wide / tall


def at_aspect(aspect: float, side: int) -> tuple[int, int] | None:
    """A size of that shape with as many pixels as a square; None for no shape."""
    if not aspect:
        return None
    wide, tall = side * aspect**0.5, side / aspect**0.5
    return (
        max(64, min(SIZES.stop - 1, round(wide / LEAST_MULTIPLE) * LEAST_MULTIPLE)),
        max(64, min(SIZES.stop - 1, round(tall / LEAST_MULTIPLE) * LEAST_MULTIPLE)),
    )
