"""Which key some notes are in. It knows no chords."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from generators.engines.music.notation import LETTERS, MODES, Key, Note

#: How well each degree fits, from experiments with listeners: Krumhansl & Kessler 1982; the other two modes are made from these.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
PROFILES = {
    "major": MAJOR,
    "mixolydian": (*MAJOR[:10], MAJOR[11], MAJOR[10]),
    "dorian": (*MINOR[:8], MINOR[9], MINOR[8], *MINOR[10:]),
    "minor": MINOR,
}
RARE = {"major": 0.0, "minor": 0.0, "mixolydian": 0.12, "dorian": 0.12}  #: what a mode must be better by
WORD = re.compile(r"\s*([A-Ga-g])\s*(#|b|♯|♭|sharp|flat)?\s*-?\s*([A-Za-z]*)\s*", re.IGNORECASE)
MODE_WORDS = {"": "major", "maj": "major", "m": "minor", "min": "minor", "dor": "dorian", "mix": "mixolydian"}


def guess(notes: Sequence[Note]) -> Key:
    """The likeliest key: whose profile fits best how long each pitch class sounds; the last and the first note count more."""
    sounding = [note for note in notes if note.pitch is not None]
    weights = np.zeros(12)
    for number, note in enumerate(sounding):
        assert note.pitch is not None
        ends = 2.0 if number == len(sounding) - 1 else 1.4 if number == 0 else 1.0
        weights[note.pitch % 12] += note.length * ends
    if not weights.any():
        return Key(0, "major")
    scores = {
        (tonic, mode): float(np.corrcoef(weights, np.roll(profile, tonic))[0, 1]) - RARE[mode]
        for mode, profile in PROFILES.items()
        for tonic in range(12)
    }
    tonic, mode = max(scores, key=lambda key: scores[key])
    return Key(tonic, mode)


def named(text: str) -> Key | None:
    """A key as people write it: "D", "F# minor", "Bb", "em", "a dorian"; None: no key."""
    found = WORD.fullmatch(text)
    if not found:
        return None
    word = found[3] if len(found[3]) == 1 else found[3].casefold()[:3]
    mode = "major" if word == "M" else MODE_WORDS.get(word.casefold())
    if mode is None or mode not in MODES:
        return None
    sign = (found[2] or "").casefold()
    moved = {"": 0, "#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}[sign]
    return Key((LETTERS[found[1].upper()] + moved) % 12, mode)
