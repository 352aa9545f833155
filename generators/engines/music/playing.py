"""Who plays: a band of the style's, or the players that were asked for. It knows no notes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generators.engines.music.styles import Band, Style, bands
from generators.engines.music.words import Said

CHORDAL = frozenset(
    {"piano", "electric piano", "harpsichord", "music box", "vibraphone", "marimba", "church organ", "accordion", "guitar",
     "steel guitar", "pizzicato strings", "harp", "strings", "choir", "chip", "warm pad", "banjo", "kalimba"}
)  # fmt: skip
LOW = frozenset({"double bass", "bass guitar", "synth bass", "cello"})
#: Who steps in for somebody who is not wanted.
INSTEAD = ("guitar", "piano", "flute", "cello", "harp", "strings")
#: By the bar's eighths, for styles that have none of their own.
DRUMS = {
    4: {"kick": "x...", "snare": "..x."},
    6: {"kick": "x.....", "closed hat": "..x.x."},
    8: {"kick": "x...x...", "snare": "..x...x.", "closed hat": "oooooooo"},
    9: {"kick": "x........", "closed hat": "...x..x.."},
}


@dataclass(frozen=True, slots=True)
class Lineup:
    """A band, and the style as it plays it."""

    band: Band
    style: Style
    drums: bool


def lineup(style: Style, said: Said, *, drums: bool, number: int, random: np.random.Generator) -> Lineup:
    """Who plays the version of this number."""
    usual = style.bands[min(number + int(random.random() < 0.3), 99) % len(style.bands)]
    genre = said.genre
    band = bands()[genre.band if genre and genre.band else usual]
    if style.four_parts:
        band = _choir(style, said, band)
    elif said.players or (genre and genre.lead):
        band = _asked(said, band)
    if said.without:
        deep = () if said.without >= LOW - {"cello"} else _left(band.bass, said)
        band = replace(band, lead=_left(band.lead, said), chords=_left(band.chords, said), bass=deep)
    wants = said.drums if said.drums is not None else genre.drums if genre else None
    drums = drums and wants is not False and not (said.alone and said.players and wants is None) and "drums" not in said.without
    if drums and wants:
        pattern = style.drums or DRUMS.get(style.metre.bar // 12, DRUMS[8])
        band, style = replace(band, drums=True), replace(style, drums=pattern)
    return Lineup(band, style, drums)


def _choir(style: Style, said: Said, band: Band) -> Band:
    """Of the bands that play in four parts the one with a player that was asked for."""
    return next((bands()[name] for name in style.bands if said.players and said.players[0] in bands()[name].lead), band)


def _asked(said: Said, band: Band) -> Band:
    genre, players = said.genre, said.players
    if not players:
        assert genre is not None
        return replace(band, lead=(genre.lead,), chords=(genre.chords,) if genre.chords else band.chords)
    able = [name for name in players if name not in LOW or name == "cello"] or list(players)
    lead = next((name for name in able if name not in CHORDAL), able[0]) if said.alone else able[0]
    others = [name for name in players if name != lead]
    chordal = [name for name in others if name in CHORDAL] or [name for name in (lead,) if name in CHORDAL and said.alone]
    low = [name for name in others if name in LOW]
    melodic = [name for name in others if name not in CHORDAL and name not in LOW]
    if said.alone:
        return replace(band, lead=(lead,), chords=tuple((chordal or melodic)[:1]), bass=tuple((low or chordal)[:1]))
    usual = (genre.chords,) if genre and genre.chords else band.chords
    return replace(band, lead=(lead,), chords=tuple(chordal[:1] or melodic[:1]) or usual, bass=tuple(low[:1]) or band.bass)


def _left(names: tuple[str, ...], said: Said) -> tuple[str, ...]:
    left = tuple(name for name in names if name not in said.without)
    return left or tuple(name for name in INSTEAD if name not in said.without)[:1] if names else ()
