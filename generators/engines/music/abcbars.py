"""The music of an ABC tune after its header, bar by bar: notes, lengths, bar lines, repeats."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from generators.engines.music import abcfields as fields
from generators.engines.music.abcfields import Unreadable
from generators.engines.music.abckeys import read_key
from generators.engines.music.notation import LETTERS, QUARTER, Metre, Note
from generators.engines.music.repeats import CAPO, MOST_PASSES, SEGNO, Mark

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
SHORT = {"S": "segno", "O": "coda"}  #: ABC 2.1, 4.16
NOTE = re.compile(r"([_^=]*)([A-Ga-gzx])([,']*)(\d*/*\d*)")


@dataclass
class Bar:
    """What stands between two bar lines, and what the line before and after it says."""

    notes: list[Note] = field(default_factory=list)
    mark: Mark = field(default_factory=Mark)

    @property
    def length(self) -> int:
        """Ticks."""
        return sum(note.length for note in self.notes)


class BarReader:
    """The music after the header, bar by bar."""

    def __init__(self, *, unit: Fraction, metre: Metre, signature: dict[str, int], strict: bool, reach: str) -> None:
        self.unit = unit
        self.metre = metre
        self.signature = signature
        self.strict = strict
        self.reach = reach  #: of an accidental; see `abcfields.reach`

    def bars(self, body: str) -> list[Bar]:
        """The bars of the music.

        Raises:
            Unreadable: a note without a length, or (strictly) something doubtful.
        """
        body = fields.plain(body) if not self.strict else re.sub(r'"[^"]*"|![^!\s]*!|\{[^}]*\}|`', "", body)
        self._bars = [Bar()]
        self._accidentals: dict[tuple[str, str], int] = {}
        self._before: dict[tuple[str, str], int] = {}  # pitches of the note or chord before, by letter and octave
        self._struck: dict[tuple[str, str], int] = {}
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
                self._strike()
                self._add(self._pitch(found["accidental"], found["letter"], found["octave"]), _length(found["length"]))
            elif found["chord"]:
                self._add_chord(found["chord"], found["chordlength"])
            elif found["broken"]:
                self._break(found["broken"])
            elif found["tie"]:
                self._tied = True
            elif self.strict and (found["still"] or found["other"] in "Z&"):
                raise Unreadable(found[0])
            elif found["other"] in SHORT:
                self._go(SHORT[found["other"]])
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
        elif name == "P":
            if self._bars[-1].notes:
                self._bars.append(Bar())
            self._bars[-1].mark.part = text.strip()[:1]
        elif name == "j":
            self._go(text)

    def _go(self, sign: str) -> None:
        """A sign that says where to go on; see `Mark`."""
        bar = self._bars[-1]
        if sign == "segno":
            bar.mark.segno = True
        elif sign == "fine":
            bar.mark.fine = True
        elif sign == "coda":
            bar.mark.left, bar.mark.leave = bool(bar.notes), not bar.notes
        else:
            bar.mark.jump = CAPO if sign == "capo" else SEGNO

    def _be_still(self, bars: int) -> None:
        """A rest of some bars."""
        for number in range(bars):
            if number:
                self._bars.append(Bar())
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
        self._bars.append(Bar(mark=following))
        self._accidentals = {}

    def _begin_tuplet(self, mark: str) -> None:
        p, q, r = ([*map(_digit, mark[1:].split(":")), 0, 0])[:3]
        self._tuplet = Fraction(q or TUPLET_TIME.get(p, 2), p) if p > 1 else Fraction(1)
        self._tuplet_left = r or p

    def _strike(self) -> None:
        """A note or chord begins, which a tie may join to the one before."""
        self._before, self._struck = self._struck, {}

    def _pitch(self, accidental: str, letter: str, octave: str) -> int | None:
        if letter in "zx":
            return None
        name, place = letter.upper(), (letter, octave)
        altered = self.signature.get(name, 0)
        held = (name, "") if self.reach == "pitch" else place
        if accidental:
            altered = accidental.count("^") - accidental.count("_")
            if self.reach != "not":
                self._accidentals[held] = altered
        altered = self._accidentals.get(held, altered)
        pitch = 60 + LETTERS[name] + altered + 12 * (letter.islower() + octave.count("'") - octave.count(","))
        if self._tied and not accidental:  # a tie carries an accidental over the bar line
            pitch = self._before.get(place, pitch)
        self._struck[place] = pitch
        return pitch

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
        self._strike()
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
