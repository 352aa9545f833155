"""Looks at files that people hand in, from the outside and before anything is made of them: kind, size, whether they are whole.

Nothing is opened here. A picture's header says how large it is, and its own marks whether its end is there; a foreign file is
known by its first bytes, whatever its name says. What passes is opened by an engine, in a process of its own.
"""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import Sequence

from bot.domain.errors import Refusal
from bot.domain.ideas import clean
from bot.messages import File, Upload
from bot.words import _

MOST_BYTES = 20_000_000  # a photo from a telephone has 3 to 12 MB
MOST_NOTES_BYTES = 1_000_000  # a symphony as MIDI has 300 kB; a million notes have 4 MB
MOST_PIXELS = 40_000_000  # decoded that is 120 MB; telephones take 12 to 50 megapixels, which they send smaller
MOST_JPEG = 200_000_000  # a JPEG is decoded at a fraction; telephones have cameras of as many
MOST_TRACKS = 1_000  # a large score with a track for each player has 100
MOST_PARTS = (
    20_000  # of a file that are walked through, 10 ms; 20 MB of PNG in pieces of a kilobyte, and no camera writes as many
)
MOST_NAME = 60  # characters of a file's name in a sentence

PICTURES = ("PNG", "JPEG", "WebP", "GIF", "AVIF")
NOTES = ("MIDI", "ABC")
CARRIES = re.compile(
    rb"<\s*script|<!DOCTYPE|<!ENTITY|\son\w+\s*=|javascript:", re.IGNORECASE
)  #: of an SVG, what is refused unopened
MARKER = re.compile(rb"[^\xff]")  # a JPEG's: what comes after any number of 0xFF
#: By the first brand of a file in the ISO base media format (ISO/IEC 14496-12).
BRANDS = {
    b"avif": "AVIF", b"avis": "AVIF", b"heic": "HEIC", b"heix": "HEIC", b"heim": "HEIC", b"hevc": "HEIC", b"mif1": "HEIC",
    b"msf1": "HEIC",
}  # fmt: skip
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")


def is_picture(upload: Upload) -> bool:
    """Whether a file claims to be a picture, by its type or its name; `picture` tells whether it is one."""
    names = tuple(f".{kind.lower()}" for kind in (*PICTURES, "JPG", "HEIC"))
    return upload.media_type.startswith("image/") or upload.name.lower().endswith(names)


async def picture(upload: Upload) -> File:
    """A picture that may be opened.

    Raises:
        Refusal: it is none, too large, cut off, or something dangerous; the message says what to do.
        Outage: it could not be fetched.
    """
    content = await fetched(upload, MOST_BYTES)
    name = shown(upload.name)
    kind = kind_of(content)
    if kind == "SVG" and CARRIES.search(content):
        raise Refusal(
            _("{name} is an SVG, which can carry scripts and is not opened. Please export it as PNG and attach that.").format(
                name=name
            )
        )
    if kind == "SVG":  # what else it holds is looked at where it is drawn
        return File(name=upload.name[:200], media_type="image/svg+xml", content=content)
    if kind == "HEIC":
        raise Refusal(heic(name))
    if kind not in PICTURES:
        raise Refusal(_not_a(name, kind, _("a picture"), PICTURES))
    size = await asyncio.to_thread(SIZES[kind], content)
    if size is None:
        raise Refusal(_("{name} is damaged or cut off. Please attach it again.").format(name=name))
    whole = kind == "JPEG" and progressive(content)
    most = MOST_JPEG if kind == "JPEG" and not whole else MOST_PIXELS
    if size[0] * size[1] > most:
        if whole:
            raise Refusal(held_whole(name, *size))
        raise Refusal(
            _("{name} has {wide} × {tall} pixels; at most {most} megapixels are taken. Please send a smaller picture.").format(
                name=name, wide=size[0], tall=size[1], most=most // 10**6
            )
        )
    return File(name=upload.name[:200], media_type=f"image/{kind.lower()}", content=content)


async def notes(upload: Upload) -> File:
    """A file of notes that may be opened; raises as `picture` does."""
    content = await fetched(upload, MOST_NOTES_BYTES)
    name, kind = shown(upload.name), kind_of(content)
    if kind == "text" and upload.name.lower().endswith((".abc", ".txt")):
        return File(name=upload.name[:200], media_type="text/vnd.abc", content=content)
    if kind != "MIDI":
        raise Refusal(_not_a(name, kind, _("a file of notes"), NOTES))
    tracks = await asyncio.to_thread(midi_tracks, content)
    if tracks is None or not 1 <= tracks <= MOST_TRACKS:
        raise Refusal(_("{name} is damaged or cut off. Please attach it again.").format(name=name))
    return File(name=upload.name[:200], media_type="audio/midi", content=content)


async def fetched(upload: Upload, most: int) -> bytes:
    """The bytes, which are not asked for when they are said to be too many."""
    sentence = _("{name} is larger than {most} MB. Please send a smaller file.").format(
        name=shown(upload.name), most=round(most / 1e6, 1) if most < 1e6 else most // 10**6
    )
    if upload.size > most:
        raise Refusal(sentence)
    content = await upload.fetch()
    if len(content) > most:
        raise Refusal(sentence)
    if not content:
        raise Refusal(_("{name} is empty. Please attach it again.").format(name=shown(upload.name)))
    return content


def shown(name: str) -> str:
    """A file's name for a sentence."""
    tidy = clean(name) or _("the file")
    return tidy if len(tidy) <= MOST_NAME else tidy[: MOST_NAME - 1] + "…"


def kind_of(content: bytes) -> str:
    """What bytes are, by how they begin; "" for what is not known."""
    for mark, kind in ((b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"MThd", "MIDI")):
        if content.startswith(mark):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WebP"
    if content[:4] == b"RIFF" and content[8:12] == b"RMID":
        return "MIDI"
    if content[4:8] == b"ftyp":
        return BRANDS.get(content[8:12], "")
    if content.startswith(PROGRAMS):
        return "program"
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<!doctype svg")) or b"<svg" in head or b"<\x00s\x00v\x00g" in head:
        return "SVG"
    try:
        text = content[:4096].decode("utf-8", "strict" if len(content) <= 4096 else "ignore")
    except UnicodeDecodeError:
        return ""
    return "text" if not any(ord(char) < 9 for char in text) else ""


def heic(name: str) -> str:
    """What to do with a picture of an iPhone's own kind."""
    return _(
        "{name} is a HEIC, as iPhones keep pictures, which cannot be opened here. Send it as JPEG: choose it from the photo "
        "library, not from Files, or set Settings > Camera > Formats to “Most Compatible”."
    ).format(name=name)


def held_whole(name: str, wide: int, tall: int) -> str:
    """What to do with a large JPEG that cannot be decoded at a fraction."""
    return _(
        "{name} is a progressive JPEG of {wide} × {tall} pixels. Of those at most {most} megapixels are taken, as they have to "
        "be held whole; please save it as a plain (baseline) JPEG, or smaller."
    ).format(name=name, wide=wide, tall=tall, most=MOST_PIXELS // 10**6)


def _not_a(name: str, kind: str, what: str, allowed: Sequence[str]) -> str:
    if kind == "program":
        return _("{name} is a program, whatever its name says. Allowed are {formats}.").format(
            name=name, formats=", ".join(allowed)
        )
    return _("{name} is not {what} that can be read. Allowed are {formats}.").format(
        name=name, what=what, formats=", ".join(allowed)
    )


def png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height; None when a chunk or the end is missing, or there are more chunks than a picture has."""
    if len(content) < 33 or content[12:16] != b"IHDR":
        return None
    wide, tall = struct.unpack(">II", content[16:24])
    at = 8
    for _part in range(MOST_PARTS):
        if at + 12 > len(content):
            break
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        at += 12 + length
        if kind == b"IEND":
            return (wide, tall) if at <= len(content) and wide and tall else None
    return None


def jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height; None when there is no frame, no end, or more before the frame than a picture has."""
    if b"\xff\xd9" not in content[-4096:]:  # some cameras write a little after it
        return None
    at = 2
    for _part in range(MOST_PARTS):
        if content[at : at + 1] != b"\xff" or (match := MARKER.search(content, at)) is None:
            return None
        at, marker = match.end(), content[match.start()]
        if 0xD0 <= marker <= 0xD8:
            continue
        if at + 7 > len(content):
            return None
        (length,) = struct.unpack(">H", content[at : at + 2])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            tall, wide = struct.unpack(">HH", content[at + 3 : at + 7])
            return (wide, tall) if wide and tall else None
        at += length
    return None


def progressive(content: bytes) -> bool:
    """Whether a JPEG has to be held in memory whole before it can be made smaller; true where that is not known."""
    at = 2
    for _part in range(MOST_PARTS):
        if content[at : at + 1] != b"\xff" or (found := MARKER.search(content, at)) is None:
            return True
        at, marker = found.end(), content[found.start()]
        if 0xD0 <= marker <= 0xD8:
            continue
        if at + 2 > len(content):
            return True
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return marker not in (0xC0, 0xC1)
        at += struct.unpack(">H", content[at : at + 2])[0]
    return True


def avif_size(content: bytes) -> tuple[int, int] | None:
    """Width and height, the largest of its parts' (`ispe`); None when it says none, or its parts end beyond the file."""
    at, sizes = 0, []
    for _part in range(MOST_PARTS):
        if at + 8 > len(content):
            break
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        if length == 0:  # to the end of the file
            break
        if length < 8 or at + length > len(content):
            return None
        if kind == b"meta":
            inside = content[at : at + length]
            places = [found.end() for found in re.finditer(b"\0\0\0\x14ispe\0\0\0\0", inside)]
            sizes = [struct.unpack(">II", inside[place : place + 8]) for place in places[:MOST_PARTS] if place + 8 <= len(inside)]
        at += length
    wide, tall = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    return (wide, tall) if wide and tall else None


def gif_size(content: bytes) -> tuple[int, int] | None:
    """Width and height; None when the end is missing."""
    if len(content) < 14 or not content.rstrip(b"\0").endswith(b";"):
        return None
    wide, tall = struct.unpack("<HH", content[6:10])
    return (wide, tall) if wide and tall else None


def webp_size(content: bytes) -> tuple[int, int] | None:
    """Width and height; None when bytes are missing."""
    if len(content) < 30 or struct.unpack("<I", content[4:8])[0] + 8 > len(content):
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return (1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little"))
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF))
    if kind == b"VP8 ":
        wide, tall = struct.unpack("<HH", content[26:30])
        return (wide & 0x3FFF, tall & 0x3FFF)
    return None


SIZES = {"PNG": png_size, "JPEG": jpeg_size, "GIF": gif_size, "WebP": webp_size, "AVIF": avif_size}


def midi_tracks(content: bytes) -> int | None:
    """How many tracks a MIDI file has; None when it does not hold as many as it says."""
    if content[:4] == b"RIFF":  # in an envelope
        content = content[max(0, content.find(b"MThd", 12, 4096)) :]
    if len(content) < 14 or struct.unpack(">I", content[4:8])[0] < 6:
        return None
    (expected,) = struct.unpack(">H", content[10:12])
    at, count = 8 + struct.unpack(">I", content[4:8])[0], 0
    for _part in range(MOST_PARTS):
        if at + 8 > len(content):
            break
        kind, length = struct.unpack(">4sI", content[at : at + 8])
        at += 8 + length
        count += kind == b"MTrk"
    return expected if count >= expected and at <= len(content) else None
