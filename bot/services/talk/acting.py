"""What is done for talk whose intent is sure: what shows something, makes something of an idea, or is easily taken back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.ideas import Idea
from bot.domain.modalities import TEXT
from bot.messages import Press, Value
from bot.services.cards import shortened
from bot.services.talk.answers import NAMED, resolved
from bot.services.talk.deeds import KNOWN, LAYOUTS
from bot.services.talk.replying import POINTING
from bot.words import N_, _, in_quotes

SHOWING = frozenset(("board", "themes"))  #: commands that only show something
#: Small talk, and how `/help` is told of it.
GREETED = {"hello": "hello", "thanks": "thanks", "idle": "okay", "help": "help"}
#: Intents that make something of what stands there: the command, the argument that says of what, what is said.
MAKING = {
    "image": ("imagine", "what", N_("Understood: a picture of {what}. Of anything else: /imagine and what it should show")),
    "tune": ("compose", "what", N_("Understood: a tune for {what}. Otherwise: /compose and how it should sound")),
    "speak": ("say", "what", N_("Understood: {what} said aloud. Any other text: /say and the text")),
    "poem": ("poem", "topic", N_("Understood: a poem about {what}. About anything else: /poem and what it is about")),
}
NO_ANSWER = N_(
    "I cannot answer questions about an idea, here about {what}. /more {n} makes more like it, “arguments against {n}” what "
    "speaks against it. What moved it up or down:"
)
VOTED = N_("Taken for a vote: {sign} for {what}. /vote {n} none takes it back.")
LONGEST_OF_IT = 60  # characters of a line that speaks of "it"; a longer one tells what it is: "our mascot is a fox, draw it"
QUOTED = 60  # characters of an idea in a sentence
#: Where a number counts something and names no idea: "2 hearts for 3", "5 stars", 两票.
_COUNTS = re.compile(
    r"\b\d{1,4} (?:stars?|points?|hearts?|votes?|likes?|thumbs|cheers|hands|people|persons|ideas|names|ones|words|lines|minutes?|"
    r"hours?|days?|weeks?|years?|times|percent|euros?|dollars?|pounds?|kids|of us)\b|"
    r"\d+ ?(?:[票分票人岁歲块塊元行字张張次天]|个人|個人|分钟|分鐘)",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:hate|hates|dislike|downvote|boring|terrible|awful|horrible|rubbish|trash|garbage|cringe|lame|sucks?|stinks|meh|yuck|ugh|"
    r"thumbs down|can'?t stand|don'?t like|do not like|doesn'?t work for me|no way|the worst|worst|minus one)\b|👎|(?<!\w)-1\b|"
    r"不喜[欢歡]|不想要|不[投推爱愛选選]|讨厌|討厭|反[对對]|踩|差[评評]|倒[赞讚]|减一|減一|难听|難聽|太俗|太[烂爛]|无聊|無聊",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"\b(?:love|loves|loving|like|likes|adore|upvote|great|best|favou?rite|fave?|genius|brilliant|lovely|awesome|amazing|perfect|"
    r"fantastic|wonderful|delightful|hilarious|rocks|adorable|thumbs up|vote for|voting for|votes? goes? to|vote to|gets my vote|"
    r"plus one|my vote|i second|support)\b|👍|❤|\+ ?1\b|"
    r"喜[欢歡]|支持|最[爱愛]|[赞讚]|[给給]力|很棒|太棒|真棒|好棒|不[错錯]|太美|好美|加一|投[给給]|我投|推[荐薦]",
    re.IGNORECASE,
)
#: What turns a word of praise, or speaks of a vote that was or may be.
_TURNED = re.compile(
    r"\b(?:not|never|no|none|neither|nor|less|least|hardly|but|than|instead|except|only|if|unless|was|were|would|could|should|might|did|had|"
    r"who|what|why|how|when|which|undo|back|changed|take|anymore)\b|n'?t\b|\?|？|"
    r"不|没|沒|(?<![特分区區])[别別]|但|比|谁|誰|吗|嗎|什么|什麼|怎|如果|要是|撤|收回|改投",
    re.IGNORECASE,
)
_PRAISED = re.compile(r"不[错錯]")


@dataclass(frozen=True, slots=True)
class Act:
    """A command that is run for a line, and what is said of it."""

    command: str
    args: Mapping[str, Value] = field(default_factory=dict)
    said: str = ""  #: what was understood; empty: the command's own answer shows it
    vote: str = ""  #: up or down, for the idea in `args`
    of_it: bool = False  #: of what the ideas are for, as none of several was named
    press: Press | None = None  #: what else is said of an idea, by another signal than a vote


def act(intent: str, line: str, ideas: Sequence[Idea], subject: str, *, anywhere: bool) -> Act | None:
    """What is done for a line; None: nothing, as it names no idea that stands there, or may lose something.

    Args:
        intent: what the line surely means; empty: nothing is sure.
        line: as typed.
        ideas: what stands in front of the person, top first.
        subject: what these are for.
        anywhere: there are ideas in the channel at all.
    """
    if intent in SHOWING:
        return Act(intent) if anywhere else None
    if intent in GREETED:
        return Act("help", {"said": GREETED[intent]})
    one = the_one(line, ideas)
    if one is None:
        of_it = intent in ("image", "tune") and len(ideas) > 1 and all(idea.modality == TEXT for idea in ideas)
        return _of_it(intent, line, subject) if of_it and speaks_of_it(line) else None
    what = f"#{one.number} {in_quotes(shortened(one.text, QUOTED))}"
    if intent == "vote":
        return _vote(line, one)
    if intent in ("why", "question"):
        return Act("why", {"idea": one.id}, _(NO_ANSWER).format(what=what, n=f"#{one.number}") if intent == "question" else "")
    return _made(intent, line, one, what)


def the_one(line: str, ideas: Sequence[Idea]) -> Idea | None:
    """The one idea that a line names, or the only one that stands there where it speaks of "it"; else None."""
    named = NAMED.findall(counting_none(line))
    found = {idea.id: idea for idea in resolved(counting_none(line), ideas)}
    if named:
        return next(iter(found.values())) if len(found) == len({word.casefold() for word in named}) == 1 else None
    return ideas[0] if len(ideas) == 1 and ideas[0].modality == TEXT and speaks_of_it(line) else None


def counting_none(line: str) -> str:
    """A line without the numbers that count something."""
    return _COUNTS.sub(" ", line)


def speaks_of_it(line: str) -> bool:
    """Whether a line is short and says "it" or "them" of what stands there, no number among its words."""
    return len(line) <= LONGEST_OF_IT and POINTING.search(line) is not None and not NAMED.search(counting_none(line))


def direction(line: str) -> str:
    """What a line votes, up or down, where that is plain; else empty."""
    text = line.replace("’", "'")
    if _AGAINST.search(text):
        rest = _AGAINST.sub(" ", text)
        return "" if _FOR.search(rest) or _TURNED.search(rest) else "down"
    return "up" if _FOR.search(text) and not _TURNED.search(_PRAISED.sub(" ", text)) else ""


def _vote(line: str, one: Idea) -> Act | None:
    way = direction(line)
    if not way:
        return None
    return Act("vote", {"idea": one.id}, voted(one, way), vote=way)


def voted(one: Idea, way: str) -> str:
    """What is said of a vote that was given in plain words; `way`: up or down."""
    what = f"#{one.number} {in_quotes(shortened(one.text, QUOTED))}"
    return _(VOTED).format(sign="👍" if way == "up" else "👎", what=what, n=f"#{one.number}")


def _made(intent: str, line: str, one: Idea, what: str) -> Act | None:
    """A work of an idea in words; None where it is a work itself, which rules know how to change."""
    if intent not in MAKING or one.modality != TEXT:
        return None
    command, of, said = MAKING[intent]
    layout = {"layout": kind} if intent == "image" and (kind := layout_of(line)) else {}
    return Act(command, {of: one.id, **layout}, _(said).format(what=what))


def _of_it(intent: str, line: str, subject: str) -> Act:
    """A work of what the ideas are for."""
    command, _of, said = MAKING[intent]
    layout = {"layout": kind} if intent == "image" and (kind := layout_of(line)) else {}
    return Act(command, layout, _(said).format(what=in_quotes(shortened(subject, QUOTED))), of_it=True)


def layout_of(line: str) -> str:
    """The layout of a picture that a line names: poster, logo or moodboard; else empty."""
    text = line.casefold()
    words = {**{word: word for word in KNOWN}, **LAYOUTS}
    return next((layout for word, layout in words.items() if word in text and layout in KNOWN), "")
