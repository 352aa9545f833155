"""Sets words into the slots of a pattern."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.services.chinese import HAN
from generators.bank.patterns.phrase import Phrase, phrase
from generators.bank.patterns.words import WORDS, any_of

#: {x}: the words without their article; {a x}: as they are named first; {the x}: again; {in a x}: with the preposition that their
#: place has; {X}: as in a title. x and y, or one and two, are the first and the second.
BLANK = re.compile(r"\{(?P<in>in )?(?:(?P<article>[aA]|[tT]he) )?(?P<name>x|y|X|Y|one|two)\}(?P<behind>'s)?")
SECOND = frozenset(["y", "Y", "two"])
ON = re.compile(rf"\b{any_of(WORDS['on'])}s?$", re.IGNORECASE)
AT = re.compile(rf"\b{any_of(WORDS['at'])}$", re.IGNORECASE)
SMALL = frozenset(WORDS["small"])


def filled(text: str, words: Sequence[str], *, clause: bool = False) -> str:
    """A pattern with the words in its slots: one text for x, a second for y.

    Args:
        text: the pattern's.
        words: of a topic, as typed.
        clause: they are a sentence, and stay as they are.
    """
    if HAN.search(text):
        return text.replace("{x}", words[0]).replace("{y}", words[-1])
    phrases = [Phrase(one) if clause else phrase(one) for one in words]
    named: set[int] = set()

    def said(found: re.Match[str]) -> str:
        place = len(phrases) - 1 if found["name"] in SECOND else 0
        first = place not in named
        named.add(place)
        return _said(found, phrases[place], first=first)

    whole = BLANK.sub(said, text)
    return whole[:1].upper() + whole[1:]


def _said(found: re.Match[str], one: Phrase, *, first: bool) -> str:
    behind = found["behind"] or ""
    if behind:  # nobody says: a digger who is scared of mud's
        one = replace(one, tail="")
        behind = "'" if one.plural else behind
    article = (found["article"] or "").casefold()
    words = one.first() if article == "a" else one.again() if article == "the" else one.bare()
    if article == "the" and first:
        words += one.tail
    if found["in"]:
        words = f"{'on' if ON.search(one.noun) else 'at' if AT.search(one.noun) else 'in'} {words}"
    if found["name"] in ("X", "Y"):
        words = titled(words, begun=True)
    return words + behind


def titled(text: str, *, begun: bool = False) -> str:
    """In the capitals of a title; words with capitals or digits of their own stay.

    Args:
        text: the words.
        begun: other words of the title stand before them, or may.
    """
    words = text.split()
    return " ".join(
        word if ((place or begun) and word in SMALL) or word[:1].isdigit() else word[:1].upper() + word[1:]
        for place, word in enumerate(words)
    )
