"""From a choice to a score: melodies by the melody model, four parts by the four-part model, bands by rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from generators.engines.music import arrange, chords, fourparts, partwriting, steps, working
from generators.engines.music.cells import BOTTOM, HOLD, MASK, PLACES_IN_BAR, VOICES
from generators.engines.music.choosing import Choice
from generators.engines.music.fourparts import Harmonist, Sketch
from generators.engines.music.melody import Composer, Order, fits
from generators.engines.music.notation import QUARTER, Note, Score

EIGHTH = QUARTER // 2
VARIED = 0.4  #: share of bars that a variation keeps whole
CALM, DARING = 0.85, 1.0  #: temperatures; slow music bears fewer surprises
SOPRANO = (60, 79)  #: where a melody is put to be harmonised


def melody(composer: Composer, choice: Choice) -> tuple[Note, ...]:
    """The melody: composed, continued, varied, or as it was given."""
    if choice.do in {"play", "restyle"}:
        return working.filled(choice.notes, choice.metre, choice.pickup)
    given, moved = _said(choice)
    kept: dict[int, Note] = {}
    anchors: dict[int, int] = {}
    if choice.do == "vary":
        filled = working.filled(given, choice.metre, choice.pickup)
        kept, anchors = working.kept_bars(filled, choice.metre, choice.pickup, share=VARIED, seed=choice.seed)
    order = Order(
        key=choice.key, metre=choice.metre, kind=choice.style.kind, bars=choice.bars, pickup=choice.pickup, seed=choice.seed,
        temperature=CALM if choice.style.kind == "air" else (CALM + DARING) / 2,
        given=() if kept else given, kept=kept, anchors=anchors,
    )  # fmt: skip
    return working.moved(composer.write(order), -moved)


def _said(choice: Choice) -> tuple[tuple[Note, ...], int]:
    """The notes given, in lengths and an octave that the model knows; and by how much they were moved."""
    pitches = [note.pitch for note in choice.notes if note.pitch is not None]
    if not pitches:
        return (), 0
    base = steps.base(choice.key.tonic)
    moved = -12 * round((float(np.mean(pitches)) - base - 7) / 12)
    low, high = base + steps.LOWEST, base + steps.HIGHEST
    said = [
        Note(None if note.pitch is None else _within(note.pitch + moved, low, high), _known(note.length)) for note in choice.notes
    ]
    return _straight(said, choice), moved


def _straight(notes: list[Note], choice: Choice) -> tuple[Note, ...]:
    """The notes, the last of which ends where others can follow to the end of its bar."""
    start = sum(note.length for note in notes[:-1]) - choice.pickup
    last = notes[-1].length
    best = min(steps.LENGTHS, key=lambda ticks: (not fits(-(start + ticks) % choice.metre.bar), abs(ticks - last)))
    return (*notes[:-1], Note(notes[-1].pitch, best))


def _within(pitch: int, low: int, high: int) -> int:
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch


def _known(length: int) -> int:
    return min(steps.LENGTHS, key=lambda ticks: abs(ticks - length))


def band(choice: Choice, notes: Sequence[Note]) -> Score:
    """A melody for a band."""
    colour = 0.8 if choice.style.name in {"ballad", "chill", "bossa", "pop", "anthem"} else 0.25
    under = chords.under(notes, choice.key, choice.metre, choice.pickup, seed=choice.seed, colour=colour)
    return arrange.score(_plan(choice, tuple(notes)), under)


def _plan(choice: Choice, notes: tuple[Note, ...]) -> arrange.Plan:
    title = f"{choice.style.name.capitalize()} in {choice.key.name}"
    return arrange.Plan(
        title=title, notes=notes, pickup=choice.pickup, key=choice.key, metre=choice.metre, tempo=choice.tempo,
        style=choice.style,
        band=choice.band, lead=choice.lead, drums=choice.drums, seed=choice.seed,
    )  # fmt: skip


def four_parts(harmonist: Harmonist, choice: Choice, report: Callable[[float], None]) -> Score:
    """A piece in four parts: a melody harmonised, or all voices written; notes given are the soprano's first."""
    whole = choice.do == "harmonise" and bool(choice.notes)
    notes = working.filled(choice.notes, choice.metre, choice.pickup) if whole else choice.notes
    notes = working.moved(notes, _into_soprano(notes))
    sketch = sketched(choice, notes, open_after=not whole)
    cells = harmonist.fill(sketch, choice.seed, report=report)
    pitches = partwriting.sounding(cells, sketch.offset)
    return arrange.four_voices(_plan(choice, notes if whole else ()), pitches, cells == HOLD, EIGHTH)


def _into_soprano(notes: Sequence[Note]) -> int:
    low, high = SOPRANO
    pitches = [note.pitch for note in notes if note.pitch is not None]
    if not pitches:
        return 0
    return 12 * min(
        range(-4, 5), key=lambda octave: (sum(not low <= pitch + 12 * octave <= high for pitch in pitches), abs(octave))
    )


def sketched(choice: Choice, notes: Sequence[Note], *, open_after: bool) -> Sketch:
    """What the four-part model is given: the soprano, and the places where phrases close."""
    total = choice.bars * choice.metre.bar + choice.pickup
    count = total // EIGHTH
    ticks = np.arange(count) * EIGHTH
    places = np.minimum((ticks - choice.pickup) % choice.metre.bar // EIGHTH, PLACES_IN_BAR - 1)
    cells = np.full((count, VOICES), MASK)
    offset = (choice.key.tonic + 5) % 12 - 5
    if notes:
        onsets, at = [], 0
        for note in notes:
            onsets.append((at // EIGHTH, note.pitch, -(-note.length // EIGHTH)))
            at += note.length
        known = min(count, at // EIGHTH) if open_after else count
        cells[:known, 0] = fourparts.skeleton(onsets, count, offset, BOTTOM)[:known]
    return Sketch(
        cells=cells, places=places, closes=_closes(choice, count), tonic=choice.key.tonic,
        minor=choice.key.mode in {"minor", "dorian"},
    )  # fmt: skip


def _closes(choice: Choice, count: int) -> np.ndarray:
    """A breath at the end of every other bar."""
    closes = np.zeros(count, dtype=np.int64)
    for bar in range(2, choice.bars + 1, 2):
        end = (choice.pickup + bar * choice.metre.bar) // EIGHTH
        closes[max(0, end - 2) : end] = 1
    closes[-2:] = 1
    return closes
