"""Makes names: chooses words near to what they are for, far from one another, and puts something behind some of them."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bot.domain.names import plain, shown
from generators.verse.naming.asking import Asked
from generators.verse.naming.kinds import Kind, table
from generators.verse.naming.words import Floats, Word, Words

NEAR = 5.0  # weight of a unit of cosine to what the names are for; words of one field differ by some .3
MOST_NEAR = 0.6  # cosine from which nearer is no better: 茶鼎 says 茶馆 once more
FIT = 0.7  # weight of a field's fit, 0..3
LIKED, KIN = 4.0, 0.35  # weight of a unit of cosine to a liked name's word beyond KIN, below which any two words are alike
CHANCE = 0.4  # deviation of the lots that are cast for each word, so that another seed gives other names
APART, ALIKE = 3.0, 0.3  # what a unit of likeness to a chosen word costs, beyond ALIKE
SHARED = 0.8  # what each character that a chosen word has already costs
COLOUR = 2.0  # what a character of the right colour adds, and one of another takes
BARE = 0.7  # share of the best field's fit that a word has to have to stand alone; others need what names the thing behind them
UNFIT = 1.5  # what such a word loses where a kind puts nothing behind any
FIT_AT_ALL = 0.35  # likewise, to be used at all, unless a character is wanted that few words have
FAR = -1e9
SHORTLY, BRIEF = re.compile(r"短|简洁|简单|精炼|精简"), 3  # what asks for short names, and characters of one
GIVEN = 2  # characters of a given name
#: With what no child's name begins: politicians of whom everybody thinks.
NOBODY = ("李鹏", "江青", "林彪", "毛泽", "习近", "胡锦", "温家", "邓小", "周恩", "朱德")


@dataclass(frozen=True, slots=True)
class Name:
    """One name."""

    text: str
    word: Word
    worth: float  #: how well it fits, any scale

    @property
    def shown(self) -> str:
        """With the verse that it comes from."""
        return shown(self.text, self.word.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Names that are there already, by their texts as shown."""

    like: tuple[str, ...] = ()  #: others are wanted that are like these
    unlike: tuple[str, ...] = ()  #: others are wanted that are not like these
    gone: tuple[str, ...] = ()  #: need not come again


class Namer:
    """Makes names out of the words that are shipped, which are read with the first name."""

    def make(self, asked: Asked, vector: Floats, before: Before, *, count: int, seed: int) -> list[Name]:
        """The best names first, `count` at most; the same arguments give the same names.

        Args:
            asked: what is wanted.
            vector: of `asked.subject`, by the multilingual encoder, unit length.
            before: what is there.
            count: names wanted.
            seed: draws the lots.
        """
        chance = np.random.default_rng((seed, zlib.crc32(asked.subject.encode())))
        kind, ends = self._kind(asked)
        room = self._room(asked, kind)
        fit = self._fit(asked, kind)
        worth = self._worth(asked, kind, fit, self.words.turned(vector[None])[0], before)
        worth += CHANCE * chance.standard_normal(len(worth))
        worth, alone = self._standing(asked, fit, worth, bare=not ends)
        ends = tuple(end for end in ends if not set(end) & table().clashing(asked.subject))
        moulds = _Moulds(ends, kind, room, exact=asked.length is not None, chance=chance)
        made: list[Name] = []
        nearest = np.zeros(len(worth))
        shared = np.zeros(len(worth))
        named = frozenset() if ends else table().named(asked.subject)  # scents of osmanthus may all have its character
        for _step in range(len(worth)):
            value = worth - APART * np.maximum(0.0, nearest - ALIKE) - SHARED * shared
            best = int(np.argmax(value))
            if len(made) == count or worth[best] < FAR / 2:
                break
            word = self.words.words[best]
            text = moulds.put(word.text, asked, alone=bool(alone[best]))
            worth[best] = FAR
            if text is None:
                continue
            made.append(Name(text, word, float(value[best])))
            nearest = np.maximum(nearest, self.words.vectors @ self.words.vectors[best])
            shared += self._holding(set(word.text) - named)
        return made

    def again(self, text: str, asked: Asked, *, shorter: bool, count: int) -> list[Name]:
        """The word of a name in other moulds, the shortest first where it is to be shorter; empty where its word is not known."""
        number = self.words.within(plain(text))
        if number is None:
            return []
        word = self.words.words[number]
        kind, ends = self._kind(asked)
        room = self._room(asked, kind)
        texts = [word.text, *(word.text + end for end in ends if not set(end) & set(word.text))]
        fit = [one for one in dict.fromkeys(texts) if one != plain(text) and len(one) <= room]
        fit = [one for one in fit if len(one) < len(plain(text))] if shorter else fit
        return [Name(one, word, -float(place)) for place, one in enumerate(sorted(fit, key=len))][:count]

    @cached_property
    def words(self) -> Words:
        """The words that are shipped."""
        return Words.read()

    def _kind(self, asked: Asked) -> tuple[Kind, tuple[str, ...]]:
        return table().kind("宝宝" if asked.surname else asked.subject)

    def _room(self, asked: Asked, kind: Kind) -> int:
        """Characters that a name may have."""
        short = SHORTLY.search(asked.moods) is not None
        return asked.length or (
            len(asked.surname) + GIVEN if kind.person else min(kind.longest, BRIEF) if short else kind.longest
        )

    def _worth(self, asked: Asked, kind: Kind, fit: np.ndarray, vector: Floats, before: Before) -> np.ndarray:
        """How well each word fits, shape (words,); FAR where it must not be used."""
        every = self.words.words
        mood = table().meant(f"{asked.subject} {asked.moods}") if kind.person else {}
        right, wrong = table().colour(asked.subject)
        worth = FIT * fit
        worth += [FIT * max((mood.get(field, 0.0) for field in word.fields), default=0.0) for word in every]
        worth += [COLOUR * (bool(right & set(word.text)) - bool(wrong & set(word.text))) for word in every]
        if not kind.person:
            worth += NEAR * np.minimum(self.words.vectors @ vector, MOST_NEAR)
        for texts, sign in ((before.like, 1.0), (before.unlike, -1.0)):
            numbers = [number for text in texts if (number := self.words.within(plain(text))) is not None]
            if numbers:
                worth += sign * LIKED * np.maximum(0.0, (self.words.vectors @ self.words.vectors[numbers].T).max(axis=1) - KIN)
        least = 0.0 if kind.person or asked.having else FIT_AT_ALL * fit.max()
        gone = {one for text in (*before.gone, *before.like, *before.unlike) if (one := self._word(plain(text)))}
        clash = frozenset() if kind.person else kind.without | table().clashing(asked.subject)
        barred = [
            any(one in word.text for one in gone)  # 听松声 is no other name than 听松
            or bool(clash & set(word.text))
            or bool(kind.only and not (kind.only & word.fields or right & set(word.text)))
            or (fit[number] < least and not right & set(word.text))
            or not self._allowed(word, asked, kind)
            for number, word in enumerate(every)
        ]
        return np.where(barred, FAR, worth)

    def _word(self, text: str) -> str:
        """The word in a name; empty where there is none."""
        number = self.words.within(text)
        return "" if number is None else self.words.words[number].text

    def _fit(self, asked: Asked, kind: Kind) -> np.ndarray:
        """How well the best field of each word fits, shape (words,), 0 to 3.5."""
        fields = kind.fields if kind.person else table().wanted(asked.subject, asked.moods, kind)
        return np.array([max((fields.get(field, 0.0) for field in word.fields), default=0.0) for word in self.words.words])

    @staticmethod
    def _allowed(word: Word, asked: Asked, kind: Kind) -> bool:
        """Whether a word may be used at all."""
        if kind.person:
            fields = {asked.sex} if asked.sex else {"男", "女"}
            long = (asked.length - len(asked.surname)) if asked.length else GIVEN
            if not word.fields & fields or len(word.text) != max(GIVEN, long) or set(word.text) & set(asked.surname):
                return False
        if asked.having and not asked.having & set(word.text):
            return False
        return not asked.without & set(word.text + word.verse)

    def _standing(self, asked: Asked, fit: np.ndarray, worth: np.ndarray, *, bare: bool) -> tuple[np.ndarray, np.ndarray]:
        """Words' worth with what it costs or brings them to stand alone, and which may; `bare`: nothing is put behind any."""
        alone = (fit >= BARE * fit.max()) | (self._holding(table().colour(asked.subject)[0]) > 0)
        return (worth - UNFIT * ~alone, np.ones_like(alone)) if bare else (worth, alone)

    def _holding(self, chars: Set[str]) -> np.ndarray:
        """How many of some characters each word has, shape (words,)."""
        return np.array([len(chars & set(word.text)) for word in self.words.words], dtype=np.float64)


class _Moulds:
    """What stands behind the words of one set: each end as rarely as can be, and often nothing."""

    def __init__(self, ends: Sequence[str], kind: Kind, room: int, *, exact: bool, chance: np.random.Generator) -> None:
        """`room`: characters that a name may have, or has where that is `exact`."""
        self.kind, self.room, self.exact, self.chance = kind, room, exact, chance
        self.ends = [ends[place] for place in chance.permutation(len(ends))]
        self.used: Counter[str] = Counter()

    def _fits(self, text: str) -> bool:
        return len(text) == self.room if self.exact else len(text) <= self.room

    def put(self, word: str, asked: Asked, *, alone: bool) -> str | None:
        """The name that a word makes; None where it makes none of the length that is wanted, or would have to stand `alone`."""
        if self.kind.person:
            name = asked.surname + word
            return None if name.startswith(NOBODY) else name
        free = [end for end in self.ends if self._joins(word, end, asked)]
        bare = alone and self._fits(word) and (not free or self.used[""] * 10 < self.kind.bare * (self.used.total() + 1))
        if not bare and not free:  # a length between the two: one character more, as in 凌云社
            free = [end for end in self.kind.small if self._joins(word, end, asked)]
        if not bare and not free:
            return None
        end = "" if bare else min(free, key=lambda one: self.used[one])
        self.used[end] += 1
        return word + end

    def _joins(self, word: str, end: str, asked: Asked) -> bool:
        """Whether an end may stand behind a word: behind one of three characters only for a length."""
        if len(word) > GIVEN and not self.exact:
            return False
        return not set(end) & (set(word) | asked.without) and word[-1] + end[0] not in table().joined and self._fits(word + end)
