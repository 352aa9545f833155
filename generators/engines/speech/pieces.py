"""Speech packed while it is being said: each breath becomes the next bytes of one file, which can be played at once."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np

from generators.engines.speech import sound
from generators.engines.speech.sound import CEILING, FORMATS, RATE, Sound

STREAMED = ("pcm", "mp3", "opus", "ogg", "wav")  # formats that need not know at their beginning how long they will be
UNTOLD = 0xFFFFFFFF  # the length in a WAV file's head where nobody knows it yet, as OpenAI and ffmpeg write it
#: Players tell the length of an MP3 by its first frame, so all are alike: 64 kbit/s at 22 kHz, which loses nothing of a voice.
EVEN: dict[str, Any] = {"bitrate_mode": "CONSTANT", "compression_level": 0.6}
MP3_RATES = (44_100, 48_000, 32_000)  # hertz, by the number in a frame's head; halved in MPEG 2, quartered in MPEG 2.5
MP3_BITS = (  # kbit/s of layer III by the number in a frame's head
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG 2 and 2.5
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1
)


class Packer:
    """One file that grows."""

    def __init__(self, form: str, rate: int) -> None:
        """Nothing is packed yet.

        Args:
            form: one of `STREAMED`.
            rate: samples a second of what is given.
        """
        self._form, self._given = form, rate
        self._rate = RATE if form in ("opus", "pcm") else rate
        self._into = io.BytesIO()
        self._sent = 0
        self._gain: np.float32 | None = None
        self._file: Any = None

    def add(self, said: Sound) -> bytes:
        """The bytes that a further part of the sound adds, as loud as the first part has to be to be at `sound.LOUDNESS`."""
        if self._gain is None:
            before = sound.loudness(said, self._given)
            self._gain = np.float32(10 ** ((sound.LOUDNESS - before) / 20)) if np.isfinite(before) else None
        loud = np.clip(said * (self._gain or np.float32(1)), -CEILING, CEILING).astype(np.float32)
        if self._rate != self._given:
            places = np.arange(0, len(loud), self._given / self._rate)
            loud = np.interp(places, np.arange(len(loud)), loud).astype(np.float32)
        if self._form in ("pcm", "wav"):
            head = wav_head(self._rate) if self._form == "wav" and not self._sent else b""
            self._sent = 1
            raw: bytes = (loud * 32767).astype("<i2").tobytes()
            return head + raw
        if self._file is None:
            import soundfile

            container, coding, _kind = FORMATS[self._form]
            even = EVEN if self._form == "mp3" else {}
            self._file = soundfile.SoundFile(self._into, "w", self._rate, 1, format=container, subtype=coding, **even)
        self._file.write(loud)
        return self._new()

    def end(self) -> bytes:
        """What is still to come."""
        if self._file is None:
            return b""
        self._file.close()
        return self._new()

    def _new(self) -> bytes:
        """Bytes that were not given out. An MP3's first frame holds its length, which is not known: it is left out."""
        content = self._into.getvalue()
        if self._form == "mp3" and not self._sent:
            if len(content) < 4:
                return b""
            self._sent = mp3_frame(content)
        new, self._sent = content[self._sent :], max(self._sent, len(content))
        return new


def wav_head(rate: int) -> bytes:
    """The head of a WAV file of 16 bits and one channel whose length nobody knows yet."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", UNTOLD, b"WAVE") + form + struct.pack("<4sI", b"data", UNTOLD)


def mp3_frame(content: bytes) -> int:
    """Bytes of the first frame of an MP3. Source: ISO 11172-3, 2.4.1.3, and 13818-3."""
    version, bits, place, padded = content[1] >> 3 & 3, content[2] >> 4, content[2] >> 2 & 3, content[2] >> 1 & 1
    first = version == 3
    rate = MP3_RATES[place] >> {3: 0, 2: 1}.get(version, 2)
    return (144 if first else 72) * MP3_BITS[first][bits] * 1000 // rate + padded
