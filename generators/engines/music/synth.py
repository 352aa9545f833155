"""A score as sound: played by the instruments of a soundfont, and mixed. It knows no harmony."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bot.words import _
from generators.engines.making import Unmakeable
from generators.engines.music import soundfonts
from generators.engines.music.notation import QUARTER, Score, Voice
from generators.engines.music.sound import RATE, Sound, roomed

TAIL_S = 1.6  #: after the last note: strings and the room ring out


class Player:
    """A soundfont, of which each voice's instrument is unpacked alone: a hundredth of a second, where the whole takes a third.

    It is unpacked for every voice anew, as a synthesizer that has played sounds a little different from a fresh one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _font(self) -> soundfonts.Font:
        return soundfonts.read(self._path.read_bytes())

    def play(self, score: Score, *, swing: float = 0.5, seed: int = 0) -> Sound:
        """A score as sound, not yet made loud.

        Args:
            score: what to play.
            swing: where between two beats the offbeat falls; 0.5 is even.
            seed: of the small unevenness that hands have.
        """
        random = np.random.default_rng(seed)
        samples = int((score.seconds(score.length) + TAIL_S) * RATE)
        mix = np.zeros((samples, 2), dtype=np.float32)
        for voice in score.voices:
            part = self._part(score, voice, samples, swing, random)
            loud = float(np.sqrt(np.mean(part**2)) + 1e-9)
            busy = float(np.sqrt(np.mean(np.abs(part) > 0.002) + 1e-9))  # a voice that is often silent is not made up for
            gain = voice.level * 0.1 * busy / loud
            left, right = np.cos((voice.pan + 1) * np.pi / 4), np.sin((voice.pan + 1) * np.pi / 4)
            mix += part[:, None] * (np.array([left, right]) * gain).astype(np.float32)
        return roomed(mix, seed)

    def _part(self, score: Score, voice: Voice, samples: int, swing: float, random: np.random.Generator) -> Sound:
        """One voice, from the middle, (samples,)."""
        bank = soundfonts.DRUM_BANK if voice.drums else 0
        synth = synthesizer()
        instrument = synth.sfload(soundfonts.subset(self._font, {(bank, voice.program)}))
        synth.program_select(0, instrument, bank, voice.program, voice.drums)
        events: list[tuple[int, int, int]] = []
        for stroke in voice.strokes:
            start, end = (
                score.seconds(swung(tick, swing, score.metre.pulse)) * RATE
                for tick in (stroke.start, stroke.start + stroke.length)
            )
            late = abs(float(random.normal(0, 0.003))) * RATE
            events.append((int(start + late), 1, stroke.pitch * 128 + stroke.velocity))
            events.append((int(max(start + late + 0.03 * RATE, end - 0.015 * RATE)), 0, stroke.pitch * 128))
        out = np.zeros((samples, 2), dtype=np.float32)
        now = 0
        for at, on, what in sorted(events):
            if at > now:
                out[now : min(at, samples)] = _samples(synth, min(at, samples) - now)
                now = min(at, samples)
            if on:
                synth.noteon(0, what // 128, what % 128)
            else:
                synth.noteoff(0, what // 128)
        if now < samples:
            out[now:] = _samples(synth, samples - now)
        return (out[:, 0] + out[:, 1]) / np.float32(2)


def synthesizer() -> Any:
    """A fresh one, without an instrument.

    Raises:
        Unmakeable: its package is missing.
    """
    try:
        from tinysoundfont import Synth
    except ModuleNotFoundError as error:  # not in the extra: what it asks for, pyaudio, cannot be built without PortAudio
        raise Unmakeable(
            _("Tunes need one more package: {line}").format(line="pip install --no-deps tinysoundfont==0.3.7")
        ) from error
    return Synth(samplerate=RATE)


def _samples(synth: Any, count: int) -> Sound:
    if count <= 0:
        return np.zeros((0, 2), dtype=np.float32)
    return np.frombuffer(synth.generate_simple(count), dtype=np.float32).reshape(-1, 2)


def swung(tick: float, swing: float, pulse: int) -> float:
    """Where a tick falls when offbeats are late."""
    if swing == 0.5 or pulse != QUARTER:
        return tick
    beat, within = divmod(tick, pulse)
    share = within / pulse
    moved = share * 2 * swing if share <= 0.5 else swing + (share - 0.5) * 2 * (1 - swing)
    return beat * pulse + moved * pulse
