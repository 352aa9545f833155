"""Text as a person reads it out: numbers, abbreviations and signs become words. It knows no sounds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generators.engines.speech import amounts, counting, dates, names

SHORT = {
    "mr": "mister", "mrs": "missus", "ms": "miz", "dr": "doctor", "prof": "professor", "vs": "versus", "etc": "et cetera",
    "e.g": "for example", "i.e": "that is", "approx": "approximately", "dept": "department", "min": "minutes", "sec": "seconds",
    "hrs": "hours", "jr": "junior", "sr": "senior", "ave": "avenue", "pp": "pages", "ca": "circa", "ext": "extension",
    "blvd": "boulevard", "rd": "road", "hwy": "highway", "bldg": "building",
    "inc": "incorporated", "ltd": "limited", "corp": "corporation", "max": "maximum", "fig": "figure", "incl": "including",
}  # fmt: skip
#: Before a number.
BEFORE = {
    "min": "minimum", "p": "page", "c": "circa", "tel": "telephone", "apt": "apartment", "rm": "room", "ste": "suite",
}  # fmt: skip
#: What an address ends with, behind a house's number and a name.
STREETS = {"St": "Street", "Ave": "Avenue", "Rd": "Road", "Blvd": "Boulevard", "Ln": "Lane", "Dr": "Drive", "Sq": "Square"}
SIGNS = {
    "%": " percent", "&": " and ", "+": " plus ", "=": " equals ", "@": " at ", "#": " number ", "×": " times ", "→": ", ",
    "±": " plus or minus ", "≥": " at least ", "≤": " at most ", "≈": " about ", "<": " less than ", ">": " greater than ",
    "•": ", ", "№": " number ", "§": " section ", "°": " degrees ",
}  # fmt: skip
LONGEST = 180  # characters of one breath; the voice gets unsteady over longer ones


def spoken(text: str) -> str:
    """The text with everything that is not a word written out."""
    text = re.sub(r"[,;]?\s+/\s+", "; ", text)  # between the lines of a poem
    text = text.replace("’", "'").replace("−", "-")
    text = re.sub(r"\b(\d)'(\d{1,2})[\"”]", r"\1′\2", text)  # feet and inches
    text = re.sub(r'(?<=\d)"', lambda m: '"' if text[: m.start()].count('"') % 2 else " inch", text)
    text = re.sub(r"\b([Mm]in|p|c|[Tt]el|[Aa]pt|[Rr]m|[Ss]te)\.\s?(?=\d)", lambda m: BEFORE[m[1].lower()] + " ", text)
    text = re.sub(r"(?<=\d)['_](?=\d{3}(?!\d))", "", text)
    text = text.replace("“", " ").replace("”", " ").replace('"', " ")
    text = names.romans(names.addresses(text))
    text = amounts.money(dates.dates(dates.phones(counting.listed(text))))
    text = dates.times(dates.durations(text))
    text = re.sub(r"\b24/7\b", "24 7", text)
    text = amounts.fractions(text)
    text = re.sub(r"(?<!\w)~(?=\d)", "about ", text)
    text = re.sub(r"(?<![A-Za-z])(\d+(?:[.,]\d+)?[%°]?)\s?[-–]\s?(?=\d)", r"\1 to ", text)
    text = re.sub(r"(?<![\w.,])-(?=\d)", "minus ", text)
    text = dates.years(amounts.units(amounts.powers(text)))
    text = re.sub(
        r"\b(\d[\d,]*)(?:st|nd|rd|th)\b", lambda m: counting.ordinal(int(m[1].replace(",", "")[: counting.MOST_DIGITS])), text
    )
    text = names.apart(_shortened(text))
    text = re.sub(rf"(?<![\w.]){counting.NUMBER}|(?<![\w.])\.\d+", lambda m: counting.number(m[0]), text)
    text = re.sub(r"\d+", lambda m: " " + counting.digits(m[0]) + " ", text)
    for sign, word in SIGNS.items():
        text = text.replace(sign, word)
    text = re.sub(r"\b([A-Z])/([A-Z])(?=\b)|\b(and)/(or)\b", lambda m: f"{m[1] or m[3]} {m[2] or m[4]}", text)
    return " ".join(text.replace("/", " or ").replace("_", " ").split())


def _shortened(text: str) -> str:
    """Abbreviations written out."""
    text = re.sub(r"\bw/o\b", "without", re.sub(r"\b([wc])/(?=\s|$)", lambda m: "with" if m[1] == "w" else m[0], text))
    text = re.sub(
        r"★+", lambda m: _stars(str(len(m[0]))), re.sub(r"\b(\d(?:[.,]\d)?)\s?[*★](?!\w)", lambda m: _stars(m[1]), text)
    )
    text = re.sub(r"\b[Nn]os?\.\s?(?=\d)", "number ", text)
    text = re.sub(
        rf"\b(\d+[A-Za-z]?(?:\s[A-Z][a-z]+)+)\s({'|'.join(STREETS)})\b\.?(?!\s[A-Z][a-z])",
        lambda m: f"{m[1]} {STREETS[m[2]]}",
        text,
    )
    text = re.sub(r"(?<=[a-z]\s)\bSt\.(?!\s[A-Z])|(?<=[A-Za-z]\s)\bSt\.$", "Street", text)
    text = re.sub(r"\bSt\.(?=\s[A-Z])", "Saint", text)
    return re.sub(r"\b([A-Za-z](?:\.[A-Za-z])?[a-z]*)\.(?=\s+[\w(]|$)", lambda m: SHORT.get(m[1].lower(), m[0]), text)


def _stars(count: str) -> str:
    return counting.counted(count, "star", "stars")


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
