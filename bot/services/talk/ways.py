"""How ideas should be, said alone or behind a beginning: "something weirder", "same but shorter". Rules, no model."""

from __future__ import annotations

import re

from bot.services.talk.amounts import NOUN, NUMBER, THESE

#: How ideas should be, alone: "something weirder", "shorter ones", "which of these are vegan".
SOMETHING = re.compile(
    r"(?:and |but |maybe )?(?:something|anything) (?:that is |that's |a bit |a little )?"
    r"(?P<how>(?!like |similar |about )\S+(?: \S+){0,4})"
)
ONES = re.compile(
    r"(?:some |more |only |now |an? )*(?P<how>(?:(?:really|very|less|more|super) )?(?!new|other|different)[a-z'-]{3,}) "
    r"(?:ones|names please|versions?|variants?)(?: of (?:it|them|this|that|these))?"
)
WHICH = re.compile(r"(?:which|what)(?: ones?)? of (?:these|them|those) (?:is|are) (?:the )?(?P<how>\w+(?: \w+)?)")
#: What an order begins with, before how they should be.
MADE = re.compile(
    r"(?:but |and |just )*(?:make|keep|have|want|get) (?:it|them|these|those|one|her(?= an? )|him(?= an? )) (?P<how>.+)"
)
BEGUN = re.compile(
    r"^(?:(?:the )?same(?: (?:thing|ones?|ideas|names|again))?,? but|but|and|just|try|something|"
    r"a (?:little bit|bit|little|tad|touch)) "
)
#: Whom ideas should be for, and how a line begins that says how they should be.
AUDIENCE = re.compile(
    r"(?:(?:now|but|the same|same|make (?:it|them|these)|and|something|more|suitable|fit|meant|ones|ideas) )*"
    r"(?:for|aimed at|suited to|suitable for) (?P<who>(?:\w+ ?){1,5})"
)
CUES = re.compile(
    r"(?:but|instead|without|with|less|more|no|not|fewer|only|just|make (?:it|them|these|those|one)|keep (?:it|them)|"
    r"something|anything|what about|how about|try|a (?:bit|little|touch|tad) |a lot |much |even |slightly |way |far |too "
    r"|rather |"
    r"think (?:like|as)|in (?:an? |the )?(?:\S+ ){0,4}(?:style|tone|voice|manner|way)|"
    r"as (?:a|an|if)|nothing|avoid|use|add|include|mention|"
    r"leave out|drop|all)\b"
)
#: Others than those that stand there, and how many.
MORE = re.compile(
    rf"(?:and |now |yes )?(?:(?:some|a few|a couple|even|any|have you got|do you have|got|show|tell) )*"
    rf"(?:(?P<count>\d{{1,2}}|{NUMBER}) )?(?:other |different |new )?"
    rf"(?:more|another|others?|(?:once )?again|next|(?:a )?(?:different|new|fresh) (?:ones?|ideas|set|batch)|once more|"
    rf"one more|"
    rf"try again|keep (?:going|them coming)|go on|continue|anything else|what else)"
    rf"(?: (?:few|round|set|batch|time|time round|try|go|{NUMBER}))?(?: of {THESE})?(?: (?:{NOUN}))*"
    rf"(?: (?:like|similar to|of|along the lines of|in the (?:style|spirit) of) {THESE}(?: (?:{NOUN}))?)?"
)
MORE_LIKE = re.compile(rf"(?:more|others?|ones|ideas|names) (?:\w+ ){{0,2}}(?:like|similar to) {THESE}(?: \w+)?")
