"""How a 绝句 becomes numbers for the poet: keywords, then its characters, and at each place what must come next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from generators.verse.rhymes import GROUPS

Ints = npt.NDArray[np.int64]

LINES = 4
WORD = 2  #: characters of a keyword; one of a single character ends with NOTHING
BEFORE = LINES * WORD  #: signs before the poem: a keyword for each line
NOTHING = 0  #: the sign for no keyword
ANY, LEVEL, OBLIQUE = 0, 1, 2  #: needs; after them one for each group of rhymes
NEEDS = 3 + len(GROUPS)
LENGTHS = (5, 7)
PLACES = BEFORE + LINES * 5 + LINES * 7  #: keywords' places, then those of lines of five, then of seven
LONGEST = BEFORE + LINES * 7

TONE_NEEDS = {"平": LEVEL, "仄": OBLIQUE, "中": ANY}


def rhyme_need(group: str) -> int:
    """The need for a level tone in a group of rhymes."""
    return 3 + GROUPS.index(group)


def places(length: int) -> Ints:
    """The place of each sign of a poem with lines of `length` characters, shape (BEFORE + 4 * length,)."""
    first = BEFORE if length == LENGTHS[0] else BEFORE + LINES * LENGTHS[0]
    return np.concatenate((np.arange(BEFORE), np.arange(first, first + LINES * length)))


class Signs:
    """The characters that the poet knows, as numbers from 1."""

    def __init__(self, chars: str) -> None:
        self.chars = chars
        self.numbers = {char: number for number, char in enumerate(chars, 1)}

    def __len__(self) -> int:
        return len(self.chars) + 1

    def of(self, text: str) -> list[int]:
        """The numbers of a text's characters; NOTHING for an unknown one."""
        return [self.numbers.get(char, NOTHING) for char in text]

    def word(self, text: str) -> list[int]:
        """A keyword's numbers, as many as WORD."""
        return (self.of(text[:WORD]) + [NOTHING] * WORD)[:WORD]

    def keywords(self, words: Sequence[str]) -> list[int]:
        """The numbers of a keyword for each line, "" for none; as many as BEFORE."""
        return [number for word in words for number in self.word(word)]

    def text(self, numbers: Sequence[int]) -> str:
        """The characters of some numbers."""
        return "".join(self.chars[number - 1] for number in numbers)
