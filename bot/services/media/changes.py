"""What people say of a picture, a tune or a voice in front of them: "make it purple", "slower", 换成钢琴. Rules, no model.

A line is cut into the longest phrases of `changes.toml`; where anything else is left of it, it is no such line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.domain.modalities import Modality
from bot.services.chinese import HAN, simplified
from bot.services.media.offered import OFFERED
from bot.services.talk.amounts import HAN_DIGITS, HAN_NUMBERS, NUMBERS, ORDINALS
from bot.services.talk.plain import plain
from bot.words import FALLBACK, LOCALES, catalogue

TABLE = Path(__file__).with_suffix(".toml")
LONGEST = 80  # characters of such a line; what is longer tells a topic
MOST_WORDS = 6  # in a phrase
MANNER = ("palette", "style", "mood", "lead")  #: options whose values the engines' own names are
OF_WORKS = ("layout", "aspect", "tempo", "lead", "drums", "mode", "speed")  #: options of works that nothing in words has
ARTICLES = re.compile(r"\b(?:an?|the|any) (?=\S)")
NAMELESS = ("please", "pls", "的")  # words that make no sentence of a phrase which alone may be a topic
WORDLESS = "picture"  #: the layout of a board without words; as a word it says nothing
#: How long a tune is to be: "10 seconds", "about half a minute", articles gone.
SECONDS = re.compile(
    r"(?:(?:about|around|roughly|approximately|circa|maybe|max|maximum|most|least|under|long) )*"
    rf"(?:(?P<n>\d{{1,3}}|{'|'.join(NUMBERS)}|fifteen|twenty|thirty|forty|sixty|ninety) ?"
    r"(?P<unit>seconds?|secs?|s|minutes?|mins?)|"
    r"(?P<half>half minute)|(?P<whole>minute))\b(?: (?:long|length|or so|max|most|tops))*"
)
TENS = {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "sixty": 60, "ninety": 90}
PIXELS = re.compile(r"pixel|8 ?bit|像素")  # what is drawn as a mosaic
#: A shade before a colour that has no name of its own with it: 暖黄 is yellow.
SHADE = re.compile(r"[暖冷亮暗淡浅深银米奶乳鹅橘枣天嫩鲜艳湖宝土杏蜜灰](?=[红橙黄绿青蓝紫白黑灰粉棕褐金])")
HAN_SECONDS = re.compile(r"(\d{1,3})秒(?:钟|左右|以内)?")
PLACE = re.compile(rf"第?(\d{{1,2}}|[{HAN_DIGITS}])(?:张|个|幅|首|段|号|支)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be otherwise."""

    options: tuple[
        tuple[str, str], ...
    ] = ()  #: of the engine, by name; "x0.75" is a share, "+5" a step of what it was, "30s" seconds
    words: tuple[str, ...] = ()  #: for what no option names
    again: bool = False  #: another one of the kind
    work: int | None = None  #: which of those shown, 1 = the first, -1 = the last; None: all
    by_number: bool = False  #: it was named by the number beside it
    pixels: bool = False  #: a mosaic was called pixel art
    cannot: str = ""  #: what is wanted that nobody can do here: "letters", "volume", "lyrics"

    @property
    def never_of_words(self) -> bool:
        """Whether nobody says this of ideas in words: a plain colour, a kind of board, an instrument, a pace."""
        moods = OFFERED["image"]["palette"]
        return any(
            name in OF_WORKS or (value.endswith("s") and name == "bars") or (name == "palette" and value not in moods)
            for name, value in self.options
        )


@dataclass(frozen=True, slots=True)
class _Phrase:
    option: str  #: empty: it says nothing by itself
    value: str = ""
    sure: bool = True


def change(line: str, modality: Modality) -> Change | None:
    """What a line wants of a work of this modality; None where it says anything else."""
    if modality not in OFFERED or len(line) > LONGEST:
        return None
    line = simplified(line)
    chinese = HAN.search(line) is not None
    pieces = list(_cut(plain(line), modality, chinese=chinese))
    if None in pieces:
        return None
    found = [(piece, text) for piece, text in (one for one in pieces if one is not None) if piece.option]
    beside = [text for piece, text in (one for one in pieces if one is not None) if not piece.option and text not in NAMELESS]
    if not any(piece.sure for piece, _text in found) and not (found and beside):
        return None
    return _meant(found) if any(piece.option != "work" for piece, _text in found) else None


def modalities(line: str) -> tuple[Modality, ...]:
    """The modalities of whose works a line may be said."""
    return tuple(modality for modality in OFFERED if change(line, modality) is not None)


def _meant(found: list[tuple[_Phrase, str]]) -> Change:
    options: dict[str, str] = {}
    more: dict[str, str] = {}
    for piece, text in found:
        if piece.option == "words":
            more.setdefault("words", text)
        elif piece.option in ("again", "cannot", "work"):
            more.setdefault(piece.option, piece.value)
        else:
            options.setdefault(piece.option, piece.value)
    work = more.get("work", "")
    return Change(
        options=tuple(sorted(options.items())),
        words=(more["words"],) if "words" in more else (),
        again="again" in more and not options and "words" not in more,
        work=int(work.removeprefix("#")) if work else None,
        by_number=work.startswith("#"),
        pixels=any(piece.value == "mosaic" and PIXELS.search(text) is not None for piece, text in found),
        cannot=more.get("cannot", ""),
    )


def _cut(text: str, modality: Modality, *, chinese: bool) -> Iterator[tuple[_Phrase, str] | None]:
    """The phrases of a line with their words, and None where there is none."""
    known = _phrases(modality)
    if chinese:
        yield from _cut_han(text.replace(" ", ""), known, timed=modality == "music")
        return
    words = _unarticled(text).split()
    while words:
        used = next((many for many in range(min(MOST_WORDS, len(words)), 0, -1) if " ".join(words[:many]) in known), 0)
        if used:
            yield known[" ".join(words[:used])], " ".join(words[:used])
        elif modality == "music" and (long := SECONDS.match(" ".join(words))):
            used = len(long[0].split())
            yield _Phrase("bars", f"{_lasting(long)}s"), long[0]
        elif place := _place(words[0]):
            used = 1
            yield _Phrase("work", place), words[0]
        else:
            yield None
            return
        words = words[used:]


def _lasting(long: re.Match[str]) -> int:
    """Seconds that a match of `SECONDS` says."""
    if long["half"] or long["whole"]:
        return 30 if long["half"] else 60
    many = int(long["n"]) if long["n"].isdecimal() else NUMBERS.get(long["n"]) or TENS[long["n"]]
    return many * (60 if long["unit"].startswith("m") else 1)


def _place(word: str) -> str:
    """Which work a word names; empty: none. A number has its sign before it."""
    if word.isdecimal() and 0 < int(word) < 100:
        return f"#{int(word)}"
    return str(ORDINALS[word]) if word in ORDINALS else f"#{NUMBERS[word]}" if word in NUMBERS and word != "one" else ""


def _cut_han(text: str, known: Mapping[str, _Phrase], *, timed: bool) -> Iterator[tuple[_Phrase, str] | None]:
    longest = max(map(len, known))
    while text:
        used = next((many for many in range(min(longest, len(text)), 0, -1) if text[:many] in known), 0)
        place = PLACE.match(text)
        if place is not None and (text.startswith("第") or place[1].isdecimal()):
            yield _Phrase("work", str(int(place[1]) if place[1].isdecimal() else HAN_NUMBERS[place[1]])), place[0]
            used = place.end()
        elif timed and (long := HAN_SECONDS.match(text)):
            yield _Phrase("bars", f"{long[1]}s"), long[0]
            used = long.end()
        elif used < len("暖黄") and SHADE.match(text):
            used = 1
        elif used:
            yield known[text[:used]], text[:used]
        else:
            yield None
            return
        text = text[used:]


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, str] | str]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def _phrases(modality: Modality) -> Mapping[str, _Phrase]:
    """What each phrase says of works of a modality: fillers first, then the offered values' names, then the table's own words."""
    found = {word: _Phrase("") for words in _table()["fillers"].values() for word in _split(str(words))}
    for option in (one for one in OFFERED[modality] if one in MANNER):
        for value in OFFERED[modality][option]:
            names = {value, *(catalogue(locale).gettext(value).casefold() for locale in LOCALES if locale != FALLBACK)}
            found |= {name: _Phrase(option, value) for name in names}
    for option, rows in _table()[modality].items():
        assert not isinstance(rows, str)
        for value, words in rows.items():
            named = [value] if option in ("palette", "layout") and value != WORDLESS else []
            for word in [*named, *_split(words)]:
                found[_unarticled(word.rstrip("?"))] = _Phrase(option, value, sure=not word.endswith("?"))
    return found


def _unarticled(text: str) -> str:
    return ARTICLES.sub("", text).strip()


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.replace("\n", " ").split(",") if word.strip()]
