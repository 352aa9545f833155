"""Dates, times of day, decades and telephone numbers as words, in the American order. It knows no units."""

from __future__ import annotations

import re

from generators.engines.speech.counting import cardinal, counted, digits, ordinal, year

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH = r"(?:" + "|".join(f"{name[:3]}(?:{name[3:]}|\\.)?" if len(name) > 3 else name for name in MONTHS) + r"|Sept\.?)"
CENTURY = 2000  #: that a year of two figures is in
SHORT = {name[:3]: name for name in (*MONTHS, *DAYS)}
#: Units of a duration, longest first, by the letter that all writings of one begin with.
LASTING = {"w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}
UNIT = r"(?:weeks?|wks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)"
DURATION = re.compile(rf"(?<![\w.,$€£-])\d+\s?{UNIT}(?:,?\s?\d+(?:\.\d+)?\s?{UNIT})+(?!\w)")
#: What a telephone number stands behind.
CALLING = (
    r"\b(?:[Cc]all|[Dd]ial|[Rr]ing|[Pp]hone|[Tt]el(?:ephone)?|[Tt]ext|[Ff]ax|[Hh]otline|[Nn]umber is)\b"
    r"(?:\s(?:us|me|now|at|on))*[.:]?\s"
)
YEARS_AFTER = r"(?<=\b[Ii]n )|(?<=\b[Ss]ince )|(?<=\b[Uu]ntil )|(?<=\b[Bb]efore )|(?<=\b[Aa]fter )|(?<=\byear )"


def phones(text: str) -> str:
    """Telephone numbers digit by digit, with a breath between their groups."""
    for pattern in (
        r"\+\d{1,3}(?: ?\(0\))?(?:[ .-]?\(?\d{2,8}\)?){2,5}",
        r"\+\d{1,3} \d{6,11}\b",
        r"(?<![\w-])(?<!\d )0[1-9]\d{1,3}[ /-]\d{3,8}(?:[ -]\d{2,4})*(?![\w-])",
        r"(?<![\w-])1-\d{3}-\d{3}-\d{4}(?![\w-])",
        r"(?<=ISBN )[\d-]{10,17}(?![\w-])",
        r"\(\d{3}\)\s?\d{3}[ -]\d{4}\b",
        r"(?<![\w-])\d{3}-\d{3,4}-\d{4}(?![\w-])",
        r"(?<![\w-])(?:\d{3}-0\d{3}|555-\d{4})(?![\w-])",  # a range would not begin its end with 0
    ):
        text = re.sub(
            pattern, lambda m: ("plus " if m[0][0] == "+" else "") + ", ".join(map(digits, re.findall(r"\d+", m[0]))), text
        )
    text = re.sub(
        rf"({CALLING})(\d{{2,4}}(?:[ -]\d{{2,4}})+)(?![\w-])",
        lambda m: m[1] + ", ".join(map(digits, re.findall(r"\d+", m[2]))) if len(re.sub(r"\D", "", m[2])) > 6 else m[0],
        text,
    )
    text = re.sub(r"\b([Cc]all|[Dd]ial|[Rr]ing) (\d{3})\b(?![-.,]?\d)", lambda m: f"{m[1]} {digits(m[2])}", text)
    return re.sub(r"(?<![\w-])1-(\d00)-(?=[A-Z])", r"1, \1 ", text)


def dates(text: str) -> str:
    """Dates: 2027-01-03, 01/03/2027, 24.12.2024, March 5, 3 January, Mon-Fri."""
    text = re.sub(r"\b(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\b", lambda m: _date(m, int(m[1]), int(m[3]), int(m[4])), text)
    text = re.sub(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b", lambda m: _date(m, int(m[3]), int(m[2]), int(m[1])), text)
    text = re.sub(r"(?<![Vv]ersion )(?<![Rr]elease )(?<![\w.])(\d\d)\.(\d\d)\.(\d\d)(?!\.?\w)", _short_date, text)
    text = re.sub(
        r"(?<![\w/-])(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?![\w-])",
        lambda m: _date(m, int(m[4]), *((int(m[3]), int(m[1])) if int(m[1]) > 12 else (int(m[1]), int(m[3])))),
        text,
    )
    text = re.sub(
        r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{2})(?![\d/])",
        lambda m: _date(m, CENTURY + int(m[3]), *((int(m[2]), int(m[1])) if int(m[1]) > 12 else (int(m[1]), int(m[2])))),
        text,
    )
    text = _spans(text)
    text = re.sub(
        rf"\b({'|'.join(name[:3] for name in DAYS)})\.?,(?=\s(?:the\s)?(?:\d|{MONTH}\b))", lambda m: SHORT[m[1]] + ",", text
    )
    text = re.sub(
        rf"\b({MONTH})\s(\d{{1,2}})(?:st|nd|rd|th)?(?![\w:%.,/-]?\d)(?!\s?[ap]\.?m)(?:,?\s(\d{{4}}))?\b",
        lambda m: (
            f"{_month(m[1])} {ordinal(int(m[2]))}" + (f", {year(int(m[3]))}" if m[3] else "") if 0 < int(m[2]) <= 31 else m[0]
        ),
        text,
    )
    text = re.sub(
        rf"(\bthe )?(?<![\d.,:/-])\b(\d{{1,2}})\.?\s({MONTH})(?![a-z])",
        lambda m: f"the {ordinal(int(m[2]))} of {_month(m[3])}" if 0 < int(m[2]) <= 31 else m[0],
        text,
    )
    names = "|".join(SHORT)
    return re.sub(rf"\b({names})\.?\s?[-–]\s?({names})\b\.?", lambda m: f"{SHORT[m[1]]} to {SHORT[m[2]]}", text)


def _spans(text: str) -> str:
    """From one day to another: Jan 5-8, 24–26 May, 3 May - 5 June; and seasons: 2026/27."""

    def days(found: re.Match[str], month: str, first: str, last: str, form: str) -> str:
        if not 0 < int(first) < int(last) <= 31:
            return found[0]
        return form.format(month=_month(month), first=ordinal(int(first)), last=ordinal(int(last)))

    text = re.sub(
        rf"\b({MONTH})\s(\d{{1,2}})\s?[-–]\s?(\d{{1,2}})(?![\w:%/-]|[.,]\d|\s?[ap]\.?m)",
        lambda m: days(m, m[1], m[2], m[3], "{month} {first} to {last}"),
        text,
    )
    text = re.sub(
        rf"(?:\bthe )?(?<![\w.,:/-])(\d{{1,2}})\.?\s?[-–]\s?(\d{{1,2}})\.?\s({MONTH})(?![a-z])",
        lambda m: days(m, m[3], m[1], m[2], "the {first} to {last} of {month}"),
        text,
    )
    whole = rf"(?:{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}\.?\s{MONTH})"
    text = re.sub(rf"\b({whole})\s?[-–]\s?(?={whole}(?![a-z]))", r"\1 to ", text)
    return re.sub(
        r"(?<![\w/])((?:19|20)\d\d)/(\d\d)(?![\w/])",
        lambda m: f"{year(int(m[1]))} to {cardinal(int(m[2]))}" if (int(m[1]) + 1) % 100 == int(m[2]) else m[0],
        text,
    )


def _short_date(found: re.Match[str]) -> str:
    """24.12.26, as where days come first."""
    return _date(found, CENTURY + int(found[3]), int(found[2]), int(found[1]))


def _date(found: re.Match[str], in_year: int, month: int, day: int) -> str:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    return f"{MONTHS[month - 1]} {ordinal(day)}, {year(in_year)}"


def _month(text: str) -> str:
    return SHORT[text[:3]]


def durations(text: str) -> str:
    """How long something lasts: 45m 10s, 2d 4h, 1h05, 45s. Larger units stand before smaller ones; 45m alone are metres."""
    text = re.sub(r"\b(\d{1,2})h(\d{2})\b(?!\s?m)", lambda m: f"{counted(m[1], 'hour', 'hours')} {cardinal(int(m[2]))}", text)
    text = DURATION.sub(_lasting, text)
    return re.sub(  # whole tens are decades, and several sorts of figures no seconds: 1s and 0s
        r"(?<!\bthe )(?<![\w.,'’-])(\d?[1-9]|\d{3})s\b(?!,? (?:and|or) \d+s\b)",
        lambda m: counted(m[1], "second", "seconds"),
        text,
    )


def _lasting(found: re.Match[str]) -> str:
    parts = re.findall(r"(\d+(?:\.\d+)?)\s?([a-z])", found[0])
    order = [list(LASTING).index(unit) for _number, unit in parts]
    if order != sorted(set(order)):
        return found[0]
    return " ".join(counted(number, LASTING[unit], LASTING[unit] + "s") for number, unit in parts)


def times(text: str) -> str:
    """Times of day and ranges of them."""
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\s?[-–]\s?(?=\d+(?:st|nd|rd|th)\b)", r"\1 to ", text)
    text = re.sub(r"\b([ap])\.\s?m\.", r"\1m", text)
    text = re.sub(r"(\d\s?[ap]m|\d:\d{2})\s?[-–]\s?(?=\d)", r"\1 to ", text)
    text = re.sub(r"(?<!\d:)\b([01]?\d|2[0-4]):([0-5]\d)(?:\s?([ap])m)?\b(?!:\d)", _clock, text)
    text = re.sub(r"\b(\d{1,2}):([0-5]\d):([0-5]\d)\b", _to_the_second, text)
    return re.sub(r"\b(\d{1,2})\s?([ap])m\b", lambda m: f"{cardinal(int(m[1]))} {m[2]} m", text)


def _to_the_second(found: re.Match[str]) -> str:
    hour, minute, second = (int(found[each]) for each in (1, 2, 3))
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)} and {cardinal(second)} seconds"


def _clock(found: re.Match[str]) -> str:
    hour, minute, half = int(found[1]), int(found[2]), f" {found[3]} m" if found[3] else ""
    if minute == 0:
        return cardinal(hour) + (half or " o'clock")
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}{half}"


def years(text: str) -> str:
    """Years, and decades: the 1990s, the '90s, the 80s."""
    text = re.sub(r"(?:\b(?:1[1-9]|20|)|')\d0'?s\b", _decade, text)
    text = re.sub(rf"(?:{YEARS_AFTER})\b(10\d\d)\b(?![,.]\d)", lambda m: year(int(m[1])), text)
    return re.sub(r"(?<![\d.,])\b(1[1-9]\d\d|20\d\d)\b(?![,.]\d)", lambda m: year(int(m[1])), text)


def _decade(found: re.Match[str]) -> str:
    """Its number in words, the last one in the plural."""
    number = int(re.sub(r"\D", "", found[0]))
    said = year(number) if number > 100 else cardinal(number)
    return said[:-1] + "ies" if said.endswith("y") else said + "s"
