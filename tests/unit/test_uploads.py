"""Files that people hand in: what may be opened, and the sentence for what may not."""

from __future__ import annotations

import struct
import zlib

import pytest

from bot.domain.errors import Refusal
from bot.messages import Upload
from bot.services.media import uploads
from generators.client.scripted_media import chunk, png


def an_upload(content: bytes, name: str = "cat.png", size: int | None = None) -> Upload:
    async def fetch() -> bytes:
        assert size is None or size <= uploads.MOST_BYTES, "fetched although it is said to be too large"
        return content

    return Upload(name=name, media_type="image/png", size=len(content) if size is None else size, fetch=fetch)


def a_png(wide: int, tall: int) -> bytes:
    head = struct.pack(">IIBBBBB", wide, tall, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in parts)


def midi(tracks: int, told: int | None = None) -> bytes:
    body = b"".join(b"MTrk" + struct.pack(">I", 4) + b"\x00\xff\x2f\x00" for _track in range(tracks))
    return b"MThd" + struct.pack(">IHHH", 6, 1, tracks if told is None else told, 480) + body


async def test_a_picture_and_notes_pass() -> None:
    assert (await uploads.picture(an_upload(png(1)))).media_type == "image/png"
    assert (await uploads.notes(an_upload(midi(2), "tune.mid"))).media_type == "audio/midi"
    assert (await uploads.notes(an_upload(b"X:1\nK:C\nCDEF", "tune.abc"))).media_type == "text/vnd.abc"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (a_png(10_000, 10_000), "bomb.png", "at most 40 megapixels"),
        (b"MZ\x90\x00" + b"\0" * 200, "cat.png", "is a program"),
        (png(1)[:-20], "cut.png", "damaged or cut off"),
        (b'<?xml version="1.0"?><svg><script>alert(1)</script></svg>', "logo.svg", "can carry scripts"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "cut.jpg", "damaged or cut off"),
        (b"just words", "cat.png", "not a picture"),
        (b"", "empty.png", "is empty"),
    ],
)
async def test_what_cannot_be_opened_as_a_picture_is_a_sentence(content: bytes, name: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        await uploads.picture(an_upload(content, name))

    assert name in str(refused.value)


async def test_what_is_said_to_be_too_large_is_not_even_fetched() -> None:
    with pytest.raises(Refusal, match="larger than 20 MB"):
        await uploads.picture(an_upload(b"", size=50_000_000))
    with pytest.raises(Refusal, match="larger than 1 MB"):
        await uploads.notes(an_upload(midi(1) + b"\0" * 2_000_000, "million.mid"))


async def test_notes_that_lie_about_themselves_are_refused() -> None:
    with pytest.raises(Refusal, match="damaged or cut off"):
        await uploads.notes(an_upload(midi(1, told=3), "tune.mid"))
    with pytest.raises(Refusal, match="Allowed are MIDI, ABC"):
        await uploads.notes(an_upload(png(1), "tune.mid"))
