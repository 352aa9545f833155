"""A score as MusicXML, so that notation programs open it. The format: MusicXML 4.0 partwise, w3.org/2021/06/musicxml40."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from generators.engines.music.notation import QUARTER, Score, Stroke, Voice

#: Ticks, what a note of that length is called, its dots, and whether it is one of three in the time of two; the longest first.
TYPES = (
    (96, "whole", 0, False), (72, "half", 1, False), (48, "half", 0, False), (36, "quarter", 1, False), (24, "quarter", 0, False),
    (18, "eighth", 1, False), (16, "quarter", 0, True), (12, "eighth", 0, False), (9, "16th", 1, False), (8, "eighth", 0, True),
    (6, "16th", 0, False), (4, "16th", 0, True), (3, "32nd", 0, False),
)  # fmt: skip
MODE_NAMES = {"major", "minor", "dorian", "mixolydian"}
CHORD_KINDS = {"": "major", "m": "minor", "7": "dominant"}


def write(score: Score, voices: Sequence[Voice]) -> bytes:
    """A file with these voices, one stave each; the chords stand above the first."""
    names = "".join(
        f'<score-part id="P{number}"><part-name>{escape(voice.name)}</part-name></score-part>'
        for number, voice in enumerate(voices, 1)
    )
    parts = "".join(
        f'<part id="P{number}">{"".join(_measures(score, voice, first=number == 1))}</part>'
        for number, voice in enumerate(voices, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
        f'<score-partwise version="4.0"><work><work-title>{escape(score.title)}</work-title></work>'
        "<identification><encoding><software>Muselab</software></encoding></identification>"
        f"<part-list>{names}</part-list>{parts}</score-partwise>\n"
    ).encode()


def _measures(score: Score, voice: Voice, *, first: bool) -> Iterator[str]:
    bar = score.metre.bar
    edges = [0, *range(score.pickup, score.length + bar, bar)] if score.pickup else list(range(0, score.length + bar, bar))
    edges = [edge for number, edge in enumerate(edges) if number == 0 or edges[number - 1] < score.length]
    line = _line(voice.strokes)
    for number, (start, end) in enumerate(pairwise(edges)):
        numbered = number if score.pickup else number + 1
        implicit = ' implicit="yes"' if number == 0 and score.pickup else ""
        begin = _attributes(score, voice) if number == 0 else ""
        if number == 0 and first:
            begin += f'<direction placement="above"><direction-type>{_metronome(score)}</direction-type>'
            begin += f'<sound tempo="{score.tempo:.0f}"/></direction>'
        body = "".join(_notes(score, line, start, end, chords=first))
        close = '<barline location="right"><bar-style>light-heavy</bar-style></barline>' if end >= score.length else ""
        yield f'<measure number="{numbered}"{implicit}>{begin}{body}{close}</measure>'


def _metronome(score: Score) -> str:
    name, dots = next((name, dots) for ticks, name, dots, triplet in TYPES if ticks <= score.metre.pulse and not triplet)
    dot = "<beat-unit-dot/>" * dots
    pace = round(score.tempo * QUARTER / score.metre.pulse)
    return f"<metronome><beat-unit>{name}</beat-unit>{dot}<per-minute>{pace}</per-minute></metronome>"


def _attributes(score: Score, voice: Voice) -> str:
    pitches = [stroke.pitch for stroke in voice.strokes]
    low = bool(pitches) and sum(pitches) / len(pitches) < 57
    clef = "<sign>F</sign><line>4</line>" if low else "<sign>G</sign><line>2</line>"
    return (
        f"<attributes><divisions>{QUARTER}</divisions><key><fifths>{score.key.fifths}</fifths><mode>{score.key.mode}</mode></key>"
        f"<time><beats>{score.metre.beats}</beats><beat-type>{score.metre.unit}</beat-type></time><clef>{clef}</clef></attributes>"
    )


def _line(strokes: Sequence[Stroke]) -> list[tuple[int, int, int | None]]:
    """One note after another, with rests between: start, end, pitch."""
    line: list[tuple[int, int, int | None]] = []
    now = 0
    for stroke in sorted(strokes, key=lambda each: each.start):
        if stroke.start > now:
            line.append((now, stroke.start, None))
        if stroke.start >= now:
            line.append((stroke.start, stroke.start + stroke.length, stroke.pitch))
            now = stroke.start + stroke.length
    return line


def _notes(score: Score, line: list[tuple[int, int, int | None]], start: int, end: int, *, chords: bool) -> Iterator[str]:
    said = [(tick, name) for tick, name in score.chords if start <= tick < end] if chords else []
    now = start
    for begin, finish, pitch in line:
        if finish <= start or begin >= end:
            continue
        at, stop = max(begin, start), min(finish, end)
        while said and said[0][0] <= at:
            yield _harmony(said.pop(0)[1])
        yield from _pieces(score, pitch, stop - at, came=at > begin or begin < start, goes=stop < finish)
        now = stop
    yield from (_harmony(name) for _, name in said)
    if now < end and end <= score.length:
        yield from _pieces(score, None, end - now, came=False, goes=False)


def _pieces(score: Score, pitch: int | None, ticks: int, *, came: bool, goes: bool) -> Iterator[str]:
    """A note, as tied notes that can be written."""
    lengths = _written(ticks)
    for number, (length, name, dots, triplet) in enumerate(lengths):
        before, after = came or number > 0, goes or number < len(lengths) - 1
        ties = ("stop",) * before + ("start",) * after if pitch is not None else ()
        yield (
            "<note>"
            + (_pitch(score, pitch) if pitch is not None else "<rest/>")
            + f"<duration>{length}</duration>"
            + "".join(f'<tie type="{tie}"/>' for tie in ties)
            + f"<type>{name}</type>"
            + "<dot/>" * dots
            + (
                "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification>"
                if triplet
                else ""
            )
            + ("<notations>" + "".join(f'<tied type="{tie}"/>' for tie in ties) + "</notations>" if ties else "")
            + "</note>"
        )


def _written(ticks: int) -> list[tuple[int, str, int, bool]]:
    """Notes that last so long together; a part of a triplet first, so that the rest are halves of halves."""
    found = []
    odd = {1: 4, 2: 8}.get(ticks % 3, 0)
    if odd and ticks >= odd and ticks != 16:
        found.append(next(each for each in TYPES if each[0] == odd))
        ticks -= odd
    while ticks >= 3 and (ticks % 3 == 0 or ticks == 16):
        piece = next(each for each in TYPES if each[0] <= ticks and (each[0] == ticks or not each[3]))
        found.append(piece)
        ticks -= piece[0]
    return [*found, (ticks, "32nd", 0, False)] if ticks else found


def _pitch(score: Score, pitch: int) -> str:
    name, octave = score.key.spell(pitch)
    alter = {"#": 1, "b": -1}.get(name[1:], 0)
    return f"<pitch><step>{name[0]}</step>{f'<alter>{alter}</alter>' if alter else ''}<octave>{octave}</octave></pitch>"


def _harmony(name: str) -> str:
    found = re.fullmatch(r"([A-G])([#b]?)(m|7|)", name)
    if not found:
        return ""
    alter = {"#": "<root-alter>1</root-alter>", "b": "<root-alter>-1</root-alter>", "": ""}[found[2]]
    return f"<harmony><root><root-step>{found[1]}</root-step>{alter}</root><kind>{CHORD_KINDS[found[3]]}</kind></harmony>"
