"""Lines that point at something: "shorter", 再短点, 第2个，便宜一点 are no topics, and mean nothing where no ideas stand."""

from __future__ import annotations

import re

from bot.domain.errors import UnknownIdea
from bot.services.chinese import HAN, simplified
from bot.services.media.changes import change, modalities
from bot.services.talk import followups as said
from bot.services.talk.manners import DISLIKED, PLAINLY
from bot.services.talk.polite import politely, tidied
from bot.words import N_, _

MOST_ALONE = 4  # words of a comparison that is no topic: with more, it may well be one
#: "make them shorter"
OF_THESE = re.compile(r"(?:make|keep) (?:them|these|those|it) (?:\S+ ?){1,3}")
ENGLISH = (said.MORE, DISLIKED, said.MORE_LIKE, OF_THESE)
CHINESE = (
    said.HAN_MORE,
    said.HAN_LIKE,
    said.HAN_LENGTH,
    said.HAN_TONGUE,
    said.HAN_TOO,
    re.compile(
        r"(?:(?:再|更|要|还要|稍微)[^，。,.]{1,5}(?:一点儿?|一些|点儿?|些)|[^，。,.]{1,4}一(?:点儿?|些)|(?:短|长|好|酷|美|快|慢)(?:点|些))的?|"
        r"(?:只|就)要一?句话|(?:换|改)成?[^，。,]{1,4}(?:色|色调|风格)的?|(?:再|多)(?:来|给|写|想).{0,8}"
    ),
)
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
    clauses = [politely(clause) for clause in said.HAN_CLAUSE.split(closed)]
    sure = [any(rule.fullmatch(clause) for rule in CHINESE) for clause in clauses]
    return any(sure) and all(one or BESIDE.fullmatch(clause) for one, clause in zip(sure, clauses, strict=True))


def nothing_there() -> UnknownIdea:
    """What is said of a line that points at ideas where none stand."""
    sentence = _(
        "There are no ideas here yet that this could be said of. Write a topic first, put up an idea of your own with /idea, or "
        "try “{example}”."
    )
    return UnknownIdea(sentence.format(example=_(EXAMPLE)))
