"""A line's words and no more: in small letters, with one space between, without signs and emoji."""

from __future__ import annotations

import unicodedata


def plain(line: str) -> str:
    """The words of a line; full-width letters and figures become plain ones."""
    folded = unicodedata.normalize("NFKC", line).casefold()
    return " ".join("".join(char if unicodedata.category(char)[0] in "LN" else " " for char in folded).split())
