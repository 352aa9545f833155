"""What people ask to be done, in ordinary words: "a poster for number 2", "I like the third one". Rules, no model."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.services.ideas.followups import HAN_NUMBERS, ORDINALS
from bot.services.ideas.talking import HAN

LONGEST = 90  # characters of a line that may be such; what is longer tells a topic
RULES = Path(__file__).with_suffix(".toml")
NUMBERED = ("n", "a", "b")  # groups of the patterns that name ideas
#: What a word for a picture names of the layouts of `/imagine`; any other picture is one of each.
LAYOUTS = {"mood board": "moodboard", "海报": "poster", "标志": "logo", "徽标": "logo", "情绪板": "moodboard"}
KNOWN = ("logo", "poster", "moodboard")
#: An idea of one's own, behind a colon.
BROUGHT = re.compile(
    r"(?:(?:add|put)(?: (?:mine|this|my idea|an idea))?(?: (?:on|to) the board)?|(?:my |an? )?idea|我的点子|加一个点子|点子)"
    r"\s*[:：]\s*(?P<text>.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Deed:
    """A command, written as on a typed line, with {} where the ideas stand that it is about."""

    line: str
    ideas: tuple[int, ...] = ()  #: -1: the last
    by_place: bool = False  #: they are counted as they stand in front of the person, not named by the numbers beside them


def deed(line: str) -> Deed | None:
    """The command that all of a line asks for; None where it is anything else."""
    if len(line) > LONGEST:
        return None
    if brought := BROUGHT.fullmatch(line.strip()):
        return Deed("/idea " + brought["text"])
    chinese = HAN.search(line) is not None
    text = _bare(line).replace(" ", "") if chinese else _bare(line)
    for command, rules in patterns("chinese" if chinese else "english").items():
        for rule in rules:
            if match := rule.fullmatch(text):
                return _meant(command, {name: said for name, said in match.groupdict().items() if said}, counted=chinese)
    return None


@cache
def patterns(language: str) -> Mapping[str, Sequence[re.Pattern[str]]]:
    """The patterns of each command in a language, the parts put in."""
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    parts = re.compile("|".join(sorted(table["parts"], key=len, reverse=True)))

    def whole(rule: str) -> re.Pattern[str]:
        before = ""
        while before != rule:
            before, rule = rule, parts.sub(lambda part: str(table["parts"][part[0]]), rule)
        return re.compile(rule)

    return {command: tuple(map(whole, rules)) for command, rules in table[language].items()}


def _meant(command: str, said: Mapping[str, str], *, counted: bool) -> Deed:
    names = [said[name].removeprefix("the ") for name in NUMBERED if name in said]
    numbers = tuple(int(name) if name.isdecimal() else ORDINALS.get(name) or HAN_NUMBERS[name] for name in names)
    kind = said.get("kind", "")
    layout = LAYOUTS.get(kind, kind)
    line = command.replace("{kind}", layout if layout in KNOWN else "").replace("{format}", said.get("format", ""))
    return Deed(line.strip(), numbers, by_place=bool(names) and (counted or not all(map(str.isdecimal, names))))


def _bare(line: str) -> str:
    """The words of a line in small letters, signs gone."""
    folded = unicodedata.normalize("NFKC", line).casefold()
    return " ".join("".join(char if unicodedata.category(char)[0] in "LN" else " " for char in folded).split())
