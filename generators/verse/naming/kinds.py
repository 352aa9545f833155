"""What names are for: which words fit a tea house or a cat, what may stand behind them, and what people mean by 可爱 or 大气."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

KINDS, MOODS = (Path(__file__).with_name(f"{name}.toml") for name in ("kinds", "moods"))
LONGEST = 6  # characters of a whole name; a longer one is no name

Fields = Mapping[str, float]  #: how well a field of words fits, 0..3


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing."""

    name: str
    match: re.Pattern[str]
    fields: Fields
    ends: tuple[str, ...]  #: what may stand behind a word
    small: tuple[str, ...]  #: likewise, of one character; only for a length that the others miss
    bare: int  #: of ten names so many have nothing behind
    longest: int  #: characters of a whole name
    without: frozenset[str]  #: characters that no word may have
    person: bool  #: a given name: of two characters, behind a surname


@dataclass(frozen=True, slots=True)
class Table:
    """All kinds, the first that fits first; moods, themes, colours and clashes."""

    kinds: tuple[tuple[Kind, tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]], ...]
    moods: tuple[tuple[re.Pattern[str], Fields], ...]
    themes: tuple[tuple[re.Pattern[str], Fields], ...]
    colours: tuple[tuple[re.Pattern[str], str], ...]
    lucky: tuple[tuple[re.Pattern[str], str], ...]
    clashes: tuple[tuple[re.Pattern[str], str], ...]

    def kind(self, subject: str) -> tuple[Kind, tuple[str, ...]]:
        """The kind of a subject, and what may stand behind a word for it."""
        for kind, special in self.kinds:
            if kind.match.search(subject):
                return kind, next((ends for rule, ends in special if rule.search(subject)), kind.ends)
        raise AssertionError("the last kind fits everything")

    def wanted(self, subject: str, moods: str, kind: Kind) -> Fields:
        """How well each field fits a subject and the moods that were asked for, with that of the kind itself."""
        weights = dict(kind.fields)
        if kind.person:
            return weights
        for rules, text in ((self.themes, subject), (self.moods, f"{subject} {moods}")):
            for rule, fields in rules:
                if rule.search(text):
                    for field, weight in fields.items():
                        weights[field] = max(weights.get(field, 0.0), weight) + (0.5 if rules is self.moods else 0.0)
        return weights

    def meant(self, moods: str) -> Fields:
        """The fields of the moods alone: of given names, in which they order what the kind allows."""
        found: dict[str, float] = {}
        for rule, fields in self.moods:
            if rule.search(moods):
                found |= fields
        return found

    def colour(self, subject: str) -> tuple[frozenset[str], frozenset[str]]:
        """Characters that a word may well have for the colours, or the lack, in a subject; and those of other colours."""
        right = _found(self.colours, subject)
        wrong = frozenset("".join(chars for _rule, chars in self.colours)) - right if right else frozenset()
        return right | _found(self.lucky, subject), wrong

    def clashing(self, subject: str) -> frozenset[str]:
        """Characters that no word may have for a subject."""
        return _found(self.clashes, subject)


@cache
def table() -> Table:
    """The table that is shipped."""
    read = tomllib.loads(MOODS.read_text(encoding="utf-8"))
    things = tomllib.loads(KINDS.read_text(encoding="utf-8"))["kinds"]
    return Table(
        kinds=tuple((_kind(one), _special(one)) for one in things),
        moods=tuple((re.compile(words), _fields(said)) for words, said in read["moods"].items()),
        themes=tuple((re.compile(words), _fields(said)) for words, said in read["themes"].items()),
        colours=tuple((re.compile(words), chars) for words, chars in read["colours"].items()),
        lucky=tuple((re.compile(words), chars) for words, chars in read["lucky"].items()),
        clashes=tuple((re.compile(words), chars) for words, chars in read["clash"].items()),
    )


def _kind(one: Mapping[str, Any]) -> Kind:
    return Kind(
        name=one["name"],
        match=re.compile(one["match"]),
        fields=_fields(one["fields"]),
        ends=tuple(one.get("ends", ())),
        small=tuple(one.get("small", ())),
        bare=one.get("bare", 10),
        longest=one.get("longest", LONGEST),
        without=frozenset(one.get("without", "")),
        person=one.get("person", False),
    )


def _special(one: Mapping[str, Any]) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple((re.compile(words), tuple(ends)) for words, ends in one.get("special", {}).items())


def _fields(said: str) -> Fields:
    """Of "茶 1, 静 1.5": each field's weight."""
    return {field: float(weight) for field, weight in (part.split() for part in said.split(","))}


def _found(rules: tuple[tuple[re.Pattern[str], str], ...], subject: str) -> frozenset[str]:
    """The characters of all rules that fit a subject."""
    return frozenset("".join(chars for rule, chars in rules if rule.search(subject)))
