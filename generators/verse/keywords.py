"""From a topic to words that old poems are made of: those that stand in it, and those that are near it in meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from generators.verse import signs as form
from generators.verse.signs import Signs

Floats = npt.NDArray[np.float32]

NEAR = 24  # words that are near a topic; further ones have to do with anything
SHARPNESS = 18.0  # by how much a nearer word is drawn more often: one with .1 more cosine, six times
WORDS = (2, 3)  #: lines of a poem that get a keyword, at least and at most
OWN = 2  #: at most so many of these are the topic's own, so that poems differ
#: Characters of which no keyword is made: they carry no picture.
EMPTY = frozenset(
    "不无未莫勿弗非何谁孰安岂焉乎哉矣也者之其此彼是斯而以于为所与及则乃且若如似亦又更复还犹尚已曾将欲须应当可能得有在自从来去我吾余予汝君尔他渠相最太甚极"
)
FILLING = frozenset("的了着过吗呢吧啊呀和跟把被让给对向个首篇些这那一")


class Keywords:
    """The words, with a vector for each."""

    def __init__(self, words: Sequence[str], vectors: Floats) -> None:
        self.words = list(words)
        self.numbers = {word: number for number, word in enumerate(words)}
        self.vectors = vectors  #: unit length, (words, dimensions)

    @classmethod
    def read(cls, words: Sequence[str], path: Path) -> Keywords:
        """From a file of whole numbers, -127..127."""
        rows = np.load(path).astype(np.float32)
        return cls(words, rows / np.linalg.norm(rows, axis=1, keepdims=True))

    def standing(self, topic: str, signs: Signs) -> list[str]:
        """The words of a topic: those of two characters that are known, then single ones that stand in none of these."""
        found, taken = [], set[int]()
        for at in range(len(topic) - 1):
            if topic[at : at + 2] in self.numbers and at not in taken:
                found.append(topic[at : at + 2])
                taken |= {at, at + 1}
        single = [
            char for at, char in enumerate(topic)
            if at not in taken and char in signs.numbers and char not in EMPTY and char not in FILLING
        ]  # fmt: skip
        return list(dict.fromkeys([*found, *single]))

    def near(self, topic: Floats, without: str = "") -> tuple[list[str], Floats]:
        """The nearest words and how near they are, the nearest first.

        Args:
            topic: a unit vector, (dimensions,), or some, (vectors, dimensions), to each of which the words may be near.
            without: characters that none of them has.
        """
        cosine = self.vectors @ np.atleast_2d(topic).T
        nearness = (cosine - cosine.max(axis=0)).max(axis=1)
        barred = frozenset(without)
        order = (int(number) for number in np.argsort(-nearness, kind="stable"))
        best = list(islice((number for number in order if barred.isdisjoint(self.words[number])), NEAR))
        return [self.words[number] for number in best], np.asarray(nearness[best], dtype=np.float32)

    def plan(
        self, said: Mapping[int, str], own: Sequence[str], near: Sequence[str], nearness: Floats, chance: np.random.Generator
    ) -> tuple[str, ...]:
        """A keyword for each line, "" for none.

        Args:
            said: words that stand in lines already, by the line's number.
            own: the topic's; where nothing is said, one of these at least is among them.
            near: words near to it.
            nearness: how near each of these is.
            chance: what decides.
        """
        count = max(int(chance.integers(WORDS[0], WORDS[1] + 1)), len(said) + 1)
        chosen = [str(word) for word in chance.permutation(list(own))[: min(OWN, count)]] if own and not said else []
        weights = np.exp(SHARPNESS * (nearness - nearness.max()))
        for word in chance.choice(list(near), size=len(near), replace=False, p=weights / weights.sum()):
            taken = (*chosen, *said.values())
            if len(taken) < count and not any(set(str(word)) & set(other) for other in taken):
                chosen.append(str(word))
        lines = [said.get(line, "") for line in range(form.LINES)]
        free = [line for line in range(form.LINES) if line not in said]
        for place, word in zip(chance.permutation(free), chosen, strict=False):
            lines[int(place)] = word
        return tuple(lines)


def content(word: str) -> bool:
    """Whether a word carries a picture, so that it can be a keyword."""
    return not set(word) & EMPTY
