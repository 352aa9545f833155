"""Topics with the ideas that were written for them, and which of these fit another topic."""

from __future__ import annotations

import gzip
import random
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import log
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.services.ideas.selecting import FILLER

Floats = npt.NDArray[np.float32]

#: Of each language a table and its vectors; see `generators.training.bank`.
ASSETS = Path(__file__).parents[1] / "assets" / "bank"
NUMBERS = ("vectors", "turn", "weights", "odds", "levels")  # see `Bank`
TABLE, VECTORS = "{language}.txt.gz", "{language}.npz"
LATIN, HAN = re.compile(r"[a-z0-9]+"), re.compile(r"[\u3400-\u9fff]+")
#: Words that say nothing of a topic.
COMMON = FILLER | frozenset(
    ["be", "can", "could", "do", "does", "how", "i", "idea", "ideas", "it", "its", "some", "that", "this", "we", "what", "you"]
)
#: Words that turn what is asked for into its contrary, which vectors hardly see.
TURNING = frozenset(
    ["against", "awful", "bad", "evil", "fail", "failing", "opposite", "ruin", "sabotage", "terrible", "worse", "worst", "wrong"]
) | frozenset(["反对", "更差", "最差", "失败", "搞砸", "反派", "坏处", "糟"])
#: Kinds whose ideas have a form of their own, and log-odds that an idea of such a form costs where another kind is named, or one
#: of no form where it is; by judgement: features of an app are near to names for it.
FORMED, OTHER_FORM = frozenset(["copy", "gifts", "names", "slogans", "stories", "titles"]), 3.0
#: Kinds that a topic asks for by one of these words, and hardly without; and log-odds that such an idea loses without, by
#: judgement: of those that were read 18 and 27 in 100 were usable there, where 24 and 43 were foretold.
WORDED = frozenset(["names", "slogans", "titles"])
WORDING = frozenset(
    re.findall(
        r"\w+",
        "brand call called caption catchphrase greeting hashtag headline label line message motto name nickname phrase pun quote "
        "saying sign slogan statement tagline term text title word wording",
    )
)
UNWORDED = 1.5
TURNED = 3.0  # log-odds that such words cost; by judgement: "how to make meetings worse" is as near to better ones as any
WEIGHED = 4  # what a topic and an entry are compared by: see `Bank.likeness`
COMPARED = 64  # topics whose words are compared, those that are nearest without
NEAREST = 8  # topics whose ideas are looked at: the next are farther in nearly all cases than `LEAST` allows


#: The share of a wish's words that an idea must have to speak of it, log-odds that all of them add, how much farther a topic may
#: be then, and how many are looked at; by judgement.
SAID, WISH, FARTHER, WIDE = 0.2, 2.0, 1.5, 24


class Entry(NamedTuple):
    """A topic and its ideas."""

    kind: str  #: of what is asked for: ways, gifts, slogans, …
    topic: str
    ideas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recalled:
    """An idea that may fit another topic than the one it was written for."""

    text: str
    topic: str  #: the one it was written for
    odds: float  #: log-odds that it is usable there
    apart: str = ""  #: what of it is not the topic's own words, where those are set in
    wished: bool = False  #: it speaks of what is wished for


class Bank:
    """The bank of one language."""

    def __init__(
        self,
        lines: Sequence[str],
        vectors: Floats,
        turn: Floats,
        kinds: Sequence[str],
        weights: Floats,
        odds: Floats,
        levels: Floats,
        least: float,
    ) -> None:
        """
        Args:
            lines: kind, topic and ideas of each entry, tabs between them.
            vectors: of the topics, unit length, shape (entries, dimensions).
            turn: from the encoder's space to that of `vectors`, shape (encoder's dimensions, dimensions).
            kinds: all of them.
            weights: by which a topic's vector and a 1 tell its kind, shape (dimensions + 1, kinds).
            odds: of a logistic regression by which an idea is usable under another topic than its own: what a unit of the two
                topics' cosine adds, a new topic that surely asks for the other's kind, one all of whose words stand in the
                other, and another all of whose words stand in it; see `generators.training.bank.build`.
            levels: what its kind adds, shape (kinds,).
            least: log-odds below which an idea is not shown.
        """
        self._lines = lines
        self._vectors = vectors
        self._turn = turn
        self.kinds = list(kinds)
        self._weights = weights
        self._odds = odds
        self._levels = levels
        self.least = least
        self._kinds_of = np.array([self.kinds.index(line.partition("\t")[0]) for line in lines])

    @classmethod
    def read(cls, language: str, folder: Path = ASSETS) -> Bank:
        """From the files that are shipped."""
        lines = gzip.decompress((folder / TABLE.format(language=language)).read_bytes()).decode().splitlines()
        with np.load(folder / VECTORS.format(language=language)) as stored:
            least = float(stored["least"])
            kinds, numbers = [str(kind) for kind in stored["kinds"]], {name: stored[name].astype(np.float32) for name in NUMBERS}
        return cls(lines, unit(numbers.pop("vectors")), kinds=kinds, least=least, **numbers)

    def entry(self, number: int) -> Entry:
        """One entry."""
        kind, topic, *ideas = self._lines[number].split("\t")
        return Entry(kind, topic, tuple(ideas))

    def near(
        self, topic: str, vector: Floats, kind: str = "", least: float | None = None, most: int = NEAREST
    ) -> list[tuple[Entry, float]]:
        """The entries whose ideas fit a topic best, the best first, and the log-odds that one of them does.

        Args:
            topic: its words.
            vector: its own, unit length, as the encoder gives it.
            kind: what it asks for, where its words say so; see `generators.bank.kinds`.
            least: log-odds below which an entry is too far; None: those below which its ideas are not shown.
            most: entries.
        """
        turned = unit(vector @ self._turn)
        cosines, asked = self._vectors @ turned, self._asked(turned, kind)
        cosine, sure, *shares = self._odds
        mine = words(topic)
        against = OTHER_FORM * self._unlike(kind) + UNWORDED * self._unworded(mine, kind)
        odds = cosine * cosines + (sure * asked + self._levels - against)[self._kinds_of]
        near = np.argsort(-odds, kind="stable")[:COMPARED]
        odds = odds[near] + np.array([self._shares(mine, int(number)) for number in near]) @ shares
        odds -= TURNED * np.array([self._words(int(number)) & TURNING != mine & TURNING for number in near])
        best = np.argsort(-odds, kind="stable")[:most]
        least = self.least if least is None else least
        return [(self.entry(int(near[place])), float(odds[place])) for place in best if odds[place] >= least]

    def likeness(self, topic: str, vector: Floats, kind: str, number: int) -> tuple[float, ...]:
        """What `odds` are weights of, for a topic and one entry."""
        turned = unit(vector @ self._turn)
        asked = self._asked(turned, kind)[self._kinds_of[number]]
        return float(self._vectors[number] @ turned), float(asked), *self._shares(words(topic), number)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The entry of each topic."""
        return {line.split("\t", 2)[1]: number for number, line in enumerate(self._lines)}

    def kind_of(self, number: int) -> int:
        """The place of an entry's kind in `kinds`."""
        return int(self._kinds_of[number])

    def recalled(
        self,
        topic: str,
        vector: Floats,
        most: int,
        *,
        kind: str = "",
        gone: Collection[str] = (),
        seed: int = 0,
        wish: str = "",
    ) -> list[Recalled]:
        """Ideas that fit a topic, those of the nearest topics first; of one topic in an order by lot.

        Args:
            topic: its words, as for `near`.
            vector: its own.
            most: how many.
            kind: as for `near`.
            gone: texts that need not come again.
            seed: draws the order.
            wish: what ideas should have or be for; those that say so come first, and farther topics are looked at.
        """
        chance, before = random.Random(seed), {text.casefold() for text in gone}
        wanted = words(wish)
        entries = self.near(topic, vector, kind, self.least - FARTHER, WIDE) if wanted else self.near(topic, vector, kind)
        found: dict[str, Recalled] = {}
        for entry, odds in entries:
            for text in chance.sample(entry.ideas, len(entry.ideas)):
                share = self._share(wanted, words(text))
                one = Recalled(text, entry.topic, odds + WISH * share, wished=share >= SAID)
                if text.casefold() not in before:
                    found.setdefault(text.casefold(), one)
        if wanted:
            return sorted(found.values(), key=lambda one: -one.odds)[:most]
        return list(found.values())[:most]

    def topic_of(self, text: str) -> str:
        """The topic that an idea was written for; empty: it is none of these."""
        marked = f"\t{text}\t".casefold()
        for number, line in enumerate(self._lines):
            if marked in f"{line}\t".casefold():
                return self.entry(number).topic
        return ""

    def _words(self, number: int) -> frozenset[str]:
        return words(self._lines[number].split("\t", 2)[1])

    def _asked(self, turned: Floats, kind: str) -> Floats:
        """How surely a topic asks for each kind, 0..1."""
        if kind in self.kinds:
            return np.array([float(kind == one) for one in self.kinds], dtype=np.float32)
        return np.asarray(np.clip(np.append(turned, np.float32(1)) @ self._weights, 0, 1), dtype=np.float32)

    def _unlike(self, kind: str) -> Floats:
        """1 for each kind whose ideas have another form than those of a kind that is named, else 0."""
        formed = [kind in self.kinds and one != kind and (one in FORMED or kind in FORMED) for one in self.kinds]
        return np.array(formed, dtype=np.float32)

    def _unworded(self, mine: frozenset[str], kind: str) -> Floats:
        """1 for each kind that no word of an English topic asks for, and is not named, else 0."""
        asked = bool(mine & WORDING) or kind in self.kinds or any(HAN.search(word) for word in mine)
        return np.array([not asked and one in WORDED for one in self.kinds], dtype=np.float32)

    def _shares(self, mine: frozenset[str], number: int) -> tuple[float, float]:
        """Of a topic's words the share that stand in an entry's topic, and the other way round."""
        other = self._words(number)
        return self._share(mine, other), self._share(other, mine)

    def _share(self, some: frozenset[str], others: frozenset[str]) -> float:
        """Share of some words that stand among others, 0..1, rare ones weighing more (inverse document frequency)."""
        whole = sum(map(self._rarity, some))
        return sum(map(self._rarity, some & others)) / whole if whole else 0.0

    def _rarity(self, word: str) -> float:
        return log((len(self._lines) + 1) / (self._counts[word] + 1))

    @cached_property
    def _counts(self) -> Counter[str]:
        """In how many topics each word stands."""
        return Counter(word for number in range(len(self._lines)) for word in self._words(number))


def words(text: str) -> frozenset[str]:
    """The telling words of a topic, folded, without a plural's s; of Han characters each, and each two that stand together."""
    folded = text.casefold().replace("'", "").replace("’", "")
    found = {word.rstrip("s") for word in LATIN.findall(folded) if word not in COMMON}
    for row in HAN.findall(folded):
        found.update(row)
        found.update(row[place : place + 2] for place in range(len(row) - 1))
    return frozenset(found)


def unit(rows: Floats) -> Floats:
    """Rows of unit length."""
    return np.asarray(rows / (np.linalg.norm(rows, axis=-1, keepdims=True) + 1e-9), dtype=np.float32)


@cache
def shipped(language: str) -> Bank | None:
    """The bank of a language; None where there is none. Kept: some 8 MB."""
    return Bank.read(language) if (ASSETS / TABLE.format(language=language)).exists() else None
