"""Bach's four-part chorales as cells, out of the music21 package's corpus folder."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from generators.engines.music.cells import BOTTOM, HOLD, PITCH_WORDS, PLACES_IN_BAR, REST, VOICES
from generators.engines.music.notation import LETTERS
from generators.training.music import corpus

OPENING = 12  # sounding notes of the soprano by which settings of one hymn are recognised


@dataclass(frozen=True, slots=True)
class Chorale:
    """One piece on a grid of eighths."""

    name: str
    tonic: int
    minor: bool
    cells: np.ndarray  #: words, (steps, voices)
    places: np.ndarray  #: eighths into the bar, (steps,)
    closes: np.ndarray  #: 1 at a fermata, (steps,)

    @property
    def offset(self) -> int:
        """How far the tonic is from C, -5..6."""
        return (self.tonic + 5) % 12 - 5

    @property
    def pitches(self) -> np.ndarray:
        """MIDI pitch that sounds, -1 in a rest, (steps, voices)."""
        sounding = np.full(self.cells.shape, -1)
        for voice in range(VOICES):
            last = -1
            for step, word in enumerate(self.cells[:, voice]):
                last = last if word == HOLD else -1 if word == REST else int(word) + BOTTOM + self.offset
                sounding[step, voice] = last
        return sounding


def chorales() -> Iterator[Chorale]:
    """All pieces in four parts that the grid can hold."""
    for path in sorted((corpus.folder() / "bach").glob("*.mxl")):
        piece = _read(path)
        if piece is not None:
            yield piece


def _read(path: Path) -> Chorale | None:
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith("xml") and not name.startswith("META"))
        root = ET.fromstring(archive.read(name))  # noqa: S314 — a file of an installed package
    parts = root.findall("part")
    if len(parts) != VOICES:
        return None
    tracks = [list(_track(part)) for part in parts]
    starts = _starts(parts[0])
    end = max(start + length for track in tracks for start, length, _, _ in track)
    steps = int(end * 2)
    pitches = [_sounding(track, steps) for track in tracks]
    fifths = int(root.findtext(".//key/fifths") or 0)
    bass = [pitch for pitch in pitches[3][0] if pitch is not None]
    if not bass or steps < 24:
        return None
    tonic, minor = _tonic(bass[-1] % 12, fifths * 7 % 12)
    offset = (tonic + 5) % 12 - 5
    cells = np.full((steps, VOICES), REST)
    for voice, (sounds, onsets) in enumerate(pitches):
        for step in range(steps):
            pitch = sounds[step]
            if pitch is not None:
                word = pitch - offset - BOTTOM
                if not 0 <= word < PITCH_WORDS:
                    return None
                cells[step, voice] = word if onsets[step] or step == 0 else HOLD
    places = np.array([_place(Fraction(step, 2), starts) for step in range(steps)])
    closes = np.zeros(steps, dtype=np.int64)
    for start, length, _, fermata in tracks[0]:
        if fermata:
            closes[int(start * 2) : int((start + length) * 2)] = 1
    return Chorale(path.stem, tonic, minor, cells, np.minimum(places, PLACES_IN_BAR - 1), closes)


def _tonic(last: int, major: int) -> tuple[int, bool]:
    """The tonic and whether it is minor, from the last bass note and the signature."""
    if last in {major, (major + 7) % 12}:
        return last, False
    return (last, True) if last in {(major + 9) % 12, (major + 2) % 12} else ((major + 9) % 12, True)


def _track(part: ET.Element) -> Iterator[tuple[Fraction, Fraction, int | None, bool]]:
    """Start and length in quarters, pitch, whether under a fermata; tied notes are one."""
    at, divisions = Fraction(0), 1
    held: list[tuple[Fraction, Fraction, int | None, bool]] = []
    for measure in part.findall("measure"):
        for item in measure:
            if item.tag == "attributes" and item.findtext("divisions"):
                divisions = int(item.findtext("divisions") or 1)
            if item.tag not in {"note", "forward"} or item.find("grace") is not None:
                continue
            length = Fraction(int(item.findtext("duration") or 0), divisions)
            pitch = _pitch(item.find("pitch"))
            fermata = item.find("notations/fermata") is not None
            if held and any(tie.get("type") == "stop" for tie in item.findall("tie")) and held[-1][2] == pitch:
                start, before, _, marked = held.pop()
                held.append((start, before + length, pitch, marked or fermata))
            else:
                held.append((at, length, pitch, fermata))
            at += length
    yield from held


def _pitch(item: ET.Element | None) -> int | None:
    if item is None:
        return None
    octave = int(item.findtext("octave") or 4)
    return 12 * (octave + 1) + LETTERS[item.findtext("step") or "C"] + int(float(item.findtext("alter") or 0))


def _sounding(track: list[tuple[Fraction, Fraction, int | None, bool]], steps: int) -> tuple[list[int | None], list[bool]]:
    """What sounds at each eighth, and whether it begins there."""
    sounds: list[int | None] = [None] * steps
    onsets = [False] * steps
    for start, length, pitch, _ in track:
        first = -(-start * 2 // 1)
        for step in range(int(first), min(steps, int(-(-(start + length) * 2 // 1)))):
            sounds[step] = pitch
        if length and first < steps:
            onsets[int(first)] = True
    return sounds, onsets


def _starts(part: ET.Element) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Of each measure: start, length and full length, in quarters."""
    at, divisions, full = Fraction(0), 1, Fraction(4)
    rows = []
    for measure in part.findall("measure"):
        length = Fraction(0)
        for item in measure:
            if item.tag == "attributes":
                divisions = int(item.findtext("divisions") or divisions)
                if item.find("time") is not None:
                    full = Fraction(int(item.findtext("time/beats") or 4) * 4, int(item.findtext("time/beat-type") or 4))
            if item.tag in {"note", "forward"}:
                length += Fraction(int(item.findtext("duration") or 0), divisions)
        rows.append((at, length, full))
        at += length
    return rows


def _place(quarter: Fraction, starts: list[tuple[Fraction, Fraction, Fraction]]) -> int:
    number = max(index for index, (start, _, _) in enumerate(starts) if start <= quarter)
    start, length, full = starts[number]
    skipped = full - length if number == 0 and length < full else Fraction(0)
    if number and length < full and starts[number - 1][1] + length == full:
        skipped = starts[number - 1][1]
    return int((quarter - start + skipped) * 2)


def families(pieces: list[Chorale]) -> list[list[Chorale]]:
    """Settings of one hymn together, by how the soprano begins."""
    grouped: dict[str, list[Chorale]] = {}
    for piece in pieces:
        soprano = [int(word) for word in piece.cells[:, 0] if word < PITCH_WORDS][:OPENING]
        grouped.setdefault(str([note - soprano[0] for note in soprano]), []).append(piece)
    return list(grouped.values())


def split(pieces: list[Chorale], *, held_out: float = 0.15) -> tuple[list[Chorale], list[Chorale]]:
    """Pieces to train on and pieces to judge by, one of a hymn; no hymn is in both."""
    train: list[Chorale] = []
    judge: list[Chorale] = []
    for family in families(pieces):
        chance = int(hashlib.sha256(str(family[0].cells[:16, 0].tolist()).encode()).hexdigest()[:8], 16) / 2**32
        if chance < held_out:
            judge.append(family[0])
        else:
            train.extend(_different(family))
    return train, judge


def _different(family: list[Chorale]) -> list[Chorale]:
    """Settings without those that are the same note for note."""
    seen: set[bytes] = set()
    kept = []
    for piece in family:
        key = piece.cells.tobytes()
        if key not in seen:
            kept.append(piece)
        seen.add(key)
    return kept
