"""A line's words without what rules need not see: signs, emoji, doubled spaces, curly apostrophes."""

from __future__ import annotations

import unicodedata


def plain(line: str) -> str:
    """The words of a line; full-width letters and figures become plain ones."""
    folded = unicodedata.normalize("NFKC", line).casefold()
    return " ".join("".join(char if unicodedata.category(char)[0] in "LN" else " " for char in folded).split())


def straightened(line: str) -> str:
    """The line with one space between its words and straight apostrophes, without the signs that end it."""
    return " ".join(line.replace("’", "'").split()).strip(" .!?")
