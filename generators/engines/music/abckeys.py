"""The keys of ABC tunes, and what their signatures alter."""

from __future__ import annotations

import re

from generators.engines.music.abcfields import Unreadable
from generators.engines.music.notation import FIFTHS_FROM_MAJOR, LETTERS, LINE_OF_FIFTHS, Key

SHARPS = {
    "C": 0,
    "G": 1,
    "D": 2,
    "A": 3,
    "E": 4,
    "B": 5,
    "F#": 6,
    "C#": 7,
    "F": -1,
    "Bb": -2,
    "Eb": -3,
    "Ab": -4,
    "Db": -5,
    "Gb": -6,
}
MODE_WORDS = {"maj": "major", "m": "minor", "min": "minor", "aeo": "minor", "dor": "dorian", "mix": "mixolydian", "ion": "major"}
FOREIGN_MODES = {
    "lyd": ("major", 1),
    "phr": ("minor", -1),
    "loc": ("minor", -2),
}  #: nearest mode of ours; sharps added to its signature


def read_key(text: str) -> tuple[Key, dict[str, int]]:
    """A key and its signature: semitones by letter.

    Raises:
        Unreadable: no key.
    """
    if text.strip()[:2] in {"Hp", "HP"}:
        text = "Amix"
    found = re.match(r"([A-G])([#b]?)\s*([A-Za-z]*)(.*)", text.strip())
    if not found:
        raise Unreadable(f"key {text[:20]!r}")
    tonic = found[1] + found[2]
    word = found[3][:3].casefold()
    if tonic not in SHARPS and tonic not in {"D#", "G#", "A#"}:
        raise Unreadable(f"key {text[:20]!r}")
    mode, more = FOREIGN_MODES.get(word) or (MODE_WORDS.get(word, "minor" if found[3] == "m" else "major"), 0)
    sharps = SHARPS.get(tonic, 0) + FIFTHS_FROM_MAJOR[mode] + more
    if abs(sharps) > 7:
        raise Unreadable(f"key {text[:20]!r}")
    altered = LINE_OF_FIFTHS[:sharps] if sharps >= 0 else LINE_OF_FIFTHS[sharps:]
    signature = dict.fromkeys(altered, 1 if sharps > 0 else -1)
    for sign, letter in re.findall(r"([_^=])([a-gA-G])", found[4]):
        signature[letter.upper()] = {"^": 1, "_": -1, "=": 0}[sign]
    accidental = {"#": 1, "b": -1, "": 0}[found[2]]
    return Key((LETTERS[found[1]] + accidental) % 12, mode), signature
