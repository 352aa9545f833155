"""What the readings of English topics share: words that ask for a plot or a title, and those that end what it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping

from generators.bank.patterns.asked import ANY
from generators.bank.patterns.words import WORDS, any_of


def whole(name: str) -> re.Pattern[str]:
    """Any word of a list, whole."""
    return re.compile(rf"\b{any_of(WORDS[name])}\b", re.IGNORECASE)


def begun(table: str) -> Mapping[str, re.Pattern[str]]:
    """For each list of a table, the beginning of any of its words."""
    return {name: re.compile(rf"\b{any_of(words)}", re.IGNORECASE) for name, words in WORDS[table].items()}


STORY, TITLE, FORMATS = whole("story"), whole("title"), begun("formats")
CLAUSE = re.compile(
    r"\b(?:where|in\s+which|when|what\s+if|the\s+day\s+(?:that\s+)?(?=the|nobody|everyone|all|it\s))\s*", re.IGNORECASE
)
VERB = re.compile(rf"\s{any_of(WORDS['verbs'])}\s|\s(?:disappears?|vanish(?:es)?|dies?)$", re.IGNORECASE)
SCENE = re.compile(rf"^{any_of(WORDS['scene'])}\s+(?:of|about|in|on)\s+", re.IGNORECASE)
NO_SUBJECT = re.compile(rf"\b{any_of(WORDS['no_subject'])}\b(?:\s+or\b.*)?$", re.IGNORECASE)
LONGEST = 8  # words that fill a slot: of more a sentence trips


def first(text: str, patterns: Mapping[str, re.Pattern[str]]) -> str:
    """The name of the first of some patterns that a text has; that of any where it has none."""
    return next((name for name, pattern in patterns.items() if pattern.search(text)), ANY)
