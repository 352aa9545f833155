"""Several votes in one line: "like 2 and 4", "+1 for 2, 4 sucks"; and a call for a vote behind who is for what.

Rules, no model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.services.talk.amounts import COUNTED_ONE, counted
from bot.services.talk.deeds import deed
from bot.services.talk.plain import straightened
from bot.services.talk.signing import signed
from bot.services.talk.telling import KINDS, ONE_IDEA

LONGEST = 90  # characters of such a line; what is longer tells a topic
_BOTH = rf"(?P<ones>(?:both )?{ONE_IDEA}(?:(?:,? and|,| &| \+)+ {ONE_IDEA})+)"
UP = re.compile(
    rf"(?:(?:please|ok|so|and|now) )*(?:(?:i|we|i'd|everybody) )?(?:(?:really|both|also|do) )*(?:like|love|prefer|choose|"
    rf"(?:my |our )?votes?:? ?(?:for )?|"
    rf"upvote|(?:thumbs up|👍|\+ ?1|vote up)\ufe0f?(?: (?:for|on|to))?) ?{_BOTH}(?: (?:best|most|a lot|too|please))*"
)
DOWN = re.compile(
    rf"(?:(?:please|ok|so|and|now) )*(?:(?:i|we|i'd) )?(?:(?:really|both|also|do) )*(?:don't like|dislike|hate|vote against|"
    rf"downvote|"
    rf"(?:thumbs down|👎|- ?1|vote down)\ufe0f?(?: (?:for|on|to))?) ?{_BOTH}(?: (?:most|a lot|too|please))*"
)
SAID = re.compile(
    rf"{_BOTH} (?:are|were|look|sound) (?:(?:both|really|very|so|all|quite) )*(?:(?P<up>great|good|nice|lovely|fine|the best|"
    rf"perfect|cool|fun|"
    r"funny|cute|(?:my|our) favou?rites)|(?P<down>bad|boring|terrible|awful|weak))"
)
EACH = re.compile(rf"\b(?:{KINDS}|number) (?:{COUNTED_ONE})|{COUNTED_ONE}", re.IGNORECASE)
ONE = re.compile(COUNTED_ONE)
#: Between the votes of one line.
CLAUSES = re.compile(r"\s*[,;.!]\s+(?:and |but )?|\s+(?:and|but)\s+")


@dataclass(frozen=True, slots=True)
class Vote:
    """What a line says of one idea."""

    idea: int  #: -1: the last
    says: str  #: "up", "down"
    by_place: bool  #: see `bot.services.talk.deeds.Deed`


def votes(line: str) -> tuple[Vote, ...]:
    """The votes of a line that gives several, each idea's last; empty where it gives fewer than two, or says anything else."""
    text = straightened(line.casefold())
    if len(text) > LONGEST:
        return ()
    found = _listed(text) or _one_by_one(text)
    by_idea = {(vote.idea, vote.by_place): vote for vote in found}
    return tuple(by_idea.values()) if len(by_idea) > 1 else ()


def _listed(text: str) -> list[Vote]:
    """One opinion of several ideas: "like 2 and 4"."""
    up, down, said = UP.fullmatch(text), DOWN.fullmatch(text), SAID.fullmatch(text)
    match = up or down or said
    if match is None:
        return []
    says = "down" if down or (said is not None and said["down"]) else "up"
    ideas = (counted(one[0]) for named in EACH.finditer(match["ones"]) if (one := ONE.search(named[0])))
    return [Vote(idea, says, by_place) for idea, by_place in ideas]


def _one_by_one(text: str) -> list[Vote]:
    """An opinion of one idea in each clause: "+1 for 2, 4 sucks"."""
    found = []
    for clause in CLAUSES.split(text):
        sign, asked = signed(clause), deed(clause)
        if sign is not None and sign.idea is not None and sign.says in ("up", "down"):
            found.append(Vote(sign.idea, sign.says, sign.by_place))
        elif asked is not None and asked.line in ("/vote {} up", "/vote {} down"):
            found.append(Vote(asked.ideas[0], asked.line.split()[-1], asked.by_place))
        else:
            return []
    return found
