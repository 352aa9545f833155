"""Which idea was meant, where somebody named another: "I meant 3, not 2", "change my vote from 2 to 3". Rules, no model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.services.talk.amounts import COUNTED_ONE, counted
from bot.services.talk.plain import straightened
from bot.services.talk.telling import KINDS

LONGEST = 80  # characters of such a line; what is longer tells more than which one
_ONE = rf"(?:for )?(?:the )?(?:(?:{KINDS}|number|no\.?|nr) )?#?(?P<ONE>{COUNTED_ONE})(?: (?:{KINDS}))?"
_RIGHT, _WRONG = _ONE.replace("ONE", "right"), _ONE.replace("ONE", "wrong")
_LED = (
    r"(?:(?:sorry|oo+ps|whoops|oh|no|nope|wait|wrong (?:one|number|idea)|hang on|hold on|ah|argh|ok|okay|but|and"
    r"|actually|my mistake|my bad|i "
    r"mean|damn|hm+|well"
    r"|typo|correction)[,.!: ]+)*"
)
_END = r"(?:[,.! ]+(?:sorry|please|pls|oops|my mistake|my bad|thanks|instead|actually))*"
_NOT = r"[,;.]? ?(?:and |but )?(?:not|instead of|rather than|in place of|and not) "
_MEANT = (
    r"(?:(?:i|we)(?:'d| had)? )?(?:(?:really|actually|of course) )?(?:meant|mean|wanted|was (?:for|voting for))"
    r"(?: to (?:vote(?: for)?|like|say|pick|choose|type|write|click))?(?: for)? "
)
#: Which one it was to be, and which it was not.
MEANT = (
    re.compile(rf"{_LED}{_MEANT}{_RIGHT}{_NOT}{_WRONG}{_END}"),
    re.compile(
        rf"{_LED}(?:that|it|this)(?:'s| is| was)(?: (?:supposed|meant|intended))?(?: to be| to go to)?(?: for)? "
        rf"{_RIGHT}{_NOT}{_WRONG}{_END}"
    ),
    re.compile(rf"{_LED}(?:make|let) (?:that|it) (?:be )?{_RIGHT}{_NOT}{_WRONG}{_END}"),
    re.compile(rf"{_LED}not {_WRONG}[,;.!:]+ ?(?:but |i meant |it's |it was )?{_RIGHT}{_END}"),
    re.compile(rf"{_LED}not {_WRONG} but {_RIGHT}{_END}"),
    re.compile(rf"{_LED}{_RIGHT}, not {_WRONG}{_END}"),
)
_MY = r"(?:my |the |that |our )?(?:vote|like|thumbs up|point|👍)"
#: The same of a vote, which names itself; the wrong idea may be left out.
VOTED = (
    re.compile(
        rf"{_LED}(?:(?:can|could) (?:you|i|we) |please |i want to |i'd like to )*(?:change|move|switch|transfer|shift) {_MY} "
        rf"(?:(?:from|of) {_WRONG} )?(?:over )?to {_RIGHT}{_END}"
    ),
    re.compile(
        rf"{_LED}{_MY} (?:was|should have (?:been|gone)|was (?:meant|supposed|intended)(?: to (?:be|go))?|should go|ought to go)"
        rf"(?: (?:for|to))? {_RIGHT}(?:{_NOT}{_WRONG})?{_END}"
    ),
    re.compile(rf"{_LED}(?:(?:i|we) )(?:meant|wanted|was trying) to (?:vote(?: for)?|like|upvote) {_RIGHT}{_END}"),
)


@dataclass(frozen=True, slots=True)
class Meant:
    """The idea that was meant, and the one that was not."""

    right: int  #: -1: the last
    right_by_place: bool  #: see `bot.services.talk.deeds.Deed`
    wrong: int | None  #: None: the one that was spoken of last
    wrong_by_place: bool
    vote: bool  #: the line itself says that it speaks of a vote


def meant(line: str) -> Meant | None:
    """Which idea a line says was meant; None where it says anything else."""
    text = straightened(line.casefold())
    if len(text) > LONGEST:
        return None
    found = [(rule.fullmatch(text), rule in VOTED) for rule in (*VOTED, *MEANT)]
    for match, vote in found:
        if match is not None:
            right, by_place = counted(match["right"])
            other = match.groupdict().get("wrong")
            wrong, wrong_by_place = counted(other) if other else (None, False)
            return None if right == wrong else Meant(right, by_place, wrong, wrong_by_place, vote)
    return None
