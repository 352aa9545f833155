"""Kinds of music: those that are styles of ours, and others with the nearest, as `words.toml` has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from generators.engines.music.styles import styles

TABLE = Path(__file__).with_name("words.toml")
#: Dances that go at the pace of what they are mixed with: a country waltz is slower than one of Vienna.
WALKED = frozenset({"waltz", "march", "polka"})
#: Whose steps and metre stay, whatever kind of music they are mixed with.
DANCES = frozenset(
    {"waltz", "polka", "march", "minuet", "jig", "slip jig", "reel", "hornpipe", "strathspey", "lullaby"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Genre:
    """A kind of music, and the style of ours that is nearest."""

    name: str
    style: str
    tempo: tuple[float, float] | None = None  #: felt beats a minute
    modes: tuple[str, ...] = ()
    lead: str = ""
    chords: str = ""
    drums: bool | None = None
    band: str = ""
    own: bool = True  #: whether it is that style rather than only near it


@cache
def table() -> Mapping[str, Any]:
    """What stands in `words.toml`."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def genres() -> Mapping[str, Genre]:
    """By name: styles of ours, and others with the nearest."""
    found = {name: Genre(name=name, style=name) for name in styles()}
    for name, row in table()["genre"]["near"].items():
        low_high = row.get("tempo")
        found[name] = Genre(
            name=name, style=row["style"], tempo=(low_high[0], low_high[1]) if low_high else None,
            modes=tuple(row.get("modes", ())), lead=row.get("lead", ""), chords=row.get("chords", ""), drums=row.get("drums"),
            band=row.get("band", ""), own=row.get("own", False),
        )  # fmt: skip
    return found


def mixed(one: Genre | None, other: Genre) -> Genre:
    """Of two kinds of music that are named: a dance with the other's players; else the one that says more."""
    if one is None:
        return other
    dance, band = (one, other) if one.name in DANCES else (other, one)
    if dance.name in DANCES and band.name not in DANCES and band.style != dance.style:
        tempo = band.tempo if dance.name in WALKED else dance.tempo
        return replace(dance, tempo=tempo, lead=band.lead, chords=band.chords, drums=band.drums)
    return other if (one.own and not other.own) or (one.tempo is None and other.tempo is not None) else one
