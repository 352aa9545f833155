"""Sounds that people hand in, opened: any rate, any number of channels, most formats; one channel at 16 kHz comes out."""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Iterator
from math import gcd
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.words import _
from generators.engines.making import Attachment, Unmakeable

RATE = 16_000  # what recognisers were trained on
MOST_BYTES = 25_000_000  # as OpenAI's path takes them; ten minutes of a telephone's memo have 5 MB
MOST_S = 600.0  # ten minutes: a memo, not a meeting
LEAST_S = 0.1  # shorter is a click
OPEN_S = 60.0  # for ffmpeg; it reads ten minutes in a second
RATES = range(4_000, 192_001)  # hertz; what says another rate is broken, and would be made large by it

Sound = NDArray[np.float32]  #: one channel, -1..1, shape (samples,)


def opened(attachment: Attachment) -> Sound:
    """The sound in foreign bytes.

    Raises:
        Unmakeable: there is none in it, it is too long or too short, or its kind needs a program that is not here.
    """
    name = attachment.name[:60] or _("the file")
    if len(attachment.content) > MOST_BYTES:
        raise Unmakeable(
            _("{name} is larger than {most} MB. Please send a shorter recording.").format(name=name, most=MOST_BYTES // 10**6)
        )
    sound = _by_soundfile(attachment.content, name)
    if sound is None:
        sound = _by_ffmpeg(attachment.content, name)
    if len(sound) < LEAST_S * RATE:
        raise Unmakeable(_("{name} holds no sound that could be heard.").format(name=name))
    return sound


def _by_soundfile(content: bytes, name: str) -> Sound | None:
    """WAV, MP3, Ogg, FLAC and their like; None: another kind."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            rate = int(file.samplerate)
            if rate not in RATES:
                return None
            most = int(MOST_S * rate)
            read = file.read(most + 1, dtype="float32", always_2d=True)  # a head may claim any length
    except (RuntimeError, ValueError):
        return None
    if len(read) > most:
        raise Unmakeable(too_long(name))
    mono: Sound = np.nan_to_num(read.mean(axis=1))
    if rate == RATE:
        return mono
    from scipy.signal import resample_poly

    step = gcd(rate, RATE)
    moved: Sound = resample_poly(mono, RATE // step, rate // step).astype(np.float32)
    return moved


def _by_ffmpeg(content: bytes, name: str) -> Sound:
    """M4A and MP4, as telephones and Slack record, WebM, and what else ffmpeg reads."""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ModuleNotFoundError:
        raise Unmakeable(unread(name)) from None
    with tempfile.TemporaryDirectory() as folder:  # an MP4 may have its index at the end, which a pipe cannot go back from
        given = Path(folder) / "sound"
        given.write_bytes(content)
        command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-i", str(given)]
        command += ["-vn", "-t", str(MOST_S + 1), "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=OPEN_S, check=False)  # noqa: S603 - our own words
        except subprocess.TimeoutExpired as error:
            raise Unmakeable(unread(name)) from error
    sound: Sound = np.nan_to_num(np.frombuffer(done.stdout[: len(done.stdout) // 4 * 4], np.float32))
    if done.returncode and not len(sound):
        raise Unmakeable(unread(name))
    if len(sound) > MOST_S * RATE:
        raise Unmakeable(too_long(name))
    return np.clip(sound, -1.0, 1.0)


def unread(name: str) -> str:
    """What is said of a file without sound."""
    return _("{name} is no recording that can be read. Allowed are WAV, MP3, Ogg, FLAC, M4A and WebM.").format(name=name)


def too_long(name: str) -> str:
    """What is said of a meeting."""
    return _("{name} is longer than {most} minutes. Please send a shorter recording.").format(name=name, most=round(MOST_S / 60))


def windows(sound: Sound, most_s: float) -> Iterator[tuple[int, int]]:
    """Where a sound is cut into windows: first and last sample of each, cut where it is most quiet in its last third."""
    most, begin, step = int(most_s * RATE), 0, RATE // 20
    while len(sound) - begin > most:
        last = sound[begin + most * 2 // 3 : begin + most]
        loud = np.square(last[: len(last) // step * step]).reshape(-1, step).mean(axis=1)
        heard = np.convolve(loud, np.ones(6), "same")  # three tenths of a second: a pause, not a stop within a word
        end = begin + most * 2 // 3 + int(heard.argmin()) * step + step // 2
        yield begin, end
        begin = end
    yield begin, len(sound)
