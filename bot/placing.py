"""Choices and numbers among the words of a typed line, wherever people put them. Rules, no state.

"autumn rain haiku", "the sea, a haiku", "limerick on cats", 绝句：秋雨 name a form besides a topic, and "3, moodboard",
"moodboard of 3", "a logo for idea 3" an idea besides a kind of picture.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from bot.messages import Param, Value
from bot.services import chinese
from bot.services.usage import chosen, in_languages

NUMBERED = re.compile(r"#?\d{1,9}")
UNFINISHED = re.compile(r"(?:an?|the|of|for|my|our|your|in|on|with|and|or|to)", re.IGNORECASE)  # no topic ends so
ARTICLE = re.compile(r"an?|the|one|1", re.IGNORECASE)
ID = re.compile(r"[0-9a-f]{24}|@[\w.-]+/-?\d{1,2}")  # by its id, or by its place: see `bot.services.ideas.finding`
NOUN = re.compile(r"(?:idea|number|option|no\.?|nr\.?)", re.IGNORECASE)  # what is said before an idea's number
#: Before an idea's number: "moodboard of 3", "1 and 2".
JOINING = re.compile(r"of|for|from|about|with|on|to|and|&|\+|plus|[和跟与、]", re.IGNORECASE)
ABOUT = re.compile(r"on|about|for", re.IGNORECASE)  # between a form and its topic
EVERYDAY = frozenset(("line", "character", "plot", "opening"))  #: forms that are words of titles: "line of duty"
STOPS = ",;:，；：、"
DASHES = ("-", "–", "—")
OF = re.compile(r"(?:[写来]?一?[首张幅个])?(?:关于)?(?P<what>.+)的(?P<value>[^的]+)")  # 关于秋雨的绝句, 3的海报
NEAR, NEARER = 0.76, 0.85  #: how like a value a word must be to be taken for it: behind an idea's number alone, and behind words
SHORT = 6  # letters; words as short as this are too often like one another


def number_first(left: Sequence[str]) -> list[str] | None:
    """The words with an idea's number first, where it may be meant by "3, moodboard", "idea 3", "moodboard of 3"; else None."""
    words = list(left)
    if len(words) > 1 and NOUN.fullmatch(words[0]) and NUMBERED.fullmatch(words[1].rstrip(STOPS)):
        words = words[1:]
    if NUMBERED.fullmatch(number := words[0].rstrip(STOPS)):
        return [number, *words[1:]]
    number = words.pop()
    if not words or ID.fullmatch(words[0]) or not NUMBERED.fullmatch(number):
        return None
    for beside in (NOUN, JOINING):
        if words and beside.fullmatch(words[-1]):
            words.pop()
    words = words[1:] if len(words) > 1 and ARTICLE.fullmatch(words[0]) else words
    return [number, *filter(None, [*words[:-1], *(word.rstrip(STOPS) for word in words[-1:])])]


def trailing(params: Sequence[Param], left: list[str], taken: Mapping[str, Value]) -> dict[str, Value]:
    """A choice that may be the last of the words, "autumn rain haiku", and is taken off them; or a number that is all of them.

    Args:
        params: the command's.
        left: the words; what is taken off is gone from it.
        taken: what has a value already.
    """
    for param in params:
        if param.trails and param.kind == "integer" and len(left) == 1 and re.fullmatch(r"\d{1,9}", left[0]):
            return {param.name: int(left.pop())}
        if not param.trails or param.kind != "choice" or param.name in taken:
            continue
        _part(param, left)
        end = _end(left)
        if end and (value := _value(param, left[-1]) or _misspelt(param, left)):
            del left[end:]
            left[-1] = left[-1].rstrip(STOPS) or left[-1]
            return {param.name: value}
    return {}


def leading(params: Sequence[Param], left: list[str], taken: Mapping[str, Value]) -> dict[str, Value]:
    """A choice that the words begin with, "limerick on cats", "a haiku: the sea", and that is taken off them; see `trailing`."""
    for param in params:
        if not param.trails or param.kind != "choice" or param.name in taken:
            continue
        _part(param, left)
        at = 1 if len(left) > 2 and ARTICLE.fullmatch(left[0]) else 0
        word, behind = left[at].rstrip(STOPS), left[at + 1 :]
        value = _value(param, word) or _value(param, word.removesuffix("s"))
        if not value or not behind:
            continue
        joined = len(behind) > 1 and (ABOUT.fullmatch(behind[0]) or (behind[0].lower() == "of" and word.lower() not in EVERYDAY))
        if joined or word != left[at] or not word.isascii():
            del left[: at + (2 if joined else 1)]
            return {param.name: value}
    return {}


def _value(param: Param, word: str) -> str:
    return chosen(param, chinese.value(param.name, word))


def _part(param: Param, left: list[str]) -> None:
    """Parts a Chinese word that holds a value and something else: 秋雨，绝句, 绝句：秋雨, 秋雨的绝句."""
    for at, word in ((len(left) - 1, left[-1]), (0, left[0])):
        pieces = re.split(f"[{STOPS}]", word)
        if len(pieces) == 2 and all(pieces) and not word.isascii() and any(_value(param, piece) for piece in pieces):
            left[at : at + 1] = [pieces[0] + STOPS[0], pieces[1]]
            return
    if (match := OF.fullmatch(left[-1])) and _value(param, match["value"]):
        left[-1:] = [match["what"], match["value"]]


def _end(left: Sequence[str]) -> int:
    """Where a topic ends whose last word may be a choice: before "haiku", ", a haiku", "as a haiku"; 0: it does not."""
    end = len(left) - 1
    if end > 1 and ARTICLE.fullmatch(left[end - 1]):
        apart = left[end - 2][-1:] in STOPS or left[end - 2] in DASHES or left[end - 2].lower() == "as"
        end = end - 1 if apart else 0
    if end > 1 and (left[end - 1].lower() == "as" or left[end - 1] in DASHES):
        return end - 1
    return 0 if end and UNFINISHED.fullmatch(left[end - 1]) else end


def _one_off(one: str, other: str) -> bool:
    """Whether two words of a length differ in one character."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _misspelt(param: Param, left: Sequence[str]) -> str:
    """The value of a choice that the last word is nearly: "1 moodbord"; empty where it may well be a word of its own.

    Behind a number alone a word can be hardly anything else. An ending more or less makes another word: "posters" are none.
    """
    word = left[-1].casefold()
    if len(word) > 2 and not word.isascii():  # homophones of an IME: 情绪版
        return next((value for value, label in param.choices if any(_one_off(word, name) for name in in_languages(label))), "")
    alone = len(left) == 2 and NUMBERED.fullmatch(left[0]) is not None
    if len(word) < (4 if alone else SHORT) or not word.isascii():
        return ""
    values = {value for value, _label in param.choices if alone or not word.startswith(value.removesuffix("e"))}
    return next(iter(difflib.get_close_matches(word, sorted(values), n=1, cutoff=NEAR if alone else NEARER)), "")
