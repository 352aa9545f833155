"""Numbers as words, and which number a row of digits, commas and points is. It knows no units."""

from __future__ import annotations

import re

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
MOST_DIGITS = 15  # longer numbers are read digit by digit, as people do
#: A number as it is written: grouped by commas, points or spaces, with a decimal point or comma.
NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)"
    r"|\d{1,3}(?:\.\d{3})+(?:(?=,\d)|(?<=\.\d{3}\.\d{3}))(?!\d)"
    r"|\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![ \u00a0\u202f]?\d)|\d+)(?:[.,]\d+(?![.,]?\d))?"
)


def listed(text: str) -> str:
    """Numbers in a row with nothing but commas between them, with breaths; thousands are one number, and stay."""
    return re.sub(
        r"(?<![\d.,])\d+(?:,\d+){2,}(?![\d,])",
        lambda m: m[0] if re.fullmatch(r"\d{1,3}(?:,\d{3})+", m[0]) else m[0].replace(",", ", "),
        text,
    )


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


def counted(written: str, one: str, many: str) -> str:
    """A written number of things in words: "one metre", "two metres"."""
    return f"{number(written)} {one if written == '1' else many}"


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


def parted(text: str, *, grouped_by_points: bool = False) -> tuple[str, str]:
    """The digits before and after the decimal sign of a written number.

    Args:
        text: as `NUMBER` finds it.
        grouped_by_points: whether 1.200 is one thousand two hundred, as in sums of euros.
    """
    text = re.sub(r"[ \u00a0\u202f]", "", text)
    marks = re.findall("[.,]", text)
    if not marks:
        return text, ""
    last = max(text.rfind("."), text.rfind(","))
    after = text[last + 1 :]
    many = marks.count(text[last]) > 1
    thousands = len(after) == 3 and len(set(marks)) == 1 and (many or text[last] == "," or grouped_by_points) and last > 0
    if many or thousands:
        return re.sub("[.,]", "", text), ""
    return re.sub("[.,]", "", text[:last]) or "0", after


def number(text: str, *, grouped_by_points: bool = False) -> str:
    """A written number in words: 1,250 and 1.234,56 and 007 and .5."""
    whole, after = parted(text, grouped_by_points=grouped_by_points)
    long = len(whole) > MOST_DIGITS or (len(whole) > 1 and whole.startswith("0"))
    return (digits(whole) if long else cardinal(int(whole))) + (f" point {digits(after)}" if after else "")
