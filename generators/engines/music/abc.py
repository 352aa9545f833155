"""Tunes in ABC notation (abcnotation.com, version 2.1), read: the first voice, and of the language what tune books use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from generators.engines.music import abcfields as fields
from generators.engines.music.abcfields import Unreadable as Unreadable
from generators.engines.music.abcfields import split
from generators.engines.music.notation import LETTERS, LINE_OF_FIFTHS, QUARTER, Key, Metre, Note, Part, Tune
from generators.engines.music.repeats import MOST_PASSES, Mark, order

MAX_TEXT = 20_000  # characters of one tune: the longest in the old books has 2 100
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
MODE_SHARPS = {"major": 0, "mixolydian": -1, "dorian": -2, "minor": -3}
TUPLET_TIME = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  #: (p notes in the time of q

TOKEN = re.compile(
    r"(?P<bar>:*\|+[\]:]*(?:[1-9][,\d-]*)?|\[\||::+|\[[1-9][,\d-]*)"
    r"|(?P<inline>\[[A-Za-z]:[^\]]*\])"
    r"|(?P<chord>\[[^\]|]*\])(?P<chordlength>\d*/*\d*)"
    r"|(?P<still>Z\d*)"
    r"|(?P<tuplet>\(\d(?::\d?)?(?::\d?)?)"
    r"|(?P<accidental>[_^=]*)(?P<letter>[A-Ga-gzx])(?P<octave>[,']*)(?P<length>\d*/*\d*)"
    r"|(?P<broken>[<>]+)|(?P<tie>-)|(?P<other>.)"
)
NOTE = re.compile(r"([_^=]*)([A-Ga-gzx])([,']*)(\d*/*\d*)")


@dataclass
class _Bar:
    notes: list[Note] = field(default_factory=list)
    mark: Mark = field(default_factory=Mark)

    @property
    def length(self) -> int:
        return sum(note.length for note in self.notes)


def tunes(text: str) -> Iterator[str]:
    """The tunes of a book, each from its X: field to the next."""
    for piece in re.split(r"(?m)^(?=X:)", text):
        if piece.startswith("X:"):
            yield piece


def read(text: str, *, strict: bool = False, played: bool = False) -> Tune:
    """A tune, of several voices the first.

    Args:
        text: header fields and body; without header fields it is in C, 4/4, eighths.
        strict: refuse what may be read in several ways: changes of key or metre, bars of a wrong length.
        played: as it sounds, repeats and endings and all, in one part; else as it is written, each section once.

    Raises:
        Unreadable: no notes, or (strictly) something doubtful.
    """
    if len(text) > MAX_TEXT:
        raise Unreadable(f"longer than {MAX_TEXT} characters")
    header, body = split(text)
    metre = fields.metre(header.get("M", "4/4"))
    unit = fields.unit(header.get("L"), metre)
    named = header.get("K", "C").strip()
    keyed = named.casefold() not in {"", "none"}
    key, signature = read_key(named if keyed else "C")
    bars = _Reader(unit=unit, metre=metre, signature=signature, strict=strict).bars(body)
    parts: tuple[Part, ...]
    if played:
        bars = [bars[number] for number in order([bar.mark for bar in bars]) if bars[number].notes]
        parts = tuple([_part(bars, metre.bar, strict=False)] if bars else [])
    else:
        parts = tuple(_parts(bars, metre.bar, strict=strict))
    if not parts:
        raise Unreadable("no notes")
    return Tune(
        key=key, metre=metre, kind=header.get("R", "").strip().casefold(), parts=parts, title=header.get("T", "").strip(),
        source=header.get("X", "").strip(), tempo=fields.tempo(header.get("Q")), keyed=keyed,
    )  # fmt: skip


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
    sharps = SHARPS.get(tonic, 0) + MODE_SHARPS[mode] + more
    if abs(sharps) > 7:
        raise Unreadable(f"key {text[:20]!r}")
    altered = LINE_OF_FIFTHS[:sharps] if sharps >= 0 else LINE_OF_FIFTHS[sharps:]
    signature = dict.fromkeys(altered, 1 if sharps > 0 else -1)
    for sign, letter in re.findall(r"([_^=])([a-gA-G])", found[4]):
        signature[letter.upper()] = {"^": 1, "_": -1, "=": 0}[sign]
    accidental = {"#": 1, "b": -1, "": 0}[found[2]]
    return Key((LETTERS[found[1]] + accidental) % 12, mode), signature


class _Reader:
    """The music after the header, bar by bar."""

    def __init__(self, *, unit: Fraction, metre: Metre, signature: dict[str, int], strict: bool) -> None:
        self.unit = unit
        self.metre = metre
        self.signature = signature
        self.strict = strict

    def bars(self, body: str) -> list[_Bar]:
        body = fields.plain(body) if not self.strict else re.sub(r'"[^"]*"|![^!\s]*!|\{[^}]*\}|`', "", body)
        self._bars = [_Bar()]
        self._accidentals: dict[tuple[str, str], int] = {}
        self._tuplet, self._tuplet_left = Fraction(1), 0
        self._broken = 0
        self._tied = False
        for found in TOKEN.finditer(body):
            if found["bar"]:
                self._end(found["bar"])
            elif found["inline"]:
                self._change(found["inline"][1], found["inline"][3:-1])
            elif found["tuplet"]:
                self._begin_tuplet(found["tuplet"])
            elif found["letter"]:
                self._add(self._pitch(found["accidental"], found["letter"], found["octave"]), _length(found["length"]))
            elif found["chord"]:
                self._add_chord(found["chord"], found["chordlength"])
            elif found["broken"]:
                self._break(found["broken"])
            elif found["tie"]:
                self._tied = True
            elif self.strict and (found["still"] or found["other"] in "Z&"):
                raise Unreadable(found[0])
            elif found["still"]:
                self._be_still(min(64, int(found["still"][1:] or 1)))
        return self._bars

    def _change(self, name: str, text: str) -> None:
        """Key, metre or unit of length from here on."""
        if name in "KML" and self.strict:
            raise Unreadable("key or metre changes")
        if name == "K" and re.match("[A-G]|H[pP]", text.strip()):  # else a clef or a voice's transposition
            self.signature, self._accidentals = read_key(text)[1], {}
        elif name == "M":
            self.metre = fields.metre(text)
        elif name == "L":
            self.unit = fields.unit(text, self.metre)

    def _be_still(self, bars: int) -> None:
        """A rest of some bars."""
        for number in range(bars):
            if number:
                self._bars.append(_Bar())
            self._bars[-1].notes.append(Note(None, self.metre.bar))

    def _end(self, mark: str) -> None:
        last, following = self._bars[-1].mark, Mark()
        signs = mark.rstrip("123456789,-")
        if signs == "[" and not self._bars[-1].notes:  # "|[1": nothing is between
            last.endings = _endings(mark[1:])
            return
        last.ends = last.ends or ":" in mark or "||" in mark or "]" in mark or mark.startswith("[|")
        last.repeats = last.repeats or mark.startswith(":")
        following.begins = signs.endswith(":")
        following.endings = _endings(mark.removeprefix(signs))
        self._bars.append(_Bar(mark=following))
        self._accidentals = {}

    def _begin_tuplet(self, mark: str) -> None:
        p, q, r = ([*map(_digit, mark[1:].split(":")), 0, 0])[:3]
        self._tuplet = Fraction(q or TUPLET_TIME.get(p, 2), p) if p > 1 else Fraction(1)
        self._tuplet_left = r or p

    def _pitch(self, accidental: str, letter: str, octave: str) -> int | None:
        if letter in "zx":
            return None
        name = letter.upper()
        place = (letter, octave)
        if accidental:
            self._accidentals[place] = accidental.count("^") - accidental.count("_")
        altered = self._accidentals.get(place, self.signature.get(name, 0))
        return 60 + LETTERS[name] + altered + 12 * (letter.islower() + octave.count("'") - octave.count(","))

    def _add(self, pitch: int | None, factor: Fraction) -> None:
        ticks = self.unit * factor
        if self._tuplet_left:
            ticks *= self._tuplet
            self._tuplet_left -= 1
        if self._broken:
            ticks *= 2 - Fraction(1, 2**self._broken) if self._broken > 0 else Fraction(1, 2**-self._broken)
            self._broken = 0
        length = round(ticks)
        if length < 1 or length > 64 * QUARTER:
            raise Unreadable("a note is too short or too long")
        notes = self._bars[-1].notes
        before = notes or (len(self._bars) > 1 and self._bars[-2].notes) or []
        if self._tied and before and before[-1].pitch == pitch and pitch is not None:
            self._bars[-1].notes.append(Note(-1, length))  # goes on sounding
        else:
            notes.append(Note(pitch, length))
        self._tied = False

    def _add_chord(self, text: str, after: str) -> None:
        inside = [(self._pitch(*found[:3]), _length(found[3])) for found in NOTE.findall(text[1:-1])]
        sounding = [(pitch, length) for pitch, length in inside if pitch is not None]
        if sounding:
            self._add(max(pitch for pitch, _ in sounding), sounding[0][1] * _length(after))

    def _break(self, mark: str) -> None:
        notes = self._bars[-1].notes
        if not notes:
            return
        many = len(mark)
        last = notes[-1]
        longer = mark[0] == ">"
        factor = 2 - Fraction(1, 2**many) if longer else Fraction(1, 2**many)
        notes[-1] = Note(last.pitch, max(1, round(last.length * factor)))
        self._broken = -many if longer else many


def _endings(text: str) -> frozenset[int]:
    """The passes that "1,3" or "1-3" means."""
    passes: set[int] = set()
    for each in text.strip(",-").split(","):
        low, _dash, high = each.partition("-")
        if low.isdigit():
            passes.update(range(int(low), int(high if high.isdigit() else low) + 1))
    return frozenset(number for number in passes if number <= MOST_PASSES)


def _digit(text: str) -> int:
    return int(text) if text else 0


def _length(text: str) -> Fraction:
    """A multiplier such as 3, 3/2, / or //."""
    above, slash, below = text.partition("/")
    if len(above) > 3 or len(below) > 6:
        raise Unreadable("a note is too short or too long")
    top = Fraction(int(above) if above else 1)
    if not slash:
        return top
    digits = below.strip("/")
    if digits and int(digits) == 0:
        raise Unreadable("a note is too short or too long")
    return top / (int(digits) if digits else 2 ** (1 + below.count("/")))


def _parts(bars: list[_Bar], full: int, *, strict: bool) -> Iterator[Part]:
    """Sections between double bars; of different endings the last."""
    section: list[_Bar] = []
    skipping = False
    for position, bar in enumerate(bars):
        first, later = bar.mark.endings, bars[position : position + 6]
        skipping = skipping or (1 in first and any(2 in each.mark.endings and each is not bar for each in later))
        if skipping:
            skipping = not bar.mark.ends
            continue
        if bar.notes:
            section.append(bar)
        if bar.mark.ends and sum(bar.length for bar in section) >= full:  # a pickup before |: belongs to what follows
            yield _part(section, full, strict=strict)
            section = []
    if section:
        yield _part(section, full, strict=strict)


def _part(section: list[_Bar], full: int, *, strict: bool) -> Part:
    first, last = section[0], section[-1]
    pickup = first.length if len(section) > 1 and first.length < full else 0
    middle = section[1 if pickup else 0 : -1]
    if strict and (any(bar.length != full for bar in middle) or last.length > full):
        raise Unreadable("a bar of a wrong length")
    notes: list[Note] = []
    for note in (note for bar in section for note in bar.notes):
        if note.pitch == -1:
            if notes:
                notes[-1] = Note(notes[-1].pitch, notes[-1].length + note.length)
            else:
                notes.append(Note(None, note.length))
        else:
            notes.append(note)
    return Part(pickup=pickup, notes=tuple(notes))
