"""What people ask to be done, in ordinary words: "a poster for number 2", "I like the third one". Rules, no model."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.services.chinese import simplified
from bot.services.ideas.amounts import HAN_NUMBERS, ORDINALS
from bot.services.ideas.cutting import cut
from bot.services.ideas.followups import follow_up
from bot.services.ideas.talking import HAN
from bot.services.media.changes import Change, change
from bot.services.media.ordered import begun

LONGEST = 90  # characters of a line that may be such; what is longer tells a topic
RULES = Path(__file__).with_suffix(".toml")
NUMBERED = ("n", "a", "b")  # groups of the patterns that name ideas
#: What a word for a picture names of the layouts of `/imagine`; any other picture is one of each.
LAYOUTS = {
    **dict.fromkeys(("mood board", "collage", "情绪板", "拼贴", "拼贴画"), "moodboard"),
    **dict.fromkeys(("海报", "宣传画"), "poster"),
    **dict.fromkeys(("标志", "标识", "徽标"), "logo"),
}
KNOWN = ("logo", "poster", "moodboard")
#: Kinds of picture that tell something in several scenes, which are made as the board that has several pictures; and drawn ones.
STORYBOARDS = frozenset(("storyboard", "story board", "分镜", "分镜头", "分镜图", "分镜头图", "故事板", "故事版"))
COMICS = frozenset(("comic", "cartoon", "漫画", "四格漫画", "连环画", "条漫"))
IT = 0  #: among the ideas of a deed: the one that stands there alone
LAST = "最后一"
#: An idea of one's own, behind a colon.
BROUGHT = re.compile(
    r"(?:(?:add|put)(?: (?:mine|this|my idea|an idea))?(?: (?:on|to) the board)?|(?:my |an? )?idea|我的点子|加一个点子|点子)"
    r"\s*[:：]\s*(?P<text>.+)",
    re.IGNORECASE,
)


#: A topic put right: what it is to be stands behind.
RETITLED = re.compile(
    r"(?:(?:please |can you |could you )?(?:change|rename|correct|set) (?:the |our )?"
    r"(?:title|topic|subject|theme|heading|headline)(?: to| into| as|:)|(?:the )?(?:title|topic|subject) "
    r"(?:should be|is actually|must be)|"
    r"(?:把|将)?(?:题目|标题|主题|话题)(?:改成|改为|换成|换为|应该是|应为))\s*[:：]?\s*[\"“「『]?(?P<text>[^\"”」』]+)[\"”」』]?",
    re.IGNORECASE,
)
#: An idea to be put otherwise, the new words behind: 把第3个改成：…
REWORDED = re.compile(
    r"(?:把|将)?第?(?P<n>\d{1,3}|[一二三四五六七八九十])(?:个|句|条|款|号)(?:点子|名字)?(?:(?:改成|改为|换成|换为|改写成)\s*(?:[:：]\s*[\"“「『]?|[\"“「『])|"
    r"(?:改名(?:叫|为|成)?|改叫|更名为|重命名为)做?\s*[:：]?\s*[\"“「『]?)(?P<text>[^\"”」』]+)[\"”」』]?|"
    r"(?:please )?(?:change|edit|rewrite|rename) (?:the )?(?:idea |number |no\.? |nr )?#?(?P<number>\d{1,4})"
    r"(?:(?: to| into)?\s*:\s*|(?: to| into) (?=[\"“]))[\"“]?(?P<words>[^\"”]+)[\"”]?",
    re.IGNORECASE,
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
    if len(line) > LONGEST:
        return None
    if brought := BROUGHT.fullmatch(line.strip()):
        return Deed("/idea " + brought["text"])
    if reworded := REWORDED.fullmatch(line.strip()):
        return _reworded(reworded)
    if retitled := RETITLED.fullmatch(line.strip(" .!。！")):
        return Deed("/correct " + retitled["text"].strip())
    chinese = HAN.search(line) is not None
    text = _bare(simplified(line)).replace(" ", "") if chinese else _bare(line)
    for command, rules in patterns("chinese" if chinese else "english").items():
        for rule in rules:
            if (match := rule.fullmatch(text)) and (meant := _meant(command, match.groupdict(), counted=chinese)) is not None:
                return meant
    found = cut(text) if chinese else None
    if found is None or (found.command == "/more {}" and (wanted := follow_up(line)) is not None and wanted.like):
        return None  # a follow-up tells how many, too, and how they are to be
    return _meant(found.command, {"n": found.idea, "kind": found.kind, "format": found.stars}, counted=True)


@cache
def patterns(language: str) -> Mapping[str, Sequence[re.Pattern[str]]]:
    """The patterns of each command in a language, the parts put in."""
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    parts = re.compile("|".join(sorted(table["parts"], key=len, reverse=True)))

    def whole(rule: str) -> re.Pattern[str]:
        before = ""
        while before != rule:
            before, rule = rule, parts.sub(lambda part: str(table["parts"][part[0]]), rule)
        return re.compile(rule)

    return {command: tuple(map(whole, rules)) for command, rules in table[language].items()}


def _meant(command: str, groups: Mapping[str, str | None], *, counted: bool) -> Deed | None:
    """The deed of a rule that fits; None where what is said of how it should be is nothing of the kind."""
    said = {name: text for name, text in groups.items() if text}
    names = [said[name].removeprefix("the ") for name in NUMBERED if name in said]
    numbers = tuple(map(_number, names)) or ((IT,) if "it" in said else (1, 2) if "pair" in said else ())
    command, _sign, beside = command.partition(" | ")
    layout, instead, manner = _pictured(said.get("kind", ""))
    modality = MAKING.get(command.split()[0], "")
    how = change(said["how"], modality) if "how" in said else manner
    if "how" in said and (how is None or how.cannot or (names and not begun(how)[0])):
        return None
    line = command.replace("{kind}", layout).replace("{format}", said.get("format", "")).strip()
    by_place = "pair" in said or (bool(names) and (counted or not all(map(str.isdecimal, names))))
    if numbers or not modality:
        options = "".join(f' --{name} "{value}"' for name, value in begun(how)[0].items()) if how is not None else ""
        return Deed(line + options, numbers, by_place=by_place, said=beside or instead)
    return Deed(line, layout=layout, how=how, said=instead)


def _number(name: str) -> int:
    """The idea that a word names, 1 = the first, -1 = the last."""
    return -1 if name == LAST else int(name) if name.isdecimal() else ORDINALS.get(name) or HAN_NUMBERS[name]


def _pictured(kind: str) -> tuple[str, str, Change | None]:
    """The layout of a kind of picture, the kind in whose place that is made, and how it is drawn; each may be empty."""
    if kind in STORYBOARDS:
        return "moodboard", "storyboard", None
    if kind in COMICS:
        return "", "comic", Change(options=(("style", "flat"),))
    return (LAYOUTS.get(kind, kind) if LAYOUTS.get(kind, kind) in KNOWN else ""), "", None


def _reworded(match: re.Match[str]) -> Deed:
    """An idea's new words; they are no pattern, so braces in them stand for themselves."""
    text = (match["text"] or match["words"]).strip().replace("{", "{{").replace("}", "}}")
    if match["number"]:
        return Deed(f"/edit {{}} {text}", (int(match["number"]),))
    return Deed(f"/edit {{}} {text}", (int(match["n"]) if match["n"].isdecimal() else HAN_NUMBERS[match["n"]],), by_place=True)


def _bare(line: str) -> str:
    """The words of a line in small letters, signs gone."""
    folded = unicodedata.normalize("NFKC", line).casefold()
    return " ".join("".join(char if unicodedata.category(char)[0] in "LN" else " " for char in folded).split())
