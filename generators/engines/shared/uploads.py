"""Pictures that people hand in: looked at from the outside first, decoded only when they are what they say and small enough."""

from __future__ import annotations

import io
import warnings
from importlib.util import find_spec

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from bot.words import _
from generators.engines.making import Attachment, Unmakeable
from generators.engines.shared.drawings import drawn

MOST_BYTES = 20_000_000  # a photo from a telephone has 3 to 12 MB
MOST_PIXELS = 40_000_000  # one decoded holds 120 MB; telephones take 12 to 50 megapixels, which they send smaller
MOST_JPEG = 200_000_000  # of a JPEG, which is decoded at a fraction; telephones have cameras of as many pixels
MOST_FRAMES = 50  # of an animated picture that are looked at for the first with something on it
SIDE = 1536  # pixels of the longer side kept: nothing here looks closer
SHORT = 1080  # pixels of the shorter side of a long picture: a page's width on a screen
MOST_LEGIBLE = 12_000_000  # pixels of a long picture; ten screens of 1080 x 1080
LEAST = 16  # pixels: smaller is not a picture
FORMATS = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WebP", "GIF": "GIF", "BMP": "BMP"}  #: decoders that are let near foreign bytes

#: What a file of an iPhone says that it is.
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

if find_spec("PIL.AvifImagePlugin") is not None:  # Pillow before 11.3 has none
    FORMATS["AVIF"] = "AVIF"


def opened(attachment: Attachment, *, legible: bool = False) -> Image.Image:
    """A picture from foreign bytes, upright, RGB or RGBA, at most `SIDE` pixels long.

    With `legible` a long one, such as a screenshot of a whole page, is only made as small as can still be read: its shorter side
    has up to `SHORT` pixels and the whole `MOST_LEGIBLE`.

    Raises:
        Unmakeable: it is something else, broken, too large or too small. Nothing was decoded that the header forbids.
    """
    name = attachment.name[:60] or _("the file")
    if len(attachment.content) <= MOST_BYTES and _is_drawing(attachment.content):
        return drawn(attachment.content, name)
    picture = _looked_at(attachment.content, name)
    progressive = bool(picture.info.get("progressive"))
    whole = picture.format != "JPEG" or progressive  # what has to be held whole to be made smaller
    most = MOST_PIXELS if whole else MOST_JPEG
    if picture.width * picture.height > most:
        if progressive:
            from bot.services.media.uploads import held_whole  # the very sentence, as below

            raise Unmakeable(held_whole(name, *picture.size))
        raise Unmakeable(_too_large(name, picture.size, most))
    if min(picture.size) < LEAST:
        raise Unmakeable(
            _("{name} is only {wide} × {tall} pixels. Please send one of at least {least} × {least}.").format(
                name=name, wide=picture.width, tall=picture.height, least=LEAST
            )
        )
    return _decoded(picture, name, legible=legible)


def _looked_at(content: bytes, name: str) -> Image.Image:
    """The picture as far as its header tells; nothing is decoded. Raises as `opened`."""
    allowed = ", ".join(FORMATS.values())
    if not content:
        raise Unmakeable(_("{name} is empty. Please attach it again.").format(name=name))
    if len(content) > MOST_BYTES:
        raise Unmakeable(
            _("{name} is larger than {most} MB. Please send a smaller picture.").format(name=name, most=MOST_BYTES // 10**6)
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is below
            return Image.open(io.BytesIO(content), formats=tuple(FORMATS))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        if isinstance(error, Image.DecompressionBombError):
            raise Unmakeable(_too_large(name)) from error
        if content[4:8] == b"ftyp" and content[8:12] in HEIC:
            from bot.services.media.uploads import heic  # the very sentence; a fifth of a second that nothing else needs

            raise Unmakeable(heic(name)) from error
        raise Unmakeable(
            _("{name} is not a picture that can be read. Allowed are {formats}.").format(name=name, formats=allowed)
        ) from error


def _decoded(picture: Image.Image, name: str, *, legible: bool) -> Image.Image:
    """The first frame with something on it, small and upright."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged metadata is not worth a word
            side = _side(picture.size) if legible else SIDE
            picture.draft("RGB", (side, side))  # a JPEG is decoded small at once
            picture.load()
            _show_something(picture)
            picture = ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, Image.DecompressionBombError) as error:
        raise Unmakeable(_("{name} is damaged or cut off. Please attach it again.").format(name=name)) from error
    if picture.mode.startswith("I;16"):  # scans and depth maps: Pillow's own conversion cuts at 255, which is all white
        picture = Image.fromarray(((np.asarray(picture, np.uint32) + 128) // 257).astype(np.uint8))
    picture = picture.convert("RGBA" if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info else "RGB")
    side = _side(picture.size) if legible else SIDE
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return picture


def _side(size: tuple[int, int]) -> int:
    """Pixels of the longer side at which a picture can still be read."""
    short, long = sorted(size)
    scale: float = min(1.0, SHORT / short, (MOST_LEGIBLE / (short * long)) ** 0.5)
    return max(SIDE, round(long * scale))


def _show_something(picture: Image.Image) -> None:
    """Goes to the first frame of an animated picture with something on it; of a blank one to the first that is not clear."""
    frames = min(MOST_FRAMES, MOST_JPEG // (picture.width * picture.height), getattr(picture, "n_frames", 1))
    if frames < 2:
        return
    plain = 0
    for frame in range(frames):
        picture.seek(frame)
        picture.load()
        pixels = np.asarray(picture.convert("RGBA")).reshape(-1, 4)
        if pixels[:, 3].any() and (pixels != pixels[0]).any():
            return
        plain = plain or (frame + 1 if pixels[:, 3].any() else 0)
    picture.seek(max(0, plain - 1))
    picture.load()


def on_white(picture: Image.Image) -> Image.Image:
    """Without transparency."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("RGB")


def _too_large(name: str, size: tuple[int, int] | None = None, most: int = MOST_PIXELS) -> str:
    if size is None:
        return _("{name} has more than {most} megapixels. Please send a smaller picture.").format(name=name, most=most // 10**6)
    return _("{name} has {wide} × {tall} pixels; at most {most} megapixels are taken. Please send a smaller picture.").format(
        name=name, wide=size[0], tall=size[1], most=most // 10**6
    )


def _is_drawing(content: bytes) -> bool:
    """Whether these bytes are XML with a drawing in it, compressed or not; looked at, never parsed."""
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) or b"<svg" in head or b"<\x00s\x00v\x00g" in head
