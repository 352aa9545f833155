"""Pictures that people hand in: looked at from the outside first, decoded only when they are what they say and small enough."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from bot.words import _
from generators.engines.making import Attachment, Unmakeable

MOST_BYTES = 20_000_000  # a photo from a telephone has 3 to 12 MB
MOST_PIXELS = 40_000_000  # one decoded holds 120 MB; telephones take 12 to 50 megapixels, which they send smaller
SIDE = 1536  # pixels of the longer side kept: nothing here looks closer
LEAST = 16  # pixels: smaller is not a picture
FORMATS = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WebP", "GIF": "GIF", "BMP": "BMP"}  #: decoders that are let near foreign bytes


def opened(attachment: Attachment) -> Image.Image:
    """A picture from foreign bytes, upright, RGB or RGBA, at most `SIDE` pixels long.

    Raises:
        Unmakeable: it is something else, broken, too large or too small. Nothing was decoded that the header forbids.
    """
    content, name = attachment.content, attachment.name[:60] or _("the file")
    allowed = ", ".join(FORMATS.values())
    if not content:
        raise Unmakeable(_("{name} is empty. Please attach it again.").format(name=name))
    if len(content) > MOST_BYTES:
        raise Unmakeable(
            _("{name} is larger than {most} MB. Please send a smaller picture.").format(name=name, most=MOST_BYTES // 10**6)
        )
    if _is_drawing(content):
        raise Unmakeable(
            _("{name} is an SVG, which can carry scripts and is not opened. Please export it as PNG and attach that.").format(
                name=name
            )
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is below
            picture = Image.open(io.BytesIO(content), formats=tuple(FORMATS))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        if isinstance(error, Image.DecompressionBombError):
            raise Unmakeable(_too_large(name)) from error
        raise Unmakeable(
            _("{name} is not a picture that can be read. Allowed are {formats}.").format(name=name, formats=allowed)
        ) from error
    if picture.width * picture.height > MOST_PIXELS:
        raise Unmakeable(_too_large(name, picture.size))
    if min(picture.size) < LEAST:
        raise Unmakeable(
            _("{name} is only {wide} × {tall} pixels. Please send one of at least {least} × {least}.").format(
                name=name, wide=picture.width, tall=picture.height, least=LEAST
            )
        )
    return _decoded(picture, name)


def _decoded(picture: Image.Image, name: str) -> Image.Image:
    """The first frame, small and upright."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged metadata is not worth a word
            picture.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded small at once
            picture.load()
            picture = ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, Image.DecompressionBombError) as error:
        raise Unmakeable(_("{name} is damaged or cut off. Please attach it again.").format(name=name)) from error
    if picture.mode.startswith("I;16"):  # scans and depth maps: Pillow's own conversion cuts at 255, which is all white
        picture = Image.fromarray(((np.asarray(picture, np.uint32) + 128) // 257).astype(np.uint8))
    picture = picture.convert("RGBA" if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info else "RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return picture


def on_white(picture: Image.Image) -> Image.Image:
    """Without transparency."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("RGB")


def _too_large(name: str, size: tuple[int, int] | None = None) -> str:
    if size is None:
        return _("{name} has more than {most} megapixels. Please send a smaller picture.").format(
            name=name, most=MOST_PIXELS // 10**6
        )
    return _("{name} has {wide} × {tall} pixels; at most {most} megapixels are taken. Please send a smaller picture.").format(
        name=name, wide=size[0], tall=size[1], most=MOST_PIXELS // 10**6
    )


def _is_drawing(content: bytes) -> bool:
    """Whether these bytes are XML with a drawing in it, compressed or not; looked at, never parsed."""
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) or b"<svg" in head or b"<\x00s\x00v\x00g" in head
