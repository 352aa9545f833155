"""Money, units, fractions and ratios as words. It knows no dates."""

from __future__ import annotations

import re

from generators.engines.speech.counting import NUMBER, cardinal, counted, number, ordinal, parted

#: One, several, a hundredth, several of those.
COINS = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "", ""),
    "₩": ("won", "won", "", ""),
    "¢": ("cent", "cents", "", ""),
    "CHF": ("franc", "francs", "", ""),
    "CNY": ("yuan", "yuan", "", ""),
}
CODES = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "CHF": "CHF", "CNY": "CNY", "RMB": "CNY"}
LARGE = {
    "k": "thousand", "m": "million", "mn": "million", "mm": "million", "mio": "million", "b": "billion", "bn": "billion",
    "mrd": "billion", "t": "trillion", "tn": "trillion",
}  # fmt: skip
WORDS = "thousand|million|billion|trillion"
SCALES = rf"(?:[bmt]n|MM|[kKmMbBtT]|(?:[Mm]io|[Mm]rd)\b\.?|{WORDS})(?!\w)"  #: behind a sum
#: By sign, one of it, with an s several; straight behind a number or a space after it.
REGULAR = {
    "km²": "square kilometre", "m²": "square metre", "cm²": "square centimetre", "m³": "cubic metre", "mm": "millimetre",
    "cm": "centimetre", "m": "metre", "km": "kilometre", "yd": "yard", "mi": "mile", "mg": "milligram", "g": "gram",
    "kg": "kilogram", "lb": "pound", "lbs": "pound", "oz": "ounce", "ml": "millilitre", "cl": "centilitre", "l": "litre",
    "tbsp": "tablespoon", "tsp": "teaspoon", "ms": "millisecond", "sec": "second", "secs": "second", "min": "minute",
    "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte",
    "tb": "terabyte", "w": "watt", "v": "volt", "kv": "kilovolt", "mw": "megawatt", "ma": "milliamp",
    "mah": "milliamp hour",    "kcal": "kilocalorie", "db": "decibel", "ha": "hectare", "nm": "nanometre", "µm": "micrometre",
    "kw": "kilowatt", "kwh": "kilowatt hour", "px": "pixel", "°": "degree",
}  # fmt: skip
IRREGULAR = {
    "ft": ("foot", "feet"), "hz": ("hertz", "hertz"), "khz": ("kilohertz", "kilohertz"), "mhz": ("megahertz", "megahertz"),
    "fps": ("frame per second", "frames per second"), "rpm": ("revolution per minute", "revolutions per minute"),
    "kbps": ("kilobit per second", "kilobits per second"), "mbps": ("megabit per second", "megabits per second"),
    "gbps": ("gigabit per second", "gigabits per second"), "mbit/s": ("megabit per second", "megabits per second"),
    "gbit/s": ("gigabit per second", "gigabits per second"),
    "ghz": ("gigahertz", "gigahertz"), "mph": ("mile per hour", "miles per hour"),
    "kmh": ("kilometre per hour", "kilometres per hour"), "km/h": ("kilometre per hour", "kilometres per hour"),
    "m/s": ("metre per second", "metres per second"), "mb/s": ("megabyte per second", "megabytes per second"),
    "gb/s": ("gigabyte per second", "gigabytes per second"), "°c": ("degree Celsius", "degrees Celsius"),
    "°f": ("degree Fahrenheit", "degrees Fahrenheit"),
}  # fmt: skip
UNITS = {sign: (one, one + "s") for sign, one in REGULAR.items()} | IRREGULAR
SMALL_ONLY = {"m", "g", "h", "l", "k", "x"}  #: signs of one letter, which are other things in capitals: 5G, 4K
UNIT = re.compile(
    rf"(?P<number>{NUMBER})\s?(?P<unit>{'|'.join(sorted(map(re.escape, UNITS), key=len, reverse=True))})(?![\w²³])(?!/\w)",
    re.IGNORECASE,
)
PARTS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
#: Dollars of other countries, by what stands before their sign.
DOLLARS = {
    "US": "U S", "A": "Australian", "AU": "Australian", "C": "Canadian", "CA": "Canadian", "NZ": "New Zealand", "HK": "Hong Kong",
    "S": "Singapore", "SG": "Singapore", "NT": "New Taiwan",
}  # fmt: skip
#: For each of what a price or a number is: behind a stroke.
EACH = {
    "kg": "kilogram", "g": "gram", "l": "litre", "h": "hour", "hr": "hour", "hour": "hour", "min": "minute", "minute": "minute",
    "s": "second", "sec": "second", "second": "second", "day": "day", "d": "day", "wk": "week", "week": "week", "mo": "month",
    "month": "month", "yr": "year", "year": "year", "person": "person", "user": "user", "seat": "seat", "head": "head",
    "night": "night", "km": "kilometre", "m²": "square metre", "m³": "cubic metre", "cm²": "square centimetre",
    "ml": "millilitre", "item": "item", "unit": "unit", "piece": "piece",
}  # fmt: skip
#: Who is counted in millions by a small m.
COUNTED_BY_M = (
    "users|people|customers|views|downloads|followers|subscribers|players|copies|jobs|homes|visitors|members|dollars|euros"
)
SCALE = rf"(?:\s?(?P<scale>{SCALES}))?"
COIN = r"[$€£¥₹₩]"


def money(text: str) -> str:
    """Sums of money in words."""
    text = re.sub(r"\b(\d{1,3}(?:\.\d{3})+)(?= [Ee]uros?\b)", lambda m: m[1].replace(".", ""), text)
    text = _each(text)
    text = re.sub(rf"(?<![\w.,])[-−](?={COIN}\s?\d)", "minus ", text)
    text = re.sub(
        rf"\b({'|'.join(DOLLARS)})\$\s?(?P<sum>{NUMBER}){SCALE}",
        lambda m: re.sub(r"\b(dollars?)", DOLLARS[m[1]] + r" \1", _sum(m["sum"], m["scale"], "$")),
        text,
    )
    text = re.sub(
        rf"({COIN})\s?({NUMBER})\s?({SCALES})\s?[-–]\s?\1?(?P<sum>{NUMBER}){SCALE}",
        lambda m: f"{number(m[2])} {_large(m[3])} to {_sum(m['sum'], m['scale'], m[1])}",
        text,
    )
    text = re.sub(
        rf"({COIN})\s?({NUMBER})\s?[-–]\s?\1?({NUMBER})(?![\w])",
        lambda m: f"{number(m[2])} to {_sum(m[3], '', m[1])}",
        text,
    )
    text = re.sub(rf"(?<![\w.,])({NUMBER})\s?[-–]\s?(?={NUMBER}\s?(?:{COIN}))", lambda m: f"{number(m[1])} to ", text)
    text = re.sub(rf"(?P<coin>{COIN})\s?(?P<sum>{NUMBER}){SCALE}", lambda m: _sum(m["sum"], m["scale"], m["coin"]), text)
    codes = "|".join(CODES)
    text = re.sub(
        rf"\b(?P<coin>{codes})\s?(?P<sum>{NUMBER}){SCALE}", lambda m: _sum(m["sum"], m["scale"], CODES[m["coin"]]), text
    )
    text = re.sub(rf"(?P<sum>{NUMBER}){SCALE}\s?(?P<coin>{COIN}|¢)", lambda m: _sum(m["sum"], m["scale"], m["coin"]), text)
    return re.sub(rf"(?P<sum>{NUMBER}){SCALE}\s(?P<coin>{codes})\b", lambda m: _sum(m["sum"], m["scale"], CODES[m["coin"]]), text)


def _each(text: str) -> str:
    """What a price or a number is for: €3.50/kg, 20 cups/day."""
    said = "|".join(map(re.escape, sorted(EACH, key=len, reverse=True)))
    price = rf"(?:(?:{COIN}|\b(?:{'|'.join(CODES)}))\s?{NUMBER}(?:bn|[kKmMbB])?|{NUMBER}\s?(?:{COIN}|¢|(?:{'|'.join(CODES)})\b))"
    text = re.sub(rf"({price})\s?/\s?({said})(?![\w²])", lambda m: f"{m[1]} per {EACH[m[2]]}", text)
    units = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
    text = re.sub(
        rf"({NUMBER})\s?((?i:{units}))\s?/\s?({said})(?![\w²³])",
        lambda m: m[0] if f"{m[2]}/{m[3]}".lower() in UNITS else f"{m[1]} {m[2]} per {EACH[m[3]]}",
        text,
    )
    times = "day|week|month|year|hour|minute|second|min|wk|yr|mo|hr|sec|person"
    return re.sub(rf"(?<!/)(\b\d[\d.,]*x?(?:\s[a-z]{{2,}})?)\s?/\s?({times})\b", lambda m: f"{m[1]} per {EACH[m[2]]}", text)


def powers(text: str) -> str:
    """10^6, 6.022e23 in words."""

    def raised(minus: str, to: str) -> str:
        return f"to the {'minus ' + cardinal(int(to)) if minus == '-' else ordinal(int(to))}"

    text = re.sub(
        r"(?<![\w.])(\d+(?:\.\d+)?)[eE]([+-]?)(\d{1,3})\b(?!\.\d)",
        lambda m: ("" if m[1] == "1" else f"{number(m[1])} times ") + f"ten {raised(m[2], m[3])}",
        text,
    )
    return re.sub(rf"({NUMBER})\s?\^\s?(-?)(\d{{1,3}})\b", lambda m: f"{number(m[1])} {raised(m[2], m[3])}", text)


def _large(scale: str) -> str:
    return LARGE.get(scale.lower().rstrip("."), scale)


def _sum(text: str, scale: str | None, coin: str) -> str:
    one, many, cent, cents = COINS[coin]
    european = coin == "€"
    if scale:
        return f"{number(text)} {_large(scale)} {many}"
    whole, after = parted(text, grouped_by_points=european)
    if len(after) > 2 or (after and not cent):
        return f"{number(text, grouped_by_points=european)} {many}"
    said = f"{number(whole)} {one if int(whole) == 1 else many}"
    part = int(after.ljust(2, "0")) if after else 0
    if not part:
        return said
    small = f"{cardinal(part)} {cent if part == 1 else cents}"
    return small if not int(whole) else f"{said} and {small}"


def fractions(text: str) -> str:
    """½, 3/4, 2 1/2, 9/11, 8/10 in words."""
    text = re.sub(f"(\\d?)\\s?([{''.join(VULGAR)}])", lambda m: f"{m[1]} {VULGAR[m[2]]}".strip(), text)
    text = re.sub(r"(?<![\d/.,])(\d{1,3}) (\d)/(\d{1,2})(?![\d/])", _mixed, text)
    return re.sub(r"(?<![\d/])(\d+(?:[.,]\d+)?)/(\d+)(?![\d/])", _fraction, text)


def _mixed(found: re.Match[str]) -> str:
    top, bottom = int(found[2]), int(found[3])
    if not 0 < top < bottom:
        return found[0]
    part = "a half" if (top, bottom) == (1, 2) else _part(top, bottom)
    return f"{cardinal(int(found[1]))} and {part}"


def _fraction(found: re.Match[str]) -> str:
    bottom = int(found[2])
    if not found[1].isdigit():
        return f"{number(found[1])} out of {cardinal(bottom)}"
    top = int(found[1])
    if 0 < top < bottom <= 9 or (top % 2 and top < bottom == 16):
        return _part(top, bottom)
    between = " out of " if 0 <= top <= bottom and bottom in {10, 20, 100} else " "
    return cardinal(top) + between + cardinal(bottom)


def _part(top: int, bottom: int) -> str:
    one, many = PARTS.get(bottom) or (ordinal(bottom), ordinal(bottom) + "s")
    return f"{cardinal(top)} {one if top == 1 else many}"


def units(text: str) -> str:
    """Numbers with units in words, and numbers of thousands and millions."""
    text = re.sub(r"(\d+)\s?ft\.?\s(\d{1,2})\s?in\b", lambda m: f"{m[1]} ft {counted(m[2], 'inch', 'inches')}", text)
    text = re.sub(r"\b(\d)['′](\d{1,2})(?:[\"″]|'')?(?!\d)", lambda m: f"{cardinal(int(m[1]))} foot {cardinal(int(m[2]))}", text)
    text = re.sub(rf"({NUMBER})m(?= (?:{COUNTED_BY_M})\b)", lambda m: f"{number(m[1])} million", text)
    text = re.sub(r"(\d)\s?x\s?(?=\d)|(\d)\s?×\s?(?=[\d.,]+\s?(?:[cmk]?m|in|ft|px)\b)", lambda m: f"{m[1] or m[2]} by ", text)
    text = UNIT.sub(_unit, text)
    text = re.sub(rf"({NUMBER}) s\b", lambda m: counted(m[1], "second", "seconds"), text)
    text = re.sub(rf"({NUMBER})\s?(k|M)\b", lambda m: f"{number(m[1])} {LARGE[m[2].lower()]}", text)
    text = re.sub(r"(\d+\.\d+)\s?(B|bn)\b|(\d+)\s?(bn)\b", lambda m: f"{number(m[1] or m[3])} billion", text)
    text = re.sub(rf"({NUMBER})\s?x\b(?!\d)", lambda m: f"{number(m[1])} times", text)
    return re.sub(r"\b(\d{1,3}):(\d{1,6})\b", lambda m: f"{cardinal(int(m[1]))} to {cardinal(int(m[2]))}", text)


def _unit(found: re.Match[str]) -> str:
    sign = found["unit"]
    if sign != sign.lower() and sign.lower() in SMALL_ONLY and sign != "L":
        return found[0]
    one, many = UNITS[sign.lower()]
    return counted(found["number"], one, many)
