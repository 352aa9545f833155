"""Chords under a melody: the path of least cost through the chords of its key (Viterbi). It knows no instruments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generators.engines.music.notation import SHARP_NAMES, Key, Metre, Note

#: Of each mode: name of the step, semitones of the root from the tonic, kind of chord, how welcome it is.
CHORDS: dict[str, tuple[tuple[str, int, str, float], ...]] = {
    "major": (
        ("I", 0, "", 1.0), ("ii", 2, "m", 0.2), ("iii", 4, "m", -0.5), ("IV", 5, "", 0.7), ("V", 7, "", 0.8), ("V7", 7, "7", 0.3),
        ("vi", 9, "m", 0.3),
    ),
    "mixolydian": (
        ("I", 0, "", 1.0), ("ii", 2, "m", 0.0), ("IV", 5, "", 0.6), ("v", 7, "m", 0.1), ("vi", 9, "m", 0.0), ("VII", 10, "", 0.8),
    ),
    "dorian": (
        ("i", 0, "m", 1.0), ("III", 3, "", 0.2), ("IV", 5, "", 0.6), ("v", 7, "m", 0.3), ("VII", 10, "", 0.8),
    ),
    "minor": (
        ("i", 0, "m", 1.0), ("III", 3, "", 0.4), ("iv", 5, "m", 0.5), ("v", 7, "m", 0.0), ("V7", 7, "7", 0.6), ("VI", 8, "", 0.4),
        ("VII", 10, "", 0.4),
    ),
}  # fmt: skip
#: What leads where, beyond how welcome the next is.
LEADS = {
    ("V", "I"): 0.9, ("V7", "I"): 1.2, ("V7", "i"): 1.2, ("v", "i"): 0.5, ("IV", "V"): 0.5, ("ii", "V"): 0.8, ("ii", "V7"): 0.8,
    ("IV", "I"): 0.4, ("vi", "ii"): 0.4, ("vi", "IV"): 0.4, ("I", "IV"): 0.3, ("I", "vi"): 0.3, ("I", "V"): 0.2,
    ("VII", "i"): 0.6,
    ("VII", "I"): 0.6, ("iv", "V7"): 0.7, ("VI", "VII"): 0.5, ("VI", "III"): 0.3, ("III", "VI"): 0.3, ("iv", "i"): 0.3,
    ("i", "VII"): 0.3, ("i", "VI"): 0.3, ("V", "IV"): -0.8, ("V7", "IV"): -1.0, ("V7", "ii"): -1.0, ("V", "ii"): -0.6,
}  # fmt: skip
SHAPES = {"": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10)}
CHANGE = 0.55  # what a new chord must be worth; within a bar, and on a weak beat, more
FIT, MISFIT = 1.0, 1.3  #: for a whole bar's worth of notes in the chord, and outside it


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord and how long it lasts."""

    start: int  #: ticks
    length: int
    root: int  #: pitch class
    kind: str  #: key of SHAPES
    step: str  #: its place in the key: "V7"

    @property
    def classes(self) -> tuple[int, ...]:
        """Pitch classes, from the root."""
        return tuple((self.root + step) % 12 for step in SHAPES[self.kind])

    def name(self, key: Key) -> str:
        """As it is printed: "F#m"."""
        return key.spell(self.root)[0] + self.kind if self.root in key.scale else SHARP_NAMES[self.root] + self.kind


def span(metre: Metre) -> int:
    """Ticks that a chord lasts at least: half a bar of 4/4, 6/8 and longer even ones, else a bar."""
    return metre.bar // 2 if metre.bar >= 72 and metre.bar // metre.pulse % 2 == 0 else metre.bar


def under(notes: Sequence[Note], key: Key, metre: Metre, pickup: int, *, seed: int = 0, colour: float = 0.0) -> tuple[Chord, ...]:
    """Chords for a melody; equal neighbours are one.

    Args:
        notes: the melody.
        key: its key.
        metre: its metre.
        pickup: ticks before the first bar line; they have no chord.
        seed: breaks ties, so that versions differ.
        colour: how welcome chords other than the three main ones are, 0..1.
    """
    weights = _weights(notes, metre, pickup)
    table = CHORDS[key.mode]
    random = np.random.default_rng(seed)
    costs = np.array([[_cost(row, key, chord, colour) for chord in table] for row in weights])
    costs += random.normal(0, 0.12, costs.shape)
    final = [number for number, chord in enumerate(table) if chord[0] not in {"I", "i"}]
    costs[-1, final] += 50.0
    costs[0, final] += 0.8
    path = _path(costs, _moves(key.mode), strong=metre.bar // span(metre))
    merged: list[Chord] = []
    for number, state in enumerate(path):
        name, root, kind, _ = table[state]
        chord = Chord(pickup + number * span(metre), span(metre), (key.tonic + root) % 12, kind, name)
        if merged and (merged[-1].root, merged[-1].kind) == (chord.root, chord.kind):
            chord = Chord(merged[-1].start, merged.pop().length + chord.length, chord.root, kind, name)
        merged.append(chord)
    return tuple(merged)


def _weights(notes: Sequence[Note], metre: Metre, pickup: int) -> np.ndarray:
    """How much each pitch class sounds in each span, as a share of it; notes on the beat count more, (spans, 12)."""
    each = span(metre)
    total = sum(note.length for note in notes) - pickup
    weights = np.zeros((max(1, -(-total // each)), 12))
    at = -pickup
    for note in notes:
        for tick in range(max(0, at), at + note.length, 3):
            if note.pitch is not None and tick // each < len(weights):
                strong = 1.5 if at % each == 0 else 1.2 if at % metre.pulse == 0 else 0.8
                weights[tick // each, note.pitch % 12] += 3 / each * strong
        at += note.length
    return weights


def _cost(weights: np.ndarray, key: Key, chord: tuple[str, int, str, float], colour: float) -> float:
    _name, root, kind, welcome = chord
    classes = [(key.tonic + root + step) % 12 for step in SHAPES[kind]]
    inside = float(weights[classes].sum())
    liked = welcome + colour * max(0.0, 0.8 - welcome)
    return MISFIT * float(weights.sum() - inside) - FIT * inside - 0.25 * liked


def _moves(mode: str) -> np.ndarray:
    names = [chord[0] for chord in CHORDS[mode]]
    return np.array([[0.0 if one == other else CHANGE - LEADS.get((one, other), 0.0) * 0.6 for other in names] for one in names])


def _path(costs: np.ndarray, moves: np.ndarray, *, strong: int) -> list[int]:
    """The cheapest sequence; a change where no bar begins costs half as much again."""
    best = costs[0].copy()
    came = np.zeros(costs.shape, dtype=int)
    for number in range(1, len(costs)):
        weak = 1.0 if number % strong == 0 else 1.5
        through = best[:, None] + np.where(moves > 0, moves * weak, moves)
        came[number] = through.argmin(axis=0)
        best = through.min(axis=0) + costs[number]
    path = [int(best.argmin())]
    for number in range(len(costs) - 1, 0, -1):
        path.append(int(came[number, path[-1]]))
    return path[::-1]


def at(chords: Sequence[Chord], tick: int) -> Chord | None:
    """The chord that sounds at a tick."""
    return next((chord for chord in chords if chord.start <= tick < chord.start + chord.length), None)


def voiced(chord: Chord, near: Sequence[int], *, centre: int, count: int = 3) -> tuple[int, ...]:
    """Pitches for a chord in close position, moving as little as possible from the chord before.

    Args:
        chord: what to play.
        near: pitches of the chord before; empty at the beginning.
        centre: about where, MIDI.
        count: how many notes.
    """
    classes = chord.classes if len(chord.classes) <= count else (chord.classes[0], *chord.classes[-(count - 1) :])
    options = []
    for bottom in range(centre - 10, centre + 8):
        if bottom % 12 in classes:
            pitches = [bottom]
            start = classes.index(bottom % 12)
            for number in range(1, count):
                wanted = classes[(start + number) % len(classes)]
                pitches.append(pitches[-1] + ((wanted - pitches[-1]) % 12 or 12))
            options.append(tuple(pitches))
    middle = centre + 1

    def cost(pitches: tuple[int, ...]) -> float:
        moved = sum(abs(one - other) for one, other in zip(pitches, near, strict=False)) if near else 0
        return moved + 0.6 * abs(sum(pitches) / len(pitches) - middle)

    return min(options, key=cost)
