"""Notes that were not read, cut out of a photo: twelve on a sheet, each with its number, for a person to read."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from generators.engines.making import Rendered

WIDE, TALL = 380, 300  # pixels of a note at most: a line of handwriting is read on a telephone, too
ACROSS, DOWN = 3, 4
HEAD, GAP = 44, 16  # pixels: the number's line, and between notes
MEDIA = "image/jpeg"


def sheets(picture: Image.Image, boxes: Sequence[tuple[int, int, int, int]]) -> tuple[Rendered, ...]:
    """The pictures, `unread-1.jpg` and on; numbers go on over them.

    Args:
        picture: RGB.
        boxes: what is cut out, in order: left, top, right, bottom in pixels.
    """
    each = ACROSS * DOWN
    return tuple(
        Rendered(
            name=f"unread-{place // each + 1}.jpg", media_type=MEDIA, content=_sheet(picture, boxes[place : place + each], place)
        )
        for place in range(0, len(boxes), each)
    )


def _sheet(picture: Image.Image, boxes: Sequence[tuple[int, int, int, int]], before: int) -> bytes:
    across = min(ACROSS, len(boxes))
    down = -(-len(boxes) // ACROSS)
    page = Image.new("RGB", (GAP + across * (WIDE + GAP), GAP + down * (HEAD + TALL + GAP)), "white")
    pen, letters = ImageDraw.Draw(page), ImageFont.load_default(34)
    for place, box in enumerate(boxes):
        left, top = GAP + place % ACROSS * (WIDE + GAP), GAP + place // ACROSS * (HEAD + TALL + GAP)
        pen.text((left, top), str(before + place + 1), font=letters, fill="black")
        note = picture.crop(box)
        scale = min(WIDE / note.width, TALL / note.height, 3.0)
        size = (max(1, round(note.width * scale)), max(1, round(note.height * scale)))
        page.paste(note.resize(size, Image.Resampling.LANCZOS), (left, top + HEAD))
    kept = io.BytesIO()
    page.save(kept, "JPEG", quality=85)
    return kept.getvalue()
