"""What is said against ideas before how they should be: "those are a bit generic, can you make them weirder". Rules, no model.

Only the wish is kept: what nobody wants is no way to be, and would be carried from set to set.
"""

from __future__ import annotations

import re

from bot.services.chinese import HAN
from bot.services.talk.manners import PLAINLY
from bot.services.talk.plain import plain, straightened

LONGEST = 120  # characters of such a line; what is longer tells a topic
WORDS = 8  # of how ideas should be, behind what is wrong with them; with more it is a topic, or a tale
_LED = (
    r"(?:(?:h+m+|ugh|meh|nah|no|nope|well|ok|okay|sorry|honestly|but|and|so|oh|yeah|yes|still|eh|mm+|hm|urgh|bah|i "
    r"think|i feel like|"
    r"for me|actually|frankly|thanks|nice try) )*"
)
_ALL = (
    r"(?:(?:(?:all|most|some|half|none|many|any) (?:of )?)?(?:these|those|they|them|it|this|that|the (?:ideas|names"
    r"|last ones|list|lot|set)|"
    r"everything|all)(?: (?:ones|ideas|names|options|suggestions|slogans))?(?: all)?)"
)
_ARE = (
    r"(?:(?: all| still| just| also| really| only)*(?: s| re| is| are| was| were| isn t| aren t| feels?| felt| sounds?"
    r"| sounded| looks?| looked| seems?|"
    r" reads?| come across as| strike me as)(?: (?:not|n t))?(?: all| still| just| also| like)*)"
)
_MUCH = (
    r"(?:(?:a|bit|little|tad|touch|very|really|so|quite|pretty|rather|kind|kinda|sort|sorta|of|way|far|much|too|just"
    r"|somewhat|slightly|"
    r"super|all|not|exactly|particularly|that|terribly|overly|not so|the|more|less|both) )*"
)
#: Words that say what ideas lack or have too much of.
_FAULT = (
    r"(?:generic|boring|bland|obvious|predictable|clich(?:e|é|ed|éd|es|és)|stereotypes|platitudes|nonsense|garbage"
    r"|trash|lame|dull|tame|unoriginal|uninspired"
    r"|ordinary|stale|safe|meh|"
    r"flat|cheesy|corny|cringey?|cringe|kitschy?|corporate|formal|serious|dry|long|short|wordy|vague|abstract|childish"
    r"|silly|weird|"
    r"old fashioned|outdated|dated|boomer|salesy|pushy|cold|sad|dark|complicated|complex|expensive|plain|simple|basic"
    r"|similar|alike|"
    r"repetitive|samey|american|posh|twee|cute|sweet|sugary|technical|nerdy|geeky|academic|stiff|bad|weak|poor|terrible|awful|"
    r"rubbish|great|good|funny|exciting|creative|original|special|inspiring|convincing|catchy|there yet|it|right|my taste|"
    r"my (?:thing|style|cup of tea)|what i (?:want|wanted|had in mind|meant)|the same|one another|each other|loud"
    r"|aggressive|negative|"
    r"cheap|tacky|tasteless|offensive|harsh|random|odd|strange|confusing|unclear|unrealistic|impractical|ambitious|big|small|"
    r"soft|tired|overused|worn out|forced|try ?hard|pretentious|artsy|hipster|mainstream|common|normal|standard|usual)"
)
#: A clause that says nothing but what is wrong.
FAULT = re.compile(
    rf"{_LED}(?:{_ALL}{_ARE} {_MUCH}{_FAULT}(?: (?:and|or) {_MUCH}{_FAULT})?(?: (?:for (?:me|us|my taste|this|our "
    rf"taste)|to me|again))?|"
    rf"(?:(?:all|both|still|just) )*(?:(?:way|far|much|a bit|a little|bit|little|kind of|so|very|really|pretty|too"
    rf"|quite|rather|not|not so"
    rf"|not very|not that|a tad) )+{_FAULT}(?: (?:and|or) {_MUCH}{_FAULT})?(?: (?:for (?:me|us|my taste)|again))?|"
    rf"(?:i|we) (?:do not|don t|dont|didn t|can t say (?:i|we)|am not|m not|re not|are not)(?: really| quite| exactly| truly)* "
    rf"(?:love|like|feel|feeling|convinced by|sold on|fond of|a fan of|crazy about|happy with|want|sure about)(?: any "
    rf"of| all of)? "
    rf"(?:these|those|them|it|this|that)(?: (?:ones|ideas|names))?|"
    rf"(?:i|we) (?:find|found|think|thought|feel)(?: that)? {_ALL}(?:{_ARE})? {_MUCH}{_FAULT}(?: (?:and|or) {_MUCH}{_FAULT})?|"
    rf"(?:all|only|just|nothing but) (?:very |such |so |the )?(?:same )?{_FAULT}|"
    rf"(?:not|nothing) (?:convinced|impressed|a fan|feeling (?:it|these|them)|what (?:i|we) (?:want|wanted|meant|had in mind))|"
    r"(?:meh|ugh|bleh|boo|yawn|urgh|yuck))"
)
#: Praise, which is a fault where it is denied only: "not great".
PRAISE = re.compile(
    r"\b(?:great|good|funny|exciting|creative|original|special|inspiring|convincing|catchy|there yet|it|right|my taste"
    r"|cute|sweet|"
    r"what i (?:want|wanted|had in mind|meant)|my (?:thing|style|cup of tea)|impressed|convinced|a fan)$"
)
DENIED = re.compile(r"\b(?:not|n t|don t|dont|didn t|isn t|aren t|never|nothing|can t|too)\b")
#: What tells a tale, and no way to be.
TOLD = re.compile(r"\b(?:i|we|he|she|they|you|it|could|would|was|were|is|are|have|has|had|did|done|said|says?)\b", re.IGNORECASE)
MUCH_TOO = re.compile(r"\btoo (?P<what>(?!much\b|many\b)[a-z-]+)")
CLAUSES = re.compile(
    r"\s*[.!?;,:]+\s+|\s+[–—-]\s+|,?\s+(?:but|so)\s+(?=(?:please|can|could|make|give|try|let|i|we|more|less|do|how|what)\b)"
)
#: What stands between what is wrong and how ideas should be.
ASKED = re.compile(
    r"^(?:(?:please|pls|and|but|so|then|now|maybe|perhaps|instead|let'?s|(?:can|could|would|will) (?:you|we|i)(?: please)?|"
    r"i(?:'d| would) (?:like|love|prefer)|we(?:'d| would) (?:like|love|prefer)|i want|we want|i need|we need|try again|again|try|"
    r"do (?:them|it|these|those)(?: again)?|redo (?:them|it|these)|one more time|once more|how about|what about|"
    r"(?:(?:can|could|should) )?(?:they|it|these|those) (?:(?:should|could|can|must|need to|have to) )?be|"
    r"give (?:me|us)|show (?:me|us)|think|go)[, ]+)+(?=\S)",
    re.IGNORECASE,
)
SOMETHING = re.compile(
    r"^(?:something|anything|some|ones?|ideas|stuff|things)(?: (?:that(?:'s| is| are)|a bit|a little))* (?=\S)", re.IGNORECASE
)
MADE = re.compile(
    r"^(?:make|keep|have|get|do|try) (?:them|these|those|it|the (?:ideas|names)|one|ones|some)(?: all)?(?: be| sound)? (?=\S)",
    re.IGNORECASE,
)
ONES = re.compile(r"\s+(?:ones?|ideas|names|options|stuff|versions)$", re.IGNORECASE)
#: What says nothing of how ideas should be.
SILENT = re.compile(
    r"(?:(?:lo+l|lmao|ha(?:ha)+h?|no+|nope|nah|yes|yeah|ok|okay|hm+|oh|omg|wow|sorry|thanks|cool|nice|good|great|right|"
    r"well|so|but|guys|team|wait|ugh|meh|eh|"
    r"please|come on|boring|hello|hi|hey|not bad|almost|closer|better|interesting|fair|fine|sure|lovely|perfect|love it|"
    r"good start|nice start)(?: |$))+"
)
END = re.compile(
    r"(?:,? (?:please|pls|thanks|thank you|this time|instead|now|next time|if you can|for me|for us))+$", re.IGNORECASE
)


def wish(line: str) -> str | None:
    """How ideas should be, of a line that first says what is wrong with them; empty: only what is wrong is said; else None."""
    if len(line) > LONGEST or HAN.search(line):
        return None
    clauses = [clause for clause in CLAUSES.split(straightened(line)) if clause.strip()]
    at = next((at for at, clause in enumerate(clauses) if not _faulty(plain(clause))), len(clauses))
    if not at:
        return None
    return ", ".join(filter(None, map(_bare, clauses[at:])))


def bare(line: str) -> str:
    """A line without its clauses that say nothing by themselves: "crazier" of "lol no. crazier!"; empty where it has none."""
    clauses = [clause for clause in CLAUSES.split(line.strip(" .!?")) if clause.strip(" .!?")]
    rest = [clause for clause in clauses if not SILENT.fullmatch(plain(clause) or "no")]
    return " ".join(rest) if rest and len(rest) < len(clauses) else ""


def less(line: str) -> str:
    """What a line that finds ideas too much of something wants: "short" of "too long", "less cheesy" of "too cheesy"."""
    much = MUCH_TOO.search(line)
    return PLAINLY.get(much[0], f"less {much['what']}") if much else ""


def _faulty(clause: str) -> bool:
    return FAULT.fullmatch(clause) is not None and (PRAISE.search(clause) is None or DENIED.search(clause) is not None)


def _bare(clause: str) -> str:
    """A clause without what only asks: "can you make them weirder" is "weirder"."""
    before = ""
    while before != clause:
        before = clause
        for rule in (ASKED, MADE, SOMETHING):
            clause = rule.sub("", clause, count=1)
    clause = ONES.sub("", END.sub("", clause).strip())
    return (
        "" if re.fullmatch(r"(?:please|try|again|try again|more|others|redo|do better|next)", clause, re.IGNORECASE) else clause
    )
