"""What people say to go back to what they asked for earlier: "go back to the one about people quitting". Rules, no model."""

from __future__ import annotations

import re

from bot.services.talk.plain import straightened

LONGEST = 90  # characters of such a line; what is longer tells a topic
_LED = (
    r"(?:(?:ok|okay|and|so|now|then|please|well|actually|hm+|let'?s|let us|(?:can|could|shall|may) (?:we|you|i)|i(?:'d"
    r"| would) like to|"
    r"i want to|we want to|we should|i need to)[, ]+)*"
)
_LIST = (
    r"(?:ones?|ideas?|list|set|topic|question|brainstorm|board|names|slogans|titles|suggestions|stuff|things?"
    r"|conversation|batch|round)"
)
_OF = r"(?:about|on|for|of|with|from|where we|regarding|to do with)"
_THE = r"(?:the|our|my|that|those|these|this)(?: (?:earlier|previous|first|old|other|last|original))?"
_AGAIN = r"(?: (?:again|back|once more|from (?:before|earlier)|please|now))*"
_GO = (
    r"(?:go|get|come|jump|switch|return|move|head|scroll|take (?:me|us)|bring (?:me|us))(?: (?:all the way"
    r"|right))?(?: back| over)?(?: again)?"
)
_BACK = rf"(?:{_GO} (?:to|on)|back to)"
_SHOW = r"(?:show|give|bring|get|see|have|find|look at|open|load)(?: me| us)?(?: up| back| at)?"
_SAID = r"(?:had|did|made|said|asked|got|came up with|talked about)(?: (?:earlier|before|first))?"
_BEFORE = r"(?:earlier|previous|old|first|original)"
RULES = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        rf"{_LED}{_BACK} {_THE} {_LIST} {_OF} (?P<topic>.+?){_AGAIN}",
        rf"{_LED}{_BACK} what (?:we|you|i) {_SAID} (?:{_OF} )?(?P<topic>.+?){_AGAIN}",
        rf"{_LED}(?:{_GO} back to|return to|switch (?:back )?to|back to) {_THE} (?P<topic>(?:[\w'-]+ ){{1,4}}?){_LIST}{_AGAIN}",
        rf"{_LED}(?:bring|pull|call) (?:up|back) {_THE} {_LIST} {_OF} (?P<topic>.+?){_AGAIN}",
        rf"{_LED}{_SHOW} {_THE} {_LIST} {_OF} (?P<topic>.+?) (?:again|back|from (?:before|earlier))",
        rf"{_LED}{_SHOW} {_THE} (?P<topic>(?:[\w'-]+ ){{1,4}}?){_LIST} (?:again|from (?:before|earlier))(?: please)?",
        rf"{_LED}(?:{_SHOW} )?(?:the|our|my|those) {_BEFORE} {_LIST} {_OF} (?P<topic>.+?){_AGAIN}",
    )
)


def returned(line: str) -> str:
    """What earlier ideas were for, in the words of a line that goes back to them; empty where it does no such thing."""
    text = straightened(line)
    if len(text) > LONGEST:
        return ""
    match = next(filter(None, (rule.fullmatch(text) for rule in RULES)), None)
    return match["topic"].strip() if match is not None else ""
