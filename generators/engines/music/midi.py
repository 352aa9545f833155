"""Standard MIDI files, written and, within narrow limits, read. The file format is the MIDI Association's, 1996, RP-001."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from generators.engines.music.notation import QUARTER, Key, Metre, Score, Voice

MAX_BYTES = 1024 * 1024  # a symphony's movement has 200 kB, the longest tune in the old books 530; a million notes have 6 MB
MAX_NOTES = 60_000  # of a file, read in a CPU second; the longest tune in the old books, with all repeats, comes to 55 878
DRUM_CHANNEL = 9
TRACK, METRE, TEMPO, KEY = 0x03, 0x58, 0x51, 0x59  #: kinds of meta events that are read
BARS = (18, 768)  #: ticks of the shortest and longest bar that is believed: 3/16 and 32/4


class Unreadable(ValueError):
    """The file is no MIDI file that we read. `why` is one of WHYS."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Sound:
    """A note of a file."""

    start: int  #: file ticks
    end: int
    pitch: int
    channel: int
    track: int


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What a file says. Where it changes tempo, metre or key, the one that holds longest while notes sound counts."""

    division: int  #: ticks of a quarter
    sounds: tuple[Sound, ...]  #: by start
    tempo: float  #: quarters a minute; without one that holds for half of the time: their mean over time
    metre: Metre
    bar_line: int  #: file ticks: where a bar of that metre begins
    key: Key | None
    names: Mapping[int, str]  #: of tracks


def read(content: bytes) -> File:
    """A file's notes, tempo, metre and key. Of a file of patterns (format 2) the first that has notes.

    Raises:
        Unreadable: too large, no MIDI file, broken, without notes, or timed in film frames.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable("large")
    content = _unwrapped(content)
    if content[:4] != b"MThd" or len(content) < 14:
        raise Unreadable("foreign")
    header, form, tracks, division = struct.unpack(">IHHH", content[4:14])
    if division & 0x8000:
        raise Unreadable("frames")
    if not division or not 6 <= header <= 64:
        raise Unreadable("broken")
    reader = _Reader()
    at, number = 8 + header, 0
    while number < tracks and at + 8 <= len(content):
        size = struct.unpack_from(">I", content, at + 4)[0]
        if content[at : at + 4] == b"MTrk":  # other chunks are to be passed over, and are no tracks
            reader.track(content[at + 8 : at + 8 + size], number)
            number += 1
            if form == 2 and reader.sounds:
                break
        at += 8 + size
    if not reader.sounds:
        raise Unreadable("empty")
    sounds = tuple(sorted(reader.sounds, key=lambda sound: (sound.start, -sound.pitch)))
    during = sounds[0].start, max(sound.end for sound in sounds)
    metre, bar_line = reader.metre(during)
    return File(
        division=division, sounds=sounds, tempo=reader.tempo(during), metre=metre, bar_line=bar_line, key=reader.key(during),
        names=reader.names,
    )  # fmt: skip


def _unwrapped(content: bytes) -> bytes:
    """What is in a RIFF file (.rmi) or behind a MacBinary header; anything else as it is."""
    if content[:4] == b"RIFF" and content[8:12] == b"RMID":
        at = 12
        while at + 8 <= len(content):
            size = int.from_bytes(content[at + 4 : at + 8], "little")
            if content[at : at + 4] == b"data":
                return content[at + 8 : at + 8 + size]
            at += 8 + size + size % 2  # chunks begin at even places
    return content[128:] if content[:1] == b"\0" and content[128:132] == b"MThd" else content


Said = tuple[int, bytes]  #: tick and content of a meta event


class _Reader:
    """Tracks, one after another."""

    def __init__(self) -> None:
        self.sounds: list[Sound] = []
        self.names: dict[int, str] = {}
        self._said: dict[int, list[Said]] = {METRE: [], TEMPO: [], KEY: []}

    def track(self, body: bytes, number: int) -> None:
        at = tick = status = 0
        begun: dict[tuple[int, int], int] = {}
        try:
            while at < len(body):
                wait, at = _number(body, at)
                tick += wait
                if body[at] in {0xFF, 0xF0, 0xF7}:  # what was playing goes on after these, in files of the field
                    at = self._meta(body, at + 1, body[at], tick, number)
                    continue
                if body[at] > 0xF7:
                    at += 1  # a clock or the like of a performance, which has no bytes of its own
                    continue
                if body[at] & 0x80:
                    status = body[at]
                    at += 1
                if 0x80 <= status < 0xF0:
                    at = self._message(body, at, status, tick, number, begun)
                else:
                    raise Unreadable("broken")
        except IndexError:
            pass  # the track ends in the middle: what came before counts
        for (channel, pitch), start in begun.items():  # never let go: they end with the track
            self._add(Sound(start, max(tick, start + 1), pitch, channel, number))

    def _message(self, body: bytes, at: int, status: int, tick: int, number: int, begun: dict[tuple[int, int], int]) -> int:
        kind, channel = status & 0xF0, status & 0x0F
        if kind in {0x80, 0x90}:
            pitch, velocity = body[at], body[at + 1]
            on = kind == 0x90 and velocity > 0
            start = begun.pop((channel, pitch), None)
            if start is not None and pitch < 128 and not (on and start == tick):  # struck twice at once is one note
                self._add(Sound(start, max(tick, start + 1), pitch, channel, number))
            if on:
                begun[channel, pitch] = tick
        return at + (1 if kind in {0xC0, 0xD0} else 2)

    def _add(self, sound: Sound) -> None:
        self.sounds.append(sound)
        if len(self.sounds) > MAX_NOTES:
            raise Unreadable("large")

    def _meta(self, body: bytes, at: int, status: int, tick: int, number: int) -> int:
        kind = body[at] if status == 0xFF else -1
        size, at = _number(body, at + (status == 0xFF))
        if kind in self._said:
            self._said[kind].append((tick, body[at : at + size]))
        elif kind == TRACK:
            self.names.setdefault(number, body[at : at + size].decode("latin-1"))
        return at + size

    def tempo(self, during: tuple[int, int]) -> float:
        """Quarters a minute."""
        changes = [(tick, int.from_bytes(said, "big")) for tick, said in self._said[TEMPO] if len(said) == 3 and any(said)]
        held = _held(changes, during, 500_000)
        micros, ticks = max(held.items(), key=lambda each: each[1])
        if ticks * 2 >= sum(held.values()):
            return 60e6 / micros
        return 60e6 / (sum(each * for_ticks for each, for_ticks in held.items()) / sum(held.values()))

    def metre(self, during: tuple[int, int]) -> tuple[Metre, int]:
        """The metre, and the first place where a bar of it begins."""
        changes = [
            (tick, metre)
            for tick, said in self._said[METRE]
            if len(said) >= 2 and (metre := _metre(said[0], said[1])) is not None
        ]
        held = _held(changes, during, Metre(4, 4))
        metre = max(held, key=lambda each: held[each])
        return metre, min((tick for tick, each in changes if each == metre), default=0)

    def key(self, during: tuple[int, int]) -> Key | None:
        """The key; C major is also what files say that do not know."""
        changes = [(tick, said) for tick, said in self._said[KEY] if len(said) == 2]
        held = _held(changes, during, b"\0\0")
        said = max(held, key=lambda each: held[each])
        if said == b"\0\0":
            return None
        fifths = said[0] - 256 if said[0] > 127 else said[0]
        return Key((fifths * 7 + (9 if said[1] else 0)) % 12, "minor" if said[1] else "major")


T = TypeVar("T")


def _held(changes: list[tuple[int, T]], during: tuple[int, int], first: T) -> dict[T, int]:
    """For how many ticks each value holds while notes sound; `first` until one is said."""
    begin, end = during
    placed = [(0, first), *sorted(changes, key=lambda change: change[0]), (end, first)]
    held: dict[T, int] = {}
    for (tick, value), (until, _next) in pairwise(placed):
        ticks = min(until, end) - max(tick, begin)
        if ticks > 0:
            held[value] = held.get(value, 0) + ticks
    return held or {first: 1}


def _metre(beats: int, power: int) -> Metre | None:
    """A metre as files write it; None for one that nobody plays in."""
    if not beats or power > 5:
        return None
    metre = Metre(4, 4) if (beats, power) == (2, 1) else Metre(beats, 2**power)
    return metre if BARS[0] <= metre.bar <= BARS[1] else None


def _number(body: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = 0
    for place in range(at, at + 4):
        value = value << 7 | body[place] & 0x7F
        if not body[place] & 0x80:
            return value, place + 1
    raise Unreadable("broken")


def write(score: Score) -> bytes:
    """A file with a track for tempo, key and metre and one for each voice."""
    fifths = score.key.fifths & 0xFF
    minor = score.key.mode in {"minor", "dorian"}
    about = [
        (0, b"\xff\x03" + _text("Muselab: " + score.title)),
        (0, b"\xff\x51\x03" + round(60e6 / score.tempo).to_bytes(3, "big")),
        (0, bytes((0xFF, 0x58, 4, score.metre.beats, score.metre.unit.bit_length() - 1, 24, 8))),
        (0, bytes((0xFF, 0x59, 2, fifths, minor))),
    ]
    melodic = [channel for channel in range(16) if channel != DRUM_CHANNEL]
    tracks = [_track(about)]
    for number, voice in enumerate(score.voices):
        channel = DRUM_CHANNEL if voice.drums else melodic[number % len(melodic)]
        tracks.append(_track(_events(voice, channel)))
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), QUARTER * 20)  # 480: what other programs expect
    return header + b"".join(tracks)


def _text(text: str) -> bytes:
    plain = text.encode("ascii", "replace")[:120]
    return bytes((len(plain),)) + plain


def _events(voice: Voice, channel: int) -> Iterator[tuple[int, bytes]]:
    yield 0, b"\xff\x03" + _text(voice.name)
    yield 0, bytes((0xC0 | channel, voice.program))
    yield 0, bytes((0xB0 | channel, 10, round(64 + 63 * voice.pan)))
    for stroke in voice.strokes:
        yield stroke.start, bytes((0x90 | channel, stroke.pitch, stroke.velocity))
        yield stroke.start + stroke.length, bytes((0x80 | channel, stroke.pitch, 0))


def _track(events: Iterator[tuple[int, bytes]] | list[tuple[int, bytes]]) -> bytes:
    body, now = bytearray(), 0
    for tick, message in sorted(events, key=lambda event: (event[0], event[1][0] & 0xF0 == 0x90)):
        body += _packed((tick - now) * 20) + message
        now = tick
    body += b"\0\xff\x2f\0"
    return b"MTrk" + struct.pack(">I", len(body)) + bytes(body)


def _packed(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))
