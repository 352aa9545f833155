"""Typed lines in Chinese: other names of commands and options, values in Chinese, and full-width signs as an IME types them.

A command's first Chinese name is its translation in the catalogue, which Discord shows too; these are what people also write.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.words import CONVERTED, FALLBACK, LOCALES, catalogue, language, negotiate

_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ALSO: Mapping[str, Sequence[str]] = _WORDS["commands"]  #: other words for a command or a signal
OPTIONS: Mapping[str, Sequence[str]] = _WORDS["options"]  #: names of options, by the parameter's name
#: What words mean where a parameter takes them, by the parameter's name.
VALUES: Mapping[str, Mapping[str, str]] = {
    param: {word: value for value, words in values.items() for word in words} for param, values in _WORDS["values"].items()
}
NUMBERS = {char: number for number, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
COUNTED = re.compile(r"(?P<number>[+-]?\d{1,9}|[零一二两三四五六七八九十])[个条首句张种份遍个页]?")

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa]")
LATIN = re.compile(r"(?<![/A-Za-z-])[A-Za-z]{2,}")  # words; a command and an option are none
#: Behind a command's name an IME may put these instead of a space: "/诗：秋雨".
BEHIND = re.compile(r"[\s：，、。！？]+")
SLASHES = ("／", "、/", "、／")
FLAG = re.compile(r"(?:(?<=\s)|^)(?:－－|——|－)(?P<name>[A-Za-z]|[\u3400-\u9fff]+)")
NUMBER = re.compile(r"(?:(?<=\s)|^)[＃#]?[０-９]{1,9}(?=\s|$)")


def narrowed(line: str, names: tuple[str, ...] = ()) -> str:
    """A command as it would be typed on an English keyboard: slash, spaces, options' dashes and lone numbers; words stay.

    Args:
        line: as typed.
        names: of commands and signals; behind "、", which an IME gives for the slash, one of these makes a command of the line.
    """
    text = line.replace("\u3000", " ").strip()
    for slash in SLASHES:
        if text.startswith(slash) and len(text) > len(slash):
            text = "/" + text[len(slash) :].lstrip()
    if text.startswith("、") and command(parted(text[1:])[0], names) in names:
        text = "/" + text[1:]
    if text.startswith("/"):
        text = FLAG.sub(_dashed, text)
        text = NUMBER.sub(lambda number: unicodedata.normalize("NFKC", number[0]), text)
    return text


def _dashed(flag: re.Match[str]) -> str:
    name = flag["name"]
    if not name.isascii() and all(name not in words for words in OPTIONS.values()):
        return flag[0]  # a dash in a text
    return ("-" if flag[0].startswith("－") and not flag[0].startswith("－－") else "--") + name


def parted(text: str) -> tuple[str, str]:
    """The first word and the rest, of a line that is narrowed."""
    parts = BEHIND.split(text, maxsplit=1)
    first, rest = parts[0], parts[1] if len(parts) > 1 else ""
    if "（" in first and first.endswith("）"):  # "/帮助（诗）"
        first, rest = first[:-1].split("（", 1)
    return first, rest.strip()


@cache
def _converting(name: str) -> Any:
    import opencc

    return opencc.OpenCC(name)


def simplified(text: str) -> str:
    """The text in Simplified characters; one without Chinese as it is."""
    return text if text.isascii() else str(_converting("t2s").convert(text))


def locale(text: str) -> str:
    """The tag of the language that a line is in: of Chinese its script's; empty where it is mostly in other letters.

    "help me brainstorm 双十一 ideas" is English with a name in it; kana make a line Japanese, which nothing here is written in.
    """
    han, words = len(HAN.findall(text)), len(LATIN.findall(text))
    if not han or han < words or KANA.search(text):
        return ""
    return "zh-Hans" if simplified(text) == text else "zh-Hant"


#: Characters that Traditional texts have, too, though there is another form of them: 公里, 皇后.
SHARED = frozenset("里后台干只面系余松云冲丑表谷卷么几斗制布采准了出合向回尽征志才折托朱术板极范克占周党卜困获发致签")

SURE = 2  # characters that are Simplified alone, of which a name or a quotation may have one


def spoken(text: str, tag: str | None) -> str:
    """The tag of the language to answer a line in, where it tells more than its sender's tag does; else empty.

    Who writes Chinese is answered in Chinese, and in the characters that they write; 好玩 is written alike in both.
    """
    told, known = locale(text), negotiate(tag)
    if not told or known == FALLBACK:
        return told
    if told == "zh-Hans" and sum(char not in SHARED and _converting("s2t").convert(char) != char for char in text) < SURE:
        return ""
    return told if negotiate(told) != known else ""


def localised(text: str) -> str:
    """Chinese of the tables for who reads now: in Traditional characters where that is spoken."""
    conversion = CONVERTED.get(language(), ("", ""))[1].removesuffix("p")  # of characters, so that it can be typed back
    return str(_converting(conversion).convert(text)) if conversion else text


@cache
def _commands(names: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        for word in ALSO.get(name, ()):
            found.setdefault(word, name)
    for name in names:
        for locale in LOCALES:
            found[catalogue(locale).gettext(name)] = name
    return found


def command(word: str, names: tuple[str, ...]) -> str:
    """The command or signal that a word names, in Chinese of either script or as it is; the word itself where none is."""
    known = _commands(names)
    return known.get(word) or known.get(simplified(word)) or word


def option(word: str, names: tuple[str, ...]) -> str:
    """The name of the parameter that a Chinese option names: "体裁" is form; "" where none is."""
    word = simplified(word)
    return next((name for name in names if word in OPTIONS.get(name, ())), "")


def value(param: str, text: str) -> str:
    """What is meant by a value in Chinese, or typed in full width; the text itself where nothing else is."""
    word = unicodedata.normalize("NFKC", text).strip()
    return VALUES.get(param, {}).get(simplified(word), text)


def number(text: str) -> int | None:
    """A whole number in any digits, perhaps counted: 5, ５, 五个; None where it is none."""
    match = COUNTED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    return NUMBERS[match["number"]] if match["number"] in NUMBERS else int(match["number"])
