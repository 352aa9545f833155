"""Speech in numbers: who says it, how fast, how long, how bright the voice is. It knows no words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.domain.ideas import Features
from generators.engines.speech.sound import Sound

NAME = "voice/1"
FRAME_S = 0.02  # in which a voice is steady
QUIET = 0.1  # of the loudest frame; below, nobody speaks


def measures(said: Sound, rate: int, *, text: str, voice: str, speed: float, voices: Sequence[str]) -> Features:
    """What a spoken line sounds like.

    Args:
        said: mono samples, -1..+1.
        rate: samples a second.
        text: what is said; only its length counts.
        voice: who says it.
        speed: 1 = as the voice usually speaks.
        voices: those that are told apart; any other is one of its own.
    """
    seconds = max(len(said) / rate, 0.1)
    frame = int(rate * FRAME_S)
    frames = (
        np.asarray(said[: len(said) // frame * frame], float).reshape(-1, frame) if len(said) >= frame else np.zeros((1, frame))
    )
    loud = np.sqrt((frames**2).mean(axis=1))
    spoken = frames[loud > QUIET * loud.max()]
    power = (np.abs(np.fft.rfft(spoken)) ** 2).sum(axis=0) if len(spoken) else np.zeros(frame // 2 + 1)
    centre = float((power * np.fft.rfftfreq(frame, 1 / rate)).sum() / (power.sum() + 1e-12))
    crossings = float((np.diff(np.signbit(spoken)) != 0).mean()) if len(spoken) else 0.0
    return Features.of(
        NAME,
        [
            *(1.0 if voice == known else -1.0 for known in voices),
            np.log2(speed),
            np.log2(seconds / 8) / 4,
            np.log2(max(len(text), 1) / 120) / 4,
            np.log2(max(len(text), 1) / seconds / 15),  # characters a second, about 15 as people speak
            np.log2(max(centre, 50.0) / 800) / 3,  # hertz: bright or dull
            4 * crossings - 1,
            2 * float(np.mean(loud <= QUIET * loud.max())) - 1,  # pauses
            float(loud.std() / (loud.mean() + 1e-9)) - 1,  # even or lively
        ],
    )
