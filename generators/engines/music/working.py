"""What can be done to a melody that exists: moved, put in another mode or metre, varied. It knows no models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

import numpy as np

from generators.engines.music.notation import MODES, QUARTER, Key, Metre, Note

GRIDS = (QUARTER // 2, QUARTER // 4, QUARTER // 8, 1)  #: ticks; the coarsest first


def moved(notes: Sequence[Note], semitones: int) -> tuple[Note, ...]:
    """The same melody higher or lower."""
    return tuple(Note(None if note.pitch is None else note.pitch + semitones, note.length) for note in notes)


def in_mode(notes: Sequence[Note], key: Key, mode: str) -> tuple[Note, ...]:
    """The same melody in another mode of the same tonic: each note of the scale becomes its namesake."""
    changes = {old: new - old for old, new in zip(MODES[key.mode], MODES[mode], strict=True)}
    return tuple(
        note if note.pitch is None else Note(note.pitch + changes.get((note.pitch - key.tonic) % 12, 0), note.length)
        for note in notes
    )


def to_key(notes: Sequence[Note], key: Key, wanted: Key) -> tuple[Note, ...]:
    """The melody in another key, by the shorter way."""
    up = (wanted.tonic - key.tonic) % 12
    return moved(in_mode(notes, key, wanted.mode), up if up <= 6 else up - 12)


def bars_in(notes: Sequence[Note], metre: Metre, pickup: int) -> int:
    """Bars that the melody fills or begins, the pickup's not counted."""
    return max(0, -(-(sum(note.length for note in notes) - pickup) // metre.bar))


def akin(metre: Metre) -> Metre:
    """The metre, of those that styles are in, that goes like this one: 12/8 like two bars of 6/8, 5/8 like 6/8 cut short."""
    if metre.compound or (metre.unit >= 8 and metre.beats == 5):
        return Metre(9, 8) if metre.beats == 9 else Metre(6, 8)
    if metre.beats % 3 == 0:
        return Metre(3, 4)
    return Metre(2, 4) if metre.bar <= 2 * QUARTER else Metre(4, 4)


def in_metre(notes: Sequence[Note], old: Metre, new: Metre, pickup: int) -> tuple[tuple[Note, ...], int]:
    """The melody in another metre, bar for bar: each note keeps its place in the bar as well as the new beats allow.

    No note is lost: where two would fall together, the bar gets a finer grid.

    Returns:
        The melody, and its pickup.
    """
    if old == new:
        return tuple(notes), pickup
    if not old.bar % new.bar or not new.bar % old.bar:  # 12/8 is two bars of 6/8
        return tuple(notes), pickup % new.bar
    starts: list[tuple[int, int | None]] = []
    for bar, inside in groupby(_timed(notes, -pickup), key=lambda each: each[0] // old.bar):
        within = [(start - bar * old.bar, pitch) for start, pitch in inside]
        starts += [(bar * new.bar + place, pitch) for place, pitch in _placed(within, old.bar, new.bar)]
    apart = starts[:1]
    for place, pitch in starts[1:]:
        apart.append((max(place, apart[-1][0] + 1), pitch))
    end = -(-(sum(note.length for note in notes) - pickup) // old.bar) * new.bar
    apart.append((max(end, apart[-1][0] + 1), None))
    pieces = [Note(pitch, after - before) for (before, pitch), (after, _) in pairwise(apart)]
    first = apart[0][0]
    return tuple(pieces), -first if first < 0 else 0


def _timed(notes: Sequence[Note], at: int) -> Iterator[tuple[int, int | None]]:
    """Where each note starts, and its pitch."""
    for note in notes:
        yield at, note.pitch
        at += note.length


def _placed(within: Sequence[tuple[int, int | None]], old: int, new: int) -> list[tuple[int, int | None]]:
    """Notes of a bar in a longer or shorter one: on the coarsest grid where none falls upon another. A rest may be lost."""
    for step in GRIDS:
        placed: dict[int, int | None] = {}
        for start, pitch in within:
            place = step * int(start / old * new / step + 0.5)
            if place < new and placed.get(place) is None:
                placed[place] = pitch
            elif pitch is not None:
                break  # two notes at one place, or one in the next bar
        else:
            return sorted(placed.items(), key=lambda each: each[0])
    return [(start * new // old, pitch) for start, pitch in within if pitch is not None]


def filled(notes: Sequence[Note], metre: Metre, pickup: int) -> tuple[Note, ...]:
    """The melody with its last note made longer to the end of its bar."""
    total = sum(note.length for note in notes)
    left = -(total - pickup) % metre.bar
    if not left or not notes:
        return tuple(notes)
    return (*notes[:-1], Note(notes[-1].pitch, notes[-1].length + left))


def kept_bars(
    notes: Sequence[Note], metre: Metre, pickup: int, *, share: float, seed: int
) -> tuple[dict[int, Note], dict[int, int]]:
    """What a variation keeps: of some bars everything, of the others the first note; always the first bar.

    Returns:
        Whole notes by the tick at which they start, and pitches by tick.
    """
    random = np.random.default_rng(seed)
    bars = bars_in(notes, metre, pickup)
    keep = [number == 0 or random.random() < share for number in range(bars)]
    if bars > 1 and all(keep):
        keep[1 + int(random.integers(bars - 1))] = False
    whole: dict[int, Note] = {}
    anchors: dict[int, int] = {}
    at = 0
    for note in notes:
        bar, within = divmod(at - pickup, metre.bar)
        if bar < 0 or (bar < bars and keep[bar] and within + note.length <= metre.bar):
            whole[at] = note
        elif within == 0 and note.pitch is not None:
            anchors[at] = note.pitch
        at += note.length
    return whole, anchors
