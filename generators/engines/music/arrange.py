"""Who plays what: a melody with chords becomes a score for a band. It knows no sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from generators.engines.music import chords as harmony
from generators.engines.music.chords import Chord
from generators.engines.music.instruments import DRUMS, INSTRUMENTS
from generators.engines.music.notation import QUARTER, Key, Metre, Note, Score, Stroke, Voice
from generators.engines.music.styles import Band, Style

EIGHTH = QUARTER // 2
CENTRE = 57  #: where chords lie, MIDI: below most melodies, above the bass
BASS = 40  #: about where the bass plays
LOUD = {"x": 0, "X": 12, "o": -22}  #: velocity beside the usual
BELOW = 3  #: semitones that chords stay below the melody


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a band is to play."""

    title: str
    notes: tuple[Note, ...]
    pickup: int  #: ticks
    key: Key
    metre: Metre
    tempo: float  #: quarters a minute
    style: Style
    band: Band
    lead: str = ""  #: an instrument; empty: one of the band's
    drums: bool = True
    seed: int = 0


def score(plan: Plan, chords: Sequence[Chord]) -> Score:
    """A melody with accompaniment."""
    random = np.random.default_rng(plan.seed)
    lead = plan.lead or _chosen(random, plan.band.lead)
    chord_pattern, bass_pattern = _chosen(random, plan.style.chords), _chosen(random, plan.style.bass)
    melody = tuple(_melody(plan, lead, random))
    end = sum(note.length for note in plan.notes)
    voices = [Voice(name=lead, program=INSTRUMENTS[lead].program, strokes=melody, level=1.0, pan=0.05)]
    if plan.band.chords:
        comp = _chosen(random, plan.band.chords)
        strokes = _held(list(_comping(plan, chords, chord_pattern, melody, end)), end, comp)
        voices.append(Voice(name=comp, program=INSTRUMENTS[comp].program, level=0.5, pan=-0.35, strokes=strokes))
    if plan.band.bass:
        low = _chosen(random, plan.band.bass)
        strokes = _held(list(_bass(plan, chords, bass_pattern, low, end)), end, low)
        voices.append(Voice(name=low, program=INSTRUMENTS[low].program, level=0.62, pan=0.2, strokes=strokes))
    if plan.drums and plan.band.drums and plan.style.drums:
        voices.append(Voice(name="drums", program=0, strokes=tuple(_drums(plan, end)), drums=True, level=0.42))
    names = tuple((chord.start, chord.name(plan.key)) for chord in chords)
    return Score(
        title=plan.title, key=plan.key, metre=plan.metre, tempo=plan.tempo, pickup=plan.pickup, voices=tuple(voices), chords=names
    )


def _chosen(random: np.random.Generator, among: Sequence[str]) -> str:
    """One of some, the first as often as all others together."""
    return among[0] if len(among) == 1 or random.random() < 0.5 else among[1 + int(random.integers(len(among) - 1))]


def fitted(notes: Sequence[Note], instrument: str) -> int:
    """Octaves, in semitones, that bring a melody where an instrument plays it well."""
    low, high = INSTRUMENTS[instrument].lowest, INSTRUMENTS[instrument].highest
    pitches = [note.pitch for note in notes if note.pitch is not None]

    def outside(octaves: int) -> tuple[int, int]:
        return sum(not low <= pitch + 12 * octaves <= high for pitch in pitches), abs(octaves)

    return 12 * min(range(-3, 4), key=outside)


def audible(pitch: int) -> int:
    """The same note on a piano's keyboard: a melody over six octaves fits no instrument."""
    while pitch > 108:
        pitch -= 12
    while pitch < 21:
        pitch += 12
    return pitch


def _melody(plan: Plan, lead: str, random: np.random.Generator) -> Iterator[Stroke]:
    """Notes with weight: the bar's first the most, an arch over each four bars, and no two quite alike."""
    moved = fitted(plan.notes, lead)
    at = 0
    for note in plan.notes:
        if note.pitch is not None:
            place = (at - plan.pickup) % plan.metre.bar
            beat = 10 if place == 0 else 5 if place % plan.metre.pulse == 0 else 0
            within = ((at - plan.pickup) % (4 * plan.metre.bar)) / (4 * plan.metre.bar)
            arch = 8 * np.sin(np.pi * within)
            yield Stroke(
                at, note.length, audible(note.pitch + moved), int(np.clip(82 + beat + arch + random.normal(0, 3), 30, 120))
            )
        at += note.length


def _cells(pattern: str, metre: Metre, chord: Chord, pickup: int, end: int) -> Iterator[tuple[int, str]]:
    """The pattern's signs while a chord lasts: tick and sign. A pattern of several bars goes on from bar to bar."""
    for tick in range(chord.start, min(chord.start + chord.length, end), EIGHTH):
        yield tick, _sign(pattern, metre, tick - pickup)


def _sign(pattern: str, metre: Metre, tick: int) -> str:
    """What a pattern says at a tick after the first bar line; one that fills no whole bars begins anew in each bar."""
    if len(pattern) * EIGHTH % metre.bar:
        tick %= metre.bar
    return pattern[tick // EIGHTH % len(pattern)]


def _comping(plan: Plan, chords: Sequence[Chord], pattern: str, melody: Sequence[Stroke], end: int) -> Iterator[Stroke]:
    near: tuple[int, ...] = ()
    lowest = min((stroke.pitch for stroke in melody), default=67)
    centre = min(CENTRE, max(50, lowest - BELOW - 5))
    for chord in chords:
        near = harmony.voiced(chord, near, centre=centre)
        tones = (*near, near[0] + 12)
        if chord.start + chord.length >= end and chord is chords[-1]:  # the close: one chord that rings
            start = max(chord.start, end - plan.metre.bar + (plan.pickup or 0))
            yield from _ringing(plan, chord, near, pattern, tones, start, end)
            return
        yield from _figure(plan, chord, pattern, near, tones, chord.start + chord.length)


def _figure(
    plan: Plan, chord: Chord, pattern: str, near: tuple[int, ...], tones: tuple[int, ...], end: int, begin: int = 0
) -> Iterator[Stroke]:
    for tick, sign in _cells(pattern, plan.metre, chord, plan.pickup, end):
        if tick < begin and begin:
            continue
        if sign in LOUD:
            for pitch in near:
                yield Stroke(tick, EIGHTH, pitch, 70 + LOUD[sign])
        elif sign.isdigit():
            yield Stroke(tick, EIGHTH, tones[(int(sign) - 1) % len(tones)], 68)
        elif sign == "-":
            yield Stroke(tick, EIGHTH, -1, 0)  # the strokes before go on


def _ringing(
    plan: Plan, chord: Chord, near: tuple[int, ...], pattern: str, tones: tuple[int, ...], start: int, end: int
) -> Iterator[Stroke]:
    yield from _figure(plan, chord, pattern, near, tones, start)
    for pitch in near:
        yield Stroke(start, end - start, pitch, 74)


def _bass(plan: Plan, chords: Sequence[Chord], pattern: str, instrument: str, end: int) -> Iterator[Stroke]:
    low, high = INSTRUMENTS[instrument].lowest, INSTRUMENTS[instrument].highest
    for chord in chords:
        root = next(pitch for pitch in range(max(low, BASS - 6), 128) if pitch % 12 == chord.root)
        notes = {"1": root, "3": root + (chord.classes[1] - chord.root) % 12, "5": root + (chord.classes[2] - chord.root) % 12}
        notes["8"] = root + 12
        if notes["5"] > BASS + 10 and root + (chord.classes[2] - chord.root) % 12 - 12 >= low:
            notes["5"] -= 12
        close = max(chord.start, end - plan.metre.bar + plan.pickup) if chord is chords[-1] else chord.start + chord.length
        for tick, sign in _cells(pattern, plan.metre, chord, plan.pickup, close):
            first = tick == chord.start and sign in ".-"
            if sign in notes or first:
                yield Stroke(tick, EIGHTH, min(high, root if first or tick == chord.start else notes[sign]), 80)
            elif sign == "-":
                yield Stroke(tick, EIGHTH, -1, 0)
        if chord is chords[-1]:
            yield Stroke(close, end - close, root, 82)


def _held(strokes: list[Stroke], end: int, instrument: str) -> tuple[Stroke, ...]:
    """Strokes, those before each "goes on" made longer. Plucked strings ring a little beyond."""
    done: list[Stroke] = []
    latest: list[int] = []
    for stroke in strokes:
        if stroke.pitch < 0:
            for number in latest:
                old = done[number]
                if old.start + old.length == stroke.start:
                    done[number] = Stroke(old.start, old.length + stroke.length, old.pitch, old.velocity)
        else:
            if latest and done[latest[-1]].start != stroke.start:
                latest = []
            latest.append(len(done))
            done.append(stroke)
    ring = EIGHTH if instrument in {"harp", "guitar", "steel guitar", "piano", "electric piano", "music box", "kalimba"} else 0
    return tuple(Stroke(s.start, min(s.length + ring, end - s.start), s.pitch, s.velocity) for s in done if s.start < end)


def _drums(plan: Plan, end: int) -> Iterator[Stroke]:
    for name, pattern in plan.style.drums.items():
        for tick in range(plan.pickup, end - plan.metre.bar, EIGHTH):
            sign = _sign(pattern, plan.metre, tick - plan.pickup)
            if sign in LOUD:
                yield Stroke(tick, EIGHTH, DRUMS[name], 76 + LOUD[sign])
        close = max(plan.pickup, end - plan.metre.bar + (plan.metre.bar - plan.pickup if plan.pickup else 0) * 0)
        if name == "kick":
            yield Stroke(close, EIGHTH, DRUMS[name], 80)


def four_voices(plan: Plan, pitches: np.ndarray, cells_hold: np.ndarray, tick: int) -> Score:
    """A piece in four parts for a choir, an organ or strings.

    Args:
        plan: title, key, tempo, band; its notes are the soprano as it was given.
        pitches: MIDI, -1 in rests, (steps, 4).
        cells_hold: true where the note before goes on, (steps, 4).
        tick: ticks of a step.
    """
    names = (plan.lead or plan.band.lead[0], plan.band.chords[0], plan.band.chords[0], plan.band.bass[0])
    voices = []
    for part, (name, said) in enumerate(zip(names, ("soprano", "alto", "tenor", "bass"), strict=True)):
        strokes = tuple(_line(pitches[:, part], cells_hold[:, part], tick, plan.metre, plan.pickup))
        if part == 0 and plan.notes:
            strokes = tuple(_melody(plan, name, np.random.default_rng(plan.seed)))
        pan = (-0.25, 0.25, -0.4, 0.4)[part]
        voices.append(
            Voice(
                name=f"{said} ({name})",
                program=INSTRUMENTS[name].program,
                strokes=strokes,
                level=(0.95, 0.7, 0.7, 0.85)[part],
                pan=pan,
            )
        )
    return Score(title=plan.title, key=plan.key, metre=plan.metre, tempo=plan.tempo, pickup=plan.pickup, voices=tuple(voices))


def _line(pitches: np.ndarray, holds: np.ndarray, tick: int, metre: Metre, pickup: int) -> Iterator[Stroke]:
    start = 0
    for step in range(1, len(pitches) + 1):
        if step == len(pitches) or not holds[step]:
            if pitches[start] >= 0:
                beat = 6 if (start * tick - pickup) % metre.bar == 0 else 0
                yield Stroke(start * tick, (step - start) * tick, int(pitches[start]), 78 + beat)
            start = step
