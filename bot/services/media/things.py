"""Reads what people say in Chinese of single things in a picture: 麦穗再大一点，背景换成深蓝色. Rules, no model.

A board is set anew from its words, so that no thing in it can be moved, enlarged, added or taken away; what else a line says can
be done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.services.chinese import simplified
from bot.services.media.changes import LONGEST, Change, change
from bot.services.media.worded import CLAUSE
from bot.words import N_

CANNOT = N_(
    "Single things in a picture cannot be moved, enlarged, added or taken away. For another picture: /imagine and what it should "
    "show, such as “/imagine a fox in the snow”."
)
_DEGREE = r"(?:大|小|高|低|多|少|粗|细|长|短|胖|瘦|近|远|圆|宽|窄|密|稀)"
#: What all of a clause fits that speaks of a thing in a picture, in Simplified characters.
THING = re.compile(
    r"(?!.*(?:点子|名字|口号|标题|主意|想法|诗|首|[:：]))(?:"
    rf"(?:把|将|让)?[^，,]{{0,8}}?(?:再|更|稍微|稍|有点|可以|能不能|画得?|弄得?|变|改)+{_DEGREE}(?:(?:一?点儿?|一些|些)了?|了)?(?:吧|吗)?|"
    rf"(?:把|将|让)?[^，,]{{0,8}}?(?:太|不够){_DEGREE}了?|"
    r"(?:把|将|让)?[^，,]{1,8}?(?:往|向|移到?|挪到?|放到?|放在|搬到?|靠)(?:左|右|上|下|前|后|中|里|旁|边).{0,4}|"
    r"(?:请|帮我|要|能不能|可以|还)*(?:(?:再|多)+(?:画|加|添|补)?|加|添|补)(?:上|进)?(?:几|一|两|三|四|五|些|点|\d)(?:些|点)?[个只条朵棵盏颗片辆座群匹头位根]?(?:[^，,]{0,6})|"
    r"(?:把|将)?[^，,]{0,8}?(?:去掉|删掉|拿掉|移除|擦掉|抹掉)(?:[^，,]{1,6})?(?:吧|吗)?)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of things in a picture, and beside."""

    change: Change | None  #: what can be done; None: nothing


def things(line: str) -> Said | None:
    """What a line says of single things in a picture; None where it speaks of none, or of anything else, too."""
    if len(line) > LONGEST or change(line, "image") is not None:
        return None
    clauses = [clause for clause in CLAUSE.split(line.strip(" ,，;；、。.!！?？")) if clause]
    beside = [clause for clause in clauses if change(clause, "image") is not None]
    of_things = [clause for clause in clauses if clause not in beside]
    if not of_things or not all(THING.fullmatch(simplified(clause).replace(" ", "")) for clause in of_things):
        return None
    said = change("，".join(beside), "image") if beside else None
    return Said(said if said is not None and said.options and not said.cannot else None)
