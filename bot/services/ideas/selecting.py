"""Chooses which of many drafts to show: no repeats, good ones first, different from one another."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Draft
from bot.ports import Trust

Vectors = NDArray[np.float32]

#: Cosine of MiniLM vectors from which two ideas say the same thing; measured by `make bench-ideas`, see docs/lab/ideas.md.
SAME = 0.82
#: Share of words in common (Jaccard) from which two ideas say the same thing, whatever their vectors say.
SAME_WORDS = 0.75
#: Weight of one unit of cosine against one standard deviation of score in maximal marginal relevance (Carbonell & Goldstein
#: 1998). 5 cut the mean cosine of five chosen captions by a third for 1.5 points of human percentile.
DIVERSITY = 6.0
#: Likeness that costs nothing. Ideas for one topic are all a little alike, and what is not is often beside the topic: of five
#: that were chosen without this 46 of 100 made sense to a reader, and 49 with it.
KIN = 0.4
#: Similarity to a judged idea counts as evidence with this power: only close relatives speak.
KERNEL_POWER = 4
#: Pseudo-evidence for "no idea": until liked relatives outweigh it, taste stays near 0.
TASTE_PRIOR = 2.0
FORECAST_WEIGHT = 5.0  # forecasts differ by about a fifth of the scale of votes; so they weigh like relevance
TRUSTED_WEIGHT = 10.0  # of one that orders unseen topics well: five of twenty drafts stood 2 to 3.5 points higher than with 5
WELL = 0.15  # accuracy above chance, less its standard error, from which that weight is full
#: Deviations of quality that an idea loses for each chosen one of its set that begins with the same telling word, and for one
#: that begins with the same two: five sentences that all begin "Organize a virtual …" read like one, whatever their vectors say.
SAME_WORD, SAME_START = 1.0, 2.5
FILLER = frozenset(
    ["a", "an", "the", "of", "and", "or", "for", "to", "in", "on", "at", "with", "your", "our", "my", "by", "is", "are"]
)


def wordset(text: str) -> frozenset[str]:
    """The words that carry a text's meaning, folded; for scripts without spaces, its characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = re.findall(r"[^\W_]+", folded.replace("'", "").replace("\u2019", ""))
    if any("\u3040" <= char <= "\u9fff" for char in folded):
        words = [char for word in words for char in word]
    telling = frozenset(word for word in words if word not in FILLER)
    return telling or frozenset(words)


def beginning(text: str) -> tuple[str, ...]:
    """The first two words of a text that carry meaning, folded; of scripts without spaces, its first two characters."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("\u2019", "")
    words = re.findall(r"[^\W_]+", folded)
    if any("\u3040" <= char <= "\u9fff" for char in folded):
        words = [char for word in words for char in word]
    return tuple([word for word in words if word not in FILLER][:2])


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of words in common, 0..1 (Jaccard)."""
    union = len(one | other)
    return len(one & other) / union if union else 1.0


@dataclass(slots=True)
class Known:
    """Texts that need not come again, with their vectors where there are any."""

    words: list[frozenset[str]] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)

    def add(self, text: str, vector: Vectors | None) -> None:
        """Remembers a text."""
        self.words.append(wordset(text))
        if vector is not None:
            self.vectors.append(vector)

    def has(self, text: str, vector: Vectors | None) -> bool:
        """Whether a text says what one of these says already."""
        mine = wordset(text)
        if any(alike(mine, theirs) >= SAME_WORDS for theirs in self.words):
            return True
        return self.nearest(vector) >= SAME

    def said(self, text: str) -> bool:
        """Whether one of these has a text's words, and no others."""
        return wordset(text) in self.words

    def nearest(self, vector: Vectors | None) -> float:
        """Cosine to the nearest of these, -1..1; 0 when there is nothing to compare."""
        if vector is None or not self.vectors:
            return 0.0
        return float(np.max(np.stack(self.vectors) @ vector))


@dataclass(frozen=True, slots=True)
class Taste:
    """What a team thinks of the ideas it has judged, carried over to new ones by likeness."""

    vectors: Vectors  #: of judged ideas, shape (judged, dimensions), unit length
    means: NDArray[np.float64]  #: their posterior means, -1..+1, shape (judged,)

    def of(self, vectors: Vectors) -> NDArray[np.float64]:
        """How much the team would like each, -1..+1, shape (len(vectors),): near 0 far from anything judged.

        A kernel smoother (Nadaraya 1964) with cosine to a power as its kernel, shrunk towards 0.
        """
        if not len(self.means) or not len(vectors):
            return np.zeros(len(vectors))
        weight = np.clip(vectors @ self.vectors.T, 0.0, 1.0).astype(np.float64) ** KERNEL_POWER
        taste: NDArray[np.float64] = weight @ self.means / (weight.sum(axis=1) + TASTE_PRIOR)
        return taste


@dataclass(slots=True)
class Option:
    """A draft that may be shown."""

    draft: Draft
    vector: Vectors | None  #: of what it is compared with others by
    quality: float  #: any scale; compared within one pool only


@dataclass(frozen=True, slots=True)
class Even:
    """Keeps what is shown about as long as what was drafted: many tastes shorten ideas by the way, or lengthen them."""

    count: int  #: ideas that are to be chosen
    room: float  #: share by which the mean length of the chosen may differ from that of all drafts that compete

    def fitting(self, options: Sequence[Option], chosen: Sequence[Option], left: Sequence[Option]) -> list[Option]:
        """The options after which the chosen can still be even; the nearest to that where none is.

        The chosen may be off by `room` together, so one alone may be off by as much as all. `left`: all that still compete.
        """
        lengths = [len(option.draft.text) for option in (*chosen, *left)]
        mean = sum(lengths) / len(lengths)
        before = sum(lengths[: len(chosen)]) - mean * len(chosen)
        off = [abs(before + len(option.draft.text) - mean) for option in options]
        most = max(self.room * mean * max(self.count, len(chosen) + 1), min(off))
        return [option for option, far in zip(options, off, strict=True) if far <= most]


@dataclass(slots=True)
class Pool:
    """The drafts of one brainstorm that are good enough, and what of them was chosen so far."""

    options: list[Option] = field(default_factory=list)
    chosen: list[Option] = field(default_factory=list)
    begun: list[tuple[str, ...]] = field(default_factory=list)  #: how the ideas of the set begin, those of earlier rounds too
    even: Even | None = None  #: how far the chosen may differ from the drafts in length; None: as they come

    def add(self, option: Option) -> None:
        """Lets a draft compete."""
        self.options.append(option)

    def likeness(self, option: Option) -> float:
        """Likeness to the nearest chosen one, 0..1: cosine, or words in common where there are no vectors."""
        if not self.chosen:
            return 0.0
        if option.vector is not None:
            near = [float(option.vector @ other.vector) for other in self.chosen if other.vector is not None]
            return max(0.0, *near) if near else 0.0
        mine = wordset(option.draft.text)
        return max(alike(mine, wordset(other.draft.text)) for other in self.chosen)

    def moulded(self, option: Option) -> float:
        """What an option loses for beginning as others of its set do, in deviations of quality."""
        mine = beginning(option.draft.text)
        return sum(SAME_START if mine == other else SAME_WORD for other in self.begun if mine[:1] == other[:1] and mine)

    def choose(self, chance: random.Random | None = None, among: Callable[[Option], bool] | None = None) -> Option | None:
        """Takes the option with the best marginal relevance out of the pool, `among` some of them; None when there is none.

        argmax over options of standardised quality - DIVERSITY * likeness to the nearest chosen one beyond KIN. Ties keep arrival
        order.

        With `chance` the qualities are drawn from what they may be (Thompson 1933) instead of taken at their word: what is
        foretold explains less than half of what people come to think, so a draw is off by about one deviation.
        """
        options = [option for option in self.options if among is None or among(option)]
        if not options:
            return None
        if self.even is not None:
            options = self.even.fitting(options, self.chosen, self.options)
        quality = standardised([option.quality for option in options])
        if chance is not None:
            quality = quality + np.array([chance.gauss(0.0, 1.0) for _option in options])
        marginal = [
            float(q) - DIVERSITY * max(0.0, self.likeness(o) - KIN) - self.moulded(o)
            for q, o in zip(quality, options, strict=True)
        ]
        best = options[int(np.argmax(marginal))]
        self.options = [option for option in self.options if option is not best]
        self.chosen.append(best)
        self.begun.append(beginning(best.draft.text))
        return best


def standardised(values: Sequence[float]) -> NDArray[np.float64]:
    """Mean 0 and deviation 1; all 0 where they do not differ."""
    array = np.asarray(values, dtype=np.float64)
    spread = float(array.std())
    if spread < 1e-9:
        return np.zeros(len(array))
    result: NDArray[np.float64] = (array - array.mean()) / spread
    return result


def forecast_weight(trust: Trust) -> float:
    """What a unit of forecast weighs against deviations of relevance: more, the better it orders topics it has not seen."""
    if not trust.trusted or trust.accuracy is None:
        return FORECAST_WEIGHT
    earned = min(1.0, max(0.0, (trust.accuracy - 0.5 - trust.error) / WELL))
    return FORECAST_WEIGHT + earned * (TRUSTED_WEIGHT - FORECAST_WEIGHT)
