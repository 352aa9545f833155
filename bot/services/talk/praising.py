"""What is said of an idea behind a word of praise: "the second one is cute, tell me more about it". Rules, no model."""

from __future__ import annotations

import re

from bot.services.talk.amounts import COUNTED_ONE
from bot.services.talk.telling import KINDS

_FIRST = r"(?:(?:o+h+|a+h+|aw+|wow|ha(?:ha)+|lol|ok(?:ay)?|hm+|yes|yeah|nice|great|cool|hey|and|so|well|actually)[,!.]* )*"
_ONE = rf"(?P<one>(?:the )?(?:(?:{KINDS}|number|no\.?|nr) )?#?(?:{COUNTED_ONE})(?: (?:{KINDS}))?)"
_HOW = r"(?:(?:really|very|so|quite|pretty|kind of|rather|actually|super|most|the|a|my|also|just|too) )*[a-z]+(?: (?:one|idea))?"
#: An idea that somebody likes, and what is asked of it.
PRAISED = re.compile(
    rf"{_FIRST}(?:(?:i|we) (?:(?:really|do|quite|also|rather) )*(?:like|love|prefer) {_ONE}(?: (?:best|most|a lot|too))?"
    rf"|{_ONE.replace('<one>', '<other>')}(?: is| was|'s| looks| sounds| seems) {_HOW})"
    r"\s*(?:[,;.!–-]+|,? and|,? so)\s+(?:(?:and|so|please|now|then),? )*(?P<rest>.*\b(?:it|that|this)\b.*)",
    re.IGNORECASE,
)
IT = re.compile(r"\b(?:it|that|this)(?: one| idea)?\b", re.IGNORECASE)


def carried(line: str) -> str:
    """What a line asks of "it", with the idea in its place that was praised before; empty where it does no such thing."""
    match = PRAISED.fullmatch(" ".join(line.replace("’", "'").split()).strip(" .!?"))
    if match is None:
        return ""
    one = match["one"] or match["other"]
    named = f"number {one.lstrip('#')}" if one.lstrip("#").isdecimal() else one
    return IT.sub(lambda _match: named, match["rest"], count=1)
