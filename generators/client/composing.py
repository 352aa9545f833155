"""Ideas of a fixed form, with words near to the topic in its places: what a model too small to find such words chooses from."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from typing import TypeVar

SLOPE = 3  # of words near to the topic the first is drawn so much more often than the fourth, as 1 / (3 + place)
SMALL = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "without"])
ABOUT = re.compile(
    r"\b(?:about|on|of|with|where|in which|(?:invitation|letter|headline|poster|post)s? (?:to|for)) (?P<theme>.+)$", re.IGNORECASE
)
ARTICLE = re.compile(r"\b(a|A) (?=[aeiou])")
_PLACE = re.compile(r"\{(\w+)\}")

Shot = TypeVar("Shot")  # an example


def composed(forms: Sequence[str], subject: str, kin: Sequence[str], most: int, chance: random.Random) -> tuple[str, ...]:
    """Ideas by some of the forms, `most` of them, each another.

    Args:
        forms: texts with places: {kin}, {kin2}, {kin3} for words near to the topic, {theme} for what the topic is about; with a
            capital letter, the words have one too.
        subject: "a talk about night trains", whose theme is "night trains".
        kin: words near to it, nearest first.
        most: how many.
        chance: draws forms and words.
    """
    found = dict[str, None]()
    theme = theme_of(subject)
    usable = [form for form in forms if len(kin) >= len(_PLACE.findall(form)) or "kin" not in form.casefold()]
    rounds = itertools.chain.from_iterable(chance.sample(usable, len(usable)) for _round in range(most if usable else 0))
    for form in rounds:  # each form once before any comes again
        words = {"theme": theme, **dict(zip(("kin", "kin2", "kin3"), drawn(kin, 3, chance), strict=False))}
        words |= {name.capitalize(): titled(word, first=form.startswith("{")) for name, word in words.items()}
        found[ARTICLE.sub(r"\1n ", _PLACE.sub(lambda place: words[place[1]], form))] = None  # noqa: B023 - called at once
        if len(found) == most:
            break
    return tuple(found)


def selected(bank: Sequence[Shot], shown: int, chance: random.Random) -> list[Shot]:
    """Some of a form's examples, `shown` of them: one of so few selections that a service has soon read them all, and keeps them.

    The first half of what is shown is the same in all selections, so that a selection not yet read is half known. Of the other
    examples each stands in a selection.

    Args:
        bank: all examples.
        shown: how many to show; 0: all.
        chance: draws the selection.
    """
    fixed = shown - shown // 2
    rest, turn = bank[fixed:], shown // 2
    if not shown or len(rest) <= turn:
        return list(bank)
    begin = turn * chance.randrange(-(-len(rest) // turn))
    return [*bank[:fixed], *(rest[(begin + place) % len(rest)] for place in range(turn))]


def drawn(kin: Sequence[str], most: int, chance: random.Random) -> list[str]:
    """Some of the words near to a topic, each another, the nearest most often."""
    return sorted(kin, key=lambda word: chance.random() ** (SLOPE + kin.index(word)), reverse=True)[:most]


def theme_of(subject: str) -> str:
    """What a talk, a book, a picture is about: of "a talk about night trains" "night trains"; else the subject."""
    match = ABOUT.search(subject)
    return (match["theme"] if match else subject).strip()


def titled(words: str, *, first: bool = True) -> str:
    """Words as they stand in a title; `first`: they begin it."""
    return " ".join(
        word if word in SMALL and (place or not first) else word[:1].upper() + word[1:]
        for place, word in enumerate(words.split())
    )
