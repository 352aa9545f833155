"""What can be said of an idea in numbers: its meaning, its surface, its place among the ideas for the same topic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log1p

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

SURFACE = (
    "characters",
    "words",
    "word length",
    "rarity",
    "rarest",
    "commonest",
    "question",
    "exclamation",
    "comma",
    "quotation",
    "sentences",
    "ellipsis",
    "digits",
    "capitals",
    "capital first",
    "full stop",
    "I",
    "you",
    "we",
    "repetition",
    "apostrophe",
)  #: columns of `surface`
AROUND = ("typical", "nearest", "on topic", "crowded")  #: columns of `around`
NEIGHBOURS = 10  # how many ideas around one tell whether its neighbourhood is crowded
BLOCK = 1024  # rows compared at once: 4 000 ideas on one topic then need 16 MB, not 64

_I, _YOU, _WE = (
    frozenset({"i", "me", "my", "mine", "i'm", "i've", "i'll", "i'd", "我"}),
    frozenset({"you", "your", "yours", "you're", "you've", "you'll", "你", "您"}),
    frozenset({"we", "our", "us", "ours", "we're", "let's", "们", "咱"}),
)


def words(text: str) -> list[str]:
    """A text's words in small letters; for Chinese, Japanese and Korean, its characters."""
    plain = text.lower().replace("\u2019", "'")
    return re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+(?:'\w+)?", plain)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How common words are among the texts it was made from."""

    texts: int
    holding: dict[str, int]  #: in how many of the texts a word stands

    @classmethod
    def of(cls, texts: Sequence[str]) -> Vocabulary:
        """The vocabulary of some texts."""
        holding: Counter[str] = Counter()
        for text in texts:
            holding.update(set(words(text)))
        return cls(len(texts), dict(holding))

    def rarity(self, word: str) -> float:
        """Inverse document frequency, nats, >= 0."""
        return log((self.texts + 1) / (self.holding.get(word, 0) + 1))


def surface(texts: Sequence[str], vocabulary: Vocabulary) -> Matrix:
    """How the texts are written, shape (len(texts), len(SURFACE))."""
    return np.array([_surface(text, vocabulary) for text in texts], dtype=np.float32).reshape(len(texts), len(SURFACE))


def _surface(text: str, vocabulary: Vocabulary) -> tuple[float, ...]:
    tokens = words(text)
    distinct = set(tokens)
    count = max(1, len(tokens))
    rarity = [vocabulary.rarity(word) for word in tokens] or [0.0]
    return (
        log1p(len(text)),
        log1p(len(tokens)),
        sum(map(len, tokens)) / count,
        sum(rarity) / len(rarity),
        max(rarity),
        min(rarity),
        any(mark in text for mark in "?？"),
        any(mark in text for mark in "!！"),
        any(mark in text for mark in ",，、"),
        any(mark in text for mark in '"“”「'),
        len(re.findall(r"[.!?。！？](?:\s|$)", text)) > 1,
        "..." in text or "…" in text,
        any(char.isdigit() for char in text),
        sum(char.isupper() for char in text) / max(1, len(text)),
        text[:1].isupper(),
        text.rstrip()[-1:] in (".", "!", "?", "。", "！", "？"),
        bool(_I & distinct),
        bool(_YOU & distinct),
        bool(_WE & distinct),
        len(distinct) / count,
        "'" in text or "\u2019" in text,
    )


def around(vectors: Matrix, topic: Matrix | None, among: Matrix) -> Matrix:
    """Where ideas stand among the ideas for their topic, shape (len(vectors), len(AROUND)).

    Cosines: to the centre of `among`, to the nearest other of `among`, to the topic, and the mean over the nearest `NEIGHBOURS`.

    Args:
        vectors: unit length, shape (ideas, dimensions).
        topic: the topic's own unit vector, shape (dimensions,), or None.
        among: all ideas for the topic, shape (all, dimensions); rows equal to an idea are that idea itself, once.
    """
    features = np.zeros((len(vectors), len(AROUND)), dtype=np.float32)
    if not vectors.size or not among.size:
        return features
    centre = among.mean(axis=0)
    features[:, 0] = vectors @ (centre / (np.linalg.norm(centre) + 1e-9))
    if topic is not None:
        features[:, 2] = vectors @ topic
    near = min(NEIGHBOURS + 1, len(among))
    for start in range(0, len(vectors), BLOCK):
        cosine = vectors[start : start + BLOCK] @ among.T
        best = -np.sort(np.partition(-cosine, near - 1, axis=1)[:, :near], axis=1)
        others = best[:, 1:] if near > 1 else np.zeros_like(best)  # the first is the idea itself
        features[start : start + BLOCK, 1] = others[:, 0]
        features[start : start + BLOCK, 3] = others.mean(axis=1)
    return features
