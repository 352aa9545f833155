"""Breaks lines for a terminal: between words, and in Chinese, which has no spaces, between any two characters that may part."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
OPENING, CLOSING = (
    "（“‘「『《〈【",
    "，。、；：！？）”’」』》〉】…%",
)  #: no line ends with one of the first, none begins with one of the second


def wrapped(text: Text, width: int, console: Console) -> list[Text]:
    """The text in lines of at most so many cells; a word that is longer by itself is cut."""
    if CHINESE.search(text.plain) is None:
        return list(text.wrap(console, width, overflow="fold"))
    lines = [line for part in text.split("\n", allow_blank=True) for line in part.divide(_breaks(part.plain, width))]
    for line in lines:
        line.rstrip()
    return lines


def _breaks(plain: str, width: int) -> list[int]:
    """Where lines begin, but for the first."""
    found: list[int] = []
    start = last = cells = 0
    for place, char in enumerate(plain):
        if place > start and _may_part(plain[place - 1], char):
            last = place
        cells += cell_len(char)
        if cells > width and not char.isspace():
            start = last if last > start else place
            found.append(start)
            cells = cell_len(plain[start : place + 1])
    return found


def _may_part(before: str, after: str) -> bool:
    """Whether a line may end between two characters."""
    if before in OPENING or after in CLOSING or after.isspace():
        return False
    return before.isspace() or CHINESE.match(before) is not None or CHINESE.match(after) is not None
