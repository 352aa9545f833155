"""What is left of a text where mentions stood that say nothing, such as of the bot itself."""

from __future__ import annotations

import re

GONE = "\x00"  #: stands in a text where a mention was that says nothing
_AT_THE_START = re.compile(rf"^(?:\s*{GONE}[\s,:]*)+")
_BEFORE_A_STOP = re.compile(rf"(?:\s*{GONE}\s*)+(?=[,.;:!?]|$)")
_BETWEEN = re.compile(rf"(?:\s*{GONE}\s*)+")


def closed_up(text: str) -> str:
    """The text without the gaps that mentions left: "@muselab, slogans @muselab!" is "slogans!"."""
    return _BETWEEN.sub(" ", _BEFORE_A_STOP.sub("", _AT_THE_START.sub("", text))).strip()
