"""What is said of an idea behind a word of praise: "the second one is cute, tell me more about it". Rules, no model."""

from __future__ import annotations

import re

from bot.services.talk.amounts import COUNTED_ONE
from bot.services.talk.plain import straightened
from bot.services.talk.telling import ONE_IDEA

_FIRST = r"(?:(?:o+h+|a+h+|aw+|wow|ha(?:ha)+|lol|ok(?:ay)?|hm+|yes|yeah|nice|great|cool|hey|and|so|well|actually)[,!.]* )*"
_HOW = r"(?:(?:really|very|so|quite|pretty|kind of|rather|actually|super|most|the|a|my|also|just|too) )*[a-z]+(?: (?:one|idea))?"
#: An idea that somebody likes, and what is asked of it.
PRAISED = re.compile(
    rf"{_FIRST}(?:(?:i|we) (?:(?:really|do|quite|also|rather) )*(?:like|love|prefer) (?P<one>{ONE_IDEA})"
    r"(?: (?:best|most|a lot|too))?"
    rf"|(?P<other>{ONE_IDEA})(?: is| was|'s| looks| sounds| seems) {_HOW})"
    r"\s*(?:[,;.!–-]+|,? and|,? so)\s+(?:(?:and|so|please|now|then),? )*(?P<rest>.*\b(?:it|that|this)\b.*)",
    re.IGNORECASE,
)
#: Who is for which idea, before a call for a vote.
_PEOPLE = (
    r"(?:half|some|most|others?|two|three|one)(?: of (?:us|them|you)|\b)(?: people)?|i|we|they|he|she|me|her|him|everyone|nobody|"
    r"(?:my |our |the )?[a-z]+"
)
_FOR = rf"(?:#?(?:{COUNTED_ONE})|(?:the |number |idea )*(?:{COUNTED_ONE})(?: one)?)"
OPINION = re.compile(
    rf"(?:(?:and|but|so|ok|well) )*(?:(?:{_PEOPLE}) (?:(?:really |all )?(?:likes?|wants?|prefers?|loves?|thinks?|chose|picks?|"
    rf"votes? for|"
    rf"is for|are for|am for|says?|would take) )?{_FOR}(?: (?:is|was|s)? ?(?:the )?(?:best|better|most|nicest|great|good))?|"
    rf"(?:i|we) (?:can t|cannot|can not|don t|do not|couldn t) (?:agree|decide|choose)(?: (?:on|between) .{{1,30}})?|we "
    rf"disagree(?: .{{1,20}})?)"
)
BETWEEN = re.compile(r"\s*[,;.!?]+\s+|\s+(?:but|and)\s+(?=[a-z]+ (?:likes|wants|prefers|loves|thinks|is for|want|like|prefer)\b)")
DECIDE = re.compile(r"(?:so |and |then )*(?:how|what) (?:do|can|should|shall) we (?:decide|do|choose)(?: now| then)?")
CALL = "vote now"  #: what a call for a vote comes to


def vote_called(line: str) -> str:
    """The call for a vote that stands behind who is for what: "anna thinks 1 is best, ben wants 3, can we vote"; else empty."""
    *opinions, last = BETWEEN.split(straightened(line.casefold()))
    said = [" ".join(re.sub(r"[^\w#]", " ", opinion).split()) for opinion in opinions]
    return (CALL if DECIDE.fullmatch(last) else last) if said and all(map(OPINION.fullmatch, said)) else ""


IT = re.compile(r"\b(?:it|that|this)(?: one| idea)?\b", re.IGNORECASE)


def carried(line: str) -> str:
    """What a line asks of "it", with the idea in its place that was praised before; empty where it does no such thing."""
    match = PRAISED.fullmatch(straightened(line))
    if match is None:
        return ""
    one = match["one"] or match["other"]
    named = f"number {one.lstrip('#')}" if one.lstrip("#").isdecimal() else one
    return IT.sub(lambda _match: named, match["rest"], count=1)
