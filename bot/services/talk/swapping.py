"""One word in place of another: change "wooden" to "marble", 把“木”换成“石”, 把流浪貓改成石虎. Rules, no model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.ideas import Idea, Prompt
from bot.domain.modalities import TEXT
from bot.services.cards import shortened
from bot.services.ideas.substituting import Swap
from bot.services.talk.amounts import COUNTED_ONE
from bot.services.talk.telling import KINDS
from bot.words import _

LONGEST = 120  # characters of such a line; what is longer tells a topic
_OPEN, _SHUT = r"[\"“”'‘’「『]", r"[\"“”'‘’」』]"
_ASK = r"(?:(?:please|now|just|and|also|ok(?:ay)?|no|yes)[, ]+|(?:can|could|would|will) (?:you|we)(?: please)? |let'?s )*"
_VERB = r"(?:change|replace|swap|exchange|substitute|switch|turn)(?: out)?"
_BY = r"(?:in ?to|to|with|by|for|against)"
RULES = (
    re.compile(
        rf"{_ASK}{_VERB} (?:the )?(?:word )?{_OPEN}(?P<old>[^\"“”]{{1,40}}?){_SHUT} {_BY} "
        rf"(?:the )?(?:word )?{_OPEN}(?P<new>[^\"“”]{{1,40}}?){_SHUT}(?: please)?",
        re.IGNORECASE,
    ),
    re.compile(rf"{_ASK}{_VERB} the word (?P<old>[\w-]+) {_BY} (?:the word )?(?P<new>[\w-]+)(?: please)?", re.IGNORECASE),
    re.compile(
        rf"{_ASK}(?:use|say|write|put) {_OPEN}(?P<new>[^\"“”]{{1,40}}?){_SHUT} (?:instead of|in place of|not|rather than) "
        rf"{_OPEN}(?P<old>[^\"“”]{{1,40}}?){_SHUT}(?: please)?",
        re.IGNORECASE,
    ),
    re.compile(r"(?:请|帮我)?[把将][“\"「『](?P<old>[^”\"」』]{1,20})[”\"」』](?:都)?(?:换成|换为|改成|改为|替换成|替换为)[“\"「『](?P<new>[^”\"」』]{1,20})[”\"」』]"),
)  # fmt: skip


#: Which one is meant: change "fair" to "fete" in the first idea.
_SHOWN = f"{KINDS}|picture|poster|logo|image"
INSIDE_ONE = re.compile(
    rf",? (?:in|of|on) (?P<one>(?:the )?(?:(?:{_SHOWN}|number|no) )?#?(?:{COUNTED_ONE})(?: (?:{_SHOWN}))?)(?: please)?$",
    re.IGNORECASE,
)


#: The same without quotation marks, where it is said which idea is meant.
BARE = re.compile(
    rf"{_ASK}{_VERB} (?:the )?(?:word )?(?P<old>[\w'-]{{2,}}) {_BY} (?:the )?(?:word )?(?P<new>[\w'-]+(?: [\w'-]+)?)(?: please)?",
    re.IGNORECASE,
)
#: "in the first idea, change fair to fete" begins with which one is meant.
BEGUN = re.compile(
    rf"^(?:in|of|on) (?P<one>(?:the )?(?:(?:{_SHOWN}|number|no) )?#?(?:{COUNTED_ONE})(?: (?:{_SHOWN}))?),? (?=\S+ \S)",
    re.IGNORECASE,
)


#: Words inside one idea, in quotation marks or not: 把流浪貓改成石虎. All of an idea, and how it is written, are no such words.
INSIDE = re.compile(
    rf"(?:请|請|帮我|幫我|麻烦|麻煩)*(?:把|将|將)(?:点子|點子)?(?:里|裡|中)?的?{_OPEN}?"
    r"(?P<old>(?!第|[\d一二三四五六七八九十]|它|这|這|那|全|所有|最[后後]一?[行句]|[开開][头頭]|题目|題目|标题|標題|主题|主題|话题|話題|背景|颜色|顏色|字|风格|風格|语言|語言|口吻|语气|語氣)"
    rf"[^,，。;；\"“”「」『』]{{1,12}}?){_SHUT}?(?:都|全)?(?:改成|改为|改為|换成|換成|换为|換為){_OPEN}?"
    r"(?P<new>(?!(?:中文|英文|汉语|漢語|英语|英語|诗|詩|歌|海报|海報|图|圖|更|短|长|長|别的|別的|其他|其它|什么|什麼))"
    rf"[^,，。;；？?\"“”「」『』]{{1,20}}?){_SHUT}?(?:吧|好吗|好嗎)?[。.！!]*"
)


def swapped(line: str) -> Swap | None:
    """The words in quotation marks that a line exchanges, of whatever stands there; None where it says anything else."""
    whole = " ".join(line.split()).strip(" .!?。！？")
    said = BEGUN.sub("", INSIDE_ONE.sub("", whole))
    if len(said) > LONGEST:
        return None
    rules = (*RULES, BARE) if said != whole else RULES
    match = next((found for rule in rules if (found := rule.fullmatch(said))), None)
    return Swap(match["old"].strip(), match["new"].strip()) if match is not None else None


def swapped_in(line: str) -> str:
    """Which of the ideas in front of a person is to have other words: "the first idea"; empty where none is named."""
    said = " ".join(line.split()).strip(" .!?。！？")
    match = INSIDE_ONE.search(said) or BEGUN.search(said)
    return match["one"].casefold().replace("#", "") if match is not None else ""


def swapped_inside(line: str) -> Swap | None:
    """The words of one idea that a Chinese line exchanges; None where it says no such thing."""
    match = INSIDE.fullmatch(" ".join(line.split()))
    return Swap(match["old"].strip(), match["new"].strip()) if match else None


def having(swap: Swap, ideas: Sequence[Idea]) -> list[Idea]:
    """The ideas with the word in them."""
    return [idea for idea in ideas if swap.within(idea.text)]


def told_how(swap: Swap, ideas: Sequence[Idea], prompt: Prompt) -> str:
    """What is typed to change a word of one of these ideas; of none, that nothing there has the word; `prompt`: what is there."""
    if not ideas and prompt.modality != TEXT:
        sentence = _(
            "What stands here last was made for “{topic}”, and has no “{word}” in it. An idea's words are changed with /edit, "
            "its number on /board and the new text."
        )
        return sentence.format(topic=shortened(prompt.text, 80), word=swap.old)
    if not ideas:
        return _("Nothing that stands here has “{word}” in it.").format(word=swap.old)
    return _("To change an idea's words: {command}").format(command=f"/edit {ideas[0].number} {swap.within(ideas[0].text)}")
