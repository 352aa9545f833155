"""Gives a finished picture the size and the file format that were asked for."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from bot.words import _
from generators.engines.image.sizes import SIZES, aspect_of, at_aspect, size_of
from generators.engines.making import Commission, Rendered, Unmakeable, Work

FORMATS = {"png": ("PNG", "png"), "jpeg": ("JPEG", "jpg"), "webp": ("WEBP", "webp")}  #: Pillow's name, and the suffix
NEAR = 0.04  # of a shape: models draw in steps of 16 or 32 pixels
QUALITY = 90  #: where none was asked for
STILL = "image/png", "image/jpeg"  #: files that this is for: not turning models, not what can be loaded elsewhere


def finished(work: Work, commission: Commission) -> Work:
    """The work, its first picture in the `size` and `format` of the options; what is not asked for stays.

    A picture of another shape is set upon a ground of the colour of its own edge: nothing is cut off or drawn out of shape.

    Raises:
        Unmakeable: no such size or format.
    """
    size = exact(str(commission.options.get("size", "")))
    form = str(commission.options.get("format", "")).strip().lower()
    form = "jpeg" if form == "jpg" else form
    if form and form not in FORMATS:
        raise Unmakeable(
            _("“{value}” is no {option} here. Choose one of: {allowed}.").format(
                value=form[:40], option="format", allowed=", ".join(FORMATS)
            )
        )
    first = work.files[0]
    aspect = aspect_of(str(commission.options.get("aspect", "")))
    if not (size or form or aspect) or first.media_type not in STILL:
        return work
    picture = Image.open(io.BytesIO(first.content))
    size = size or shaped(picture, aspect)
    made = picture if size in {None, picture.size} else on_ground(picture, size)
    form = form or first.media_type.removeprefix("image/")
    if made is picture and first.media_type == f"image/{form}":
        return work
    file = packed(made, first.name.rpartition(".")[0], form, commission)
    facts = {**work.facts, "width": made.width, "height": made.height}
    return replace(work, files=(file, *work.files[1:]), facts=facts, features=None)


def exact(told: str) -> tuple[int, int] | None:
    """The size to the pixel; `size_of` gives the one that models draw."""
    if size_of(told) is None:
        return None
    wide, tall = (int(side) for side in told.strip().replace("×", "x").split("x"))
    assert wide in SIZES
    return wide, tall


def shaped(picture: Image.Image, aspect: float) -> tuple[int, int] | None:
    """The size that gives a picture a shape on as many pixels; None where it has that shape."""
    if not aspect or abs(picture.width / picture.height / aspect - 1) <= NEAR:
        return None
    return at_aspect(aspect, round((picture.width * picture.height) ** 0.5))


def on_ground(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The whole picture, as large as it fits."""
    scale = min(size[0] / picture.width, size[1] / picture.height)
    small = picture.convert("RGB").resize(
        (max(1, round(picture.width * scale)), max(1, round(picture.height * scale))), Image.Resampling.LANCZOS
    )
    pixels = np.asarray(small)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(value) for value in np.median(edge, axis=0))
    page = Image.new("RGB", size, (red, green, blue))
    page.paste(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
    return page


def packed(picture: Image.Image, name: str, form: str, commission: Commission) -> Rendered:
    """A picture as a file of a format in `FORMATS`."""
    kept, (kind, suffix) = io.BytesIO(), FORMATS[form]
    if form == "png":
        picture.save(kept, kind, compress_level=4)
    else:
        quality = commission.options.get("quality", QUALITY)
        picture.convert("RGB").save(kept, kind, quality=int(quality) if str(quality).isdigit() else QUALITY)
    return Rendered(name=f"{name}.{suffix}", media_type=f"image/{form}", content=kept.getvalue())
