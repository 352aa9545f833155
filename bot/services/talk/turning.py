"""How people turn ideas that stand there: "mix it with a picnic", "now the arguments against", "edit 1: make it funnier". Rules.

What is wanted is told in a person's own words; `bot.services.talk.followups` says what it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.services.talk.amounts import COUNTED_ONE
from bot.services.talk.manners import DEGREES
from bot.services.talk.openings import THINGS
from bot.services.talk.plain import straightened
from bot.services.talk.praising import carried
from bot.services.talk.telling import KINDS

LONGEST = 120  # characters of such a line; what is longer tells a topic
_ONE = rf"(?:the )?(?:(?:{KINDS}|number|no\.?|nr) )?#?(?:{COUNTED_ONE})(?: (?:{KINDS}))?"
_WORD = r"(?:can|could|would|will) (?:you|we) |please |now |and |ok(?:ay)? |so |but |let'?s |just |maybe |then "
_ASK = rf"(?:{_WORD})*"
_IT = r"(?:it|that|this|them|these|those|the (?:idea|whole thing))"
_END = r"(?:,? (?:instead|please|pls|thanks|now|then))*"
_DEGREE = "|".join(sorted(DEGREES))
#: "mix it with a picnic", "combine number 2 with karaoke"; of two ideas it is a remix.
MIXED = re.compile(
    rf"{_ASK}(?:mix|combine|blend|merge|cross|join|fuse|pair|mash)(?: up)? (?:{_IT}|(?P<one>{_ONE}))(?: up| together)? "
    rf"(?P<how>with (?!{_ONE}(?:$| and\b)|(?:it|that|this|them|each|one an))\S.*?){_END}"
)
_ABOUT = r"(?: (?:against|for|in favou?r)(?: of)?(?: it| this| that| them| the other (?:team|side))?)"
_SIDES = (
    rf"(?:(?:best|main|strongest|other|good) )?(?:(?:(?:counter ?-?)?arguments?|reasons|points){_ABOUT}?|pros(?: and cons)?|cons|"
    r"downsides|upsides|risks|drawbacks|benefits|(?:dis)?advantages|side|"
    r"(?:exact )?opposite(?: view| side| position| opinion)?)"
)
#: "now the arguments against", "what about the other side"
SIDE = re.compile(
    rf"(?:(?:and|now|ok|okay|so|but|then|what about|how about)[, ]+)+(?:the |some |a few |all the )?(?P<how>{_SIDES})"
)
_OPPOSITE = r"(?:(?:exact|very|complete|direct) )?(?:opposite|contrary|reverse)s?"
#: "what's the opposite of number 1", "turn 3 around"
TURNED = (
    re.compile(
        rf"(?:what(?:'?s| is| would be| are) |give (?:me|us) |show (?:me|us) |make |do |get |{_WORD})*(?:the |an? )?"
        rf"{_OPPOSITE} (?:of|to) (?:{_IT}|(?P<one>{_ONE})){_END}"
    ),
    re.compile(rf"{_ASK}(?:turn|flip) (?P<one>{_ONE}) (?:around|round|upside down|on its head){_END}"),
    re.compile(rf"{_ASK}(?:reverse|flip|invert) (?P<one>{_ONE}){_END}"),
)
#: How an idea is to be, where its new words would stand: "make it about love letters" are none.
INSTRUCTION = (
    r"(?:(?:please |just )?(?:make|keep|have) (?:it|this|that|them)(?: be| to be)? (?P<{0}made>.+?)|"
    r"(?:it|this|that) (?:should|needs? to|must|has to|could|ought to)(?: be| sound| say)? (?P<{0}should>.+?)|"
    rf"(?P<{{0}}how>(?:(?:a bit|a little|much|slightly|way|even) )?(?:more|less) [a-z]+|(?:(?:a bit|a little|much) "
    rf")?(?:{_DEGREE})|"
    r"about .+?|(?:add|with|without) (?:something|some|a|an|more|the|any) .+?))"
)
EDITED = re.compile(
    rf"{_ASK}(?:edit|change|rewrite|rework|adapt|alter|modify|update) (?P<one>{_ONE})(?:\s*:|,|\s+-|)\s+"
    rf"(?:{INSTRUCTION.format('')}|(?:so (?:that )?(?:it|this)(?: is|'s)|to be|be) "
    rf"(?P<so>(?:about|more|less|for|in|with|without|{_DEGREE})\b.*?)){_END}"
)
#: "make #3 punchier", "make number 2 sound less formal"; "make 3 more jokes" says how many.
MADE = re.compile(
    rf"{_ASK}(?:make|get|have) (?P<one>{_ONE})(?: (?:to )?(?:be|sound|look|feel|read))? "
    rf"(?P<how>(?:(?:a bit|a little|a lot|much|slightly|way|even|far) )*(?:(?:more|less|not so) (?!(?:{THINGS}|like|of)\b)"
    rf"(?![a-z-]*(?<!ou)(?<!les)s\b)[a-z-]+|{_DEGREE})(?: (?:and|but) (?:(?:more|less) [a-z-]+|{_DEGREE}))?){_END}"
)
TOLD = re.compile(INSTRUCTION.format("its") + _END)
#: "how could we do number 4 with only paper", "what if the party burns it down in 2?": that idea under a condition.
UNDER = (
    re.compile(
        rf"{_ASK}how (?:could|can|would|do|should|might) (?:we|i|you|one) (?:do|make|use|run|try|play|build|organi[sz]e) "
        rf"(?P<one>{_ONE}) (?P<how>(?:with|without|in|on|if|when|using|by|under|within) \S.*)"
    ),
    re.compile(rf"{_ASK}what if (?P<how>\S.* (?:in|with|at|of|to|for)) (?P<one>{_ONE})"),
)
#: That what stands there is not it.
REFUSED = re.compile(
    r"(?:(?:no|nope|nah|hm+|sorry|well|oh|mm+|wrong)[,.! ]+)*(?:"
    r"(?:not|nothing) (?:really |quite |exactly )?(?:like |what )?(?:that|this|these|those|it)(?: one| at all)?|"
    r"(?:that|this|it|these|those|they)(?: (?:is|was|are|were)|'s|'re)?(?: not|n't| isn't| wasn't| aren't)"
    r"(?: really| quite| exactly)? "
    r"(?:it|(?:what )?(?:i|we) (?:meant|mean|want|wanted|asked for|had in mind|was after|were after)|right|good)|"
    r"not (?:quite|really|exactly)|wrong|no no(?: no)*)[,.;:!–-]*\s+(?:but |and )?(?P<rest>\S.*)"
)
NO = re.compile(r"(?:no|nope|nah)[,.;:! ]+(?P<rest>\S.*)")
WANTED = re.compile(
    r"(?:please |can you |could you )*(?:i|we)(?:'d| would| am| are| was| were|'m|'re)?(?: (?:really|rather|just|actually))* "
    r"(?:want(?:ed)?|need(?:ed)?|meant?|like|prefer(?:red)?|(?:hoping|looking|asking) for|after|thinking of|have)(?: to have)? "
    r"(?P<how>\S.*)"
)
_WHO = (
    r"(?:i|we|it|they|he|she|these|those|this|there|everyone|everybody|nobody|(?:my|our|the|half of|some of|most of) "
    r"(?:\S+ ){0,2}?\S+)"
)
_DOES = (
    r"(?:(?:'s|'re|'m) \S|(?: only| just| all| also)? (?:is|are|was|were|am|has|have|had|must|need|needs|will|can|cannot|can't|"
    r"want|wants|"
    r"only|do|does|don't|doesn't|hate|love|like|likes)\b)"
)
#: Why, behind how: "cheaper ideas pls we have no budget".
REASON = re.compile(
    r"(?P<how>\S.{2,50}?)(?:,? (?:please|pls|plz|thanks|thx)[,;.]?|[,;.]| -| –|(?= (?:because|since|cos|cause)\b)) "
    rf"(?:(?:because|since|as|cos|cause|but|and) )?(?P<why>{_WHO}{_DOES}.{{1,60}})"
)
MORE = re.compile(
    rf"(?:make |give me |give us |do |show me )*(?:some |a few )?more (?:ones |ideas )?(?:like|of) (?P<one>{_ONE}){_END}"
)
#: "now do it like a devil's advocate", "play the devil's advocate"
DEVIL = re.compile(
    rf"{_ASK}(?:(?:do|say|write|argue|rewrite|try|make|see|look at) {_IT} (?:again )?)?"
    r"(?:like|as|be|play|from the (?:view|side) of) "
    rf"(?:the |an? |my |our )?devil'?s advocate{_END}"
)
#: "play devil's advocate on the third", "argue against idea 1"
_SOMEBODY = r"(?:somebody|someone|people|you|anybody|they|we|one|critics)"
AGAINST_ONE = re.compile(
    rf"{_ASK}(?:(?:be|play|try|do|need|want)(?: me| us)? )?(?:the |an? |my |our )?devil'?s advocate "
    rf"(?:on|with|for|against|to|about|of) (?P<one>{_ONE}){_END}|"
    rf"{_ASK}(?:argue|speak|talk|push back) (?:against|on) (?P<argued>{_ONE}){_END}|"
    rf"(?:and |so |ok(?:ay)? |well )*what (?:(?:could|would|might|can|will) {_SOMEBODY} (?:say|have|argue)|speaks|talks|"
    rf"would speak|is there(?: to be)?(?: said)?|(?:could|can) be said|is to be said) against (?P<spoken>{_ONE}){_END}|"
    rf"{_ASK}(?:(?:give|tell|list|make|find|name|write|show|think of|come up with|get)(?: me| us)? )?(?:the |some |a few |all )?"
    r"(?:(?:best|main|strongest|good|\d|two|three|five) )?"
    r"(?:(?:(?:counter ?-?)?arguments?|reasons|case|points|something|anything) against|counter ?-?arguments? (?:to|for)) "
    rf"(?P<listed>{_ONE}){_END}"
)
AGAINST = "arguments against"
OPPOSITE = "the opposite"
BARE_NOUN = re.compile(r"\s+(?:ones?|ideas?|names?|options?|suggestions?|versions?)$")
OWN = re.compile(rf"\b{THINGS} (?:for|about|of|to)\b")  # a line that says what it wants, and for what


@dataclass(frozen=True, slots=True)
class Turn:
    """What is wanted of ideas that stand there."""

    how: str  #: in the person's words; empty: only like the one
    one: str = ""  #: which of them, as named; empty: all
    why: str = ""  #: said behind; `how` has to be a way to be by itself
    refused: bool = False  #: what stands there is not it: how it was to be is said anew
    of_words: bool = False  #: no picture, tune or voice can be made so


def turned(line: str) -> Turn | None:
    """How a line turns what stands there; None where it says anything else.

    Args:
        line: as written; the words for how keep their capitals.
    """
    text = straightened(line)
    if len(text) > LONGEST or not text.isascii():
        return None
    folded = text.casefold()
    rest = carried(text)
    if match := re.fullmatch(
        rf"(?:make |give me |give us |do |show me )*(?:some |a few )?more (?:ones |ideas )?(?:like|of) (?P<one>{_ONE}){_END}",
        rest.casefold(),
    ):
        return Turn("", match["one"])
    for rule in (MIXED, *TURNED, EDITED, MADE, SIDE, *UNDER):
        if match := rule.fullmatch(folded):
            return replace(_turn(match, text), of_words=rule not in (EDITED, MADE))
    if DEVIL.fullmatch(folded):
        return Turn(AGAINST, of_words=True)
    if match := AGAINST_ONE.fullmatch(folded):
        return Turn(AGAINST, next(filter(None, match.groups())), of_words=True)
    return _refused(text, folded) or _reasoned(folded)


def _turn(match: re.Match[str], text: str) -> Turn:
    groups = match.groupdict()
    name = next((name for name in ("how", "made", "should", "so") if groups.get(name)), "")
    return Turn(text[slice(*match.span(name))].strip() if name else OPPOSITE, groups.get("one") or "")


def _refused(text: str, folded: str) -> Turn | None:
    refused, no = REFUSED.fullmatch(folded), NO.fullmatch(folded)
    match = refused or no
    if match is None:
        return None
    start = match.start("rest")
    wanted = WANTED.fullmatch(folded[start:])
    if wanted is None and refused is None:
        return None
    how = text[start + (wanted.start("how") if wanted is not None else 0) :]
    return None if refused is None and OWN.search(how.casefold()) else Turn(how, refused=True)


def _reasoned(folded: str) -> Turn | None:
    match = REASON.fullmatch(folded)
    return Turn(BARE_NOUN.sub("", match["how"]), why=match["why"].strip()) if match is not None else None


def rewritten(line: str) -> bool:
    """Whether a line asks for an idea otherwise, and dictates no words: "edit 3 make it about the sea"."""
    return EDITED.fullmatch(" ".join(line.replace("’", "'").casefold().split()).strip(" .!?")) is not None


def instructed(text: str) -> bool:
    """Whether words say how an idea should be, and are no idea: "make it about love letters"."""
    folded = " ".join(text.replace("’", "'").split()).strip(" .!").casefold()
    match = TOLD.fullmatch(folded)
    return match is not None and (match["itshow"] is None or not text.strip()[:1].isupper())
