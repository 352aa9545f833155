"""What words ask of a building, in five languages: kind, storeys, roof, windows, parts, colours. It draws nothing.

The phrases stand in `buildings.toml`. A text is cut into the longest of them; a part that is denied is left out of the building.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import product
from typing import Any

MOST_STOREYS, MOST_BAYS = 30, 9  # more are not told apart at the size of a turntable
LONGEST = 4  #: words of a phrase
REACH = 3  #: words behind "no" that it denies
ENDINGS = ("n", "s", "en", "er", "es", "em", "e")
HAN = r"[\u3400-\u9fff]"


@dataclass(slots=True, kw_only=True)
class Said:
    """What a text asks for; empty where it asks for nothing."""

    kind: str = ""
    storeys: int = 0
    bays: int = 0
    roof: str = ""
    windows: str = ""
    parts: dict[str, bool] = field(default_factory=dict)  #: there, or not
    colours: dict[str, str] = field(default_factory=dict)  #: of `wall`, `roof`, `door`; "" what no part was named for


@dataclass(frozen=True, slots=True)
class _Phrase:
    table: str
    value: str
    sure: bool = True  #: whether it is of a building wherever it stands


@cache
def table() -> Mapping[str, Any]:
    """What stands in `buildings.toml`."""
    return tomllib.loads(resources.files(__package__).joinpath("buildings.toml").read_text(encoding="utf-8"))


@cache
def _phrases() -> Mapping[tuple[str, ...], tuple[_Phrase, ...]]:
    found: dict[tuple[str, ...], list[_Phrase]] = {}
    for name, rows in table().items():
        for value, row in rows.items():
            for phrase in re.split(r"[,\n]+", row["words"] if name == "kind" else row):
                bare = phrase.strip().rstrip("?")
                if bare:
                    found.setdefault(tuple(_tokens(bare)), []).append(_Phrase(name, value, sure="?" not in phrase))
    return {tokens: tuple(dict.fromkeys(phrases)) for tokens, phrases in found.items()}


@cache
def _han() -> re.Pattern[str]:
    words = {"".join(tokens) for tokens in _phrases() if re.search(HAN, tokens[0])}
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def _tokens(text: str) -> list[str]:
    return re.findall(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|[,.;:!?，。；！？]", text.casefold().replace("’", "'").replace("-", " "))


def read(text: str) -> Said:
    """What a text asks for."""
    said = Said()
    tokens = _tokens(_han().sub(lambda found: f" {found[0]} ", text))
    at, denied, number, colour = 0, 0, 0, ""
    part = ""  # that was named last: colours behind it are its own, where one language puts them there
    while at < len(tokens):
        meant, used = _longest(tokens, at)
        by = {phrase.table: phrase.value for phrase in meant if phrase.sure}
        word = tokens[at]
        at += used
        if not word[0].isalnum() or by.get("turning") == "but":
            denied, number = 0, 0
            continue
        if by.get("turning") == "not":
            denied = REACH + 1
        number_now = int(word) if word.isdigit() else int(by["number"]) if "number" in by else 0
        if "count" in by and "number" not in by and number:
            _count(said, by["count"], number)
        colour = _coloured(said, by, colour, part, near=word)
        part = by.get("coloured", "") or ("" if "colour" not in by else part)
        _take(said, by, there=not denied)
        number = number_now or (number if word in {"or", "to"} else 0)
        denied = max(0, denied - 1)
    return said


def _longest(tokens: Sequence[str], at: int) -> tuple[tuple[_Phrase, ...], int]:
    for used in range(min(LONGEST, len(tokens) - at), 0, -1):
        for form in product(*(_forms(token) for token in tokens[at : at + used])):
            if found := _phrases().get(form):
                return found, used
    compound = re.fullmatch(r"(.{3,}?)(stöckige[srnm]?|stöckig|geschossig\w*)", tokens[at])  # German: dreistöckig
    if compound and (number := _phrases().get((compound[1],))):
        return (*number, _Phrase("count", "storeys")), 1
    return (), 1


def _forms(word: str) -> list[str]:
    """A word, and what it may be an ending of: runden, Fenstern, towers."""
    return [word, *(word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending) and len(word) - len(ending) >= 4)]


def _count(said: Said, what: str, number: int) -> None:
    if what == "storeys":
        said.storeys = said.storeys or min(MOST_STOREYS, max(1, number))
    else:
        said.bays = said.bays or min(MOST_BAYS, max(1, number))


def _coloured(said: Said, by: Mapping[str, str], colour: str, part: str, *, near: str) -> str:
    """The colour that waits for the part it is said of."""
    if "colour" in by:
        if part and part not in said.colours:  # murs blancs
            said.colours[part] = by["colour"]
            return ""
        return by["colour"]
    if colour and "coloured" in by:
        said.colours.setdefault(by["coloured"], colour)
        return ""
    if colour and "kind" in by:
        said.colours.setdefault("", colour)
        return ""
    return colour if near in {"的", "painted"} or near.isdigit() else ""


def _take(said: Said, by: Mapping[str, str], *, there: bool) -> None:
    if "number" in by and "count" in by and there:
        _count(said, by["count"], int(by["number"]))
    if "kind" in by and there:
        said.kind = said.kind or by["kind"]
    if "roof" in by and there:
        said.roof = said.roof or by["roof"]
    if "windows" in by:
        value = by["windows"] if there else "none"
        said.windows = said.windows or ("" if value == "some" else value)
    if "part" in by:
        said.parts.setdefault(by["part"], there)


def is_building(text: str) -> bool:
    """Whether a text is of something built, so that it can be shown as one."""
    return bool(read(text).kind)
