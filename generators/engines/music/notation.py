"""Written music: notes, keys, metres, tunes and scores. It knows nothing of files or sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

QUARTER = 24  #: ticks of a quarter note: a 32nd is 3, an eighth of a triplet 8
MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
}
FIFTHS_FROM_MAJOR = {"major": 0, "mixolydian": -1, "dorian": -2, "minor": -3}  #: of the key signature on the same tonic
SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
LINE_OF_FIFTHS = "FCGDAEB"


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic and a mode."""

    tonic: int  #: pitch class, 0 is C
    mode: str  #: one of MODES

    @property
    def fifths(self) -> int:
        """Sharps (positive) or flats (negative) of the signature, -6..6."""
        around = (self.tonic * 7 + FIFTHS_FROM_MAJOR[self.mode]) % 12
        return around if around <= 6 else around - 12

    @property
    def scale(self) -> tuple[int, ...]:
        """The seven pitch classes, from the tonic."""
        return tuple((self.tonic + step) % 12 for step in MODES[self.mode])

    @property
    def name(self) -> str:
        """As musicians write it: "F# minor"."""
        return f"{self.spell(self.tonic)[0]} {self.mode}"

    def spell(self, pitch: int) -> tuple[str, int]:
        """How a pitch is written in this key: a name such as "F#", and its octave (middle C is 4)."""
        names = SHARP_NAMES if self.fifths >= 0 else FLAT_NAMES
        leading = (self.tonic - 1) % 12
        if pitch % 12 == leading and self.mode in {"minor", "dorian"}:  # G minor has F sharp, not G flat
            names = SHARP_NAMES
        if self.fifths == 6 and pitch % 12 == 5:
            return "E#", pitch // 12 - 1
        if self.fifths == -6 and pitch % 12 == 11:
            return "Cb", pitch // 12
        return names[pitch % 12], pitch // 12 - 1


@dataclass(frozen=True, slots=True)
class Metre:
    """So many beats to the bar, as written."""

    beats: int
    unit: int  #: 4: quarters, 8: eighths

    @property
    def bar(self) -> int:
        """Ticks of a bar."""
        return self.beats * 4 * QUARTER // self.unit

    @property
    def compound(self) -> bool:
        """Whether a beat that is felt has three parts: 6/8, 9/8, 12/8, 6/16."""
        return self.unit >= 8 and self.beats % 3 == 0

    @property
    def pulse(self) -> int:
        """Ticks of a beat that is felt."""
        return 4 * QUARTER // self.unit * (3 if self.compound else 1)

    def __str__(self) -> str:
        return f"{self.beats}/{self.unit}"


@dataclass(frozen=True, slots=True)
class Note:
    """A sound, or a silence, of a written length."""

    pitch: int | None  #: MIDI, 60 is middle C; None is a rest
    length: int  #: ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section of a tune, up to a double bar."""

    pickup: int  #: ticks before its first bar line
    notes: tuple[Note, ...]

    @property
    def length(self) -> int:
        """Ticks."""
        return sum(note.length for note in self.notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tune:
    """A melody in one voice."""

    key: Key
    metre: Metre
    kind: str  #: reel, jig, waltz …
    parts: tuple[Part, ...]
    title: str = ""
    source: str = ""
    tempo: float | None = None  #: quarters a minute, where it says
    keyed: bool = True  #: whether it says its key itself

    @property
    def notes(self) -> tuple[Note, ...]:
        """All, in order."""
        return tuple(note for part in self.parts for note in part.notes)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A note as it is played: when, how long, how loud."""

    start: int  #: ticks from the beginning of the first full bar, a pickup's included
    length: int  #: ticks
    pitch: int  #: MIDI; on a drum voice: which drum
    velocity: int = 84  #: 1..127


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one instrument plays."""

    name: str  #: for people: "fiddle"
    program: int  #: General MIDI, 0..127
    strokes: tuple[Stroke, ...]
    drums: bool = False
    level: float = 1.0  #: in the mix, 0..1
    pan: float = 0.0  #: -1 left .. 1 right


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Voices that sound together."""

    title: str
    key: Key
    metre: Metre
    tempo: float  #: quarter notes a minute
    pickup: int  #: ticks before the first bar line
    voices: tuple[Voice, ...]
    chords: tuple[tuple[int, str], ...] = ()  #: tick and name, to print above the stave

    @property
    def length(self) -> int:
        """Ticks to the end of the last note."""
        return max((stroke.start + stroke.length for voice in self.voices for stroke in voice.strokes), default=0)

    def seconds(self, ticks: float) -> float:
        """How long that is."""
        return ticks / QUARTER * 60 / self.tempo


def timed(tune: Tune) -> Iterator[tuple[int, Note]]:
    """Each note with its tick from the beginning."""
    at = 0
    for note in tune.notes:
        yield at, note
        at += note.length
