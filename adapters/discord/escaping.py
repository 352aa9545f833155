"""Turns any text into Discord markup that reads as exactly that text: no mention, no link, no formatting comes of it."""

from __future__ import annotations

import re

#: What Discord's markup begins with anywhere in a line. "/" because addresses become links without any other mark.
ANYWHERE = re.compile(r"[\\*_~`|<>\[\]/]")
#: What it begins with at the start of a line: headings, lists, small print.
AT_START = re.compile(r"(?m)^(\s*)(-#|#{1,3}|[-+]|\d+(?=[.)]))")
BREAK = "\u200b"  # stands between "@" and a name: the server looks for mentions in the raw text, escaped or not


def plain(text: str) -> str:
    """Markup that shows `text` and nothing else."""
    escaped = ANYWHERE.sub(r"\\\g<0>", text)
    escaped = AT_START.sub(_at_start, escaped)
    return escaped.replace("@", "@" + BREAK)


def _at_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    # A number keeps its digits and loses its full stop's meaning; a backslash before a digit would show.
    return f"{space}{mark}{BREAK}" if mark.isdigit() else f"{space}\\{mark[0]}{mark[1:]}"


def line(text: str) -> str:
    """`text` as markup within one line."""
    return plain(" ".join(text.split()))


def within(text: str, room: int) -> str:
    """`text` as markup of at most `room` characters; an ellipsis stands for what is left out."""
    whole = plain(text)
    if len(whole) <= room:
        return whole
    low, high = 0, len(text)
    while low < high:  # the longest beginning that still fits: markup grows with its text
        middle = (low + high + 1) // 2
        if len(plain(text[:middle].rstrip())) + 1 <= room:
            low = middle
        else:
            high = middle - 1
    return plain(text[:low].rstrip()) + "…" if room > 0 else ""
