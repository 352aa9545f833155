"""Text as a person reads it out: numbers, abbreviations and signs become words. It knows no sounds."""

from __future__ import annotations

import re
from collections.abc import Iterator

TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
ONES = f"zero one two three four five six seven eight nine {TEENS}".split()
TENS = ("", "", *["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
SCALES = ("", "thousand", "million", "billion", "trillion")
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
SHORT = {
    "mr": "mister",
    "mrs": "missus",
    "ms": "miz",
    "dr": "doctor",
    "prof": "professor",
    "st": "saint",
    "vs": "versus",
    "etc": "et cetera",
    "e.g": "for example",
    "i.e": "that is",
    "approx": "approximately",
    "no": "number",
    "dept": "department",
    "min": "minutes",
    "sec": "seconds",
    "hrs": "hours",
    "km": "kilometres",
    "kg": "kilograms",
    "cm": "centimetres",
}
SIGNS = {
    "%": " percent",
    "&": " and ",
    "+": " plus ",
    "=": " equals ",
    "@": " at ",
    "#": " number ",
    "°": " degrees ",
    "×": " times ",
    "→": ", ",
}
MONEY = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny"), "¥": ("yen", "")}
LARGE = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion"}  #: behind a sum of money, and "k" behind any number
UNITS = {
    "am": "a m",
    "pm": "p m",
    "mm": "millimetres",
    "cm": "centimetres",
    "m": "metres",
    "km": "kilometres",
    "kg": "kilograms",
    "g": "grams",
    "ml": "millilitres",
    "l": "litres",
    "min": "minutes",
    "h": "hours",
    "mb": "megabytes",
    "gb": "gigabytes",
    "k": "thousand",
    "x": "times",
}  #: straight behind a number
FRACTIONS = {"1/2": "one half", "1/3": "one third", "2/3": "two thirds", "1/4": "one quarter", "3/4": "three quarters"}
MOST_DIGITS = 15  # longer numbers are read digit by digit, as people do
LONGEST = 180  # characters of one breath; the voice gets unsteady over longer ones


def cardinal(number: int) -> str:
    """A number in words: "one hundred and five" without the "and"."""
    if number < 0:
        return "minus " + cardinal(-number)
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + ("" if number % 10 == 0 else " " + ONES[number % 10])
    if number < 1000:
        return ONES[number // 100] + " hundred" + ("" if number % 100 == 0 else " " + cardinal(number % 100))
    parts: list[str] = []
    for scale in SCALES:
        number, rest = divmod(number, 1000)
        if rest:
            parts.insert(0, f"{cardinal(rest)} {scale}".strip())
    return " ".join(parts)


def ordinal(number: int) -> str:
    """first, second, twenty-third."""
    *head, last = cardinal(number).split()
    last = ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join([*head, last])


def year(number: int) -> str:
    """Nineteen eighty-four, two thousand five, twenty twenty-six."""
    century, rest = divmod(number, 100)
    if 2000 <= number < 2010 or (rest == 0 and century % 10 == 0):
        return cardinal(number)
    if rest == 0:
        return cardinal(century) + " hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def digits(text: str) -> str:
    """Digit by digit."""
    return " ".join(ONES[int(digit)] for digit in text if digit.isdigit() and digit.isascii())


def spoken(text: str) -> str:
    """The text with everything that is not a word written out."""
    text = re.sub(r"[,;]?\s+/\s+", "; ", text)  # between the lines of a poem
    text = text.replace("’", "'").replace("“", " ").replace("”", " ").replace('"', " ")
    text = re.sub(r"https?://(www\.)?|www\.", "", text)
    text = re.sub(r"(?<=\w)\.(?=(?:com|org|net|io|ai|dev|app)\b)", " dot ", text)
    text = _points(text)
    text = re.sub(r"([$€£¥])\s?(\d(?:[\d,]*\d)?(?:\.\d+)?)\s?([kKmMbB]|bn|thousand|million|billion)\b", _large_money, text)
    text = re.sub(r"([$€£¥])\s?(\d(?:[\d,]*\d)?)(?:\.(\d{1,2})(?!\d))?", _money, text)
    text = re.sub(r"\b([ap])\.\s?m\.", r"\1m", text)
    text = re.sub(r"\b(\d{1,2}):(\d{2})(?:\s?([ap])m)?\b", _clock, text)
    text = re.sub(r"\b(24)/(7)\b", r"\1 \2", text)
    text = re.sub(r"(?<![\d/])(\d/\d)(?![\d/])", lambda m: FRACTIONS.get(m[1], m[1]), text)
    text = re.sub(r"\b(?:1[1-9]|20|)\d0'?s\b", _decade, text)
    text = re.sub(r"\b(\d+)(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1][:MOST_DIGITS])), text)
    text = re.sub(r"\b(1[1-9]\d\d|20\d\d)\b(?![,.]\d)", lambda m: year(int(m[1])), text)
    text = re.sub(r"\b(\d+)\s?[-–]\s?(\d+)\b", lambda m: f"{m[1]} to {m[2]}", text)
    text = re.sub(r"(?<=\d)\s?(am|pm|mm|cm|km|kg|ml|min|[mM][bB]|[gG][bB])\b|(?<=\d)([mglhkKx])\b", _unit, text)
    text = re.sub(r"(?<![\w.])-?\d(?:[\d,]*\d)?(?:\.\d+)?", _number, text)
    text = re.sub(r"\d+", lambda m: " " + digits(m[0]) + " ", text)
    for sign, word in SIGNS.items():
        text = text.replace(sign, word)
    text = re.sub(r"\b([A-Za-z](?:\.[A-Za-z])?[a-z]*)\.(?=\s+[\w(]|$)", _short, text)
    text = re.sub(r"\b([A-Z])/([A-Z])\b|\b(and)/(or)\b", lambda m: f"{m[1] or m[3]} {m[2] or m[4]}", text)
    return " ".join(text.replace("/", " or ").replace("_", " ").split())


def _points(text: str) -> str:
    """Numbers as English writes them, and signs of money before them, where half of the world has it the other way round."""
    text = re.sub(r"(?<![\d.,])(?<!\d )[1-9]\d{0,2}(?: \d{3})+(?![\d.,]*\d| \d)", lambda m: m[0].replace(" ", ""), text)
    text = re.sub(r"([$€£¥]\s?\d{1,3}(?:\.\d{3})+)(?![\d.,]*\d)", lambda m: m[0].replace(".", ""), text)
    text = re.sub(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d+", lambda m: m[0].replace(".", "").replace(",", "."), text)
    text = re.sub(r"(?<![\d.,])(\d+),(\d{1,2})(?![\d,])", r"\1.\2", text)  # three digits behind a comma are thousands
    text = re.sub(r"(?<![\d.,])(\d+(?:,\d+){2,})(?![\d,])", lambda m: m[0] if _thousands(m[0]) else m[0].replace(",", ", "), text)
    text = re.sub(r"(?<![$€£¥\d.,])(\d[\d.,]*\d|\d)\s?([$€£¥])(?!\s?[\d])", r"\2\1", text)
    return re.sub(r"(?<=\d)\s?[-–]\s?(?=[$€£¥]\s?\d)", " to ", text)


def _thousands(number: str) -> bool:
    return re.fullmatch(r"\d{1,3}(?:,\d{3})+", number) is not None


def _money(found: re.Match[str]) -> str:
    whole, coin = int(found[2].replace(",", "") or 0), MONEY[found[1]]
    said = f"{cardinal(whole)} {coin[0]}{'' if whole == 1 or coin[0] == 'yen' else 's'}"
    if found[3] and int(found[3]) and coin[1]:
        cents = int(found[3].ljust(2, "0"))
        said += f" and {cardinal(cents)} {coin[1] if cents == 1 else {'cent': 'cents', 'penny': 'pence'}[coin[1]]}"
    return said


def _large_money(found: re.Match[str]) -> str:
    return f"{found[2]} {LARGE.get(found[3].lower(), found[3])} {MONEY[found[1]][0]}{'' if found[1] == '¥' else 's'}"


def _decade(found: re.Match[str]) -> str:
    """The 1990s, the 80s: the number in words, its last one in the plural."""
    number = int(re.sub(r"\D", "", found[0]))
    said = year(number) if number > 100 else cardinal(number)
    return said[:-1] + "ies" if said.endswith("y") else said + "s"


def _unit(found: re.Match[str]) -> str:
    return " " + UNITS[(found[1] or found[2]).lower()]


def _clock(found: re.Match[str]) -> str:
    hour, minute, half = int(found[1]), int(found[2]), f" {found[3]} m" if found[3] else ""
    if minute == 0:
        return cardinal(hour) + (half or " o'clock")
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}{half}"


def _number(found: re.Match[str]) -> str:
    plain = found[0].replace(",", "")
    whole, _point, after = plain.partition(".")
    if len(whole.lstrip("-")) > MOST_DIGITS or (len(whole) > 1 and whole.startswith("0")):
        return digits(whole) + (f" point {digits(after)}" if after else "")
    return cardinal(int(whole)) + (f" point {digits(after)}" if after else "")


def _short(found: re.Match[str]) -> str:
    return SHORT.get(found[1].lower(), found[0])


def breaths(text: str) -> Iterator[str]:
    """The text in parts that are said in one breath, each with the mark that ends it."""
    for sentence in re.findall(r"[^.!?;:…]+[.!?;:…]*", text):
        rest = sentence.strip()
        while len(rest) > LONGEST:
            cut = max(rest.rfind(mark, 0, LONGEST) for mark in (", ", " — ", " - "))
            if cut < LONGEST // 3:
                cut = rest.rfind(" ", 0, LONGEST)
            cut = cut if cut > 0 else LONGEST
            yield rest[: cut + 1].strip()
            rest = rest[cut + 1 :].strip()
        if re.search(r"\w", rest):
            yield rest
