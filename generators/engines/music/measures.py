"""A tune in numbers: its pace, its key, where it lies, its steps and rhythms, who plays it. It knows no sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bot.domain.ideas import Features
from generators.engines.music.notation import MODES, QUARTER, Score, Stroke

NAME = "notes/1"
FAMILIES = 16  # of General MIDI's programs: pianos, bells, organs, guitars …
LENGTHS = (6, 12, 24, 48)  #: ticks; notes up to a sixteenth, an eighth, a quarter, a half; longer ones
STEPS = (0, 2, 4, 7, 12)  #: semitones; repeated, steps, thirds, up to a fifth, up to an octave; wider ones


def measures(score: Score) -> Features:
    """What a piece is like on paper."""
    melody = sorted(score.voices[0].strokes, key=lambda stroke: stroke.start)
    return Features.of(NAME, [*_whole(score), *_melody(score, melody), *_players(score)])


def _whole(score: Score) -> Iterator[float]:
    """Pace, mode, metre, harmony."""
    yield float(np.log2(score.tempo * QUARTER / score.metre.pulse / 100))
    yield from (1.0 if score.key.mode == mode else -1.0 for mode in MODES)
    yield score.key.fifths / 6
    yield 1.0 if score.metre.compound else -1.0
    yield 1.0 if score.metre.beats % 3 == 0 else -1.0
    names = [name for _at, name in score.chords]
    yield 2 * _share([name[1:].lstrip("#b").startswith("m") and "maj" not in name for name in names]) - 1
    yield len(names) * score.metre.bar / max(score.length, 1) - 1  # chords a bar


def _melody(score: Score, melody: Sequence[Stroke]) -> Iterator[float]:
    """Register, range, density, and how often which step and which length comes."""
    pitches = np.array([stroke.pitch for stroke in melody] or [60])
    lengths = np.array([stroke.length for stroke in melody] or [QUARTER])
    steps = np.diff(pitches)
    yield float(pitches.mean() - 67) / 18
    yield float(pitches.max() - pitches.min()) / 12 - 1
    yield float(pitches.std()) / 4 - 1
    yield len(melody) / max(score.seconds(score.length), 1.0) / 3 - 1  # notes a second, six at the most
    yield float(lengths.sum()) / max(score.length, 1) * 2 - 1  # the rest is rests, or played short
    yield 2 * _share([stroke.start % score.metre.pulse != 0 for stroke in melody]) - 1  # off the beat
    yield 2 * _share(steps > 0) - 1
    yield from _shares(np.abs(steps), STEPS)
    yield from _shares(lengths, LENGTHS)


def _players(score: Score) -> Iterator[float]:
    """Who leads, how many play, how loud, how dense and how low the others are."""
    lead, others = score.voices[0], [voice for voice in score.voices[1:] if not voice.drums]
    yield from (1.0 if lead.program // 8 == family else -1.0 for family in range(FAMILIES))
    yield 1.0 if any(voice.drums for voice in score.voices) else -1.0
    yield len(score.voices) / 3 - 1
    yield float(np.mean([stroke.velocity for stroke in lead.strokes] or [84])) / 64 - 1
    accompaniment = [stroke for voice in others for stroke in voice.strokes]
    yield len(accompaniment) / max(score.seconds(score.length), 1.0) / 6 - 1
    yield float(np.mean([stroke.pitch for stroke in accompaniment] or [52]) - 52) / 18


def _share(true: Sequence[bool] | np.ndarray) -> float:
    return float(np.mean(true)) if len(true) else 0.0


def _shares(values: np.ndarray, limits: Sequence[int]) -> Iterator[float]:
    """The share of values up to each limit and above the one before, and above all; roots, as rare ones are heard, too."""
    places = np.searchsorted(limits, values)
    for number in range(len(limits) + 1):
        yield 2 * _share(places == number) ** 0.5 - 1
