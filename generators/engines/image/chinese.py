"""Cuts Chinese text into words, so that a line is broken between two and a name ends with one. It sets nothing."""

from __future__ import annotations

import gzip
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from bot.words import CONVERTED, language
from generators.assets.chinese import STEPS
from generators.engines.shared.meaning import ASSETS

HAN = re.compile(r"[\u3400-\u9fff]+")
KANA = re.compile(r"[\u3041-\u30ff]")
LONGEST = 4  #: characters of a word that is known
UNKNOWN = 0.3  # occurrences of a character that is no word: fewer than of any that is
#: What belongs to the word before it: a line may not begin with it, nor a name end with it.
PARTICLES = frozenset("的地得了着过吗呢吧啊呀们")
#: What joins words, so that no name ends with it.
JOINING = frozenset("和与及跟或在给把被让对向从为比")
#: What is one word with a word of two before it: 咖啡馆, 读书会, 修理店.
SUFFIXES = frozenset("店馆会节屋铺家社坊站园院所室厅堂城街路桥人者师员队组型性化式版期日号品机车箱书报画歌舞")


@cache
def _converting(name: str) -> Any:
    import opencc

    return opencc.OpenCC(name)


def simplified(text: str) -> str:
    """In Simplified characters, in which the drawings are called; Japanese as it is."""
    return str(_converting("t2s").convert(text)) if HAN.search(text) and not KANA.search(text) else text


def localised(text: str) -> str:
    """What drawings are called in the characters of who reads now."""
    conversion = CONVERTED.get(language(), ("", ""))[1]
    return str(_converting(conversion).convert(text)) if conversion else text


def words(text: str) -> list[str]:
    """A text's words in order; what is not Chinese stays in one piece with its spaces and signs.

    The likeliest way to cut each run of Chinese, words being independent of one another, found by dynamic programming.
    """
    found: list[str] = []
    end = 0
    for match in HAN.finditer(text):
        found += [text[end : match.start()]] if match.start() > end else []
        found += _joined(_likeliest(match[0]))
        end = match.end()
    return found + ([text[end:]] if end < len(text) else [])


def name(text: str, longest: int) -> str:
    """As many of the first words of a Chinese text as `longest` characters hold; cut within the first where that is longer."""
    kept = ""
    for word in words(text):
        if len(kept + word) > longest:
            break
        kept += word
    return kept.rstrip("".join(PARTICLES | JOINING)) or text[:longest]


def frequency(word: str) -> float:
    """The logarithm of how often a word stands in the dictionary's 60 million; 0 where it is not known."""
    return _table()[0].get(word, 0.0)


def _joined(parts: list[str]) -> list[str]:
    """Particles and suffixes with the words that they belong to."""
    found = parts[:1]
    for before, part in pairwise(parts):
        together = part in PARTICLES or (part in SUFFIXES and len(before) > 1)
        found = [*found[:-1], found[-1] + part] if together else [*found, part]
    return found


def _likeliest(text: str) -> list[str]:
    known, total = _table()
    best: list[tuple[float, int]] = [(0.0, 0)]  #: of each length: the log-probability, and where its last word begins
    for end in range(1, len(text) + 1):
        ways = []
        for start in range(max(0, end - LONGEST), end):
            word = text[start:end]
            if word in known or len(word) == 1:
                ways.append((best[start][0] + known.get(word, math.log(UNKNOWN)) - total, start))
        best.append(max(ways))
    parts: list[str] = []
    end = len(text)
    while end:
        start = best[end][1]
        parts.insert(0, text[start:end])
        end = start
    return parts


@cache
def _table() -> tuple[Mapping[str, float], float]:
    """The log-frequency of each word, and of all."""
    body = gzip.decompress((ASSETS / "chinese_words.gz").read_bytes()).decode("utf-8")
    known: dict[str, float] = {}
    for line in body.splitlines():
        level, *members = line.split(" ")
        known |= dict.fromkeys(members, int(level) / STEPS)
    return known, math.log(sum(map(math.exp, known.values())))


#: Where a thing is: no drawing shows it.
PLACE = re.compile(r"[上下里外前后旁左右中内底][面边头方]?|中间|旁边|之[上下中间外前后内]")
#: How many there are, or how they are, before what they are: 一只猫.
COUNTED = re.compile(r"[一两三四五六七八九十几半][\u3400-\u9fff]?|.+的")
MEASURED = re.compile(r"^[一两三四五六几][只条个头匹位群对座艘架辆朵棵](?=.)")  #: in one word with what is counted: 一条龙


def nouns(words: Sequence[str]) -> tuple[str, ...]:
    """What a part of a text is likely to be a picture of, surest first: who is somewhere, and its last word that is no place."""
    there = list(words)
    while there and PLACE.fullmatch(there[-1]):
        there.pop()
    somewhere = any(word.endswith("在") for word in there[1:])  # 萤火虫躲在叶子下面 is a picture of who hides there
    who = next((word for word in there if not COUNTED.fullmatch(word)), "") if somewhere else ""
    who = MEASURED.sub("", who)
    return tuple(dict.fromkeys(word for word in (who, *there[-1:]) if word))
