"""Tells talk from topics by meaning: a line beside examples of what people say, by its sentence vector and its words.

Kernel ridge regression on one column an intent (Rifkin et al. 2003): closed form, trained at once. The kernel
adds a Gaussian one of the vectors, along the axes where the examples differ most, and the cosine of hashed words
and pairs of words. How it was chosen and how well it tells: docs/lab/talk.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.services.talk.hashed import Array, Hashed, hashed

EXAMPLES = Path(__file__).with_suffix(".tsv")  #: an intent, a tab, a line that means it
FITTED = Path(__file__).with_suffix(".npz")  #: what was fitted for the built-in encoders: see `generators.training.intents`
TOPIC = "topic"  #: the intent of whoever wants ideas
WIDTH = 1.5  # of the Gaussian: exp(-WIDTH times the squared distance), which is 0 to 4 between unit vectors
WORDS = 0.3  # weight of the words beside the vectors
RIDGE = 0.15
RARE = 0.25  # power of how often the commonest intent has as many examples, by which a rarer one's scores are raised
TALK = 0.55  # from which a line whose intent is sure is talk
UNCLEAR = 0.7  # from which any other is, where an intent scores `FLOOR`
SHAPED = 0.8  # from which a line with a topic's shape, “names for …”, is: one in a hundred lines of talk has it
FLOOR = 0.15  # of the likeliest intent, below which a line is like nothing that people say
SURE = 0.35  # of an intent, from which it is taken for what was meant; below it the answer names the two likeliest
AHEAD = 0.2  # by which it must be before the next one
LEANING = 0.3  # of the only one that is worth naming, from which the answer names it without saying that it is unsure
FAINT = 0.2  # of an intent, below which it is not even named: what was named there was wrong in five of seven lines
BESIDE = 0.7  # of the likeliest's score, which the second must have to be named beside it
MOST = 127  # of a part of a vector, which is kept in one byte
AXES = 192  # of the vectors' 384, those along which the examples differ most; half the file, for half a point of intents
CENTRES = 3000  # examples that others are held beside, where a machine fits them itself: all of them would take gigabytes
JITTER = 1e-4  # on the diagonal where centres are few, as their equations are squared and rounding may leave them indefinite
TINY = 1e-9  # below any length of a vector; one without length stays as it is
LONGEST = 160  # characters of a line that may be talk; what is longer tells a topic


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a line seems to mean."""

    talk: float  #: how much of it is no topic, about 0..1
    intent: str  #: the likeliest besides a topic; empty: none is likely enough to act on it
    likely: tuple[str, ...] = ()  #: the two likeliest besides a topic, the likelier first
    scores: tuple[float, ...] = ()  #: theirs; empty: not known
    refine: float = 0.0  #: the score of how ideas should be
    aside: float = 0.0  #: that of what is said to somebody else

    @property
    def unclear(self) -> bool:
        """Whether nothing is sure and it is not like anything that people say, either."""
        return not self.intent and (self.talk < UNCLEAR or (bool(self.scores) and self.scores[0] < FLOOR))

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

    axes: Array  #: that vectors are looked at along, shape (dimensions, axes)
    vectors: Array  #: of the centres, the examples that a line is held beside, unit length, shape (centres, axes)
    words: Hashed  #: theirs
    weights: Array  #: shape (centres, intents)
    usual: Array  #: each intent's share of the examples, shape (intents,)
    intents: tuple[str, ...]

    def __call__(self, line: str, vector: Array) -> Meaning:
        """What a line means; `vector` is its own, shape (dimensions,)."""
        beside = near(along(self.axes, vector[None]), self.vectors)[0]
        scores = (beside + WORDS * self.words.beside(line)) @ self.weights + self.usual
        talk = 1.0 - float(scores[self.intents.index(TOPIC)])
        (first, best), (second, other) = sorted(
            ((float(score), name) for score, name in zip(scores, self.intents, strict=True) if name != TOPIC), reverse=True
        )[:2]
        sure = first >= SURE and first - second >= AHEAD
        refine, aside = (float(scores[self.intents.index(name)]) for name in ("refine", "aside"))
        return Meaning(talk, best if sure else "", (best, other), (first, second), refine, aside)


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """Intents and lines."""
    rows = (row.split("\t") for row in EXAMPLES.read_text(encoding="utf-8").splitlines() if row)
    return tuple((intent, line) for intent, line in rows)


def fitted(vectors: Array, most: int = CENTRES) -> Classifier:
    """Fits the examples, on at most so many centres (the subset of regressors): five CPU seconds and 0.5 GB for `CENTRES`.

    Args:
        vectors: of the examples, unit length, shape (examples, dimensions).
        most: centres; a sample of the examples where those are more.
    """
    lines = examples()
    axes = widest(vectors)
    seen = along(axes, vectors)
    count = len(lines)
    chosen = np.arange(count) if count <= most else np.sort(np.random.default_rng(0).choice(count, most, replace=False))
    intents = tuple(sorted({intent for intent, _line in lines}))
    wanted = np.array([[float(intent == name) for name in intents] for intent, _line in lines], dtype=np.float32)
    usual = wanted.mean(axis=0)
    raised = _raised(usual, intents)
    table = hashed([line for _intent, line in lines]).table()
    alike = near(seen, seen[chosen]) + WORDS * (table @ table[chosen].T)
    return Classifier(
        axes=axes,
        vectors=seen[chosen],
        words=hashed([lines[one][1] for one in chosen]),
        weights=_weights(alike, chosen, wanted - usual) * raised,
        usual=usual * raised,
        intents=intents,
    )


def _raised(usual: Array, intents: Sequence[str]) -> Array:
    """What an intent's scores are multiplied by, shape (intents,): rare ones are else named last."""
    talk = np.array([name != TOPIC for name in intents])
    return np.where(talk, (usual[talk].max() / usual) ** RARE, 1.0).astype(np.float32)


def _weights(alike: Array, chosen: NDArray[np.intp], wanted: Array) -> Array:
    """Of each centre for each intent, shape (centres, intents); `alike`: of examples to centres, shape (examples, centres)."""
    if len(chosen) == len(wanted):
        return np.linalg.solve(alike.astype(np.float64) + RIDGE * np.eye(len(wanted)), wanted).astype(np.float32)
    among = (alike.T @ alike).astype(np.float64) + RIDGE * alike[chosen]
    among[np.diag_indices(len(chosen))] += JITTER
    return np.linalg.solve(among, alike.T @ wanted).astype(np.float32)


def widest(vectors: Array) -> Array:
    """The directions along which vectors are longest, shape (dimensions, `AXES` or fewer)."""
    _lengths, directions = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    return np.ascontiguousarray(directions[:, ::-1][:, :AXES], dtype=np.float32)


def along(axes: Array, vectors: Array) -> Array:
    """Vectors along those directions, of unit length again, shape (vectors, axes)."""
    seen = vectors @ axes
    return np.asarray(seen / np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), TINY), dtype=np.float32)


def kept(encoder: str) -> Classifier | None:
    """The classifier that was fitted for an encoder; None where it was for another, or for other examples."""
    with np.load(FITTED) as stored:
        if str(stored["encoder"]) != encoder or str(stored["examples"]) != digest():
            return None
        vectors = stored["vectors"].astype(np.float32)
        axes, weights, usual = (stored[name].astype(np.float32) for name in ("axes", "weights", "usual"))
        intents = tuple(str(name) for name in stored["intents"])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = hashed([line for _intent, line in examples()])
    examples.cache_clear()  # 3 MB that nothing reads again
    return Classifier(axes=axes, vectors=vectors, words=words, weights=weights, usual=usual, intents=intents)


def keep(vectors: Array, encoder: str) -> None:
    """Fits the examples, each a centre, and writes what `kept` reads: parts of vectors in bytes, the rest in half precision."""
    found = fitted(vectors, most=len(vectors))
    np.savez_compressed(
        FITTED,
        encoder=encoder,
        examples=digest(),
        axes=found.axes.astype(np.float16),
        vectors=np.round(found.vectors / np.abs(found.vectors).max(axis=1, keepdims=True) * MOST).astype(np.int8),
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
