"""A small picture of each work, for boards of many: made once, where the work is made."""

from __future__ import annotations

import io
from dataclasses import replace

from bot.messages import THUMBNAIL
from generators.engines.making import Rendered, Work

SIDE = 320  # pixels of the longer side: sharp in a column of a web page on a dense screen
QUALITY = 80  # of 95; a board takes about 15 kB, a hundredth of itself
FORMATS = ("PNG", "JPEG", "WEBP")


def with_thumbnail(work: Work) -> Work:
    """The work with a small JPEG of its first picture as its last file; as it was where there is no picture that opens."""
    picture = next((file for file in work.files if file.media_type.startswith("image/")), None)
    if picture is None:
        return work
    try:
        from PIL import Image
    except ModuleNotFoundError:
        return work
    try:
        with Image.open(io.BytesIO(picture.content), formats=FORMATS) as opened:
            opened.draft("RGB", (2 * SIDE, 2 * SIDE))
            small = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # a work is not lost for want of a small picture
        return work
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    jpeg = io.BytesIO()
    small.save(jpeg, "JPEG", quality=QUALITY, optimize=True)
    return replace(work, files=(*work.files, Rendered(name=THUMBNAIL, media_type="image/jpeg", content=jpeg.getvalue())))
