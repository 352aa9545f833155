"""What a line says of ideas that stand there, and what else it wants: "2 is great, more like that", 扭蛋那个+1. Rules, no model.

The ideas are known here, so that a word or two of theirs names them (see `handles`). A line is cut into clauses; each that names
ideas says something of them by the patterns of the table, else the line is none of these. What no clause says is a reason, and is
dropped, or asks for something, and is read as a line of its own.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.domain.ideas import Idea
from bot.services.chinese import HAN, simplified
from bot.services.talk.amounts import HAN_NUMBERS
from bot.services.talk.handles import MENTION, Seen, named_in
from bot.services.talk.small_talk import small_talk

TABLE = Path(__file__).with_suffix(".toml")
LONGEST = 140  # characters of such a line; what is longer tells a topic, or a tale
MOST = 6  # clauses
LATE = 2  # clauses of something else before the first opinion: "phones are banned, so 5 is out"
SAYS = ("hide", "none", "pick", "down", "up")  #: in the order in which they are looked for: "not 4, it is fun" is against it
STRONGER = ("pick", "hide")  #: what is said later in its place
MODIFIERS = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]")  # of emoji: how they are drawn, and skin
ALIKE = str.maketrans({"−": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "，": ",", "！": "!", "？": "?", "；": ";", "＋": "+"})
#: Where a line is cut; the sign stays with the clause before it, as a question is told by it.
CUT = re.compile(
    r"(?<=[.!?;…。])\s*(?![\d.!?;…。])|(?<=[\U0001f300-\U0001faff❤])\s+(?=[a-z])|(?<=,)\s*|(?<=[a-z]:)\s+|\s+[-–—]\s+|"
    r"\s+and (?=(?:can|could|give|make|do us|"
    r"do me|draw|write|tell|show|mix|put|get|let) )|\s+(?=so (?:not |(?:number |no |#)?\d))|"
    r"\s+(?=but\b|though\b|although\b|because\b|cos\b)|\s*\n\s*|"
    r"(?=不过|但是?(?!愿)|可是|(?<!不)就是(?!这|那)|只是|因为)"
)
HAN_CUT = re.compile(
    r"(?<=[一-鿿\U0001f300-\U0001faff❤!…])(?<![和跟与及、])\s+(?=[^\W\d]|[\"“]|#?\d+[^\d ]?[一-鿿 和])|(?<=\+1)\s+|"
    r"(?<=pass)\s+|(?<=[要选投就定]\d)\s+|"
    r"(?:(?<=\bok)|(?<=\bnice))\s+(?=[一-鿿]{3})|(?<=[👍👎❌])(?=\s*#?\d)"
)
AND = re.compile(r"\s+and\s+")
#: What makes a clause a question, and no opinion.
ASKED = re.compile(
    r"\?$|谁|哪|什么|咋|啥|干嘛|怎么(?!说|样都)|为啥|吗\W*$|么\W*$|多少|几个|能不能|可不可以|是不是|有没有|\b(?:which|"
    r"who|whose)\b"
)
#: What only a topic says, where nothing but a run of words names an idea.
TOPICAL = re.compile(
    r"\b(?:names?|ideas?|ways|titles?|slogans?|statements?|themes?|gifts?|activities|things|questions) (?:for|to|of|"
    r"about)\b|\b(?:what|how) to\b|"
    r"选题|文案|标语|口号|寄语|祝福|名字|起名|取名|标题|怎么|如何|朋友圈"
)
LONGEST_BARE = 16  # characters of a Chinese clause with such a run
#: What a clause begins with that says something of an idea, and counts nothing: "3 games for kids", 3到6岁.
BEGUN = re.compile(
    r"\W*(?:(?:ok|okay|oh+|ah+|ooh+|wow|omg|haha+|lol|ugh|hm+|well|so|i think|i say|and|but|no|yes|yeah|meh|please|"
    r"pls)[,.! ]+)*@(?:\W*$|\s*[,.:!?;🪱-🫸😀-🙏🌀-🗿🚀-🛿❤]|"
    r" (?:we|i|it|they|you|she|he|my|our|the|that|this|could|would|will|might|is|has|needs?|sounds?|makes?|reminds?|but|"
    r"and|or|bc|cos|"
    r"though|tho|again|because|only|costs?|means?|gets?|got|was|looks?|seems?|feels?|can|can't|won't|doesn't|isn't|"
    r"arent|aren't|who|how|what|why|maybe|"
    r"if|when|please|pls|lol|lmao|omg|haha+|yes|yeah|no|nah|ehn|na|wouldn?t?|wouldn't|never|always|take|takes|people|"
    r"nobody|everyone|says|said|worries|bores|"
    r"cracks|kills|gives|ok|done|final|keep|fr|ngl|tbh|imo|also|too|already|still|just)\b|(?=.?[一-鿿])(?! ?[到至成份种倍折]))"
)
#: The same of a Chinese line with no more than a run of an idea's characters.
HAN_BEGUN = re.compile(r"\W*@(?:\W*$|[,!?;.…😀-🙏]|(?:哈哈|笑死|太|也太|真的?|好[^几多]|不[^同]|没|别|可|绝|牛)|\s+\S)")
#: "and 5 too", 5也是.
ALIKE_TOO = re.compile(
    r"(?:(?:and|also|plus|or|nor) |还有|以及)+@ ?(?:(?:too|as well|also|please|either|neither)[ ,]*)*|"
    r"@ ?(?:(?:too|as well|also|either|neither|也是?|也一样|一样|同理)[ ,]*)+"
)
NOT_BAD = re.compile(
    r"\b(?:not|isn't|aren't|wasn't)(?: (?:too|so|that|half|at all|a|an))* (?:bad|terrible|awful|stupid|wrong|bad idea)\b"
)
HAN_FEW = re.compile(r"前面?([两二三四五2-5])个")  #: 前三个都不错
TWICE = re.compile(r"([一-鿿]{2,6})\1+(?=\W*$)")  #: 扭蛋扭蛋！
PICTURES = re.compile(
    "(?![👍👎❤🔥😍🥰💯👌🙌💪✅😂🤣🎉👏💖🤩⭐❌🤮😴🙅💩✗✓✔√])[\u2600-\u27bf\U0001f000-\U0001faff]"
)  #: emoji that give no opinion
NAMES = re.compile(r"\s@[^\s@]{1,14}\s*$")  #: of somebody who is told
SHOUTED = re.compile(r"\W*@[ !~]*!{1,}[ !~]*")  #: "bingo!!"
#: What a clause asks for, where it is no reason: a question, an order, or a thing that is to be made.
ASKS = re.compile(
    r"(?:(?:and|but|so|ok|okay|now|then|please|pls|maybe|also|just|yes|great|hey|can we|lol|haha|well) )*(?:can|could|"
    r"would|will|how|what|who|whose|whos|where|when|why|which|is there|are there|is it|is that|does|do we|do you|"
    r"do they|did|should|shall|make|draw|add|give|write|mix|combine|merge|more|show|put|"
    r"let's|lets|try|send|turn|do|get|find|explain|tell|remove|delete|any(?: (?:more|others?|ideas|chance|way)|thing)|"
    r"something|another|(?:some|any|few) (?:more|others?|other|ideas)|others|similar|"
    r"logo|poster|picture|image|a? ?(?:logo|poster|picture|poem|slogan|song|tune|name)|"
    r"i(?:'d| would) like|i want|we need|we want|i need|need|want|but for|for|with|without|less|shorter|longer|cheaper|"
    r"funnier|change|edit|rename|call|pin|save|export|vote)\b|"
    r".*\?$",
    re.IGNORECASE,
)
HAN_ASKS = re.compile(
    r"(?:那|就|再|请|麻烦|帮忙?|#?\d{1,3}号?|第.个|给[^，,。]{1,8}(?=写|画|做|配|起|取|编|出)|给我?们?|我们?|咱们?|你|"
    r"它们?|它俩|这个|这俩|这两个|那个|照着|按|用|"
    r"跟|像|可以|能不能|"
    r"能|可不可以|顺便|然后|先|快|把|将|让|也|还|要|想要?|,)*(?:画|写|来|换|改|起|取|列|做[张个首份段]|弄[张个]|"
    r"出[张个]|加|展开|说说|讲讲|细说|详细|具体|类似|想看|看看|多|再|搞张|配|谱|念|读|发我|整理|总结|合并|合|缝|混|组合|"
    r"优化|润色|扩展|删|去掉|换成|有没有|有类似|怎么|如何|为什么|为啥|啥|哪|谁|多少|几)|"
    r".*(?:啥(?!也)|什么)|.*(?:吗|嘛|么|呢|\?|怎么(?:做|办|弄|搞|落地|操作|实现).*|一下|几个|几条|一张|一个图)$"
)


#: What orders something of an idea that it names, and says nothing of it.
ORDERS = re.compile(
    r"(?:(?:and|but|so|ok|okay|now|then|please|pls|can you|could you|let's) )*(?:make|draw|add|give|write|mix|combine|"
    r"merge|show|put|send|turn|edit|"
    r"change|rename|call|save|export|explain|tell|more|remove|delete|hide|read|say|rewrite|polish)\b|.*(?:画|写|换|"
    r"改(?:成|为|一下|个|得|叫)|"
    r"起名|取名|念|读|配|做成|合|缝|混|加到|删|去掉|展开|详细)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is said of one idea."""

    idea: Idea
    says: str  #: up, down, pick; none: a vote is taken back; hide
    sure: bool = True  #: the idea is named by what can be nothing else


@dataclass(frozen=True, slots=True)
class Heard:
    """What a line says of ideas, each once, and what else it asks."""

    opinions: tuple[Opinion, ...]  #: none: an idea is named, and something asked of it
    rest: str = ""  #: as it was written; empty: nothing is asked
    of: tuple[Idea, ...] = ()  #: the ideas that were named last, of which it is asked

    @property
    def sure(self) -> bool:
        """Whether all ideas are named by what can be nothing else."""
        return all(one.sure for one in self.opinions)


def heard(line: str, ideas: Sequence[Idea], *, by_place: bool = False) -> Heard | None:
    """What a line says of the ideas that stand there; None where it says nothing of them by these rules.

    Args:
        line: as typed.
        ideas: what stands in front of the person, top first.
        by_place: a number without "#" counts them from the top, as in a terminal; else it is the one beside an idea.
    """
    if len(line) > LONGEST or not ideas:
        return None
    clauses, seen = clauses_of(line), Seen(ideas, by_place=by_place, bare=TOPICAL.search(line) is None)
    if not clauses or len(clauses) > MOST:
        return None
    found: dict[str, Opinion] = {}
    spoken_of: tuple[Idea, ...] = ()
    before = ""  #: what was said last
    late = pure = False  #: something else was said before; an idea was named by a clause of its own
    for at, clause in enumerate(clauses):
        said = _alike(clause, seen, before) or opinions(clause, seen) or _of_it(clause, spoken_of)
        if said:
            before = said[-1].says
            found |= {one.idea.id: one for one in said if one.idea.id not in found or one.says in STRONGER}
            spoken_of = tuple(one.idea for one in said)
        elif (found or pure) and _asks(clause):
            return Heard(tuple(found.values()), " ".join(clauses[at:]), spoken_of)
        elif not found and not _filler(clause):
            named = _names(clause, seen)
            spoken_of, pure = named or spoken_of, pure or (bool(named) and _alone(clause, seen))
            late = late or not spoken_of
        if late and (at >= LATE or any(not one.sure for one in found.values())):
            return None
    return Heard(tuple(found.values()), of=spoken_of) if found else None


def about(line: str, ideas: Sequence[Idea], *, by_place: bool = False) -> Idea | None:
    """The one idea that a line begins with, as people do who say something of it; None where it begins with none.

    Args:
        line: as typed.
        ideas: what stands in front of the person, top first.
        by_place: as in `heard`.
    """
    clauses = clauses_of(line) if len(line) <= LONGEST else []
    seen = Seen(ideas, by_place=by_place, bare=TOPICAL.search(line) is None and not line.rstrip().endswith(("?", "？")))
    named = named_in(plain(clauses[0]), seen) if clauses else []
    rules = [(one, BEGUN if one.sure or not HAN.search(line) else HAN_BEGUN) for one in named if len(one.ideas) == 1]
    return next((one.ideas[0] for one, rule in rules if rule.match(one.masked)), None)


def clauses_of(line: str) -> list[str]:
    """The clauses of a line, as they were written."""
    text = " ".join(line.translate(ALIKE).split())
    cut = [
        part
        for one in CUT.split(text)
        for part in (HAN_CUT.split(one) if HAN.search(text) or "👎" in one or "👍" in one else [one])
    ]
    return [part.strip(" ,") for part in cut if part.strip(" ,.!…")]


def opinions(clause: str, seen: Seen) -> tuple[Opinion, ...]:
    """What one clause says of the ideas that it names; empty where that is nothing, or it asks."""
    text = plain(clause)
    chinese = HAN.search(text) is not None
    for named in named_in(text, seen):
        if not named.sure and chinese and len(text) > LONGEST_BARE:
            continue
        if says := _says(named.masked, chinese=chinese):
            return tuple(Opinion(idea, says, named.sure) for idea in named.ideas)
    parts = AND.split(text)
    each = [opinions(part, seen) for part in parts] if len(parts) > 1 else []
    return tuple(one for part in each for one in part) if each and all(each) else ()


def plain(clause: str) -> str:
    """A clause in small letters and Simplified characters, without the ways emoji are drawn."""
    text = MODIFIERS.sub("", unicodedata.normalize("NFKC", simplified(clause)).translate(ALIKE).casefold())
    text = HAN_FEW.sub(_listed, text)
    return TWICE.sub(r"\1", NAMES.sub("", " ".join(text.split())))


def _listed(match: re.Match[str]) -> str:
    """The first few ideas, each by its place: 前三个."""
    count = HAN_NUMBERS.get(match[1]) or int(match[1])
    return "和".join(f"第{place}个" for place in range(1, 1 + count))


def _says(masked: str, *, chinese: bool) -> str:
    """Up, down or pick, of a clause with "@" where it names ideas; empty where no pattern fits."""
    if ASKED.search(masked) and not re.search(r"[👍👎]|\+ ?1|\?{2}", masked):
        return ""
    if SHOUTED.fullmatch(masked):
        return "up"
    text = re.sub(r"[\"“”'()~～]", " ", PICTURES.sub(" ", masked)).strip(" .,!。、:;…")
    text = NOT_BAD.sub("good", text).replace("!", "").replace(" ", "" if chinese and not re.search("[a-z]", text) else " ")
    text = " ".join(text.split())
    rules = _rules()["chinese" if chinese else "english"]
    return next((says for says in SAYS if any(rule.fullmatch(text) for rule in rules[says])), "")


def _alike(clause: str, seen: Seen, before: str) -> tuple[Opinion, ...]:
    """What was said before of other ideas, of one more: "drop 4, and 5 too"."""
    named = named_in(plain(clause), seen) if before else []
    alike = [one for one in named if ALIKE_TOO.fullmatch(one.masked.strip(" .,!"))]
    return tuple(Opinion(idea, before, alike[0].sure) for idea in alike[0].ideas) if alike else ()


def _of_it(clause: str, ideas: Sequence[Idea]) -> tuple[Opinion, ...]:
    """What a clause says of the ideas that the one before it named: "… who has a bus? great idea though", …么 pass."""
    text = plain(clause).replace("'", " ").strip(" .,!~。")
    says = next((says for says in SAYS if any(rule.fullmatch(text) for rule in _rules()["it"][says])), "") if ideas else ""
    return tuple(Opinion(idea, says) for idea in ideas) if says else ()


def _names(clause: str, seen: Seen) -> tuple[Idea, ...]:
    """The ideas that a clause names, which says nothing of them and orders nothing."""
    found = named_in(plain(clause), seen)
    said = found[0].masked.strip(" ,.!?~") if found else ""
    begins = bool(found) and _rules()["filler"]["named"][0].match(said) is not None and not ORDERS.match(clause.casefold())
    plainly = begins and (found[0].sure or not HAN.search(clause))
    return found[0].ideas if found and (said == MENTION or plainly) else ()


def _alone(clause: str, seen: Seen) -> bool:
    """Whether a clause only names an idea by what can be nothing else, and asks nothing: "number 3, can you …"."""
    found = named_in(plain(clause), seen)
    sure = bool(found) and (found[0].sure or not HAN.search(clause))
    return sure and _rules()["filler"]["named"][0].fullmatch(found[0].masked.strip(" ,.!~")) is not None


def _asks(clause: str) -> bool:
    rule = HAN_ASKS if HAN.search(clause) else ASKS
    return rule.match(clause.casefold()) is not None and not _filler(clause)


def _filler(clause: str) -> bool:
    return bool(small_talk(clause)) or _rules()["filler"]["only"][0].fullmatch(plain(clause).strip(" .,!") + " ") is not None


@cache
def _rules() -> Mapping[str, Mapping[str, Sequence[re.Pattern[str]]]]:
    """The patterns of each language by what they say, the parts put in."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    parts = re.compile(r"<([A-Z]+)>")

    def whole(rule: str) -> re.Pattern[str]:
        return re.compile(parts.sub(lambda part: f"(?:{table['parts'][part[1]]})", rule).replace("@", f" ?{MENTION} ?"))

    found = {
        name: {says: tuple(map(whole, rules)) for says, rules in table[name].items()} for name in ("english", "chinese", "it")
    }
    return {**found, "filler": {"only": (whole("<FILL>(?:[a-z]{0,3} )?|<HI>"),), "named": (whole("<FILL>@|<HI>@"),)}}
