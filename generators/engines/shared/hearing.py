"""Any sound in numbers: its length, its pace, how bright and how even it is, which tones it has. It knows no notes, no words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Features

NAME = "sound/1"
FRAME, HOP = 2048, 1024  # samples; at 44.1 kHz a look lasts 46 ms, and there are 43 in a second
HEARD_S = 60.0  # of a longer sound the beginning speaks for the whole
BANDS = (80, 160, 320, 640, 1280, 2560, 5120, 10240)  #: hertz; octaves, as an ear divides them
BEATS = (50.0, 200.0)  #: a minute; slower is a bar, faster a subdivision
TONES = (65.0, 2100.0)  #: hertz; below and above, tones are told apart badly

Plane = NDArray[np.float64]


def measures(sound: NDArray[np.float32], rate: int) -> Features:
    """What samples sound like.

    Args:
        sound: -1..+1, shape (samples,) or (samples, channels).
        rate: samples a second.
    """
    return Features.of(NAME, list(heard(sound, rate)))


def heard(sound: NDArray[np.float32], rate: int) -> Iterator[float]:
    """The numbers of `measures`, each around -1..+1."""
    whole = np.atleast_2d(sound.T).T
    seconds = max(len(whole) / rate, 0.1)
    cut = whole[: int(HEARD_S * rate)].astype(np.float64)
    mono = np.pad(cut.mean(axis=1), (0, max(0, FRAME - len(cut))))
    frames = np.lib.stride_tricks.sliding_window_view(mono, FRAME)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME))) ** 2
    hertz = np.fft.rfftfreq(FRAME, 1 / rate).astype(np.float64)
    yield float(np.log2(seconds / 12)) / 4
    yield _width(cut)
    yield from _evenness(frames)
    yield from _brightness(power, hertz)
    yield from _pace(power, rate)
    yield from _tones(power, hertz)


def _width(cut: Plane) -> float:
    """How far left and right differ: one and the same (-1) to strangers (+1)."""
    if cut.shape[1] < 2:
        return -1.0
    left, right = cut[:, 0] - cut[:, 0].mean(), cut[:, 1] - cut[:, 1].mean()
    return -float((left * right).sum() / (np.sqrt((left**2).sum() * (right**2).sum()) + 1e-12))


def _evenness(frames: Plane) -> Iterator[float]:
    """How loudness goes: even or lively, how much is rest, whether it grows."""
    loud = np.sqrt((frames**2).mean(axis=1))
    yield float(loud.std() / (loud.mean() + 1e-9)) - 1
    yield 2 * float((loud <= 0.1 * loud.max()).mean()) - 1
    half = len(loud) // 2
    before, after = float(loud[:half].mean()) if half else 0.0, float(loud[half:].mean())
    yield (after - before) / (after + before + 1e-9)


def _brightness(power: Plane, hertz: Plane) -> Iterator[float]:
    """The shares of the octaves, the centre, and whether it is tones (-1) or noise (+1)."""
    whole = power.sum(axis=0)
    share = whole / (whole.sum() + 1e-12)
    places = np.searchsorted(BANDS, hertz)
    for band in range(len(BANDS) + 1):
        yield 2 * float(share[places == band].sum()) ** 0.5 - 1  # a root: a little of a band is heard, too
    yield float(np.log2(max(float((share * hertz).sum()), 50.0) / 1000)) / 4
    flatness = np.exp(np.log(power + 1e-12).mean(axis=1)) / (power.mean(axis=1) + 1e-12)
    yield 4 * float(flatness.mean()) ** 0.5 - 1


def _pace(power: Plane, rate: int) -> Iterator[float]:
    """How many beginnings a second, the likeliest beat, and how clear it is."""
    steps = np.maximum(0.0, np.diff(np.log1p(1000 * power.clip(0)), axis=0)).mean(axis=1)
    steps = steps - steps.mean() if len(steps) else np.zeros(1)
    a_second = rate / HOP
    peaks = (steps[1:-1] > steps[:-2]) & (steps[1:-1] >= steps[2:]) & (steps[1:-1] > steps.std())
    yield float(peaks.sum()) / max(len(steps) / a_second, 1.0) / 4 - 1
    lags = np.arange(int(60 * a_second / BEATS[1]), int(60 * a_second / BEATS[0]) + 1)
    lags = lags[lags < len(steps) // 2]
    likeness = np.array([float((steps[lag:] * steps[:-lag]).mean()) for lag in lags]) / (float((steps**2).mean()) + 1e-12)
    best = int(likeness.argmax()) if len(lags) else 0
    yield float(np.log2(60 * a_second / lags[best] / 100)) if len(lags) else 0.0
    yield float(likeness[best]) if len(lags) else 0.0


def _tones(power: Plane, hertz: Plane) -> Iterator[float]:
    """Which of the twelve tones sound, from the strongest up: the thirds and sevenths there tell bright keys from dark ones."""
    among = (hertz >= TONES[0]) & (hertz <= TONES[1])
    tone = np.round(12 * np.log2(hertz[among] / 440)).astype(int) % 12
    sums = np.bincount(tone, weights=np.sqrt(power[:, among]).sum(axis=0), minlength=12)
    share = np.roll(sums, -int(sums.argmax())) / (sums.max() + 1e-12)
    yield from (2 * float(each) - 1 for each in share[1:])
