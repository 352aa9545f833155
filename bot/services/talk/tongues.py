"""The languages that ideas are made in, and how people ask for one: "in Chinese", 用英文, 翻译成中文."""

from __future__ import annotations

import re

LANGUAGES = {
    "zh": r"(?:simplified |mandarin )?chinese|mandarin|中文|汉语|普通话|简体(?:中文)?|华语",
    "en": r"english|英文|英语",
}
LANGUAGE = re.compile(
    r"(?:(?:now|the same|same|them|and|but|all|write|give|say|put|show|make|it|these|this|that|translate|translated|再|请|改|换|"
    r"翻译|全部|都)(?: )?)*(?:in|into|to|成|用|为|说|写)? ?(?:"
    + "|".join(f"(?P<{code}>{words})" for code, words in LANGUAGES.items())
    + r") ?(?:please|version|instead|写|说|版|版本|表达|来写|来说)?"
)
HAN_TONGUE = re.compile(
    r"用?(?:(?P<zh>中文|汉语)|(?:英文|英语))的?(?:也|再)?(?:来|要|给|想|出|写)(?:(?P<count>\d{1,2}|[一二三四五六七八九十两])|几|一?些|点)?"
    r"[个首]?(?:点子|名字|诗)?(?:也行|也可以|也好|就行|就好)?"
)
#: 别用英文: in the other language.
HAN_NO_TONGUE = re.compile(r"(?:别|不要|不用)(?:再|都)?(?:用|说|写|给我)?(?:(?P<en>中文|汉语)|(?:英文|英语))(?:的|了|写|说)*")


def tongue(match: re.Match[str]) -> str:
    """The language that a line asks for, "en" or "zh", of a match of `LANGUAGE`."""
    return next(code for code in LANGUAGES if match[code])
