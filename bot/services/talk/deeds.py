"""What people ask to be done, in ordinary words: "a poster for number 2", "I like the third one". Rules, no model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.services.chinese import HAN, simplified
from bot.services.media.changes import Change, change
from bot.services.media.ordered import begun, typed
from bot.services.talk.amounts import COUNTED_ONE, MOST, counted, number
from bot.services.talk.cutting import cut
from bot.services.talk.filing import wanted
from bot.services.talk.followups import follow_up
from bot.services.talk.plain import plain
from bot.services.talk.polite import plainly
from bot.services.talk.praising import carried, instead, liked, vote_called
from bot.services.talk.rewording import reworded
from bot.services.talk.telling import SENTENCE, told

LONGEST = 90  # characters of a line that may be such; what is longer tells a topic
RULES = Path(__file__).with_suffix(".toml")
NUMBERED = ("n", "a", "b")  # groups of the patterns that name ideas
#: What a word for a picture names of the layouts of `/imagine`; any other picture is one of each.
LAYOUTS = {
    **dict.fromkeys(("mood board", "collage", "情绪板", "拼贴", "拼贴画"), "moodboard"),
    **dict.fromkeys(("海报", "宣传画", "宣传图"), "poster"),
    **dict.fromkeys(("标志", "标识", "徽标"), "logo"),
}
KNOWN = ("logo", "poster", "moodboard")
#: Kinds of picture that tell something in several scenes, which are made as the board that has several pictures; and drawn ones.
STORYBOARDS = frozenset(("storyboard", "story board", "分镜", "分镜头", "分镜图", "分镜头图", "故事板", "故事版"))
COMICS = frozenset(("comic", "cartoon", "漫画", "四格漫画", "连环画", "条漫"))
IT = 0  #: among the ideas of a deed: the one that stands there alone
#: An idea of one's own, behind a colon.
BROUGHT = re.compile(
    r"(?:(?:add|put)(?: (?:mine|this|my idea|an idea))?(?: (?:on|to) the board)?|(?:my |an? )?idea|我的点子|加一个点子|点子)"
    r"\s*[:：]\s*(?P<text>.+)",
    re.IGNORECASE,
)
#: The same between quotation marks: can you add "The Lending Shed" to the list.
QUOTED = re.compile(
    r"(?:(?:please|also|and|ok|now|can you|could you|let'?s|i want to|i'd like to|we should),? )*"
    r"(?:add|put|include|write)(?: the idea| also| in)? [\"“'‘](?P<text>[^\"“”]{2,}?)[\"”'’] (?:to|on|onto|in|into) "
    r"(?:the |our |my |this |that )?(?:list|board|ideas?|options|names|mix)(?: too| as well| please)*[.!?]*",
    re.IGNORECASE,
)
#: "what about “lumberjack”? add that", “Deadwood” – put it on the list.
OFFERED = re.compile(
    r"(?:(?:ok|okay|hm+|oh|and|or|also|so|what about|how about|maybe|i like|my idea|i had|we have|one more|mine|"
    r"another one)[,:]? )*"
    r"[\"“'‘](?P<text>[^\"“”]{2,}?)[\"”'’]\s*[?!.,–-]*\s*(?:(?:can you|could you|please|pls|then|ok|so|let'?s|and|"
    r"just) )*(?:add|put|include|write|save) "
    r"(?:that|it|this)(?: one)?(?: (?:to|on|in|down)(?: (?:the|our) (?:list|board|ideas))?)?(?: too| as well| please|"
    r" pls)*[.!]*",
    re.IGNORECASE,
)
_HAN_IDEA = r"(?:点子|點子|主意|想法|办法|辦法|建议|建議)"
#: The same in Chinese, in either characters: 我补充一个：…, 我的点子是…; no question, and no request for others' ideas.
HAN_BROUGHT = re.compile(
    r"(?!.*(?:帮我|幫我|帮忙|幫忙|请给|請給|[几幾][个個条條]|起名|取名|怎么|怎麼|如何|什么|什麼|哪|[吗嗎？?]))"
    rf"(?:(?:我们?|我們)?(?:再|也|还|還|想|来|來|要|先)*(?:补充|補充|加|添|提|贡献|貢獻|补|補)(?:上|进|"
    rf"進)?[一1]?(?:[个個条條句点點])"
    rf"(?:(?:我|我们|我們)?(?:自己)?的?{_HAN_IDEA}\s*[:：，,]|\s*[:：])"
    rf"|(?:我们|我們|我|咱们|咱們)(?:[^：:，,。]{{0,6}}?自己)?的?{_HAN_IDEA}(?:\s*[:：]|是[:：]?)"
    rf"|(?:我们|我們|我|咱们|咱們)(?:这里|這裡|这儿|也|还|還|倒|刚好|剛好)*有[一1]?[个個条條]?(?:新|"
    rf"好)?的?{_HAN_IDEA}\s*[:：，,])"
    r"\s*(?P<text>.+)"
)
#: A topic put right: what it is to be stands behind.
RETITLED = re.compile(
    r"(?:(?:please |can you |could you )?(?:change|rename|correct|set) (?:the |our )?"
    r"(?:title|topic|subject|theme|heading|headline)(?: to| into| as|:)|(?:the )?(?:title|topic|subject) "
    r"(?:should be|is actually|must be)|"
    r"(?:把|将)?(?:题目|标题|主题|话题)(?:改成|改为|换成|换为|应该是|"
    r"应为))\s*[:：]?\s*[\"“「『]?(?P<text>[^\"”」』]+)[\"”」』]?",
    re.IGNORECASE,
)
CLAUSES = re.compile(r"\s*[,;.!]+\s+|\s+[–—-]\s+|\s+(?=because\b)")
#: Why somebody asks something, or a word to it: "it's awful", "because they sound old", "done", "thanks".
REASON = re.compile(
    r"(?:(?:because|cause|since) )?(?:it|that|this|they|nobody|people|we all) ?(?:s|is|was|are|sounds?|looks?|feels?"
    r"|seems?|has|fits?|likes?)"
    r"(?: [a-z]+){1,5}|done|thanks?|thank you|please|ok|okay|sorry|wow|love it|yes|no"
)
#: Commands that make something of "it", and what they make.
MAKING = {"/imagine": "image", "/compose": "music", "/say": "speech"}


@dataclass(frozen=True, slots=True)
class Deed:
    """A command, written as on a typed line, with {} where the ideas stand that it is about."""

    line: str
    ideas: tuple[int, ...] = ()  #: -1: the last
    by_place: bool = False  #: they are counted as they stand in front of the person, not named by the numbers beside them
    layout: str = ""  #: of a picture of "it"
    how: Change | None = None  #: what was said of a work of "it"
    said: str = ""  #: what else the command is told: "vote" of the board; the kind of picture in whose place another is made
    scene: str = ""  #: of a picture of "it": with what or where it is, "on a wooden table"; of a tune: how it is to be

    @property
    def only_there(self) -> bool:
        """Whether it can be no topic: "a logo for the second one" may be one, "delete the third" is none."""
        return self.line.split()[0] not in MAKING

    @property
    def modality(self) -> str:
        """What is made of "it", which stands in front of the person and is named by no number; empty: nothing of the kind."""
        return MAKING.get(self.line, "") if not self.ideas else ""


def deed(line: str) -> Deed | None:
    """The command that all of a line asks for; None where it is anything else."""
    if rewording := reworded(line):
        return _reworded(*rewording)
    if len(line) > LONGEST:
        return None
    if brought := next(filter(None, (way.fullmatch(line.strip()) for way in (BROUGHT, QUOTED, OFFERED, HAN_BROUGHT))), None):
        return Deed("/idea " + brought["text"])
    if retitled := RETITLED.fullmatch(line.strip(" .!。！")):
        return Deed("/correct " + retitled["text"].strip())
    if form := wanted(line):
        return Deed(f"/export {form}")
    chinese = HAN.search(line) is not None
    text = plain(simplified(line)).replace(" ", "") if chinese else plain(line)
    if not chinese:
        asked = _fitting(text, chinese=False) or _fitting(plainly(text), chinese=False)
        return asked or _with_reason(line) or _carried(line) or _told(line)
    asked = _fitting(text, chinese=True)
    return (None if asked is not None and asked.line == "/more {}" and liked(line) else asked) or _cut(text, line)


def _cut(text: str, line: str) -> Deed | None:
    """What the words of a Chinese line ask for in any order; None where a follow-up says more of it."""
    found = cut(text)
    if found is None or (found.command == "/more {}" and (said := follow_up(line)) is not None and said.like):
        return None  # a follow-up tells how many, too, and how they are to be
    return _meant(found.command, {"n": found.idea, "kind": found.kind, "format": found.stars}, chinese=True)


def _with_reason(line: str) -> Deed | None:
    """What is asked of an idea in a line that goes on with why: "delete number 3, it's awful"."""
    first, *rest = (plainly(plain(clause)) for clause in CLAUSES.split(line.strip(" .!")))
    asked = _fitting(first, chinese=False) if rest and all(map(REASON.fullmatch, rest)) else None
    return asked if asked is not None and asked.ideas and asked.only_there else None


def _carried(line: str) -> Deed | None:
    """What is asked of the idea that a line praises first: "ooh the second one is cute, draw it"."""
    rest = carried(line)
    asked = _fitting(plainly(plain(rest)), chinese=False) if rest else None
    if asked is None and (other := instead(line)):
        voted = _fitting(plainly(plain(other)), chinese=False)
        return voted if voted is not None and voted.line == "/vote {} up" else None
    if asked is None and (last := vote_called(line)):
        return one if (one := _fitting(plainly(plain(last)), chinese=False)) is not None and one.said == "vote" else None
    return asked if asked is not None and asked.ideas else None


def _told(line: str) -> Deed | None:
    """What an English line asks by its words alone."""
    found = told(line)
    return None if found is None or found.does.startswith(SENTENCE) else _meant(found.does, {"n": found.idea}, chinese=False)


def _fitting(text: str, *, chinese: bool) -> Deed | None:
    """The deed of the first rule that all of a text fits."""
    for command, rules in patterns("chinese" if chinese else "english").items():
        for rule in rules:
            if (match := rule.fullmatch(text)) and (meant := _meant(command, match.groupdict(), chinese=chinese)) is not None:
                return meant
    return None


@cache
def patterns(language: str) -> Mapping[str, Sequence[re.Pattern[str]]]:
    """The patterns of each command in a language, the parts put in."""
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    table["parts"]["ONE"] = COUNTED_ONE
    parts = re.compile("|".join(sorted(table["parts"], key=len, reverse=True)))

    def whole(rule: str) -> re.Pattern[str]:
        before = ""
        while before != rule:
            before, rule = rule, parts.sub(lambda part: str(table["parts"][part[0]]), rule)
        return re.compile(rule)

    return {command: tuple(map(whole, rules)) for command, rules in table[language].items()}


def _meant(command: str, groups: Mapping[str, str | None], *, chinese: bool) -> Deed | None:
    """The deed of a rule that fits; None where what is said of how it should be is nothing of the kind."""
    said = {name: text for name, text in groups.items() if text}
    named = [counted(said[name]) for name in NUMBERED if name in said]
    numbers = tuple(idea for idea, _by_place in named) or ((IT,) if "it" in said else (1, 2) if "pair" in said else ())
    command, _sign, beside = command.partition(" | ")
    layout, instead, manner = _pictured(said.get("kind", ""))
    modality = MAKING.get(command.split()[0], "")
    how = change(said["how"], modality) if "how" in said else manner
    if "how" in said and (how is None or how.cannot or (named and not begun(how)[0])):
        return None
    beside = beside.replace("{format}", str(number(said.get("format")) or MOST))
    line = command.replace("{kind}", layout).replace("{format}", said.get("format", "")).strip()
    by_place = "pair" in said or (bool(named) and (chinese or any(by_place for _idea, by_place in named)))
    if numbers or not modality:
        options = "".join(f' --{name} "{value}"' for name, value in typed(how).items()) if how is not None else ""
        return Deed(line + options, numbers, by_place=by_place, said=beside or instead)
    return Deed(line, layout=layout, how=how, said=instead, scene=said.get("scene", ""))


def _pictured(kind: str) -> tuple[str, str, Change | None]:
    """The layout of a kind of picture, the kind in whose place that is made, and how it is drawn; each may be empty."""
    if kind in STORYBOARDS:
        return "moodboard", "storyboard", None
    if kind in COMICS:
        return "", "comic", Change(options=(("style", "flat"),))
    return (LAYOUTS.get(kind, kind) if LAYOUTS.get(kind, kind) in KNOWN else ""), "", None


def _reworded(one: str, text: str) -> Deed:
    """An idea's new words; they are no pattern, so braces in them stand for themselves."""
    idea, by_place = counted(one)
    return Deed("/edit {} " + text.replace("{", "{{").replace("}", "}}"), (idea,), by_place=by_place)
