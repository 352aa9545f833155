"""A simulated team: voters with a hidden taste, who vote as real people voted on captions, see the top first, and get tired.

A voter's vote on an idea is drawn from the ballots of real captions that stand as high among captions as the idea stands, in the
eyes of the hidden taste, among ideas of the untuned model. So votes are about as noisy as people's on humour are. A "funny" is
a 👍, "somewhat funny" one every other time, "unfunny" a 👎 one time in four: people mostly pass over what leaves them cold.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import math
import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.services.ideas.selecting import FILLER
from learning.topics import THINGS as THINGS_TO_LABEL
from tests.bench import human

CAPTIONS = "captions/captions_300_per_contest.csv.gz"
BINS = 20  # of standing among captions; each has some thousand captions
PASSED_OVER, HALF = 0.25, 0.5  # see above
#: Shares of 👎 and of 👍 for captions at the bottom, in the middle and at the top, for machines without the data (New Yorker
#: Caption Contest ratings, CC BY 4.0).
MEASURED = ((0.24, 0.01), (0.21, 0.10), (0.10, 0.42))

LISTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
POSITIVE, CONCRETE = (frozenset(LISTS[name].split()) for name in ("positive", "concrete"))
NAMED: tuple[str, ...] = tuple(LISTS["things"].splitlines())
THINGS = NAMED + THINGS_TO_LABEL  #: the last are those that a tuner labels drafts for: nothing that is reported is of them

#: The first things: how tuning is done was chosen on them, so what is reported comes from the others.
CHOSEN_ON = 70
TRADES = frozenset(word.lower().rstrip("s")[:5] for thing in NAMED for word in re.findall(r"[^\W\d_]{3,}", thing)) - {
    "for",
    "the",
    "about",
}

Taste = Callable[[str], float]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def short(text: str) -> float:
    """Short names."""
    return -float(len(text))


def sound(text: str) -> float:
    """Alliteration: neighbours that begin alike, per word."""
    said = words(text)
    return sum(a[0] == b[0] for a, b in pairwise(said)) / max(1, len(said))


def concrete(text: str) -> float:
    """Things one can touch, per word."""
    said = words(text)
    return sum(word.rstrip("s") in CONCRETE for word in said) / max(1, len(said))


def positive(text: str) -> float:
    """Words of gladness, per word."""
    said = words(text)
    return sum(word in POSITIVE for word in said) / max(1, len(said))


def letter(text: str) -> float:
    """The letter e, per letter: few people would say that they like it."""
    return text.lower().count("e") / max(1, len(text))


def soft(text: str) -> float:
    """Words that end softly, in a vowel, per word."""
    said = words(text)
    return sum(word[-1] in "aeiou" for word in said) / max(1, len(said))


def plain(text: str) -> float:
    """Names that say what it is: words of trades and things, per word."""
    said = words(text)
    return sum(stem(word) in TRADES for word in said) / max(1, len(said))


def stem(word: str) -> str:
    """What "baking", "bakery" and "bakeries" have in common."""
    return word.lower().rstrip("s")[:5]


@cache
def usual() -> Counter[str]:
    """How often each word stands in the captions that people wrote."""
    with gzip.open(human.wanted(CAPTIONS)) as file:
        return Counter(word for row in csv.DictReader(io.TextIOWrapper(file, "utf-8")) for word in words(row["caption"]))


def easy(text: str) -> float:
    """Names of everyday words, no longer than need be: mean log frequency of the words that carry the meaning, less their length.

    0.15 a letter so that neither long nor short names win by that alone: with less, a tuned model's names grow longer (lab book).
    """
    known = [math.log1p(usual()[word]) for word in words(text) if word not in FILLER]
    return (sum(known) / len(known) if known else 0.0) - 0.15 * len(text)


def chance(text: str) -> float:
    """Whatever: a number drawn from the text's spelling, which nothing can learn."""
    return int.from_bytes(hashlib.blake2b(text.casefold().encode(), digest_size=6).digest(), "big") / 2**48


TASTES: dict[str, Taste] = {
    "short": short,
    "sound": sound,
    "concrete": concrete,
    "positive": positive,
    "letter": letter,
    "soft": soft,
    "plain": plain,
    "easy": easy,
    "random": chance,
}


@dataclass(frozen=True)
class Standing:
    """Where ideas stand among the untuned model's, for one taste."""

    taste: Taste
    usual: NDArray[np.float64]  #: the taste's values of many ideas of the untuned model, sorted

    @classmethod
    def among(cls, taste: Taste, texts: Sequence[str]) -> Standing:
        """Standings among these texts."""
        return cls(taste, np.sort([taste(text) for text in texts]))

    def of(self, text: str) -> float:
        """Share of usual ideas that it beats, ties counting half, 0..1."""
        value = self.taste(text)
        below, upto = np.searchsorted(self.usual, value, "left"), np.searchsorted(self.usual, value, "right")
        return float(below + upto) / (2 * len(self.usual))


@cache
def ballots() -> NDArray[np.float64]:
    """Shares of 👎 and of 👍 from the least to the most liked twentieth of captions, shape (BINS, 2)."""
    data = human.found(CAPTIONS)
    if data is None:
        at = np.linspace(0, 2, BINS)
        return np.stack([np.interp(at, range(3), [row[column] for row in MEASURED]) for column in (0, 1)], axis=1)
    with gzip.open(data) as file:
        rows = [
            [int(row[name]) for name in ("unfunny", "somewhat_funny", "funny", "count")]
            for row in csv.DictReader(io.TextIOWrapper(file, "utf-8"))
        ]
    counts = np.array([row for row in rows if row[3] >= 30], dtype=float)
    no, some, yes = (counts[:, :3] / counts[:, 3:]).T
    shares = np.stack([PASSED_OVER * no, yes + HALF * some], axis=1)[np.argsort(yes - no)]
    return np.stack([part.mean(axis=0) for part in np.array_split(shares, BINS)])


@dataclass(frozen=True)
class Voter:
    """One of the team."""

    name: str
    attention: float  #: chance of looking at the first idea
    fatigue: float  #: times which, for each further idea, this falls
    contrary: float  #: chance of voting as on any idea, whichever it is


def a_team(size: int, *, seed: int) -> list[Voter]:
    """People who differ in how long they look and how much they care."""
    luck = random.Random(f"team/{seed}")
    return [
        Voter(f"voter{n}", attention=luck.uniform(0.6, 1.0), fatigue=luck.uniform(0.75, 0.98), contrary=luck.uniform(0.0, 0.3))
        for n in range(size)
    ]


def vote(voter: Voter, place: int, standing: float, shares: NDArray[np.float64], luck: random.Random) -> float:
    """+1, -1 or 0 for nothing, for the idea at a place from 0."""
    if luck.random() >= voter.attention * voter.fatigue**place:
        return 0.0
    at = luck.random() if luck.random() < voter.contrary else standing
    no, yes = shares[min(BINS - 1, int(at * BINS))]
    drawn = luck.random()
    return -1.0 if drawn < no else 1.0 if drawn < no + yes else 0.0
