"""What can be done to a melody that exists: moved, put in another mode or metre, varied. It knows no models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generators.engines.music.notation import MODES, QUARTER, Key, Metre, Note

EIGHTH = QUARTER // 2


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


def in_metre(notes: Sequence[Note], old: Metre, new: Metre, pickup: int) -> tuple[tuple[Note, ...], int]:
    """The melody in another metre, bar for bar: each note keeps its place in the bar as well as the new beats allow.

    Returns:
        The melody, and its pickup.
    """
    if old == new:
        return tuple(notes), pickup
    step = EIGHTH
    placed: dict[int, int | None] = {}
    at = -pickup
    for note in notes:
        bar, within = divmod(at, old.bar)
        place = bar * new.bar + step * int(within / old.bar * new.bar / step + 0.5)
        placed.setdefault(place, note.pitch)
        at += note.length
    end = -(-at // old.bar) * new.bar
    starts = sorted(place for place in placed if place < end)
    first = starts[0]
    lengths = [after - before for before, after in zip(starts, [*starts[1:], end], strict=True)]
    pieces = [
        Note(placed[start], piece)
        for start, length in zip(starts, lengths, strict=True)
        for piece in _whole_pieces(length)
    ]  # fmt: skip
    return tuple(pieces), -first if first < 0 else 0


def _whole_pieces(length: int) -> list[int]:
    pieces = []
    while length > 0:
        piece = min(length, 4 * QUARTER)
        pieces.append(piece)
        length -= piece
    return pieces


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
