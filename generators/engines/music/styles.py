"""Styles, bands and moods, out of `styles.toml`; and which of them fit some words. It knows no notes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from generators.engines.music.notation import Metre

TABLE = Path(__file__).with_name("styles.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a kind of music goes."""

    name: str
    kind: str  #: of the tunes that the melody model learnt
    metre: Metre
    tempo: tuple[float, float]  #: felt beats a minute, slowest and fastest of what is usual
    modes: tuple[str, ...]
    bands: tuple[str, ...]
    bass: tuple[str, ...]
    chords: tuple[str, ...]
    drums: Mapping[str, str]
    swing: float = 0.5  #: where between two beats the offbeat falls
    four_parts: bool = False  #: written for voices, not for a band


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Who plays."""

    name: str
    lead: tuple[str, ...]
    chords: tuple[str, ...]  #: none: nobody
    bass: tuple[str, ...]  #: none: nobody
    drums: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """What a feeling asks of music."""

    name: str
    styles: tuple[str, ...]
    pace: float
    modes: tuple[str, ...]
    words: frozenset[str]
    zh: tuple[str, ...]


@cache
def _table() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def styles() -> Mapping[str, Style]:
    """All styles by name."""
    found = {}
    for name, row in _table()["style"].items():
        beats, unit = map(int, row["metre"].split("/"))
        slowest, fastest = row["tempo"]
        found[name] = Style(
            name=name, kind=row["kind"], metre=Metre(beats, unit), tempo=(slowest, fastest), modes=tuple(row["modes"]),
            bands=tuple(row["bands"]), bass=tuple(row["bass"]), chords=tuple(row["chords"]), drums=row["drums"],
            swing=row.get("swing", 0.5), four_parts=row.get("four_parts", False),
        )  # fmt: skip
    return found


@cache
def bands() -> Mapping[str, Band]:
    """All bands by name."""
    return {
        name: Band(
            name=name,
            lead=tuple(row["lead"]),
            chords=tuple(row["chords"]),
            bass=tuple(row["bass"]),
            drums=row.get("drums", False),
        )
        for name, row in _table()["band"].items()
    }


@cache
def moods() -> Mapping[str, Mood]:
    """All moods by name."""
    return {
        name: Mood(
            name=name, styles=tuple(row["styles"]), pace=row["pace"], modes=tuple(row["modes"]),
            words=frozenset(row["words"].split()),
            zh=tuple(row["zh"].split()),
        )
        for name, row in _table()["mood"].items()
    }  # fmt: skip


def mood_of(text: str) -> Mood | None:
    """The mood that most of a text's words speak of; None where none does. The first named wins a tie."""
    words = re.findall(r"[a-z]+", text.casefold())
    best, most = None, 0.0
    for mood in moods().values():
        score = sum(_says(word, mood.words) for word in words) + sum(len(word) * 0.8 for word in mood.zh if word in text)
        score += 3.0 * words.count(mood.name)
        if score > most:
            best, most = mood, score
    return best


def _says(word: str, known: frozenset[str]) -> float:
    """Whether a word, or what is left without an ending, is known."""
    if word in known:
        return 1.0
    for ending in ("s", "es", "ed", "ing", "ly", "ful", "er", "y", "d"):
        stem = word.removesuffix(ending)
        if (
            stem != word
            and len(stem) > 2
            and (stem in known or stem + "e" in known or (stem[-1] == stem[-2] and stem[:-1] in known))
        ):
            return 0.7
    return 0.0
