"""How many: numbers in words, and what is said of how many ideas there should be in place of those that stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.services import chinese

MOST = 10  # ideas at once; a larger number belongs to a topic

_CARDINALS = re.findall(r"\w+", "one two three four five six seven eight nine ten")
NUMBERS = {word: number for number, word in enumerate(_CARDINALS, start=1)}
_NTHS = re.findall(r"\w+", "first second third fourth fifth sixth seventh eighth ninth tenth")
ORDINALS = {word: number for number, word in enumerate(_NTHS, start=1)} | {"last": -1}
HAN_NUMBERS = {word: number for word, number in chinese.NUMBERS.items() if number}
HAN_DIGITS = "".join(HAN_NUMBERS)  #: of a count; in a place nobody says 第两个
HAN_PLACES = HAN_DIGITS.replace("两", "")
NUMBER = "|".join(NUMBERS)
HAN_NUMBER = rf"(?P<n>\d{{1,2}}|[{HAN_DIGITS}])"
#: One idea in Chinese: 3, 第三个, 三号.
HAN_ONE = rf"第?(?:\d{{1,3}}|[{HAN_PLACES}])(?:个|条|句|号)?"
NOUN = (
    r"(?:idea|name|one|option|suggestion|example|slogan|title|line|tagline|motto|headline|poem|story|picture|pun|joke|"
    r"tune|song|image|version|logo|poster|text)s?|stories"
)
THESE = r"(?:these|those|them|this|that|it|the same)"
#: What people put before the number of an idea: "number 2", "option two", "no. 2".
NAMED = r"(?:ideas?|numbers?|options?|names?|cards?|entry|items?|no|nr)"
#: One idea by its number or its place: "2", "the 2nd idea", "option two", "the last one"; a bare word counts behind "like" alone.
ONE = (
    rf"(?:(?:the |{NAMED} )*\d{{1,4}}(?:st|nd|rd|th)?|(?:the )?(?:{'|'.join(ORDINALS)})|(?:the )?{NAMED} (?:{NUMBER})|"
    rf"(?<=like )(?:{NUMBER})(?= and | or | but |$))(?: (?:one|idea|option|name|card|entry|item))?"
)
_EACH = re.compile(
    rf"(?P<digits>\d{{1,4}})(?:st|nd|rd|th)?|\b(?P<place>{'|'.join(ORDINALS)})\b|{NAMED} (?P<named>{NUMBER})\b|"
    rf"^(?P<bare>{NUMBER})\b"
)
_BY_NUMBER = re.compile(rf"(?:.* )?(?:\d{{1,4}}|{NAMED} (?:{NUMBER})|^(?:{NUMBER}))")
#: One idea inside a longer rule, where the words around say that it is one: "2", "2nd", "second", "two" behind "number".
COUNTED_ONE = (
    rf"\d{{1,4}}(?:st|nd|rd|th)?|{'|'.join(ORDINALS)}|"
    rf"(?:(?<=number )|(?<=option )|(?<=card )|(?<=item )|(?<=idea )|(?<=name )|(?<=no )|(?<=nr ))(?:{NUMBER})"
)
#: How many instead of those that stand there: "twice as many", "only three", "give me 3 instead".
TIMES = {
    2.0: re.compile(
        r"(?:twice|double|two times) (?:as many|the (?:number|amount|count)|that|it|them|of them)|doubled?|2x|"
        r"翻(?:一?倍|番)|(?:数量|个数)?(?:加倍|翻倍)|多一倍|两倍"
    ),
    3.0: re.compile(
        r"(?:three times|triple|3 times|3x) ?(?:as many|the (?:number|amount|count)|it|them)?|(?:翻|多)(?:两|2)倍|三倍"
    ),
    0.5: re.compile(r"half (?:as many|the (?:number|amount|count)|of them|that)|halve (?:it|them|the number)|减半|少一半|一半"),
}
FEWER = re.compile(
    rf"(?:(?:only|just|make (?:it|that|them)|cut (?:it|them) (?:down )?to|reduce (?:it|them|the number) to) "
    rf"(?P<count>\d{{1,2}}|{NUMBER})|(?P<instead>\d{{1,2}}|{NUMBER}))"
    rf"(?: (?:of (?:them|these|those)|{NOUN}))?(?P<sure> instead| only| is enough| are enough| will do)?"
)
HAN_FEWER = re.compile(
    rf"(?:只要|就要|只需要?|改成|减到|留|保留)(?P<count>\d{{1,2}}|[{HAN_DIGITS}])(?:个|条|句)(?:就够|就好|就行)?了?"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """So many, or so many times as many as there were."""

    count: int | None = None
    times: float | None = None


def amount(text: str) -> Amount | None:
    """How many are wanted in place of those there; None where a line says nothing of the kind."""
    for times, rule in TIMES.items():
        if rule.fullmatch(text):
            return Amount(times=times)
    match = FEWER.fullmatch(text) or HAN_FEWER.fullmatch(text)
    if match is None:
        return None
    told = match.groupdict()
    count = number(told["count"] or (told.get("instead") if told.get("sure") else None))
    return Amount(count=count) if count else None


def named(text: str) -> tuple[tuple[int, ...], bool]:
    """The ideas named in a text of `ONE`s, 1 = the first, -1 = the last; and whether by the numbers beside them."""
    words = [(match["digits"], match["place"], match["named"] or match["bare"]) for match in _EACH.finditer(text)]
    ideas = tuple(int(digits) if digits else ORDINALS.get(place) or NUMBERS[word] for digits, place, word in words)
    return ideas, _BY_NUMBER.fullmatch(text) is not None


def counted(word: str) -> tuple[int, bool]:
    """The idea that one word names, -1 = the last; and whether by its place among those that stand there, as "2nd" does."""
    said = word.casefold().removeprefix("the ")
    if said == "最后一":
        return -1, True
    if said.startswith("第"):
        return counted(said[1:])[0], True
    if said.isdecimal() or said in NUMBERS:
        return (int(said) if said.isdecimal() else NUMBERS[said]), False
    place = re.match(r"\d+", said)
    return (int(place[0]) if place else ORDINALS.get(said) or HAN_NUMBERS[said]), True


def number(word: str | None) -> int | None:
    """A number from 1 to `MOST`, in digits or words; None for anything else."""
    if not word:
        return None
    told = int(word) if word.isdecimal() else NUMBERS.get(word) or HAN_NUMBERS.get(word)
    return told if told is not None and 1 <= told <= MOST else None
