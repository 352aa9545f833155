"""Tells talk from topics by meaning: a line beside examples of what people say, by its sentence vector and its words.

Kernel ridge regression on one column an intent (Rifkin et al. 2003): closed form, trained at once. The kernel
adds a Gaussian one of the vectors and the cosine of hashed words and pairs of words. How it was chosen
and how well it tells: docs/lab/talk.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bot.services.talk.hashed import Array, Hashed, hashed

EXAMPLES = Path(__file__).with_suffix(".tsv")  #: an intent, a tab, a line that means it
FITTED = Path(__file__).with_suffix(".npz")  #: what was fitted for the built-in encoders: see `generators.training.intents`
TOPIC = "topic"  #: the intent of whoever wants ideas
WIDTH = 1.0  # of the Gaussian: exp(-WIDTH times the squared distance), which is 0 to 4 between unit vectors
WORDS = 0.3  # weight of the words beside the vectors
RIDGE = 0.15
TALK = 0.52  # from which a line whose intent is sure is talk
UNCLEAR = 0.65  # from which any other is: of 4 095 topics that are not among the examples 13 are above .52, none here
SURE = 0.45  # of an intent, from which it is taken for what was meant; below it the answer names the two likeliest
AHEAD = 0.12  # by which it must be before the next one
LEANING = 0.3  # of the only one that is worth naming, from which the answer names it without saying that it is unsure
FAINT = 0.2  # of an intent, below which it is not even named: what was named there was wrong in five of seven lines
BESIDE = 0.6  # of the likeliest's score, which the second must have to be named beside it
MOST = 127  # of a part of a vector, which is kept in one byte
LONGEST = 160  # characters of a line that may be talk; what is longer tells a topic


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a line seems to mean."""

    talk: float  #: how much of it is no topic, about 0..1
    intent: str  #: the likeliest besides a topic; empty: none is likely enough to act on it
    likely: tuple[str, ...] = ()  #: the two likeliest besides a topic, the likelier first
    scores: tuple[float, ...] = ()  #: theirs; empty: not known

    @property
    def leaning(self) -> str:
        """The intent, or the only one that is worth naming where that is likely enough to answer it; else empty."""
        alone = len(self.named) == 1 and bool(self.scores) and self.scores[0] >= LEANING
        return self.intent or (self.likely[0] if alone else "")

    @property
    def named(self) -> tuple[str, ...]:
        """Those of the likeliest that are worth naming where nothing is sure."""
        floor = max((FAINT, *(BESIDE * score for score in self.scores[:1])))
        return (
            tuple(name for name, score in zip(self.likely, self.scores, strict=True) if score >= floor)
            if self.scores
            else self.likely
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """What was fitted on the examples, for one encoder's vectors."""

    vectors: Array  #: of the examples, unit length, shape (examples, dimensions)
    words: Hashed  #: theirs
    weights: Array  #: shape (examples, intents)
    usual: Array  #: each intent's share of the examples, shape (intents,)
    intents: tuple[str, ...]

    def __call__(self, line: str, vector: Array) -> Meaning:
        """What a line means; `vector` is its own, unit length, shape (dimensions,)."""
        scores = (near(vector[None], self.vectors)[0] + WORDS * self.words.beside(line)) @ self.weights + self.usual
        talk = 1.0 - float(scores[self.intents.index(TOPIC)])
        (first, best), (second, other) = sorted(
            ((float(score), name) for score, name in zip(scores, self.intents, strict=True) if name != TOPIC), reverse=True
        )[:2]
        sure = first >= SURE and first - second >= AHEAD
        return Meaning(talk, best if sure else "", (best, other), (first, second))


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """Intents and lines."""
    rows = (row.split("\t") for row in EXAMPLES.read_text(encoding="utf-8").splitlines() if row)
    return tuple((intent, line) for intent, line in rows)


def fitted(vectors: Array) -> Classifier:
    """Fits the examples; two CPU seconds. `vectors`: theirs, unit length, shape (examples, dimensions)."""
    names = [intent for intent, _line in examples()]
    intents = tuple(sorted(set(names)))
    words = hashed([line for _intent, line in examples()])
    table = words.table()
    wanted = np.array([[float(name == intent) for intent in intents] for name in names])
    usual = wanted.mean(axis=0)
    alike = near(vectors, vectors) + WORDS * (table @ table.T)
    kept = alike.astype(np.float64) + RIDGE * np.eye(len(names))
    weights = np.linalg.solve(kept, wanted - usual).astype(np.float32)
    return Classifier(vectors=vectors, words=words, weights=weights, usual=usual.astype(np.float32), intents=intents)


def kept(encoder: str) -> Classifier | None:
    """The classifier that was fitted for an encoder; None where it was for another, or for other examples."""
    with np.load(FITTED) as stored:
        if str(stored["encoder"]) != encoder or str(stored["examples"]) != digest():
            return None
        vectors, weights, usual = stored["vectors"].astype(np.float32), stored["weights"], stored["usual"]
        intents = tuple(str(name) for name in stored["intents"])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = hashed([line for _intent, line in examples()])
    return Classifier(vectors=vectors, words=words, weights=weights.astype(np.float32), usual=usual, intents=intents)


def keep(vectors: Array, encoder: str) -> None:
    """Fits the examples and writes what `kept` reads: vectors in bytes, weights in half precision."""
    small = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * MOST).astype(np.int8)
    rounded = small.astype(np.float32)
    found = fitted(rounded / np.linalg.norm(rounded, axis=1, keepdims=True))
    np.savez_compressed(
        FITTED,
        encoder=encoder,
        examples=digest(),
        vectors=small,
        weights=found.weights.astype(np.float16),
        usual=found.usual,
        intents=np.array(found.intents),
    )


def digest() -> str:
    """Of the examples, so that nothing is told by what was fitted on others."""
    return hashlib.sha256("\n".join(map("\t".join, examples())).encode()).hexdigest()[:16]


def near(some: Array, others: Array) -> Array:
    """How near vectors of unit length are to others, 0..1, shape (some, others)."""
    return np.asarray(np.exp(2 * WIDTH * (some @ others.T - 1)), dtype=np.float32)
