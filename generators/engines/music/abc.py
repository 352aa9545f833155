"""Tunes in ABC notation (abcnotation.com, version 2.1), read: the first voice, and of the language what tune books use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generators.engines.music import abcfields as fields
from generators.engines.music import words
from generators.engines.music.abcbars import Bar, BarReader
from generators.engines.music.abcfields import Unreadable as Unreadable
from generators.engines.music.abcfields import split
from generators.engines.music.abckeys import read_key
from generators.engines.music.notation import QUARTER, Metre, Note, Part, Tune
from generators.engines.music.repeats import order

MAX_TEXT = 20_000  # characters of one tune: the longest in the old books has 2 100


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
        played: as it sounds, repeats, parts (`P:`), Da Capo and all, in one part; else as it is written, each section once.

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
    reader = BarReader(unit=unit, metre=metre, signature=signature, strict=strict, reach=fields.reach(text))
    bars = reader.bars(body)
    parts: tuple[Part, ...]
    if played:
        bars = [bars[number] for number in order([bar.mark for bar in bars], header.get("P", "")) if bars[number].notes]
        parts = tuple([_part(bars, metre.bar, strict=False)] if bars else [])
    else:
        parts = tuple(_parts(bars, metre.bar, strict=strict))
    if not parts:
        raise Unreadable("no notes")
    return Tune(
        key=key, metre=metre, kind=header.get("R", "").strip().casefold(), parts=parts, title=header.get("T", "").strip(),
        source=header.get("X", "").strip(), tempo=_tempo(header.get("Q", ""), metre), keyed=keyed,
    )  # fmt: skip


def _tempo(text: str, metre: Metre) -> float | None:
    """Quarters a minute, by a number or by a word such as Adagio."""
    said = fields.tempo(text)
    if said is None and (meant := words.read(text).tempo):
        said = sum(meant) / 2 * metre.pulse / QUARTER
    return said


def _parts(bars: list[Bar], full: int, *, strict: bool) -> Iterator[Part]:
    """Sections between double bars; of different endings the last."""
    section: list[Bar] = []
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


def _part(section: list[Bar], full: int, *, strict: bool) -> Part:
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
