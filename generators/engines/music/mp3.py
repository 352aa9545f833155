"""Sound as MP3, by LAME at a variable rate, with the table by which players know its length and find a place in it.

lameenc hands out frames alone. The table is a first frame without sound, Xing's tag with LAME's behind it; without it a player
takes the length from the first frame's rate, and libsndfile stops half way. Source: LAME 3.100, `VbrTag.c`; ISO 11172-3, 2.4.1.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import accumulate

import numpy as np
import numpy.typing as npt

QUALITY = 4  #: LAME's V4: about 130 kbit/s of stereo
SEARCH = 2  #: how hard LAME looks for the best bits, 0 (hardest) .. 9
NEWER = 4  #: LAME's number for its newer way to vary the rate
DELAY = 576  #: samples that LAME puts before the first; players leave them out
PIECE = 2**18  #: samples handed over at a time
FRAME = 1152  #: samples of a frame
BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  #: kbit/s, by the header's number
RATES = (44_100, 48_000, 32_000)  #: Hz, likewise: those of MPEG 1
STEREO_SIDE, MONO_SIDE = 32, 17  #: bytes between a frame's header and what it holds
TAG_RATE = 5  #: 64 kbit/s: the least whose frame has room for the tag at every rate
ALL_FOUR = 15  #: the tag tells frames, bytes, places and quality

Sound = npt.NDArray[np.float32]


def encoded(sound: Sound, rate: int) -> bytes:
    """An MP3 file; the same sound gives the same file.

    Args:
        sound: -1..1, (samples, channels), one or two channels.
        rate: one of RATES.
    """
    import lameenc

    lame = lameenc.Encoder()
    lame.silence()
    lame.set_channels(sound.shape[1])
    lame.set_in_sample_rate(rate)
    lame.set_out_sample_rate(rate)
    lame.set_vbr(NEWER)
    lame.set_vbr_quality(QUALITY)
    lame.set_quality(SEARCH)
    pieces = (sound[at : at + PIECE] for at in range(0, len(sound), PIECE))
    said = [bytes(lame.encode((np.clip(piece, -1, 1) * 32767).astype(np.int16).tobytes())) for piece in pieces]
    frames = b"".join([*said, bytes(lame.flush())])
    return _tag(frames, len(sound), sound.shape[1]) + frames


def _sizes(frames: bytes) -> Iterator[int]:
    """The bytes of each frame."""
    at = 0
    while at + 4 <= len(frames):
        size = _size(frames[at + 2])
        yield size
        at += size


def _size(byte: int) -> int:
    """A frame's bytes, by its header's third byte."""
    return 144_000 * BITRATES[byte >> 4] // RATES[byte >> 2 & 3] + (byte >> 1 & 1)


def _tag(frames: bytes, samples: int, channels: int) -> bytes:
    """The first frame, which tells of the others."""
    sizes = list(_sizes(frames))
    third = TAG_RATE << 4 | frames[2] & 0x0C
    size = _size(third)
    head = bytes((frames[0], frames[1], third, frames[3])) + bytes(STEREO_SIDE if channels == 2 else MONO_SIDE)
    starts = list(accumulate(sizes, initial=size))
    places = bytes(256 * starts[number * len(sizes) // 100] // starts[-1] for number in range(100))
    known = b"Xing" + struct.pack(">III", ALL_FOUR, len(sizes), starts[-1]) + places + struct.pack(">I", 100 - 10 * QUALITY)
    after = len(sizes) * FRAME - DELAY - samples
    gaps = (DELAY << 12 | min(after, 0xFFF)).to_bytes(3, "big")
    lame = b"LAME3.100" + bytes((NEWER, 0)) + bytes(10) + gaps + bytes(4) + struct.pack(">IH", starts[-1], 0)
    tag = head + known + lame
    return (tag + _crc(tag).to_bytes(2, "big")).ljust(size, b"\0")


def _crc(content: bytes) -> int:
    """CRC-16 as LAME reckons it (ARC: polynomial 0xA001)."""
    value = 0
    for byte in content:
        value ^= byte
        for _bit in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value
