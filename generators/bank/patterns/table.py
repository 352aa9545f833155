"""The patterns of one language, and what fills them."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache, cached_property
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from generators.bank.bank import ASSETS, Recalled
from generators.bank.patterns.asked import ANY, Asked, Slot
from generators.bank.patterns.filling import filled
from generators.bank.patterns.phrase import phrase

TABLE, TYPES = "{language}.patterns.gz", "{language}.types.npz"
#: How surely words are of a type, 0..1, below which nothing is said of them. Of words that were kept apart 87 in 100 were told
#: right in English, nearly all of them more surely than that; in Chinese 80, with one in ten left out.
SURE = 0.25
UNSURE = {"doing": 0.2}  #: what a type has to be surer than others by: a doing that is none makes a sentence that is none
#: Log-odds that a filled pattern is usable; see docs/lab/bank.md.
ODDS = {"stories": 0.7, "titles": 0.5, "slogans": 0.0, "copy": 0.0}
#: Genres in which a pattern of no genre may be out of place: a bedtime story has no funeral, a thesis no joke.
APART = frozenset(["children", "thesis"])
#: What titles of such a thing are as often plain as playful, one in turn: of plain ones there are more without a genre.
TOLD = frozenset(["article", "podcast", "talk", "video", "course"])
BLANK = re.compile(r"\{[^{}]+\}")
HELD = re.compile(
    r"\{[aA] (?:x|y|one|two)\} (?:who|whose|that|which|dead)\b"
)  # a keeper who gets a letter who has never taken sides
SENTENCES = frozenset(["clause", "saying", "advice", "tale"])  # slots that are filled with words as they are
TWINS = "twins"  #: slot of two of a kind: it takes those patterns for a pair that name each once
TWO = re.compile(r" and ", re.IGNORECASE)
BESIDE = re.compile(r"(?:\band|&) \{X\}|\{X\} (?:and|&)\b")  # what no two things fill: Bats and Wind Farms and the Rest of Us


class Pattern(NamedTuple):
    """An idea with a slot."""

    kind: str  #: of what is asked for: stories, titles, …
    slot: str  #: what fills it: who, where, …
    genre: str  #: of plots; of titles what they stand on
    text: str


class Patterns:
    """All patterns of a language."""

    def __init__(self, patterns: Iterable[Pattern], types: Sequence[str], weights: npt.NDArray[np.float32]) -> None:
        """
        Args:
            patterns: those there are.
            types: what words may name: who, where, …
            weights: by which the encoder's vector of words and a 1 tell their type, shape (encoder's dimensions + 1, types).
        """
        self._patterns = list(patterns)
        self._types = list(types)
        self._weights = weights

    @classmethod
    def read(cls, language: str, folder: Path = ASSETS) -> Patterns:
        """From the files that are shipped."""
        lines = gzip.decompress((folder / TABLE.format(language=language)).read_bytes()).decode().splitlines()
        with np.load(folder / TYPES.format(language=language)) as stored:
            types, weights = [str(name) for name in stored["types"]], stored["weights"].astype(np.float32)
        return cls((Pattern(*line.split("\t")) for line in lines), types, weights)

    def told(self, slots: Sequence[Slot], vectors: npt.NDArray[np.float32]) -> list[Slot]:
        """The slots, each with its name; those whose words fill none are left out.

        Args:
            slots: some with a name, some to be told.
            vectors: of what tells the type of each, shape (slots, encoder's dimensions).
        """
        scores = np.c_[vectors, np.ones(len(vectors), dtype=np.float32)] @ self._weights
        return [one for one in map(self._named, slots, scores) if one.name]

    def _named(self, slot: Slot, scores: npt.NDArray[np.float32]) -> Slot:
        if slot.name:
            return slot
        surely = {name: float(scores[self._types.index(name)]) - UNSURE.get(name, 0) for name in slot.among}
        best = max(surely, key=lambda name: surely[name], default="")
        return slot.of(best if best and surely[best] >= SURE else "")

    def drawn(self, asked: Asked, most: int, *, gone: Collection[str] = (), seed: int = 0) -> list[Recalled]:
        """Filled patterns by lot, those of the genre first, of each slot in turn.

        Args:
            asked: its slots have names.
            most: how many.
            gone: texts that need not come again.
            seed: draws them.
        """
        chance, before = random.Random(seed), {text.casefold() for text in gone}
        rows = [self._of(asked, slot, chance) for slot in asked.slots]
        turns = [row[place] for place in range(max(map(len, rows), default=0)) for row in rows if place < len(row)]
        texts = dict.fromkeys(turns)
        shown = [(text, pattern) for text, pattern in texts if text.casefold() not in before][:most]
        return [Recalled(text, BLANK.sub("…", one.text), odds(asked), BLANK.sub(" ", one.text)) for text, one in shown]

    def pattern_of(self, text: str) -> str:
        """The pattern that a text fills, with … where its slots are; empty: none."""
        for pattern, fits in self._fits:
            if fits.fullmatch(text):
                return BLANK.sub("…", pattern.text)
        return ""

    def _of(self, asked: Asked, slot: Slot, chance: random.Random) -> list[tuple[str, Pattern]]:
        two = slot.name not in SENTENCES and len(slot.words) == 1 and TWO.search(slot.words[0]) is not None
        of = "pair" if slot.name == TWINS else slot.name
        every = (one for one in self._patterns if one.kind == asked.kind and one.slot == of)
        every = (one for one in every if slot.name != TWINS or len(BLANK.findall(one.text)) == len(slot.words))
        tail = slot.name not in SENTENCES and any(phrase(words).tail for words in slot.words)
        fitting = [one for one in every if not ((two and BESIDE.search(one.text)) or (tail and HELD.search(one.text)))]
        own = [one for one in fitting if one.genre == asked.genre != ANY]
        rest = [one for one in fitting if one.genre == ANY] or ([] if own else fitting)
        rest = [] if own and asked.genre in APART else rest
        shown = chance.sample(own, len(own)) + chance.sample(rest, len(rest))
        if asked.kind == "titles" and asked.genre in TOLD:
            shown = [one for two in zip_longest(shown[: len(own)], shown[len(own) :]) for one in two if one is not None]
        return [(filled(one.text, slot.words, clause=slot.name in SENTENCES), one) for one in shown]

    @cached_property
    def _fits(self) -> list[tuple[Pattern, re.Pattern[str]]]:
        return [(one, re.compile("(?:.+)".join(map(re.escape, BLANK.split(one.text))), re.IGNORECASE)) for one in self._patterns]


def odds(asked: Asked) -> float:
    """Log-odds that a pattern filled with what is asked for is usable."""
    return ODDS[asked.kind] + asked.surer


@cache
def shipped(language: str) -> Patterns | None:
    """The patterns of a language; None where there are none."""
    return Patterns.read(language) if (ASSETS / TABLE.format(language=language)).exists() else None
