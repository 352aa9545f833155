"""Standard MIDI files, written and, within narrow limits, read. The file format is the MIDI Association's, 1996, RP-001."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from generators.engines.music.notation import QUARTER, Key, Metre, Score, Voice

MAX_BYTES = 512 * 1024  # a symphony's movement has 200 kB; a million notes have 6 MB
MAX_NOTES = 20_000  # of a file; what is taken out of it is shorter still
MAX_TRACKS = 64
DRUM_CHANNEL = 9


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
    """What a file says."""

    division: int  #: ticks of a quarter
    sounds: tuple[Sound, ...]  #: by start
    tempo: float  #: the first, quarters a minute
    metre: Metre
    key: Key | None


def read(content: bytes) -> File:
    """A file's notes, first tempo, metre and key.

    Raises:
        Unreadable: too large, no MIDI file, broken, without notes, or timed in film frames.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable("large")
    if content[:4] != b"MThd" or len(content) < 14:
        raise Unreadable("foreign")
    header, _kind, tracks, division = struct.unpack(">IHHH", content[4:14])
    if division & 0x8000:
        raise Unreadable("frames")
    if not division or not 6 <= header <= 64:
        raise Unreadable("broken")
    if tracks > MAX_TRACKS:
        raise Unreadable("large")
    reader = _Reader()
    at, number = 8 + header, 0
    while number < tracks and at + 8 <= len(content):
        size = struct.unpack_from(">I", content, at + 4)[0]
        if content[at : at + 4] == b"MTrk":  # other chunks are to be passed over, and are no tracks
            reader.track(content[at + 8 : at + 8 + size], number)
            number += 1
        at += 8 + size
    if not reader.sounds:
        raise Unreadable("empty")
    sounds = tuple(sorted(reader.sounds, key=lambda sound: (sound.start, -sound.pitch)))
    return File(division=division, sounds=sounds, tempo=reader.tempo, metre=reader.metre, key=reader.key)


class _Reader:
    """Tracks, one after another."""

    def __init__(self) -> None:
        self.sounds: list[Sound] = []
        self.tempo = 120.0
        self.metre = Metre(4, 4)
        self.key: Key | None = None
        self._said: dict[int, int] = {}  #: by kind of event, the tick of the one that is taken: the earliest

    def track(self, body: bytes, number: int) -> None:
        at = tick = status = 0
        begun: dict[tuple[int, int], int] = {}
        try:
            while at < len(body):
                wait, at = _number(body, at)
                tick += wait
                if body[at] in {0xFF, 0xF0, 0xF7}:  # what was playing goes on after these, in files of the field
                    at = self._meta(body, at + 1, body[at], tick)
                    continue
                if body[at] & 0x80:
                    status = body[at]
                    at += 1
                if 0x80 <= status < 0xF0:
                    at = self._message(body, at, status, tick, number, begun)
                else:
                    raise Unreadable("broken")
        except IndexError:
            return  # the track ends in the middle: what came before counts

    def _message(self, body: bytes, at: int, status: int, tick: int, number: int, begun: dict[tuple[int, int], int]) -> int:
        kind, channel = status & 0xF0, status & 0x0F
        if kind in {0x80, 0x90}:
            pitch, velocity = body[at], body[at + 1]
            start = begun.pop((channel, pitch), None)
            if start is not None and tick > start and pitch < 128:
                self.sounds.append(Sound(start, tick, pitch, channel, number))
                if len(self.sounds) > MAX_NOTES:
                    raise Unreadable("large")
            if kind == 0x90 and velocity:
                begun[channel, pitch] = tick
        return at + (1 if kind in {0xC0, 0xD0} else 2)

    def _meta(self, body: bytes, at: int, status: int, tick: int) -> int:
        kind = body[at] if status == 0xFF else -1
        size, at = _number(body, at + (status == 0xFF))
        said = body[at : at + size]
        if kind in {0x51, 0x58, 0x59} and tick < self._said.get(kind, tick + 1):
            self._said[kind] = tick
            if kind == 0x51 and size == 3 and any(said):
                self.tempo = 60e6 / int.from_bytes(said, "big")
            elif kind == 0x58 and size >= 2 and 1 <= said[0] <= 12 and said[1] in {1, 2, 3}:
                self.metre = Metre(4, 4) if (said[0], said[1]) == (2, 1) else Metre(said[0], 2 ** said[1])
            elif kind == 0x59 and size == 2 and said != b"\0\0":  # C major is also what files say that do not know
                fifths = said[0] - 256 if said[0] > 127 else said[0]
                self.key = Key((fifths * 7 + (9 if said[1] else 0)) % 12, "minor" if said[1] else "major")
        return at + size


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
