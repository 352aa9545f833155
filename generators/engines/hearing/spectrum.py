"""What Whisper hears: a sound as the logarithm of its mel spectrum. In numpy, so that no transformers is needed for it."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from generators.engines.hearing.opening import RATE, Sound

WINDOW_S = 30  # what the network sees at once
FFT, HOP, MELS = 400, 160, 80  # samples of a look and between two; bands. As Whisper was trained
FLOOR = 8.0  # of the logarithm below the loudest: what is softer is silence
KNEE_HZ, STEP_HZ = 1000.0, 200.0 / 3  # of Slaney's mel scale: even below the knee, logarithmic above
LOG_STEP = np.log(6.4) / 27.0

Plane = NDArray[np.float32]


def spectrum(sound: Sound) -> Plane:
    """A sound of at most `WINDOW_S`, shape (1, 80, 3000). Source: Radford et al. 2022, section 2.2, and their code."""
    padded = np.zeros(WINDOW_S * RATE, np.float32)
    padded[: len(sound)] = sound[: len(padded)]
    edged = np.pad(padded, FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(edged, FFT)[::HOP][: len(padded) // HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(FFT + 1)[:-1])) ** 2  # (3000, 201)
    logarithm = np.log10(np.maximum(filters() @ power.T, 1e-10))
    limited = np.maximum(logarithm, logarithm.max() - FLOOR)
    plane: Plane = ((limited + 4.0) / 4.0).astype(np.float32)[None]
    return plane


@cache
def filters() -> NDArray[np.float64]:
    """The bands, each a triangle of area 1, shape (80, 201). Source: Slaney's Auditory Toolbox, 1998."""
    at = np.linspace(0.0, RATE / 2, FFT // 2 + 1)
    top = KNEE_HZ / STEP_HZ + np.log(RATE / 2 / KNEE_HZ) / LOG_STEP
    mels = np.linspace(0.0, top, MELS + 2)
    knee = KNEE_HZ / STEP_HZ
    edges = np.where(mels < knee, mels * STEP_HZ, KNEE_HZ * np.exp(LOG_STEP * (mels - knee)))
    widths = np.diff(edges)
    slopes = edges[:, None] - at[None]
    rising, falling = -slopes[:-2] / widths[:-1, None], slopes[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    scaled: NDArray[np.float64] = triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return scaled
