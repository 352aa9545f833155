"""Votes as chats write them: "+1 for 3", "-1 on the first", "number 2: 👍", and "+1" alone, which names no idea. Rules."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.domain.feedback import plain_emoji
from bot.services.chinese import HAN
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
#: A choice named by its words: 我选火锅, 我也投密室一票, 烧烤+1; no 我选修课.
_NOT_CHOSEN = (
    r"(?!择|擇|修|课|課|秀|举|舉|资|資|稿|简历|诉|訴|降|入|射|影|保|机|機|靠|身|票"
    r"|题|題|址|项|什么|什麼|哪|谁|誰|给|給|第|最|这|這|那|它|上|下)"
)
CHOSEN = re.compile(
    r"(?:我们?|我們|咱们?|咱們)(?:也|还是|還是|就|都|觉得|覺得)*(?:[选選投站挺]|支持)"
    rf"{_NOT_CHOSEN}(?P<words>[^\s，,。？?！!的了过過吗嗎呢\d]{{1,8}}?)(?:一?票|吧|啦|哈|呀)*|"
    r"(?P<plus>[^\s，,。？?！!的了\d+]{1,8}) ?\+ ?1"
)
#: The same in English: "I vote for the dog walk".
_NAMED = (
    r"(?:one (?:with|about) (?:the )?)?(?!(?:first|second|third|fourth|fifth|last|other|others|same|best|latest|one"
    r"|idea|number|lot|ones|"
    r"ideas|it|this|that|these|those|them|who|what|which|nobody|everybody|all|none)\b)"
)
_WORDS = r"[^\W\d][\w'-]*(?: [^\W\d][\w'-]*){0,4}?"
VOTED_FOR = re.compile(
    r"(?:(?:ok|okay|and|so|well|hm+|then|sorry|definitely)[, ]+)*(?:"
    r"(?:(?:(?:i|we)(?:'d| would| will|'ll|'m|'re| am| are)? (?:all )?(?:vote|voted|voting) for|"
    r"(?:my|our) votes? (?:goes|go|is|are|would (?:be|go)) (?:to|for)|(?:put|count) (?:me|us) (?:down |in )?for) "
    rf"(?:the |that |our )|(?:i'm|i am|we're|we are)(?: all)? for the ){_NAMED}(?P<words>{_WORDS})|"
    rf"(?:the |that )?{_NAMED}(?P<behind>{_WORDS}) (?:gets|has|got|wins|takes) (?:my|our) votes?)(?: (?:idea|one"
    rf"|option|please))*",
    re.IGNORECASE,
)
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


def chosen(line: str) -> str:
    """The words of an idea that a line gives a vote; empty where it is anything else."""
    if (voted := VOTED_FOR.fullmatch(" ".join(line.replace("’", "'").split()).strip(" .!"))) and len(line) <= LONGEST:
        return re.sub(r" (?:idea|one|option)$", "", voted["words"] or voted["behind"])
    match = CHOSEN.fullmatch(unicodedata.normalize("NFKC", line).strip(" .!。！~～")) if len(line) <= LONGEST else None
    words = (match["words"] or match["plus"]) if match else ""
    return words if HAN.search(words) else ""


def which() -> str:
    """What is asked where no idea was named."""
    return _(WHICH)
