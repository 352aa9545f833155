"""Sound: put into a room, made equally loud, packed. It knows no score."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators.engines.music import mp3

Sound = npt.NDArray[np.float32]  #: stereo, -1..1, (samples, 2)
RATE = 44_100
LOUDNESS = -16.0  #: LUFS: what music services play at, so that a tune is no shock between two voices
CEILING = 10 ** (-1.0 / 20)  #: -1 dBFS: room for what packing adds
FFT = 2**17  #: samples of one transform: three seconds
FORGET = 2**13  #: samples after which the loudness filters have forgotten: 0.2 s, seven times the period of the lower one
BLOCK = RATE // 100  #: samples over which the limiter's gain changes
ROOM_S = 1.1  #: how long the room rings
WET = 0.14  #: share of the room in the mix
FORMATS = {
    "mp3": ("MP3", "MPEG_LAYER_III", "audio/mpeg"),
    "ogg": ("OGG", "VORBIS", "audio/ogg"),
    "wav": ("WAV", "PCM_16", "audio/wav"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What can be said of a sound."""

    seconds: float
    loudness: float  #: LUFS
    peak: float  #: dBFS


def roomed(mix: Sound, seed: int) -> Sound:
    """The sound in a small room: noise that dies away, a little different for each ear."""
    random = np.random.default_rng(seed + 7)
    count = int(ROOM_S * RATE)
    impulse = random.normal(size=(2, count)) * np.exp(-6.9 * np.arange(count) / count)
    impulse[:, : int(0.012 * RATE)] = 0  # the walls are two metres away
    heights = np.fft.rfftfreq(FFT, 1 / RATE)
    wall = np.fft.rfft(impulse, FFT) * heights / (heights + 180) / (1 + heights / 4500)  # dull: neither rumble nor hiss
    power = float((np.fft.irfft(wall, FFT) ** 2).sum() / 2)
    return np.asarray((1 - WET) * mix + WET / np.sqrt(power) * _filtered(mix, wall, count), dtype=np.float32)


def _filtered(sound: Sound, response: npt.NDArray[np.complex128], tail: int) -> Sound:
    """A sound through a filter, piece by piece (overlap-save): one transform of all of it would take a gigabyte.

    Args:
        sound: (samples, 2).
        response: of the filter, at the frequencies of a transform of FFT samples, (FFT / 2 + 1,) or one for each ear.
        tail: samples after which the filter has forgotten, < FFT.
    """
    out = np.empty_like(sound)
    hop = FFT - tail
    padded = np.pad(sound.T, ((0, 0), (tail, 0)))
    for at in range(0, len(sound), hop):
        piece = np.fft.irfft(np.fft.rfft(padded[:, at : at + FFT], FFT) * response.astype(np.complex64), FFT)
        out[at : at + hop] = piece[:, tail : tail + len(sound) - at].T
    return out


def loudness(sound: Sound) -> float:
    """Integrated loudness, LUFS. Source: ITU-R BS.1770-4, with both gates."""
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(FFT))
    response = np.ones(len(turn), dtype=np.complex128)
    for b, a in (_shelf(), _highpass()):
        response *= (b[0] + b[1] * turn + b[2] * turn**2) / (a[0] + a[1] * turn + a[2] * turn**2)
    heard = _filtered(sound, response, FORGET).astype(np.float64) ** 2
    squares = np.cumsum(heard[:, 0] + heard[:, 1])  # numpy sums and compares pairs in a row ten times as slowly
    block, hop = min(int(0.4 * RATE), len(sound) - 1), int(0.1 * RATE)
    starts = np.arange(0, len(sound) - block, hop)
    powers = (squares[starts + block] - squares[starts]) / block
    powers = powers[-0.691 + 10 * np.log10(powers + 1e-12) > -70.0]
    if not len(powers):
        return -70.0
    gate = -0.691 + 10 * np.log10(powers.mean()) - 10.0
    return float(-0.691 + 10 * np.log10(powers[-0.691 + 10 * np.log10(powers) > gate].mean()))


def _shelf() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The head: 4 dB more above 1.7 kHz."""
    gain, q, centre = 3.999843853973347, 0.7071752369554196, 1681.974450955533
    k, high = np.tan(np.pi * centre / RATE), 10 ** (gain / 20)
    band = high**0.4996667741545416
    scale = 1 + k / q + k * k
    b = np.array([high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k]) / scale
    return b, np.array([1, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale])


def _highpass() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The ear's deafness below 40 Hz."""
    q, centre = 0.5003270373238773, 38.13547087602444
    k = np.tan(np.pi * centre / RATE)
    scale = 1 + k / q + k * k
    return np.array([1.0, -2.0, 1.0]), np.array([1, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale])


def levelled(sound: Sound, target: float = LOUDNESS) -> tuple[Sound, Measured]:
    """A sound at the usual loudness whose peaks are rounded off, never cut."""
    fade = min(int(0.25 * RATE), len(sound))
    sound = sound.copy()
    sound[len(sound) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    now = loudness(sound)
    for _turn in range(3):
        sound = _limited(np.asarray(sound * np.float32(10 ** ((target - now) / 20))))
        now = loudness(sound)
        if abs(now - target) < 0.3:
            break
    return sound, Measured(len(sound) / RATE, now, float(20 * np.log10(np.abs(sound).max() + 1e-9)))


def _limited(sound: Sound) -> Sound:
    """Turns down around peaks: for each hundredth of a second as much as it and its neighbours need, with slopes between."""
    peaks = np.maximum(np.abs(sound[:, 0]), np.abs(sound[:, 1]))
    if peaks.max() <= CEILING:
        return sound
    count = -(-len(peaks) // BLOCK)
    highest = np.pad(peaks, (0, count * BLOCK - len(peaks))).reshape(count, BLOCK).max(axis=1)
    need = np.pad(np.minimum(1.0, CEILING / np.maximum(highest, 1e-9)), 1, constant_values=1.0)
    least = np.minimum(np.minimum(need[:-2], need[1:-1]), need[2:])
    gain = np.interp(np.arange(len(peaks)), (np.arange(count) + 0.5) * BLOCK, least)
    return np.asarray(sound * gain[:, None], dtype=np.float32)


def packed(sound: Sound, form: str, *, rate: int = RATE) -> bytes:
    """A file of one of FORMATS."""
    if form == "mp3":
        return mp3.encoded(sound, rate)
    import soundfile

    container, subtype, _media_type = FORMATS[form]
    out = io.BytesIO()
    if form == "ogg":  # libsndfile overflows its stack on one large block of Vorbis
        with soundfile.SoundFile(out, "w", rate, sound.shape[1], subtype, format=container) as file:
            for at in range(0, len(sound), rate):
                file.write(sound[at : at + rate])
    else:
        soundfile.write(out, sound, rate, subtype, format=container)
    return out.getvalue()
