"""What stands for words that no drawing is called by: phrases of an idea, and the drawings that say them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

#: Said of much and drawn as something else: a hand is no part of second-hand, and nothing dies of it.
IDIOMS = re.compile(
    r"\b(?:(?:second|first)[\s-]hand|hands[\s-](?:on|free)|by hand|head ?start|dead ?lines?|never dies?|to die for|made of\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A text, and what stands for parts of it."""

    text: str  #: without those parts
    names: tuple[str, ...]  #: of drawings, the most telling first
    ranks: tuple[int, ...]  #: of each, how far behind it stands among those of its own phrase


@cache
def table(kind: str) -> tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]:
    """The phrases of a kind ("things", "signs"), longer ones first, as a pattern; and what stands for each."""
    told = tomllib.loads(resources.files(__package__).joinpath("standins.toml").read_text(encoding="utf-8"))[kind]
    phrases = "|".join(re.escape(phrase) for phrase in sorted(told, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])({phrases})(?:s|es)?(?![\w-])", re.IGNORECASE), {
        phrase: tuple(names) for phrase, names in told.items()
    }


@cache
def _han() -> Mapping[str, tuple[str, ...]]:
    """What stands for Chinese words, the longest first."""
    told = tomllib.loads(resources.files(__package__).joinpath("standins.toml").read_text(encoding="utf-8"))["han"]
    return {word: tuple(told[word]) for word in sorted(told, key=len, reverse=True)}


def in_chinese(text: str) -> Mapping[str, tuple[str, ...]]:
    """The Chinese words of a text that drawings stand for, and which; `text` in Simplified characters."""
    return {word: names for word, names in _han().items() if word in text}


def standing(text: str, kind: str) -> Standing:
    """What stands for phrases of a text, in turn: the first of each before the second of any."""
    pattern, told = table(kind)
    plain = re.sub(r"\b(\w+)ies\b", r"\1y", IDIOMS.sub(" ", text))
    found = list(dict.fromkeys(match[1].lower() for match in pattern.finditer(plain)))
    drawn = [told[phrase] for phrase in found]
    longest = max(map(len, drawn), default=0)
    names: dict[str, int] = {}
    for place in range(longest):
        for each in drawn:
            if place < len(each):
                names.setdefault(each[place], place)
    return Standing(pattern.sub(" ", plain), tuple(names), tuple(names.values()))
