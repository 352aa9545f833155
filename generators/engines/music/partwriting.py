"""The rules of four-part writing as textbooks give them, counted. It knows no model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators.engines.music.cells import BOTTOM, HOLD, PITCH_WORDS, RANGES, VOICES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
PAIRS = tuple((upper, lower) for upper in range(VOICES) for lower in range(upper + 1, VOICES))
TRIADS = ((0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 4, 8))
SEVENTHS = ((0, 4, 7, 10), (0, 4, 7, 11), (0, 3, 7, 10), (0, 3, 6, 10), (0, 3, 6, 9))
WIDE = 12  # semitones: soprano to alto and alto to tenor stay within an octave
LEAPS = (12, 9, 9, 12)  #: semitones; wider steps are hard to sing, in the middle voices most of all


def _chords() -> npt.NDArray[np.bool_]:
    """Which sets of pitch classes, as 12 bits, are a triad, a seventh chord, or part of one that names it: two notes at least."""
    known = np.zeros(4096, dtype=bool)
    for shape in (*TRIADS, *SEVENTHS):
        for root in range(12):
            notes = [(root + step) % 12 for step in shape]
            for drop in (None, *(notes[1:] if len(notes) == 4 else notes[2:])):
                known[sum(1 << note for note in notes if note != drop)] = True
    for pitch in range(12):
        known[1 << pitch] = True
    return known


CHORDS = _chords()


def sounding(cells: Ints, offset: int) -> Ints:
    """MIDI pitches that sound, -1 in rests, (steps, voices).

    Args:
        cells: words without masks, (steps, voices).
        offset: how far the tonic is from C, -5..6.
    """
    steps = np.arange(len(cells))[:, None]
    begins = np.maximum.accumulate(np.where(cells == HOLD, 0, steps), axis=0)
    words = np.take_along_axis(cells, begins, axis=0)
    return np.where(words < PITCH_WORDS, words + BOTTOM + offset, -1)


@dataclass(frozen=True, slots=True)
class Faults:
    """How often rules are broken."""

    fifths: float  #: parallel, for 100 changes of harmony
    octaves: float  #: parallel octaves and unisons, for 100 changes
    crossing: float  #: % of steps in which a voice is above its upper neighbour
    spacing: float  #: % of steps with more than an octave between neighbours of the upper three
    range: float  #: % of notes outside their voice's range
    tertian: float  #: % of beats whose notes are a triad or a seventh chord (this one is no fault)


def parallels(pitches: Ints) -> tuple[Ints, Ints]:
    """Parallel fifths, and parallel octaves with unisons, that end at each step, (steps,)."""
    fifths, octaves = np.zeros(len(pitches), dtype=np.int64), np.zeros(len(pitches), dtype=np.int64)
    before, after = pitches[:-1], pitches[1:]
    real = (before >= 0) & (after >= 0)
    for upper, lower in PAIRS:
        moved = (before[:, upper] != after[:, upper]) & (before[:, lower] != after[:, lower]) & real[:, upper] & real[:, lower]
        same = (before[:, upper] - before[:, lower]) % 12
        kept = moved & (same == (after[:, upper] - after[:, lower]) % 12)
        fifths[1:] += kept & (same == 7)
        octaves[1:] += kept & (same == 0)
    return fifths, octaves


def count(pitches: Ints, places: Ints) -> Faults:
    """What is broken in a piece.

    Args:
        pitches: MIDI, -1 in rests, (steps, voices).
        places: eighths into the bar, (steps,); even ones are beats.
    """
    changes = max(1, int((pitches[1:] != pitches[:-1]).any(axis=1).sum()))
    fifths, octaves = parallels(pitches)
    real = (pitches >= 0).all(axis=1)
    full = pitches[real]
    crossing = (full[:, :-1] < full[:, 1:]).any(axis=1)
    spacing = (full[:, :2] - full[:, 1:3] > WIDE).any(axis=1)
    low, high = np.array(RANGES).T
    notes = pitches >= 0
    outside = notes & ((pitches < low) | (pitches > high))
    beats = full[places[real] % 2 == 0]
    return Faults(
        fifths=100 * float(fifths.sum()) / changes,
        octaves=100 * float(octaves.sum()) / changes,
        crossing=100 * float(crossing.mean()) if len(full) else 0.0,
        spacing=100 * float(spacing.mean()) if len(full) else 0.0,
        range=100 * float(outside.sum()) / max(1, int(notes.sum())),
        tertian=100 * float(CHORDS[_sets(beats)].mean()) if len(beats) else 0.0,
    )


def _sets(pitches: Ints) -> Ints:
    return np.asarray(np.bitwise_or.reduce(1 << (pitches % 12), axis=1))


def badness(pitches: Ints, places: Ints, tonic: int) -> Floats:
    """How bad each step is, for the search: weighed faults, and what makes a line hard to sing, (steps,)."""
    fifths, octaves = parallels(pitches)
    cost = 10.0 * (fifths + octaves)
    real = (pitches >= 0).all(axis=1)
    cost += 10.0 * ((pitches[:, :-1] < pitches[:, 1:]).any(axis=1) & real)
    cost += 6.0 * ((pitches[:, :2] - pitches[:, 1:3] > WIDE).any(axis=1) & real)
    low, high = np.array(RANGES).T
    cost += 6.0 * ((pitches >= 0) & ((pitches < low) | (pitches > high)))[:, 1:].sum(axis=1)
    cost += 3.0 * (~CHORDS[_sets(np.maximum(pitches, 0))] & real & (places % 2 == 0))
    moves = np.abs(np.diff(pitches, axis=0))
    cost[1:] += 2.0 * (moves > np.array(LEAPS))[:, 1:].sum(axis=1)
    cost[1:] += 1.0 * (moves == 6)[:, 1:].sum(axis=1)
    leading = pitches % 12 == (tonic - 1) % 12
    cost += 3.0 * np.maximum(0, leading.sum(axis=1) - 1)
    close = pitches[-1]
    third = any((tonic + step) % 12 in set((close % 12).tolist()) for step in (3, 4))
    cost[-1] += 12.0 * (close[3] % 12 != tonic) + 6.0 * (not third)
    return np.asarray(cost, dtype=np.float64)
