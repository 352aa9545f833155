"""The forms of a 绝句: its tone patterns, and whether four lines keep to length, rhyme and tones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generators.verse.rhymes import HAN, rhyme

#: The four lines that all patterns are made of, 中 where either tone may stand. Free are the places where even the strictest
#: books let them be: never so that a level tone stands alone (孤平) or three of one kind end a line. Source: 王力《诗词格律》.
SEVEN = {"甲": "中仄平平仄仄平", "乙": "中平中仄仄平平", "丙": "中平中仄平平仄", "丁": "中仄中平平仄仄"}
FIVE = {"甲": "平平仄仄平", "乙": "中仄仄平平", "丙": "中仄平平仄", "丁": "中平平仄仄"}
#: The orders in which they follow, and whether the first line rhymes.
ORDERS = (("甲乙丙甲", True), ("丁乙丙甲", False), ("乙甲丁乙", True), ("丙甲丁乙", False))


def patterns(length: int) -> list[tuple[tuple[str, ...], bool]]:
    """Each pattern for lines of five or seven characters: its four lines of 平, 仄 and 中, and whether the first rhymes."""
    lines = FIVE if length == 5 else SEVEN
    return [(tuple(lines[name] for name in order), rhymes) for order, rhymes in ORDERS]


def even(lines: Sequence[str]) -> bool:
    """Whether these are four lines of five, or four of seven Chinese characters."""
    return (
        len(lines) == 4
        and len({len(line) for line in lines}) == 1
        and len(lines[0]) in (5, 7)
        and all(map(HAN.fullmatch, "".join(lines)))
    )


def rhymed(lines: Sequence[str]) -> bool:
    """Whether the second line and the fourth rhyme."""
    return len(lines) == 4 and rhyme(lines[1], lines[3])


def in_tune(lines: Sequence[str], tones: Mapping[str, str]) -> float:
    """The share of places at which the tone is that of the pattern that fits best, 0..1. Unknown characters fit anywhere."""
    if not even(lines):
        return 0.0
    text = "".join(lines)
    best = 0
    for pattern, _first in patterns(len(lines[0])):
        wanted = "".join(pattern)
        kept = sum("中" in (want, tones.get(char, "中")) or want == tones[char] for want, char in zip(wanted, text, strict=True))
        best = max(best, kept)
    return best / len(text)
