"""An idea's new words, as people dictate them: change 2 to "…", replace the second with …, 把第3个改成：…. Rules, no model."""

from __future__ import annotations

import re

from bot.services.talk.amounts import COUNTED_ONE, HAN_PLACES
from bot.services.talk.manners import DEGREES
from bot.services.talk.turning import instructed

LONGEST = 360  # characters of such a line: the longest idea that is kept, and the words around it
_ASK = (
    r"(?:(?:(?:can|could|would|will|should) (?:you|we|i)|please|now|ok(?:ay)?|let'?s|i'?d like(?: to)?|i want(?: to)?"
    r"|we want(?: to)?"
    r"|i would|i'?d rather|i'?d|we should|"
    r"actually|and|just|then)[, ]+)*"
)
_OPEN, _SHUT = r"[\"“”'‘’「『]", r"[\"“”'‘’」』]"
_QUOTED = rf"{_OPEN}(?P<quoted>[^\"“”」』]+){_SHUT}"
_END = r"(?:,? (?:instead|please|from now on|thanks))*[.!?]*"
#: A verb that puts words in place of others, and what stands between the idea and them.
_PUT = (
    r"(?:change|edit|rewrite|rename|reword|rephrase|retitle|update|correct|set|turn)(?: the (?:text|title|name|wording) of)?"
    r" {one}(?:'s (?:text|title|name|wording))? (?:(?:in)?to|as|so (?:that )?it (?:says|reads))(?: (?:say|read|be))?"
)
_REPLACED = r"(?:replace|swap|exchange|substitute) {one} (?:with|by|for|against)"
_CALLED = r"(?:call|name|make|rename|retitle) {one}"
_SHOULD = r"{one} (?:should|must|could|needs to|has to|is to|shall|to)(?: (?:be|say|read|called|named))+"
_LET = r"(?:have|let|make|want) {one} (?:to )?(?:say|read|be called|be named|be)"
_INSTEAD = r"(?:instead of|in place of|for) {one},? (?:write|say|put|use|take)"
_ONE = (
    rf"(?:the )?(?:(?:idea|number|option|name|card|entry|item|no\.?|nr\.?)s? )?#?(?P<one>{COUNTED_ONE})"
    r"(?: (?:one|idea|option|name|card|entry|item))?"
)
RULES = {
    name: re.compile(rf"{_ASK}{rule.format(one=_ONE)}[: ]+(?:{_QUOTED}|(?P<text>\S.*?)){_END}", re.IGNORECASE)
    for name, rule in {
        "put": _PUT,
        "replaced": _REPLACED,
        "called": _CALLED,
        "should": _SHOULD,
        "let": _LET,
        "instead": _INSTEAD,
    }.items()
}
COLON = re.compile(
    rf"{_ASK}(?:(?:change|edit|rewrite|rename|reword|update|correct|fix) {_ONE}(?: (?:in)?to)?\s*(?::|->|=>|→)|"
    rf"{_ONE.replace('<one>', '<arrow>')}\s*(?:->|=>|→))\s*(?:{_QUOTED}|(?P<text>\S.*?)){_END}",
    re.IGNORECASE,
)
_HAN_ONE = (
    rf"(?P<nth>第)?#?(?P<one>\d{{1,3}}|[{HAN_PLACES}])(?P<each>[个個句条條款号號首])?(?:点子|點子|名字)?"
    r"的?(?:名字|内容|內容|文字)?"
)
HAN = re.compile(
    rf"(?:请|請|帮我|幫我|麻烦|麻煩)*(?:(?:把|将|將)\s*)?{_HAN_ONE}\s*"
    rf"(?:(?:改成|改为|改為|换成|換成|换为|換為|改写成|改寫成)\s*(?:[:：]\s*|(?={_OPEN}))"
    r"|(?:改名(?:叫|为|為|成)?|改叫|更名为|更名為|重命名为|重命名為)做?\s*[:：]?\s*)"
    rf"(?:{_QUOTED}|(?P<text>[^\"”」』]+))[。.！!]*"
)
#: The same with the verb before: 修改第2个为“…”.
HAN_BEFORE = re.compile(
    rf"(?:请|請|帮我|幫我)*(?:修改|更改|编辑|編輯)\s*{_HAN_ONE}\s*(?:为|為|成|[:：])\s*{_QUOTED}(?P<text>)[。.！!]*"
)
#: How unquoted words begin that say how an idea should be, or what should be made of it: "a poem", "something shorter", "blue".
MANNER = re.compile(
    r"(?:an?|the|some\w*|any\w*|more|less|much|very|really|too|not|no|it|this|that|these|another|other|one|better|"
    r"(?:number |idea )?#?\d+|in|up|down|off|up|english|chinese|please|instead|again|for|with|without|"
    r"poster|logo|mood ?board|poem|haiku|song|tune|story|picture|limerick|" + "|".join(sorted(DEGREES)) + r")\b",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"#?\d|\b(?:one|idea|number|option)\b", re.IGNORECASE)  # "name the first Mars base" is a topic
NAMING = re.compile(r"(?:rename|retitle|call|name)\b", re.IGNORECASE)  # behind which a name stands, in small letters, too


def reworded(line: str) -> tuple[str, str] | None:
    """The idea that a line names, as `counted` reads it, and its new words; None where the line dictates none."""
    said = " ".join(line.split())
    if len(said) > LONGEST:
        return None
    if match := HAN.fullmatch(said) or HAN_BEFORE.fullmatch(said):
        by_number = match["one"].isdecimal() and not (match["nth"] or match["each"])
        return match["one"] if by_number else f"第{match['one']}", (match["quoted"] or match["text"]).strip()
    if match := COLON.fullmatch(said):
        if match["text"] and instructed(match["text"]):
            return None  # how it is to be
        return match["one"] or match["arrow"], (match["quoted"] or match["text"]).strip()
    for name, rule in RULES.items():
        if (match := rule.fullmatch(said)) is None:
            continue
        if match["quoted"]:
            return match["one"], match["quoted"].strip()
        if _dictated(name, said, match["text"]) and not instructed(match["text"]):
            return match["one"], match["text"].strip()
    return None


def _dictated(rule: str, line: str, text: str) -> bool:
    """Whether unquoted words are an idea's new words, and not how it should be: "Pot Luck" is, "something shorter" is not."""
    if MANNER.match(text) and not (text[:1].isupper() and " " in text):
        return False
    named = text[:1].isupper()
    if rule == "called":
        return (
            NAMING.match(line) is not None and NUMBERED.search(line) is not None and (named or line.lower().endswith("instead"))
        )
    return named or (rule not in ("should", "let") and (" " in text or NAMING.search(line) is not None))
