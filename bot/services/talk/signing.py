"""Votes as chats write them: "+1 for 3", "-1 on the first", "number 2: 👍", and "+1" alone, which names no idea. Rules."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.domain.feedback import plain_emoji
from bot.services.talk.amounts import COUNTED_ONE, counted
from bot.words import N_, _

LONGEST = 60  # characters; such a line is a few words long
UP = r"(?:👍|\+ ?1|\+\+|plus (?:one|1)|thumbs ?up|up ?vote|👆)"
DOWN = r"(?:👎|- ?1|--|minus (?:one|1)|thumbs ?down|down ?vote)"
_SIGN = rf"(?:(?P<up>(?:{UP} ?)+)|(?P<down>(?:{DOWN} ?)+)|(?P<emoji>[^\w\s#.,:;!?+-]) ?)"
_BETWEEN = r"(?:(?:from (?:me|us)|goes|go|please|vote|votes|for|on|to) ?)*"
_ONE = rf"(?:the )?(?:(?:idea|number|option|name|no|nr) )?#?(?P<one>{COUNTED_ONE})(?: (?:one|idea|option|name))?"
FORWARD = re.compile(rf"(?:a |my |another )?{_SIGN}{_BETWEEN}{_ONE}")
BACKWARD = re.compile(rf"{_ONE}(?: (?:gets|has|is))?(?: (?:a|my))?(?:: ?| |(?=👍|👎)){_SIGN}(?:from (?:me|us))?")
ALONE = re.compile(
    rf"(?:a |my |i )?(?:like ?)?{_SIGN}(?:from (?:me|us)|please|(?:on|to|for) (?:that|this|it|them|these|those|all)(?: one)?)?"
)
ALIKE = str.maketrans({"−": "-", "–": "-", "—": "-"})  # as phones and input methods type a minus
MODIFIERS = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]")  # of emoji: how they are drawn, and skin
WHICH = N_("Which idea do you mean? Write its number behind: “+1 3”, or /vote 3 up.")


@dataclass(frozen=True, slots=True)
class Sign:
    """An opinion, and whose it is."""

    says: str  #: "up", "down", or an emoji
    idea: int | None = None  #: -1: the last; None: none was named
    by_place: bool = False  #: see `bot.services.talk.deeds.Deed`


def signed(line: str) -> Sign | None:
    """The vote that a line gives; None where it is anything else. What the emoji says is for the signals to know."""
    if len(line) > LONGEST:
        return None
    text = MODIFIERS.sub("", unicodedata.normalize("NFKC", line).translate(ALIKE).casefold())
    text = " ".join(text.split()).rstrip(" .!")
    for rule in (FORWARD, BACKWARD, ALONE):
        if match := rule.fullmatch(text):
            says = "up" if match["up"] else "down" if match["down"] else plain_emoji(match["emoji"])
            idea, by_place = counted(match["one"]) if "one" in match.groupdict() else (None, False)
            return Sign(says, idea, by_place=by_place)
    return None


def which() -> str:
    """What is asked where no idea was named."""
    return _(WHICH)
