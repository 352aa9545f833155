"""Which Chinese characters rhyme: the fourteen groups of finals of 中华新韵 (2005), read by pypinyin.

Equal pinyin finals do both wrong: 流 (iou) and 楼 (ou) rhyme, 诗 (shi) and 鸡 (ji) do not.
"""

from __future__ import annotations

import re
from functools import cache

GROUPS = ("麻", "波", "皆", "开", "微", "豪", "尤", "寒", "文", "唐", "庚", "齐", "支", "姑")  #: in their usual order
#: The finals of each group as pypinyin writes them with `strict=True`; -i after z, c, s, zh, ch, sh, r is told by the initial.
FINALS = {
    "麻": "a ia ua", "波": "o e uo", "皆": "ie ve ê", "开": "ai uai", "微": "ei uei", "豪": "ao iao", "尤": "ou iou",
    "寒": "an ian uan van", "文": "en in uen vn", "唐": "ang iang uang", "庚": "eng ing ueng ong iong", "齐": "i er v", "姑": "u",
}  # fmt: skip
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
HISSING = frozenset({"z", "c", "s", "zh", "ch", "sh", "r"})  #: initials after which "i" is the vowel of 支
#: Second readings that verse does use. All of a dictionary's would let 家 (gū) rhyme with 书.
SECOND = {"斜": "麻", "还": "寒", "行": "唐", "差": "支", "参": "文", "车": "齐"}

_GROUP_OF = {final: name for name, finals in FINALS.items() for final in finals.split()}


@cache
def rhymes(char: str) -> frozenset[str]:
    """The groups of a character's usual reading and of the second one that verse uses; empty for what is no Chinese character."""
    from pypinyin import Style, pinyin

    if not HAN.fullmatch(char):
        return frozenset()
    initial = pinyin(char, style=Style.INITIALS, strict=True)[0][0]
    final = pinyin(char, style=Style.FINALS, strict=True)[0][0]
    group = "支" if final == "i" and initial in HISSING else _GROUP_OF.get(final)
    return frozenset(name for name in (group, SECOND.get(char)) if name is not None)


def rhyme(one: str, other: str) -> bool:
    """Whether two lines end on one rhyme. The same character twice is no rhyme."""
    return bool(one and other) and one[-1] != other[-1] and bool(rhymes(one[-1]) & rhymes(other[-1]))
