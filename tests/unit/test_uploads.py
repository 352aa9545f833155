"""Files that people hand in: what may be opened, and the sentence for what may not."""

from __future__ import annotations

import asyncio
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


def a_photo(wide: int, tall: int, frame: int = 0xC0) -> bytes:
    """The header of one, and its end."""
    return b"\xff\xd8\xff" + bytes((frame,)) + struct.pack(">HBHHB", 11, 8, tall, wide, 1) + b"\1\x11\0" + b"\xff\xd9"


def an_avif(wide: int, tall: int) -> bytes:
    size = struct.pack(">I4sIII", 20, b"ispe", 0, wide, tall)
    return b"".join(
        struct.pack(">I4s", 8 + len(body), kind) + body
        for kind, body in ((b"ftyp", b"avif\0\0\0\0avifmif1"), (b"meta", b"\0\0\0\0" + size), (b"mdat", b"\0" * 8))
    )


async def test_avif_and_large_photos_and_midi_in_an_envelope_pass() -> None:
    inside = midi(300)
    envelope = b"RIFF" + struct.pack("<I", len(inside) + 12) + b"RMIDdata" + struct.pack("<I", len(inside)) + inside

    assert (await uploads.picture(an_upload(a_photo(8064, 6048), "IMG.jpg"))).media_type == "image/jpeg"
    assert (await uploads.picture(an_upload(an_avif(800, 600), "cat.avif"))).media_type == "image/avif"
    assert (await uploads.notes(an_upload(envelope, "tune.rmi"))).media_type == "audio/midi"
    assert (await uploads.notes(an_upload(inside, "daw.mid"))).media_type == "audio/midi"


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
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 50, "IMG_0042.HEIC", "Most Compatible"),
        (a_photo(8064, 6048, frame=0xC2), "progressive.jpg", "progressive JPEG of 8064 × 6048 pixels. Of those at most 40 mega"),
        (a_photo(20_000, 20_000), "wall.jpg", "at most 200 megapixels"),
        (an_avif(12_000, 12_000), "bomb.avif", "at most 40 megapixels"),
        (an_avif(100, 100)[:-4], "cut.avif", "damaged or cut off"),
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


def a_jpeg(*before: bytes, wide: int = 40, tall: int = 30) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, tall, wide, 0)
    return b"\xff\xd8" + b"".join(before) + frame + b"\xff\xd9"


@pytest.mark.parametrize(
    "before",
    [
        (),
        (b"\xff\xe0" + struct.pack(">H", 16) + b"\0" * 14,),
        (b"\xff\xe1" + struct.pack(">H", 65535) + b"x" * 65533,) * 250,  # 16 MB of what a telephone says about depth
        (b"\xff" * 1000, b"\xff\xfe" + struct.pack(">H", 2)),
        (b"\xff\xd0", b"\xff\xd1"),
    ],
    ids=["nothing", "a header", "much", "filling", "restarts"],
)
def test_a_jpeg_is_measured_whatever_stands_before_its_frame(before: tuple[bytes, ...]) -> None:
    assert uploads.jpeg_size(a_jpeg(*before)) == (40, 30)


class Counted(bytes):
    """Bytes that know how often somebody looked at a part of them."""

    looks = 0

    def __getitem__(self, key: object) -> object:
        Counted.looks += 1
        return super().__getitem__(key)  # type: ignore[index]


PNG_HEAD = a_png(4, 4)[:33]


@pytest.mark.parametrize(
    ("measure", "content"),
    [
        (uploads.jpeg_size, b"\xff\xd8" + b"\xff" * 19_000_000 + b"\xff\xd9"),
        (uploads.jpeg_size, b"\xff\xd8" + b"\xff\xd0" * 9_000_000 + b"\xff\xd9"),
        (uploads.jpeg_size, b"\xff\xd8" + b"\xff\xe0\0\x02" * 4_700_000 + b"\xff\xd9"),
        (uploads.jpeg_size, b"\xff\xd8" + b"\xff\xff\xe0\0\x02" * 3_800_000 + b"\xff\xd9"),
        (uploads.png_size, PNG_HEAD + b"\0\0\0\0IDAT\0\0\0\0" * 1_500_000),
        (uploads.gif_size, b"GIF89a" + b"\0" * 19_000_000 + b";"),
        (uploads.midi_tracks, b"MThd" + struct.pack(">IHHH", 6, 1, 1, 480) + b"xxxx\0\0\0\0" * 120_000),
    ],
    ids=["filling", "restarts", "empty parts", "both", "empty chunks", "zeros", "empty tracks"],
)
def test_a_file_made_to_take_long_is_given_up_soon(measure, content: bytes) -> None:
    Counted.looks = 0

    assert measure(Counted(content)) is None

    assert Counted.looks <= 4 * uploads.MOST_PARTS + 10


async def test_files_are_measured_beside_the_loop(monkeypatch) -> None:
    loops: list[object] = []

    def noting(_content: bytes) -> tuple[int, int]:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        loops.append(None)
        return 4, 4

    monkeypatch.setitem(uploads.SIZES, "PNG", noting)

    await uploads.picture(an_upload(png(1)))

    assert loops == [None]
