"""Finds the words of one person in what others, or a model, wrote."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

LONG = 14  # letters of words in a row that are somebody's wording; fewer ("for a tea bar") everybody writes
WIDE = 2  # letters that a Chinese character counts for
WORDS = 4  # in a row; three are a name of a thing
WHOLE = 8  # letters of a whole idea of two words or more ("Leaf & Let Leaf"), which is found inside other texts too
TELLING = 6  # characters of a word with a digit among letters, an "@", or of digits alone: an address, a number, a code
GAP = "…"  # what stands in the place of what was taken out

_UNIT = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+(?:['’][^\W_]+)?|_+|…")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_BARE = re.compile(r"\S+")

Phrase = tuple[str, ...]


class Quotes:
    """Knows what somebody wrote, and finds it word for word in other texts, whatever their case, marks and spaces."""

    def __init__(self, *, ideas: Iterable[str], said: Iterable[str]) -> None:
        """Takes in everything they wrote.

        Args:
            ideas: as they stand on the board; they are found whole inside other texts.
            said: topics and details; of those only wording is found inside other texts, as "tea bar" is nobody's.
        """
        self._whole: set[Phrase] = set()
        self._phrases: defaultdict[str, set[Phrase]] = defaultdict(set)
        for text in ideas:
            units = self._take(text)
            if len(units) > 1 and _letters(units) >= WHOLE:
                self._phrases[units[0]].add(units)
        for text in said:
            self._take(text)

    def __bool__(self) -> bool:
        return bool(self._whole)

    def _take(self, text: str) -> Phrase:
        units = tuple(unit for _start, _end, unit in _units(text))
        if units:
            self._whole.add(units)
        for phrase in (*_windows(units), *_telling(text)):
            self._phrases[phrase[0]].add(phrase)
        return units

    def same(self, text: str) -> bool:
        """Whether a text is one of theirs, or quotes one."""
        units = tuple(unit for _start, _end, unit in _units(text))
        return units in self._whole or self._found(units, 0, len(units)) is not None

    def quoted(self, text: str) -> bool:
        """Whether a text repeats their wording."""
        units = tuple(unit for _start, _end, unit in _units(text))
        return self._found(units, 0, len(units)) is not None

    def without(self, text: str) -> str | None:
        """The text with gaps where it repeats their wording; None where nothing else is said."""
        spots = list(_units(text))
        units = tuple(unit for _start, _end, unit in spots)
        if units in self._whole:
            return None
        taken: set[int] = set()
        for at in range(len(units)):
            if (end := self._found(units, at, at + 1)) is not None:
                taken.update(range(at, end))
        if taken and all(place in taken or unit == GAP for place, unit in enumerate(units)):
            return None
        remainder, last = "", 0
        for place in sorted(taken):
            start, end, _unit = spots[place]
            gap = "" if place - 1 in taken else GAP
            remainder += (text[last:start] if gap else "") + gap
            last = end
        return remainder + text[last:]

    def _found(self, units: Phrase, first: int, last: int) -> int | None:
        """Where a phrase of theirs ends that begins at one of these places."""
        for at in range(first, last):
            ends = [len(phrase) for phrase in self._phrases.get(units[at], ()) if units[at : at + len(phrase)] == phrase]
            if ends:
                return at + max(ends)
        return None


def _units(text: str) -> Iterator[tuple[int, int, str]]:
    """Words, single Chinese characters and gaps, with where they begin and end."""
    for match in _UNIT.finditer(text):
        yield match.start(), match.end(), match[0].casefold()


def _letters(units: Iterable[str]) -> int:
    return sum(WIDE if _HAN.match(unit) else len(unit) for unit in units)


def _windows(units: Phrase) -> Iterator[Phrase]:
    """Every run of words just long enough to be somebody's wording."""
    for start in range(len(units)):
        words = 0.0
        for end in range(start, len(units)):
            words += 1 / WIDE if _HAN.match(units[end]) else 1.0
            if words >= WORDS and _letters(units[start : end + 1]) >= LONG:
                yield units[start : end + 1]
                break


def _telling(text: str) -> Iterator[Phrase]:
    """What names somebody or something by itself: an address, a number, a code."""
    for match in (*_BARE.finditer(text), *_UNIT.finditer(text)):
        word = match[0].strip(".,;:!?()[]“”\"'")
        digits = sum(char.isdigit() for char in word)
        letters = any(char.isalpha() for char in word)
        if len(word) >= TELLING and ("@" in word or (digits and letters) or digits >= TELLING):
            units = tuple(unit for _start, _end, unit in _units(word))
            if units:
                yield units
