"""Sound made equally loud, packed into files, and drawn."""

from __future__ import annotations

import io
import struct
import zlib
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]  #: one channel, -1..1, shape (samples,)

LOUDNESS = -16.0  #: LUFS: what podcasts are levelled to (AES TD1008)
CEILING = 10 ** (-1.0 / 20)  #: -1 dBFS: room for what packing adds
BLOCK_S, STEP_S = 0.4, 0.1  # of BS.1770
FORMATS = {  #: container, coding, media type
    "mp3": ("MP3", "MPEG_LAYER_III", "audio/mpeg"),
    "ogg": ("OGG", "VORBIS", "audio/ogg"),
    "opus": ("OGG", "OPUS", "audio/ogg"),
    "flac": ("FLAC", "PCM_16", "audio/flac"),
    "wav": ("WAV", "PCM_16", "audio/wav"),
    "pcm": ("RAW", "PCM_16", "audio/pcm"),
}
RATE = 24_000  # Opus knows this one, not 22 050; and OpenAI's pcm, which does not say, has it
WIDE, TALL = 960, 200  # pixels of the picture
INK, PAPER = (63, 42, 86), (250, 247, 242)


def loudness(sound: Sound, rate: int) -> float:
    """Integrated loudness, LUFS; -inf for silence.

    Source: ITU-R BS.1770-4: K-weighting, blocks of 0.4 s, an absolute gate at -70 and a relative one 10 below.
    """
    from scipy.signal import lfilter

    weighted = sound.astype(np.float64)
    for top, bottom in (shelf(rate), high_pass(rate)):
        weighted = lfilter(top, bottom, weighted)
    block, step = int(BLOCK_S * rate), int(STEP_S * rate)
    if len(weighted) < block:
        weighted = np.pad(weighted, (0, block - len(weighted)))
    power = np.array([np.mean(weighted[at : at + block] ** 2) for at in range(0, len(weighted) - block + 1, step)])
    level = -0.691 + 10 * np.log10(power + 1e-12)
    loud = power[level > -70]
    if not len(loud):
        return float("-inf")
    gate = -0.691 + 10 * np.log10(loud.mean()) - 10
    return float(-0.691 + 10 * np.log10(power[(level > -70) & (level > gate)].mean()))


def shelf(rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The head's effect, as a filter: +4 dB above 1.7 kHz. Source: BS.1770-4's coefficients, for any rate."""
    k, q, gain = np.tan(np.pi * 1681.974 / rate), 0.7071752, 10 ** (3.999844 / 20)
    root = gain**0.4996667741545416
    a0 = 1 + k / q + k * k
    return (
        np.array([(gain + root * k / q + k * k), 2 * (k * k - gain), (gain - root * k / q + k * k)]) / a0,
        np.array([a0, 2 * (k * k - 1), 1 - k / q + k * k]) / a0,
    )


def high_pass(rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ear's deafness below 38 Hz, as a filter; source as above."""
    k, q = np.tan(np.pi * 38.13547 / rate), 0.5003270
    a0 = 1 + k / q + k * k
    return np.array([1.0, -2.0, 1.0]), np.array([a0, 2 * (k * k - 1), 1 - k / q + k * k]) / a0


def levelled(sound: Sound, rate: int) -> tuple[Sound, float]:
    """The sound at `LOUDNESS`, its peaks below the ceiling; and how loud it is then, LUFS."""
    before = loudness(sound, rate)
    if not np.isfinite(before):
        return sound, before
    louder = sound * np.float32(10 ** ((LOUDNESS - before) / 20))
    peak = float(np.abs(louder).max())
    if peak > CEILING:  # speech has few such peaks: they are rounded off rather than all made softer
        knee = 0.7 * CEILING
        over = np.abs(louder) > knee
        room = CEILING - knee
        rounded = knee + room * np.tanh((np.abs(louder[over]) - knee) / room)
        louder[over] = np.sign(louder[over]) * rounded
    return louder.astype(np.float32), loudness(louder, rate)


def stretched(sound: Sound, rate: int, faster: float) -> Sound:
    """The sound so many times as fast, at its own pitch.

    Frames are laid over one another where they fit best (WSOLA: Verhelst & Roelands 1993).
    """
    frame, reach = 2 * (rate * 3 // 200), rate // 125  # 30 ms, three periods of a low voice; looked for within 8 ms
    hop = frame // 2
    if faster == 1 or len(sound) < 2 * frame:
        return sound
    window = np.hanning(frame + 1)[:-1].astype(np.float32)
    padded = np.concatenate([np.zeros(reach, np.float32), sound.astype(np.float32), np.zeros(2 * frame + reach, np.float32)])
    count = max(2, int(len(sound) / faster / hop))
    out = np.zeros((count + 1) * hop, np.float32)
    place = reach
    for number in range(count):
        if number:
            follows = padded[place + hop : place + hop + frame]  # what would come next by itself
            aim = min(reach + int(number * hop * faster), len(padded) - frame - reach)
            near = padded[aim - reach : aim + reach + frame]
            place = aim - reach + int(np.correlate(near, follows[:frame], "valid").argmax()) if len(follows) == frame else aim
        out[number * hop : number * hop + frame] += window * padded[place : place + frame]
    return out


def packed(sound: Sound, rate: int, form: str) -> bytes:
    """The sound as a file of a format in `FORMATS`."""
    import soundfile

    container, coding, _media_type = FORMATS[form]
    if form in {"opus", "pcm"}:
        places = np.arange(0, len(sound), rate / RATE)
        sound, rate = np.interp(places, np.arange(len(sound)), sound).astype(np.float32), RATE
    into = io.BytesIO()
    soundfile.write(into, sound, rate, format=container, subtype=coding)
    return into.getvalue()


def drawn(sound: Sound) -> bytes:
    """A picture of the sound as a PNG: a bar for each moment, as tall as it is loud."""
    picture = np.full((TALL, WIDE, 3), PAPER, dtype=np.uint8)
    bars = WIDE // 6
    edges = np.linspace(0, len(sound), bars + 1).astype(int)
    loud = np.array([np.sqrt(np.mean(sound[a:b] ** 2)) if b > a else 0.0 for a, b in pairwise(edges)])
    heights = np.maximum(2, (loud / max(1e-6, float(loud.max())) * (TALL // 2 - 12))).astype(int)
    for place, height in enumerate(heights):
        left = place * 6 + 1
        picture[TALL // 2 - height : TALL // 2 + height, left : left + 4] = INK
    return png(picture)


def png(picture: NDArray[np.uint8]) -> bytes:
    """RGB pixels, shape (tall, wide, 3), as a PNG file."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    tall, wide, _channels = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    head = struct.pack(">IIBBBBB", wide, tall, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in parts)
