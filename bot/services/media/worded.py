"""Reads a style or colours that stand in the words for a picture: 一只猫，水彩风格, "a lighthouse in pink". Rules, no model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.services.chinese import simplified
from bot.services.media.changes import Change, change
from bot.services.media.ordered import begun

LONGEST = 200  # characters of words that are read; what is longer describes a picture in sentences
MOST_LOOKED_AT = 6  # characters before 风格的, words behind "in": a style with what goes with it
READ = frozenset({"style", "palette", "aspect", "layout"})  #: options that are read out of words
CLAUSE = re.compile(r"\s*[,，;；、]\s*")
#: A clause that names a style or colours, whether there are such here or not.
MANNER = re.compile(
    r"[^，,的]{1,10}(?:风格|画风|画法|色系|色调|配色)的?|(?![有刮吹起])[^，,的]{1,6}[^大台微海春秋夏冬北东西南凉晚狂暴的]风的?|"
    r"(?:in )?(?:an? |the )?(?:[\w-]+ ){1,3}(?:style|look|palette|colou?rs|colou?r scheme)",
    re.IGNORECASE,
)
#: Where such words may stand inside: before 的, and at the end behind "in".
HAN_INSIDE = re.compile(
    r"(?:风格|画风|色调|色系|风|画|(?:(?<=奶油|咖啡|柠檬|橄榄|薄荷|玫瑰|樱花|焦糖|抹茶|香槟|珊瑚|琥珀|象牙|天空|海洋|葡萄)|(?<=巧克力)|(?<=[米橙橘桃杏茶酒雪]))色)"
    r"的(?=.)"
)  # a colour that is called by a thing is no thing; a black cat is drawn black

IN = re.compile(r" (?:in|as|with) (?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """Words for a picture, parted into what it is of and how it is to be."""

    text: str  #: what it is of
    options: tuple[tuple[str, str], ...] = ()  #: of the engine, by name
    unread: tuple[str, ...] = ()  #: styles and colours that are no option's values, as they were written


def worded(text: str) -> Worded:
    """The parts of what somebody wrote; where nothing is left that the picture could be of, all of it is that."""
    if len(text) > LONGEST:
        return Worded(text=text)
    clauses, signs = _clauses(text)
    options: dict[str, str] = {}
    unread: list[str] = []
    listed = len(clauses) > 1 and all(re.fullmatch(r"[A-Za-z]+", clause) for clause in clauses)
    while len(clauses) > 1:
        found = _options(clauses[-1])
        if listed and "palette" in dict(found):  # "coffee, tea, cream"
            break
        if not found and not MANNER.fullmatch(simplified(clauses[-1])):
            break
        unread += [] if found else [clauses[-1]]
        options = dict(found) | options
        clauses.pop()
    while len(clauses) > 1 and (found := _options(clauses[0])):  # 黑白，咖啡店
        options = dict(found) | options
        clauses.pop(0)
        signs.pop(0)
    head, inside = _inside("".join(part + sign for part, sign in zip(clauses, (*signs[: len(clauses) - 1], ""), strict=True)))
    return Worded(text=head, options=tuple(sorted((dict(inside) | options).items())), unread=tuple(reversed(unread)))


def _clauses(text: str) -> tuple[list[str], list[str]]:
    """The clauses, and the signs between them as they were written; a last one that is empty is none."""
    clauses, signs = CLAUSE.split(text.strip(" ,，;；、。.!！")), CLAUSE.findall(text)
    return [clause.strip() for clause in clauses], signs


def _options(words: str) -> tuple[tuple[str, str], ...]:
    """The options that all of some words name; empty where they say anything else."""
    said = change(words, "image")
    return tuple(begun(said)[0].items()) if said is not None and _plain(said) else ()


def _plain(said: Change) -> bool:
    """Whether it says nothing but how a picture is to be: no other one, none of several, nothing that cannot be."""
    names = {name for name, _value in said.options}
    return bool(names) and names <= READ and not (said.words or said.again or said.cannot or said.work)


def _inside(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What is left of a clause without the words in it that name options, and those options."""
    for start, end in _places(text):
        found = _options(IN.sub("", text[start:end], count=1))  # alone, as a word that only may be a style has to stand for
        rest = (text[:start] + text[end:]).strip(" ,，")
        if found and rest:
            return rest, found
    return text, ()


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where a style may stand in a clause, the longest first."""
    for match in HAN_INSIDE.finditer(simplified(text)):
        starts = range(max(0, match.start() - MOST_LOOKED_AT), match.start())  # 用蜡笔画的小狗, but no 油画的展览
        yield from ((start, match.end()) for start in starts if match[0] != "画的" or text[start] == "用")
    yield from ((match.start(), len(text)) for match in IN.finditer(text) if len(text[match.end() :].split()) <= MOST_LOOKED_AT)
