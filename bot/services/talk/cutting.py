"""Cuts a Chinese line into words that ask for one thing and words that say nothing alone: 第一个可以保留. Rules, no model.

Of what people say there are more wordings than patterns; where anything is left of a line that is neither, it may be a topic.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LONGEST = 24  # characters of such a line; what is longer tells more than what is to be done
TABLE = Path(__file__).with_suffix(".toml")
IDEA = re.compile(
    r"(?:第|(?=\d)|(?=最后一)|(?=[一二三四五六七八九十]号))(?P<n>\d{1,3}|最后一|[一二三四五六七八九十两])(?:个|句|条|款|号|项|(?<=第.)[张首幅段支])"
    r"(?:点子|名字|主意|想法|方案)?"
)
STARS = re.compile(r"(?P<stars>[1-5一二三四五])(?:颗)?星")
DIGITS = dict(zip("一二三四五", "12345", strict=True))
#: Where words of two commands are found, the first of these that is among them is meant: 不错，就它了 decides.
FIRST = ("/stars {} {format}", "/more {}", "/pick {}", "/board", "/imagine {} {kind}")
#: What these may be found beside, as the words have another meaning there: 就 and 用 in 用第二个画图.
ALSO = frozenset({"/pick {}", "/vote {} up", "/board | vote", "/say {}"})

OPINIONS = ("/vote {} up", "/vote {} down", "/pick {}")
ASKING = ("吗", "么", "呢")


@dataclass(frozen=True, slots=True)
class Cut:
    """What a line asks for."""

    command: str  #: as in the table
    idea: str = ""  #: how it is named: 3, 三, 最后一; empty: none is
    kind: str = ""  #: of picture
    stars: str = ""


def cut(line: str) -> Cut | None:
    """What all of a line asks for; None where something else is in it.

    Args:
        line: in Simplified characters and small letters, without signs and spaces.
    """
    named = list(IDEA.finditer(line))
    if len(line) > LONGEST or len(named) > 1:
        return None
    rest = [line[: named[0].start()], line[named[0].end() :]] if named else [line]
    stars = STARS.search(rest[-1]) if named else None
    if stars is not None:
        rest[-1] = f"{rest[-1][: stars.start()]}星{rest[-1][stars.end() :]}"
    words = [word for part in rest if part for word in _words(part, named=bool(named))]
    command = _meant([word for word in words if word], named=bool(named), line=line) if all(words) else ""
    asks = line.endswith(ASKING) and command in OPINIONS  # 第二个能用吗 wants to hear an opinion, and gives none
    if not command or asks or ((stars is None) == (command == FIRST[0])):
        return None
    kinds = [word for word in words if word in _table()["/imagine {} {kind}"]["made"].split()]
    return Cut(
        command,
        idea=named[0]["n"] if named else "",
        kind=kinds[0] if kinds else "",
        stars=DIGITS.get(stars["stars"], stars["stars"]) if stars else "",
    )


def _words(text: str, *, named: bool) -> list[str]:
    """The words of a text, the longest first; an empty one where nothing fits."""
    known = _known(named)
    found: list[str] = []
    while text:
        used = next((many for many in range(min(_longest(named), len(text)), 0, -1) if text[:many] in known), 0)
        if not used:
            return [*found, ""]
        found.append(text[:used])
        text = text[used:]
    return found


def _meant(words: list[str], *, named: bool, line: str) -> str:
    """The command that some words ask for; empty where they ask for none, or for two things."""
    verbs = set(_table()["verbs"]["words"].split())
    made = {command for word in words for command in _known(named)[word] if word in _made(command)}
    asked = {command for word in words for command in _known(named)[word] if word not in _made(command)}
    if made:
        return made.pop() if len(made) == 1 and (verbs & set(words) or asked & made) and asked - made <= ALSO else ""
    asked = {
        one
        for one in asked
        if any(sign in line for sign in _table()[one].get("asking", "").split()) or "asking" not in _table()[one]
    }
    if len(asked) < 2:
        return asked.pop() if asked else ""
    first = next((one for one in FIRST if one in asked), "")
    return first if asked - {first} <= ALSO else ""


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def _made(command: str) -> frozenset[str]:
    return frozenset(_table()[command].get("made", "").split())


@cache
def _known(named: bool) -> Mapping[str, tuple[str, ...]]:
    """Every word, with the commands that it asks for; none: it says nothing by itself."""
    silent = ("fillers", "verbs") if named else ("fillers",)
    found: dict[str, list[str]] = {word: [] for kind in silent for word in _table()[kind]["words"].split()}
    for command, row in _table().items():
        if command.startswith("/") and row.get("named", False) == named:
            for word in (*row.get("words", "").split(), *row.get("made", "").split()):
                found.setdefault(word, []).append(command)
    return {word: tuple(commands) for word, commands in found.items()}


@cache
def _longest(named: bool) -> int:
    return max(map(len, _known(named)))
