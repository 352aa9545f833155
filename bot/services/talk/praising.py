"""What is said of an idea behind a word of praise: "the second one is cute, tell me more about it". Rules, no model."""

from __future__ import annotations

import re

from bot.services.chinese import simplified
from bot.services.talk.amounts import COUNTED_ONE, NUMBER
from bot.services.talk.plain import straightened
from bot.services.talk.retorts import onward
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
_PRAISE = (
    r"(?:great|good|nice|lovely|fine|perfect|cool|fun|funny|cute|clever|smart|sweet|neat|catchy|brilliant|genius|awesome|amazing|"
    r"wonderful|beautiful|excellent|fantastic|hilarious|adorable|gold|spot on|best|favou?rite|winner|interesting|promising|"
    r"charming|delightful|superb|elegant|exciting|pretty)"
)
_LIKED = (
    rf"(?:(?:i|we)(?:'d| would)? )?(?:(?:really|do|quite|also|rather|absolutely) )*(?:like|love|prefer|adore) (?P<one>{ONE_IDEA})"
)
_SO = r"(?:(?:really|very|so|quite|pretty|actually|super|the|a|an|my|our|also|just|too|absolutely|such|for me|here) )*"
#: An idea that somebody likes, alone or before what is wanted of others: "love #2", "number 3 is great".
LIKED = re.compile(
    rf"{_FIRST}(?:{_LIKED}(?: (?:best|most|a lot|too|the (?:best|most)))?|"
    rf"(?P<other>{ONE_IDEA})(?:"
    rf"(?: is| was|'s| looks| sounds| seems| feels) {_SO}{_PRAISE}(?: (?:one|idea|name|start|of all|so far))?|"
    r" (?:made|makes) (?:me|us) (?:laugh|smile|happy|grin|giggle)|"
    r" (?:rocks|works|gets my vote|has my vote)(?: (?:well|best|for me|for us))*)|"
    rf"(?:\+ ?1|👍|thumbs up)(?: for| on| to)? (?P<third>{ONE_IDEA}))",
    re.IGNORECASE,
)
_BEHIND = r"\s*(?:[,;.!:–-]+|,? and|,? so|,? but)\s+"
_ASKING = (
    r"(?:(?:and|so|please|now|then|but|maybe|can|could|would|you|we|i|give|show|make|get|have|do|see|write|try|find|want|need|"
    r"i'd|we'd|like|let's|me|us|to|some|a few|another|also|any|even)[, ]+)*"
)
_WAY = r"(?:kind|sort|type|direction|style|vein|spirit|lines?|tone|mood|manner|way|idea|one)"
#: What is wanted behind: others like it.
_OTHERS = (
    rf"(?:(?P<count>\d{{1,2}}|{NUMBER}) )?(?:"
    r"(?:more|others?|ones|ideas|names|variations?|versions?|something|anything|stuff|similar)"
    r"(?: (?:ones|ideas|names|variations|options|things|stuff|just|exactly|much|very))*"
    rf" (?:along the lines of|similar to|like|of|on|in|around|along) (?:it|(?:that|this|these|those|them|the same)(?: {_WAY})?)|"
    r"(?:go|going|continue|carry|keep going|work|move)(?: on)? (?:from|with) (?:there|that|it|this|here)|"
    r"take (?:it|that|this) (?:from there|further|on)|build (?:up)?on (?:it|that|this)|"
    r"(?:develop|expand|extend) (?:on )?(?:it|that|this)(?: further| more)?|"
    rf"(?:keep going )?in (?:that|this|the same) {_WAY}|"
    r"(?:more )?similar (?:ones|ideas|names|things)|more(?: ideas| of them| ones)?|variations)"
)
CONTINUED = re.compile(
    rf"(?P<head>{LIKED.pattern}){_BEHIND}{_ASKING}{_OTHERS}(?:,? please)?"
    r"(?:,? (?:but|only|just|and)(?: make (?:it|them))? (?P<how>.+?))?"
    r"(?:,? (?:please|pls|thanks|now|though))*",
    re.IGNORECASE,
)
WISHED = re.compile(rf"(?P<head>{LIKED.pattern})(?:{_BEHIND})\S.*", re.IGNORECASE)
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


#: What is said against one idea before another is chosen: "nah 2 sounds like a dating app. 4 gets my vote".
AGAINST = re.compile(
    rf"(?:(?:nah|no|nope|hm+|well|sorry|ugh|but|i think)[,.!]* )*(?:{ONE_IDEA})"
    r"(?: is| was|'s| sounds| looks| feels| seems| reads)"
    r"(?: [\w'-]+){1,8}\s*[,;.!–-]+\s+(?:(?:so|but|and|then|instead|i think|i'd say),? )*(?P<rest>\S.*)",
    re.IGNORECASE,
)


def instead(line: str) -> str:
    """What a line says of another idea behind what it says of one: "4 gets my vote"; empty where it does no such thing."""
    match = AGAINST.fullmatch(straightened(line))
    return match["rest"] if match is not None else ""


def continued(line: str) -> str:
    """What a line wants that praises one idea and asks for others like it: "more like the second one"; else empty."""
    match = CONTINUED.fullmatch(straightened(line))
    if match is None:
        return ""
    one = match["one"] or match["other"] or match["third"]
    return " ".join(filter(None, (match["count"], "more like", one, match["how"] and f"but {match['how']}")))


def liked(line: str) -> bool:
    """Whether a line likes an idea before it says what is wanted of others: "I like the second one, more like that"."""
    return WISHED.fullmatch(straightened(line)) is not None or onward(simplified(line)) is not None
