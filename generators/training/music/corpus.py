"""The public-domain music that the models are trained on, out of music21's corpus folder: see docs/reference/music.md."""

from __future__ import annotations

import collections
import hashlib
import importlib.util
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from generators.engines.music import abc
from generators.engines.music.known import WINDOW
from generators.engines.music.notation import Metre, Note, Part, Tune

BOOKS = (
    "ryansMammoth",
    "oneills1850",
    "airdsAirs",
)  # 1883, 1903, 1778: public domain; the Essen collection is not free for all uses
NAMES = {
    "slip": "slip jig", "jig": "jig", "reel": "reel", "hornpipe": "hornpipe", "clog": "hornpipe", "strathspey": "strathspey",
    "fling": "strathspey", "waltz": "waltz", "march": "march", "quick step": "march", "quickstep": "march", "polka": "polka",
    "minuet": "minuet", "lament": "air", "lullaby": "air", "air": "air", "song": "air", "gavot": "march",
}  # fmt: skip
ONEILL_AIRS = 625  # the first chapter of O'Neill's book ends with this number


def folder() -> Path:
    """Where the corpus is.

    Raises:
        SystemExit: music21 is not installed.
    """
    found = importlib.util.find_spec("music21")
    if found is None or found.origin is None:
        raise SystemExit("The corpus is part of music21: pip install --no-deps -c constraints.txt music21")
    return Path(found.origin).parent / "corpus"


def kind_of(tune: Tune, book: str) -> str:
    """The type of a tune: as the book says, or as its title does; "tune" where neither does."""
    for words in (tune.kind, tune.title.casefold()):
        for word, kind in NAMES.items():
            if re.search(rf"\b{word}", words):
                return "slip jig" if kind == "jig" and tune.metre == Metre(9, 8) else kind
    if book == "oneills1850" and tune.source.isdigit() and int(tune.source) <= ONEILL_AIRS:
        return "air"
    return {"9/8": "slip jig", "6/8": "jig", "3/4": "air"}.get(str(tune.metre), "tune")


def evened(tune: Tune) -> Tune:
    """The same tune as most books write it: a reel in sixteenths of 2/4 becomes one in eighths of 4/4."""
    doubles = {Metre(2, 4): Metre(4, 4), Metre(3, 8): Metre(3, 4)}
    if tune.metre == Metre(2, 4) and not _is_fast(tune):
        return tune
    if tune.metre not in doubles:
        return tune
    parts = tuple(
        Part(pickup=part.pickup * 2, notes=tuple(Note(note.pitch, note.length * 2) for note in part.notes)) for part in tune.parts
    )
    return replace(tune, metre=doubles[tune.metre], parts=parts)


def _is_fast(tune: Tune) -> bool:
    """Whether sixteenths carry a tune in 2/4."""
    lengths = sorted(note.length for note in tune.notes)
    return tune.kind not in {"march", "polka"} and lengths[len(lengths) // 2] <= 6


def tunes() -> Iterator[Tune]:
    """All tunes that are read without doubt, of at least four bars."""
    for book in BOOKS:
        for path in sorted((folder() / book).glob("*.abc")):
            for text in abc.tunes(path.read_text(encoding="utf-8", errors="replace")):
                try:
                    tune = abc.read(text, strict=True)
                except abc.Unreadable:
                    continue
                tune = evened(replace(tune, kind=kind_of(tune, book), source=book))
                if sum(part.length for part in tune.parts) >= 4 * tune.metre.bar:
                    yield tune


def windows(tune: Tune) -> set[tuple[int, ...]]:
    """Every run of twelve intervals."""
    pitches = [note.pitch for note in tune.notes if note.pitch is not None]
    steps = [after - before for before, after in itertools.pairwise(pitches)]
    return {tuple(steps[at : at + WINDOW]) for at in range(len(steps) - WINDOW + 1)}


def families(every: Iterable[Tune], *, shared: int = 2) -> list[list[Tune]]:
    """Tunes by family: those of one family share, directly or through others, at least `shared` windows; the largest first."""
    listed = list(every)
    holders: dict[tuple[int, ...], list[int]] = collections.defaultdict(list)
    for number, tune in enumerate(listed):
        for window in windows(tune):
            holders[window].append(number)
    common: collections.Counter[tuple[int, int]] = collections.Counter()
    for numbers in holders.values():
        common.update((one, other) for at, one in enumerate(numbers) for other in numbers[at + 1 :])
    parent = list(range(len(listed)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for (one, other), times in common.items():
        if times >= shared:
            parent[root(other)] = root(one)
    grouped: dict[int, list[Tune]] = collections.defaultdict(list)
    for number, tune in enumerate(listed):
        grouped[root(number)].append(tune)
    return sorted(grouped.values(), key=len, reverse=True)


def split(grouped: list[list[Tune]], *, held_out: float = 0.08) -> tuple[list[Tune], list[Tune]]:
    """Tunes to train on and tunes to judge by; no family is in both, and which a family is in hangs on its music alone."""
    train: list[Tune] = []
    judge: list[Tune] = []
    for family in grouped:
        pitches = str([note.pitch for note in min(family, key=lambda tune: tune.title).notes])
        chance = int(hashlib.sha256(pitches.encode()).hexdigest()[:8], 16) / 2**32
        (judge if len(family) <= 4 and chance < held_out else train).extend(family)
    return train, _one_each(judge)


def _one_each(every: list[Tune]) -> list[Tune]:
    seen: set[tuple[int, ...]] = set()
    kept = []
    for tune in every:
        mine = windows(tune)
        if len(mine & seen) < 2:
            kept.append(tune)
        seen |= mine
    return kept
