"""A melody out of what a person gives: typed notes, degrees, solfège, ABC, or a MIDI file. It knows no models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from bot.words import _
from generators.engines.making import Unmakeable
from generators.engines.music import abc, midi
from generators.engines.music.notation import LETTERS, MODES, QUARTER, Key, Metre, Note

MAX_TYPED = 2_000  # characters: about 300 notes; a message holds no more
MAX_NOTES = 300  # typed, and told to the model, which sees no more of a tune
MOST_TAKEN = 4_000  # notes of a file; four minutes of sixteenths at 240 quarters a minute are 3 840
NOTE = re.compile(r"([A-Ga-g])(##|bb|#|b|♯|♭)?(-?\d)?(?::?(w|h|q|e|s|t)(\.?)|:(\d+(?:/\d+)?))?")
DEGREE = re.compile(r"(#|b)?([1-8])([',]*)(?::?(w|h|q|e|s|t)(\.?))?")
SOLFEGE = {"do": 0, "re": 2, "mi": 4, "fa": 5, "sol": 7, "so": 7, "la": 9, "ti": 11, "si": 11}
LENGTHS = {"w": 4 * QUARTER, "h": 2 * QUARTER, "q": QUARTER, "e": QUARTER // 2, "s": QUARTER // 4, "t": QUARTER // 3}
RESTS = {"r", "z", "x", "rest", "_"}
MOST_SILENT = 64  # bars of one note or one silence: a longer one is a mistake of the file's
MOST_STILL = 4  # bars that are left of it
MOST_REPEATED = 0.7  # of a melody's steps; one on a single note, such as the One Note Samba's first part, has a title to tell it
TUNE = re.compile(r"melod|vocal|\blead\b|voice|gesang|chant|voix|主旋律|旋律", re.IGNORECASE)  #: in the name of a track
GRID = (12, 6, 8, 4, 3)  #: ticks: what starts of notes in a MIDI file are moved to, the coarsest that fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A melody that was handed in."""

    notes: tuple[Note, ...]
    key: Key | None  #: as it says itself, if it does
    metre: Metre | None
    pickup: int = 0  #: ticks
    tempo: float | None = None  #: quarters a minute
    kind: str = ""
    counted: bool = False  #: degrees and solfège: the notes have no key of their own


def typed(text: str, key: Key | None) -> Given:
    """A melody in text.

    Args:
        text: note names ("C4 E4 G4:h"), degrees ("1 3 5 8"), solfège ("do re mi"), or ABC ("K:D", then "DFA d2").
        key: what degrees and solfège count from; None: C major.

    Raises:
        Unmakeable: too long, or not understood; says which word.
    """
    if len(text) > MAX_TYPED:
        raise Unmakeable(_("That is {n} characters of notes; at most {most} can be read.").format(n=len(text), most=MAX_TYPED))
    if re.search(r"(?m)^\s*[A-Z]:|\|", text):
        return _abc(text)
    words = text.replace("|", " ").replace(",", " , ").split() if "," in text and not re.search(r"\d,", text) else text.split()
    words = [word for word in words if word not in {",", "-", "–", "…", "..."}]
    if not words:
        raise Unmakeable(_("No notes were given. Write them like C4 E4 G4, or 1 3 5, or as ABC."))
    if len(words) > MAX_NOTES:
        raise Unmakeable(_("Those are {n} notes; at most {most} can be taken up.").format(n=len(words), most=MAX_NOTES))
    counted = all(DEGREE.fullmatch(word) or word.casefold().partition(":")[0] in {"0", *RESTS, *SOLFEGE} for word in words)
    return Given(notes=tuple(_words(words, key)), key=(key or Key(0, "major")) if counted else None, metre=None, counted=counted)


def _abc(text: str) -> Given:
    lines = [line.strip() for line in text.replace("\\n", "\n").splitlines()]
    body = "\n".join(lines)
    fields = set(re.findall(r"(?m)^([A-Z]):", body))
    try:
        tune = abc.read(body, played=True)
    except abc.Unreadable as error:
        raise Unmakeable(_("These notes look like ABC, but cannot be read: {why}.").format(why=error)) from error
    return Given(
        notes=tune.notes[:MOST_TAKEN],
        key=tune.key if "K" in fields and tune.keyed else None,
        metre=tune.metre if "M" in fields else None,
        tempo=tune.tempo,
        pickup=tune.parts[0].pickup,
        kind=tune.kind,
    )


def _words(words: Sequence[str], key: Key | None) -> list[Note]:
    counted = key or Key(0, "major")
    degrees = all(DEGREE.fullmatch(word) or word in {"0", *RESTS} for word in words)
    last = 60 + counted.tonic if degrees or key else 64
    notes: list[Note] = []
    for word in words:
        note = _note(word, counted, last, degrees=degrees)
        last = note.pitch if note.pitch is not None else last
        notes.append(note)
    return notes


def _note(word: str, key: Key, last: int, *, degrees: bool) -> Note:
    bare, _colon, length = word.casefold().partition(":")
    if bare in RESTS or (degrees and bare == "0"):
        return Note(None, LENGTHS.get(length, QUARTER))
    if degrees and (found := DEGREE.fullmatch(word)):
        return Note(_degree(found, key), _length(found[4], found[5]))
    if bare in SOLFEGE:
        return Note(_near(key.tonic + SOLFEGE[bare], last), LENGTHS.get(length, QUARTER))
    found = NOTE.fullmatch(word)
    if not found:
        raise Unmakeable(
            _(
                "“{word}” is no note. Write notes like C4 or F#5 (a length may follow: C4:h), or degrees like 1 3 5, or ABC."
            ).format(word=word[:20])
        )
    moved = {"#": 1, "♯": 1, "##": 2, "b": -1, "♭": -1, "bb": -2}.get(found[2] or "", 0)
    step = LETTERS[found[1].upper()] + moved
    pitch = 12 * (int(found[3]) + 1) + step if found[3] else _near(step, last)
    if not 24 <= pitch <= 108:
        raise Unmakeable(
            _("“{word}” is too low or too high to be heard well; octaves 1 to 7 can be used.").format(word=word[:20])
        )
    return Note(pitch, _fraction(found[6]) if found[6] else _length(found[4], found[5]))


def _degree(found: re.Match[str], key: Key) -> int:
    number = int(found[2]) - 1
    moved = {"#": 1, "b": -1}.get(found[1] or "", 0)
    octave = number // 7 + found[3].count("'") - found[3].count(",")
    return 60 + key.tonic + MODES[key.mode][number % 7] + moved + 12 * octave


def _near(step: int, last: int) -> int:
    """The pitch of this class that is nearest to the one before."""
    return min((12 * octave + step % 12 for octave in range(2, 9)), key=lambda pitch: abs(pitch - last))


def _length(letter: str | None, dot: str | None) -> int:
    ticks = LENGTHS[letter or "q"]
    return ticks * 3 // 2 if dot else ticks


def _fraction(text: str) -> int:
    above, _slash, below = text.partition("/")
    ticks = 4 * QUARTER * int(above) // max(1, int(below or 1))
    if not 3 <= ticks <= 4 * QUARTER:
        raise Unmakeable(_("A note lasts from 1/32 to 4/4; “{text}” does not.").format(text=text[:20]))
    return ticks


def from_midi(content: bytes) -> Given:
    """The melody of a MIDI file: the highest line of the voice that has the tune. Every onset of it is kept.

    Raises:
        Unmakeable: the file is none, or is too much.
    """
    try:
        file = midi.read(content)
    except midi.Unreadable as error:
        raise Unmakeable(_why(error.why)) from error
    sounds = [sound for sound in file.sounds if sound.channel != midi.DRUM_CHANNEL]
    if not sounds:
        raise Unmakeable(_("This MIDI file has drums only; a melody is needed."))
    line = _top(_melodic(sounds, file.names))
    scale = QUARTER / file.division
    bar = file.metre.bar
    pickup = round((file.bar_line - line[0].start) * scale) % bar
    starts = _places([(sound.start - line[0].start) * scale for sound in line])
    notes: list[Note] = []
    for sound, start, following in zip(line, starts, [*starts[1:], None], strict=True):
        length = max(1, round((sound.end - sound.start) * scale))
        if following is None:
            notes.append(Note(sound.pitch, _sane(length, bar)))
            break
        rest = following - start - length
        if rest <= QUARTER // 2:  # played short rather than followed by a rest
            length, rest = following - start, 0
        notes.append(Note(sound.pitch, _sane(length, bar)))
        if rest:
            notes.append(Note(None, _sane(rest, bar)))
    return Given(notes=tuple(notes[:MOST_TAKEN]), key=file.key, metre=file.metre, pickup=pickup, tempo=file.tempo)


def _why(why: str) -> str:
    return {
        "large": _("This MIDI file is too large: at most {kb} kB and {notes} notes can be read.").format(
            kb=midi.MAX_BYTES // 1024, notes=midi.MAX_NOTES
        ),
        "foreign": _("This file is no MIDI file, whatever its name says. Send a .mid file, or type the notes."),
        "frames": _("This MIDI file counts time in film frames; one that counts in quarter notes is needed."),
        "empty": _("This MIDI file has no notes."),
        "broken": _("This MIDI file is broken and cannot be read."),
    }[why]


def _melodic(sounds: list[midi.Sound], names: Mapping[int, str]) -> list[midi.Sound]:
    """The voice that sounds like the tune: called so, or high, busy enough, and going up and down."""
    voices = [
        list(each)
        for _, each in groupby(sorted(sounds, key=lambda s: (s.track, s.channel, s.start)), lambda s: (s.track, s.channel))
    ]
    busiest = max(len(voice) for voice in voices)
    busy = [voice for voice in voices if len(voice) * 3 >= busiest]
    called = [voice for voice in busy if TUNE.search(names.get(voice[0].track, ""))]
    moving = [voice for voice in called or busy if _moves(voice)]
    return max(moving or called or busy, key=lambda voice: sum(sound.pitch for sound in voice) / len(voice))


def _moves(voice: list[midi.Sound]) -> bool:
    """Whether a voice is more than one note struck again and again."""
    pitches = [sound.pitch for sound in _top(voice)]
    repeated = sum(one == other for one, other in pairwise(pitches))
    return len(pitches) < 3 or repeated <= MOST_REPEATED * (len(pitches) - 1)


def _top(voice: list[midi.Sound]) -> list[midi.Sound]:
    """Of notes that begin together the highest."""
    return [next(iter(group)) for _, group in groupby(sorted(voice, key=lambda s: (s.start, -s.pitch)), lambda s: s.start)]


def _places(starts: list[float]) -> list[int]:
    """Ticks at which notes start, no two alike: on the coarsest grid that nine of ten are on, the others where they are."""
    grid = next((each for each in GRID if sum(_off(start, each) <= 1 for start in starts) >= 0.9 * len(starts)), 1)
    placed: list[int] = []
    for start in starts:
        place = grid * round(start / grid) if _off(start, grid) <= 1 else round(start)
        placed.append(max(place, placed[-1] + 1) if placed else 0)
    return placed


def _off(start: float, grid: int) -> float:
    return abs(start - grid * round(start / grid))


def _sane(ticks: int, bar: int) -> int:
    """A length without the bars in which nothing happens: a file may be silent for years."""
    return ticks if ticks <= MOST_SILENT * bar else MOST_STILL * bar + ticks % bar
