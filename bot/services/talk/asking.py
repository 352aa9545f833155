"""Questions without a subject of their own, which are asked of what stands there: "what should we post on instagram?". Rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.services.talk.plain import straightened

LONGEST = 80  # characters of such a question; what is longer tells what it is about
FIRST = re.compile(r"^(?:(?:and|so|but|ok|okay|now|then|well|hm+)[, ]+)+", re.IGNORECASE)
#: What is asked by itself, and what only with its object or with where, when or for what it is; of "how" and "where do we
#: start" Muselab itself may be meant.
_WHAT = (
    r"(?:post|serve|wear|bring|sell|charge|cook|eat|drink|offer|print|give away|hand out|advertise|publish|tweet|feature|display"
    r"|teach|sing|plant|film|photograph|pack|stock|decorate it with)"
)
_WHAT_OF = (
    r"(?:call|name|say|write|play|put|give|show|do|need|buy|have|use|plan|start|begin|share|talk about|"
    r"focus on|prepare|order|ask)"
)
_HOW = r"(?:promote|advertise|announce|launch|celebrate|decorate|market|organi[sz]e|host|publici[sz]e)"
_WHEN = r"(?:hold|launch|open|announce|host|celebrate|post|publish|advertise|promote)"
_WHO = r"(?:invite|hire|thank|target|reach|feature)"
_MODAL = (
    r"(?:should|shall|could|can|would|do|might|must|will|ought) (?:we|i|one|people|they)"
    r"(?: (?:to|also|then|first|best|actually))*"
)
_PLACES = (
    r"(?:instagram|insta|facebook|tiktok|linkedin|twitter|youtube|pinterest|whatsapp|social media|social|(?:web ?)?site|homepage|"
    r"window|menu|door|walls?|flyers?|posters?|invitations?|signs?|shop|stall|counter|newsletter|blog|stor(?:y|ies)|profile|feed|"
    r"shelves|stage|tables?|card|banner|board outside)"
)
_TIMES = (
    r"(?:(?:first|last|second|opening|launch|next|whole|same|big) )?(?:week|day|days|weeks|month|months|year|night|evening|"
    r"morning|afternoon|weekend|hour|season|summer|winter|spring|autumn|christmas|easter|opening|launch|start|beginning|end|break)"
)
_THERE = r"(?:guests|customers|visitors|clients|kids|children|people|everyone|everybody|the guests)"
_TAIL = (
    rf"(?:(?:on|in|at|for|to|with|after|before|during|by|from|over) (?:the |our |my |its |their |an? |this |that |each |every )*"
    rf"(?:{_PLACES}|{_TIMES}|{_THERE})|first|next|there|today|tomorrow|tonight|(?:this|next|each|every) (?:week|month|day|time)|"
    r"as well|too|else|daily|weekly)"
)
_IT = r"(?:it|this|that|them)"
_OBJECT = rf"(?: (?P<it>{_IT}))?"
_OF_IT = rf"(?P<of> (?:for|about|to|at|with|of) {_IT})?"
SUBJECTLESS = re.compile(
    rf"(?:(?:what|which \w+)(?: else)? {_MODAL} (?:(?P<sure>{_WHAT})|(?P<verb>{_WHAT_OF}))|how(?: else)? {_MODAL} {_HOW}|"
    rf"(?:when|where|on which day|what time|which day) {_MODAL} {_WHEN}|who(?:m)?(?: else)? {_MODAL} {_WHO}"
    r"|(?:what|how) (?:are|were) (?:we|they) (?:going|supposed) to "
    r"(?:call|name|promote|advertise|celebrate|decorate|serve|sell))"
    rf"{_OBJECT}(?P<tail>(?: {_TAIL})*){_OF_IT}",
    re.IGNORECASE,
)
#: "what should the first post on facebook be"
POSTED = re.compile(
    r"what (?:should|could|would|shall|might) (?:the|our) (?P<thing>(?:(?:first|next|second|last) )?"
    r"(?:post|story|sign|offer|menu|special|motto|slogan|poster|gift|present|flyer|speech|snack|drink|music|decoration|prize)s?"
    rf"(?: {_TAIL})*) (?:be|say|look like)(?: {_TAIL})*",
    re.IGNORECASE,
)
NAMED = re.compile(r"\b(?:call|name)$", re.IGNORECASE)  #: what is asked for is a name
ENDS_IN_TIME = re.compile(rf"(?:the|our|its) {_TIMES}$", re.IGNORECASE)
#: A question that stands there, and what it is asked of: what was put behind an earlier one.
ABOUT = re.compile(
    rf"(?:what|who|whom|when|where|how|which)\b.*\b(?:for|of|to|at|{_WHEN}|{_HOW}) (?P<subject>(?:an?|the|our|my|your) .+)",
    re.IGNORECASE,
)
OWN = re.compile(
    r"(?:what|who|whom|when|where|how|why|which|should|can|could|is|are|do|does|we|i|my|please|help)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the subject that it is asked of."""

    topic: str
    subject: str


def asked_of(topic: str, subject: str, line: str) -> Question | None:
    """What a question asks of what stands there; None where a line has a subject of its own.

    Args:
        topic: what the ideas that stand there are for, as it was asked.
        subject: what it asks something for, see `bot.services.talk.adding.subject_of`; the topic where that says nothing.
        line: as typed.
    """
    text = FIRST.sub("", straightened(line), count=1)
    match = (SUBJECTLESS.fullmatch(text) or POSTED.fullmatch(text)) if len(text) <= LONGEST else None
    if match is None:
        return None
    if thing := match.groupdict().get("thing"):
        text = str(thing)
    said = {"verb": None, "it": None, "tail": None, "of": None} | match.groupdict()
    bare = NAMED.search(text.split(" ")[-1]) is not None  # "what are we going to call": what is to be called is said behind
    if (said["verb"] or bare) and not (said["it"] or said["tail"] or said["of"]):
        return None
    if subject == topic and (earlier := ABOUT.fullmatch(topic)):
        subject = earlier["subject"]
    if subject == topic and OWN.match(topic):
        return None
    if said["it"]:
        head, behind = text[: match.start("it")], text[match.end("it") :]
        named = NAMED.search(head.rstrip()) is not None
        return Question(f"names for {subject}" if named else f"{head}{subject}{behind}", subject)
    if said["of"]:
        return Question(f"{text[: match.end('of')].rsplit(' ', 1)[0]} {subject}", subject)
    word = "of" if ENDS_IN_TIME.search(text) else "to" if text.casefold().endswith("invite") else "for"
    return Question(f"{text} {word} {subject}", subject)
