"""Lines that point at something: "shorter", 再短点, 第2个，便宜一点 are no topics, and mean nothing where no ideas stand."""

from __future__ import annotations

import re

from bot.domain.errors import Refusal, UnknownIdea
from bot.services.chinese import HAN, simplified
from bot.services.ideas.finding import ID, not_above
from bot.services.media.changes import change, modalities
from bot.services.talk import followups as said
from bot.services.talk import ways
from bot.services.talk.amounts import COUNTED_ONE, HAN_PLACES, counted
from bot.services.talk.deeds import IT, KNOWN, LAYOUTS, Deed
from bot.services.talk.manners import DISLIKED, HAN_ANY, HAN_CLAUSE, HAN_DULL, HAN_LIMIT, HAN_TOO, PLAINLY
from bot.services.talk.polite import politely, tidied
from bot.services.talk.tongues import HAN_TONGUE
from bot.words import N_, _

MOST_ALONE = 4  # words of a comparison that is no topic: with more, it may well be one
#: "make them shorter"
OF_THESE = re.compile(r"(?:make|keep) (?:them|these|those|it) (?:\S+ ?){1,3}")
ENGLISH = (ways.MORE, DISLIKED, ways.MORE_LIKE, OF_THESE)
CHINESE = (
    said.HAN_MORE,
    said.HAN_LIKE,
    said.HAN_LENGTH,
    HAN_TONGUE,
    HAN_TOO,
    re.compile(
        r"(?:(?:再|更|要|还要|稍微)[^，。,.]{1,5}(?:一点儿?|一些|点儿?|些)|[^，。,.]{1,4}一(?:点儿?|些)|(?:短|长|好|酷|"
        r"美|快|慢)(?:点|些))的?|"
        r"(?:只|就)要一?句话|(?:换|改)成?[^，。,]{1,4}(?:色|色调|风格)的?|(?:再|多)(?:来|给|写|想).{0,8}"
    ),
)
HAN_ANY_MORE = re.compile(rf"(?:{HAN_ANY.pattern})(?:更[^，。,]{{1,3}}|[^，。,]{{1,10}}(?:的|点|些))")
#: What may be a topic alone, but not behind such a clause: 下午茶点 and 再写一首，欢快点.
BESIDE = re.compile(r"[^，。,.]{1,4}(?:点|些)的?|\d{1,3}秒钟?")
EXAMPLE = N_("/poem autumn rain")  #: what works with every model, in either language


def points(line: str) -> bool:
    """Whether a line can be said of nothing but ideas or works that stand there; rules see no topic in it."""
    if len(line) > said.LONGEST:
        return False
    if any((one := change(line, kind)) is not None and one.never_of_words and one.options for kind in modalities(line)):
        return HAN.search(line) is not None
    text = tidied(simplified(line))
    if not HAN.search(text):
        spoken = text.replace(",", " ").replace("  ", " ")
        compared = len(spoken.split()) < MOST_ALONE and said.COMPARED.fullmatch(spoken) is not None
        alone = spoken in PLAINLY or compared or any(rule.fullmatch(spoken) for rule in ENGLISH)
        return bool(spoken) and alone and not said.NAMES.search(spoken)  # "more names like these" says what it wants
    closed = text.replace(" ", "").strip("，。,")
    if said.HAN_THE.fullmatch(closed):
        return True
    clauses = [politely(clause) for clause in HAN_CLAUSE.split(closed)]
    sure = [HAN_ANY_MORE.fullmatch(clause) is not None or any(rule.fullmatch(clause) for rule in CHINESE) for clause in clauses]
    beside = [any(rule.fullmatch(clause) for rule in (BESIDE, HAN_LIMIT, HAN_DULL)) for clause in clauses]
    return any(sure) and all(one or other for one, other in zip(sure, beside, strict=True))


def line(asked: Deed, under: str) -> str:
    """The typed line for what somebody asked in ordinary words; empty where nothing stands there that it could mean.

    Args:
        asked: what they asked.
        under: what stands in front of them, as in `bot.typed.Source`.

    Raises:
        Refusal: several stand there, and "it" may be any of them; or fewer than the line names.
    """
    if not asked.ideas:
        return asked.line
    if IT in asked.ideas:
        return _of_it(asked, under)
    shown = [id for id in under.split(",") if ID.fullmatch(id)]
    if not asked.by_place:
        return asked.line.format(*asked.ideas)
    if not shown:  # of a thread or a conversation, whose ideas the store knows
        return asked.line.format(*(f"@{under}/{one}" for one in asked.ideas)) if under else ""
    places = [len(shown) if one == -1 else one for one in asked.ideas]
    if max(places) > len(shown):
        raise not_above(len(shown), max(places))
    return asked.line.format(*(shown[one - 1] for one in places))


def _of_it(asked: Deed, under: str) -> str:
    shown = [id for id in under.split(",") if ID.fullmatch(id)]
    if len(shown) == 1:
        return asked.line.format(shown[0])
    if not under:
        return ""
    raise Refusal(_("Which one? Name it by the number beside it, such as “{example}”.").format(example=asked.line.format("2")))


_REF = rf"(?:the )?(?:(?:number|idea|option|name) )?#?(?:{COUNTED_ONE})(?: (?:one|idea))?"
_REFS = rf"(?P<ones>(?:both )?{_REF}(?:(?:,? and|,| &| \+| with)+ {_REF})+)"
_ORDER = (
    r"(?:(?:can|could|would|will|you|we|please|now|let's|ok|so|i|want|need|like|a|an|one|me|us|make|do|get|give|have|create|"
    r"design|draw|show) )*"
)
_PICTURE = r"(?P<kind>poster|logo|picture|image|mood ?board|banner|flyer|cover|drawing|illustration|sketch|comic)s?"
_HAN_REF = rf"(?:第?(?:\d{{1,3}}|[{HAN_PLACES}])(?:个|条|号)?|#\d{{1,4}})"
#: One picture of several ideas: "put 1 and 2 on a poster", 把2和5画成海报.
PICTURED = (
    re.compile(
        rf"{_ORDER}(?:one |single )?{_PICTURE} (?:of|for|with|about|from|using|combining|that shows|"
        rf"showing) {_REFS}(?: (?:together|on it|in it|combined|please))*"
    ),
    re.compile(
        rf"{_ORDER}(?:put|draw|paint|combine|show|make|mix|have|get|see) {_REFS}(?: together| both| combined)* (?:on|in|"
        rf"into|as|onto) (?:a|an|one|the|the same|a single) {_PICTURE}(?: please| together)*"
    ),
    re.compile(
        rf"(?:那|就|请|帮我们?|给我们?|再|麻烦)*(?:把|给|用|将|拿)?(?P<ones>{_HAN_REF}(?:[和跟与、,，+]|"
        rf"还有){_HAN_REF})(?:这两个|两个|都|一起|合起来|合在一起|点子)*(?:画|做|放|弄|出|搞|设计|合)"
        r"(?:成|到|进|在)?(?:同?一?[张个幅])?(?P<kind>海报|宣传画|标志|logo|情绪板|拼贴画?|图片|插画|插图|配图|封面|"
        r"漫画|图|画)(?:上|里)?(?:面)?(?:吧|啊|呗|看看)*"
    ),
)
_EACH = re.compile(rf"#?(?:{COUNTED_ONE})|第?(?:\d{{1,3}}|[{HAN_PLACES}])")


def pictured(text: str, under: str) -> dict[str, str]:
    """What `/imagine` is given for one picture of several ideas: these joined with "+", and its kind; empty: a line wants none.

    Args:
        text: as typed.
        under: what stands in front of the person, as in `bot.typed.Source`.

    Raises:
        Refusal: fewer stand there than the line names.
    """
    plain = " ".join(simplified(text).casefold().replace("’", "'").split()).strip(" .!?。！？")
    for rule in PICTURED if under else ():
        if (match := rule.fullmatch(plain)) is not None:
            refs = [_one(found[0], under) for found in _EACH.finditer(match["ones"])]
            kind = LAYOUTS.get(match["kind"], match["kind"])
            return {"what": "+".join(refs), **({"layout": kind} if kind in KNOWN else {})}
    return {}


def _one(said: str, under: str) -> str:
    """The reference of one idea; a bare number is a place where numbers count what stands on a screen."""
    one, by_place = counted(said.removeprefix("#"))
    return line(Deed("{}", (one,), by_place=by_place or (not said.startswith("#") and ID.match(under) is not None)), under)


#: One of several by its place, and nothing else: 就第一个, "the second one please", 3.
PLACE = re.compile(
    rf"(?:(?:ok|okay|yes|then|so|i'd say|let's do|lets do|take|try|go with)[, ]+)*(?:the )?(?:number |no |"
    rf"#)?(?P<one>{COUNTED_ONE})(?: one| topic)?(?:,? (?:please|pls|then))*|"
    rf"(?:就|那就?|选|要|用|来|我选|我要|试试)*(?P<han>第?(?:\d|[{HAN_PLACES}])|最后一)(?:个|条|题)?(?:题目|话题)?(?:吧|"
    rf"好了|呗|啊|试试)*",
    re.IGNORECASE,
)


def place(text: str) -> int:
    """The place that all of a line names, -1 = the last; 0: it names none, or says more."""
    match = PLACE.fullmatch(" ".join(simplified(text).split()).strip(" .!。！"))
    return 0 if match is None else counted(match["one"] or match["han"])[0]


def nothing_there() -> UnknownIdea:
    """What is said of a line that points at ideas where none stand."""
    sentence = _(
        "There are no ideas here yet that this could be said of. Write a topic first, put up an idea of your own with /idea, or "
        "try “{example}”."
    )
    return UnknownIdea(sentence.format(example=_(EXAMPLE)))
