"""What a poem must say: the words that tell its topic, and where in which pattern of a 绝句 each of them can stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from generators.engines.image.chinese import HAN, JOINING, PARTICLES, frequency, words
from generators.verse import forms
from generators.verse.keywords import EMPTY, FILLING
from generators.verse.rhymes import rhymes

MOST = 2  #: words of a topic that a poem must say; with a third it would be a list
LONGEST = 4  #: characters of such a word: the first four of a line of seven
WHOLE = 3  #: characters of a phrase that is one word, whatever the dictionary says: 打工人, 剧本杀
COMMON = 10.9  # nats of frequency, from which a word such as 工作 tells a topic only where nothing else does
#: Characters that stand beside the words of a topic and tell nothing of it, and such words.
BESIDE = frozenset("上下里中内外前后边旁去来到我你他她它您咱这那每很太真好要做说想讲叫写诗")
NUMBERS = frozenset("一二三四五六七八九十")
SILENT = PARTICLES | JOINING | EMPTY | FILLING
ASKING = re.compile(
    "关于|有关|送给|写给|献给|主题|题目|我们|你们|他们|她们|自己|大家|一下|什么|怎么|这个|那个|一个|时候|诗歌|绝句"
)
#: Where in a line words of so many characters may begin, by its length: a line of five breaks as 2-2-1 or 2-1-2, one of seven has
#: two characters more before that. A single character stands anywhere.
STARTS: Mapping[int, Mapping[int, Sequence[int]]] = {
    5: {1: range(5), 2: (0, 2, 3), 3: (2, 0), 4: (0,)},
    7: {1: range(7), 2: (0, 2, 4, 5), 3: (4, 0), 4: (0,)},
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word can stand."""

    pattern: int  #: which of `forms.patterns`
    line: int
    at: int  #: its first character in the line
    group: str  #: of rhymes, where the word ends a line that rhymes; empty: any
    off: int  #: of its characters, how many have not the tone of the pattern


@dataclass(frozen=True, slots=True)
class Said:
    """A word that a poem says at a place."""

    at: int  #: its first character, counted in the poem
    text: str
    read: str  #: what the network reads there: the word itself, or as long a one that it knows


def telling(topic: str) -> list[str]:
    """The words that tell a topic in Simplified characters, in its order: at most `MOST`, the rarest; none without Chinese."""
    found = [word for run in HAN.findall(topic) for phrase in _phrases(words(run)) for word in _words(phrase)]
    rare = [word for word in found if frequency(word) < COMMON] or found
    best = sorted(dict.fromkeys(rare), key=frequency)[:MOST]
    return sorted(best, key=topic.index)


def _phrases(parts: Sequence[str]) -> list[list[str]]:
    """Words that belong together, between those that tell nothing."""
    if 1 < len(parts) <= WHOLE and all(len(part) == 1 and part not in SILENT for part in parts):
        return [list(parts)]  # 内卷 is one word, although 内 stands beside others elsewhere
    phrases: list[list[str]] = [[]]
    for part in parts:
        bare = part.rstrip("".join(PARTICLES))
        if bare in NUMBERS and phrases[-1]:  # 双十一
            phrases[-1].append(bare)
            continue
        silent = ASKING.fullmatch(bare) or (len(bare) < 2 and bare in BESIDE | SILENT)
        if not silent:
            phrases[-1].append(bare)
        if silent or bare != part:
            phrases.append([])
    return [phrase for phrase in phrases if phrase]


def _words(phrase: Sequence[str]) -> list[str]:
    """The words of a phrase; characters that are none by themselves are put together, or with the word before them."""
    if len("".join(phrase)) <= WHOLE:
        return ["".join(phrase)]
    found: list[str] = []
    single = False  # the last one is made of single characters
    for number, part in enumerate(phrase):
        alone = len(part) == 1
        if found and alone and len(found[-1]) < WHOLE and (single or part in NUMBERS or number == len(phrase) - 1):
            found[-1] += part
        else:
            found.append(part)
            single = alone
    return [word for word in found if 1 < len(word) <= LONGEST]


def tone(char: str, tones: Mapping[str, str]) -> str:
    """平, 仄 or 中 of a character; of one that no old poem has, by how it is read today."""
    if char in tones:
        return tones[char]
    from pypinyin import Style, pinyin

    return "平" if pinyin(char, style=Style.TONE3, neutral_tone_with_five=True)[0][0][-1] in "12" else "仄"


def places(word: str, length: int, tones: Mapping[str, str]) -> list[Place]:
    """Where a word can stand in lines of so many characters with the fewest tones that are off."""
    own = [tone(char, tones) for char in word]
    found = []
    for pattern, (lines, first) in enumerate(forms.patterns(length)):
        for line, wanted in enumerate(lines):
            for at in STARTS[length][len(word)]:
                off = sum("中" not in (want, has) and want != has for want, has in zip(wanted[at:], own, strict=False))
                rhyming = at + len(word) == length and (line in (1, 3) or (line == 0 and first))
                groups = sorted(rhymes(word[-1])) if rhyming else [""]
                if not rhyming or own[-1] != "仄":
                    found += [Place(pattern, line, at, group, off) for group in groups]
    least = min(place.off for place in found)
    return [place for place in found if place.off == least]


def ways(words: Sequence[str], length: int, tones: Mapping[str, str], *, acrostic: bool) -> list[tuple[Place, ...]]:
    """Each way to place some words in lines of so many characters; of an acrostic each character of the first begins a line."""
    if not acrostic:
        return together([places(word, length, tones) for word in words])
    own = [tone(char, tones) for char in words[0]]
    off = [
        [own[line] != wanted[0] and "中" not in (own[line], wanted[0]) for line, wanted in enumerate(lines)]
        for lines, _first in forms.patterns(length)
    ]
    return [
        tuple(Place(pattern, line, 0, "", int(wrong)) for line, wrong in enumerate(row))
        for pattern, row in enumerate(off)
        if sum(row) == min(map(sum, off))
    ]


def together(ways: Sequence[Sequence[Place]]) -> list[tuple[Place, ...]]:
    """Each way to place some words: all in one pattern and rhyme, each in a line of its own.

    The last words are left out where that cannot be, or only against the tones. None where there are no words.
    """
    for count in range(len(ways), 0, -1):
        if found := [row for row in product(*ways[:count]) if _fit(row)]:
            return found
    return []


def drawn(ways: Sequence[tuple[Place, ...]], chance: np.random.Generator) -> tuple[Place, ...]:
    """One of these, its lines drawn before its places, so that no line is preferred for the many places that it has."""
    if not ways:
        return ()
    lines = sorted({tuple(place.line for place in row) for row in ways})
    some = lines[int(chance.integers(len(lines)))]
    fit = [row for row in ways if tuple(place.line for place in row) == some]
    return fit[int(chance.integers(len(fit)))]


def _fit(row: Sequence[Place]) -> bool:
    apart = len({place.line for place in row}) == len(row)
    inside = all(place.off == 0 for place in row[1:])
    return apart and inside and len({place.pattern for place in row}) == 1 and len({p.group for p in row if p.group}) < 2
