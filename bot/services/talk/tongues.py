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


def tongue(match: re.Match[str]) -> str:
    """The language that a line asks for, "en" or "zh", of a match of `LANGUAGE`."""
    return next(code for code in LANGUAGES if match[code])
