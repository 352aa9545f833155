"""Tells what an English line asks by its words: each asks for one thing or says nothing, in any order. Rules, no model.

Of what people say there are more wordings than patterns; where anything is left of a line that is neither, it may be a topic.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.services.talk.amounts import COUNTED_ONE
from bot.services.talk.plain import plain
from bot.services.talk.small_talk import small_talk

TABLE = Path(__file__).with_suffix(".toml")
LONGEST = 16  # words of such a line; what is longer tells more than what is asked
KINDS = "one|idea|option|name|card|entry|item"  #: what an idea is called
IDEA = re.compile(rf"(?:\b(?:the|that|this|our) )?(?:\b(?:{KINDS}|number|no|nr) )?\b(?P<one>{COUNTED_ONE})\b(?: (?:{KINDS})\b)?")
#: An idea as a pattern of others names it, anywhere in a line.
ONE_IDEA = rf"(?:the )?(?:(?:{KINDS}|number|no\.?|nr) )?#?(?:{COUNTED_ONE})(?: (?:{KINDS}))?"
CLAUSES = re.compile(r"\s*[,;.!?]+(?:\s+|$)|\s+[–—-]\s+")
#: What is said at the end of a talk, beside what `small_talk` knows.
CLOSING = re.compile(
    r"(?:(?:ok|okay|so|well|and|great|right) )*(?:that s|thats|that is|this is|we are|we re|i am|i m|im|were)? ?"
    r"(?:all|it|enough|done|finished|everything)(?: i need| we need)?(?: (?:for|from) (?:today|now|us|me|tonight|this week))*"
)
#: Who somebody is, which asks for nothing.
WHO = re.compile(
    r"(?:(?:hi|hello|hey)(?: there| all)? )?(?:(?:i|we)(?: am| are| m| re)?(?: just)? (?:an?|the|two|three|plan|run|own|teach"
    r"|manage|organi[sz]e|make|sell|do|work|lead|write|coach|have) |my (?:job|work|name) is )"
    r"(?!.*\b(?:need|want|looking|ideas?|names?|planning|trying)\b).{1,50}"
)
INTRODUCED = "?intro"  #: what is asked behind who somebody is
SLOT = "#"  #: stands for the idea that a line names
SENTENCE = "?"  #: begins the key of a sentence


@dataclass(frozen=True, slots=True)
class Told:
    """What a line asks."""

    does: str  #: as in the table
    idea: str = ""  #: how it is named: "3", "second"; empty: none is


def told(line: str) -> Told | None:
    """What all of a line asks, small talk aside; None where something else is in it."""
    if not line.isascii() and not line.replace("’", "'").isascii():
        return None
    clauses = [clause for clause in map(plain, CLAUSES.split(line)) if clause]
    asking = [clause for clause in clauses if not (small_talk(clause) or CLOSING.fullmatch(clause))]
    found = _asked(plain(line)) or _asked(" ".join(asking))
    if found is None and len(asking) > 1 and all(map(WHO.fullmatch, asking[:-1])):
        last = _asked(asking[-1])
        return last if last is not None and last.does == INTRODUCED else None
    return found


def _asked(text: str) -> Told | None:
    named = list(IDEA.finditer(text))
    slotted = IDEA.sub(f" {SLOT} ", text).split() if len(named) == 1 else []
    for row in _table():
        words = slotted if row.named else text.split()
        if 0 < len(words) <= LONGEST and row.fits(words):
            return Told(row.does, named[0]["one"] if row.named else "")
    return None


@dataclass(frozen=True, slots=True)
class _Row:
    does: str
    named: bool
    needs: Sequence[frozenset[str]]
    words: frozenset[str]  #: all that may stand in such a line

    def fits(self, words: Sequence[str]) -> bool:
        said = set(words)
        return said <= self.words and all(said & group for group in self.needs)


@cache
def _table() -> Sequence[_Row]:
    table: Mapping[str, Any] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    fillers = frozenset(str(table["fillers"]).split())
    return tuple(_row(row, fillers) for row in table["asks"])


def _row(row: Mapping[str, Any], fillers: frozenset[str]) -> _Row:
    needs = tuple(frozenset(str(group).split()) for group in row["needs"])
    named = bool(row.get("named", False))
    beside = frozenset(str(row["beside"]).split()) | (frozenset((SLOT,)) if named else frozenset())
    return _Row(str(row["does"]), named, needs, beside.union(fillers, *needs))
