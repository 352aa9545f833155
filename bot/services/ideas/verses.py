"""The forms of poems, which kinds of ideas are poems, and what is said where a poem should rhyme."""

from __future__ import annotations

import re

from bot.domain.ideas import Prompt

#: The kind of idea that a poem of each form is, which is the name of its recipe, by the language of ideas.
FORMS = {
    "line": {"en": "poems", "zh": "poems"},
    "haiku": {"en": "haikus", "zh": "haikus"},
    "couplet": {"en": "couplets", "zh": "couplets"},
    "quatrain": {"en": "quatrains", "zh": "quatrains"},
    "limerick": {"en": "limericks", "zh": "limericks"},
    "jueju": {"zh": "jueju"},
    "wujue": {"zh": "jueju"},
    "qijue": {"zh": "jueju"},
    "cangtou": {"zh": "jueju"},
}
POEMS = frozenset(kind for kinds in FORMS.values() for kind in kinds.values())  #: kinds of ideas that are poems
RHYMING = ("couplets", "limericks")  #: kinds of poems that rhyme, in either language
_ASK = (
    r"(?:(?:please|now|but|and|ok(?:ay)?|no)[, ]+|"
    r"(?:can|could|would|will|should|must|do|does) (?:(?:you|it|they|these|that|this|the poems?) )?(?:please )?|"
    r"(?:i|we) (?:want|need|would like|'d like) (?:it|them) to |"
    r"(?:it|they|that) (?:should|must|needs? to|has to|does ?n[o']t|do ?n[o']t) )*"
)
RHYMES = re.compile(
    rf"{_ASK}(?:(?:make|let|have) (?:it|them|these|this|that|the poems?) )?(?:(?:with|more|some|use|add|needs?|in) )*"
    r"(?:rhym(?:e|es|ed|ing|ey)|a rhyme|verses? that rhymes?)"
    r"(?: (?:more|better|please|too|a bit|a little|them|ones?|poems?|version))*"
)


def rhyming(line: str) -> bool:
    """Whether a line wants rhymes: "can it rhyme more", "make it rhyme", "with rhymes"."""
    return RHYMES.fullmatch(" ".join(line.casefold().replace("’", "'").split()).strip(" .!?")) is not None


def rhymed(prompt: Prompt) -> str:
    """The kind of poem that rhymes, in place of those that stand there; of those that do, the other one."""
    return next(kind for kind in RHYMING if kind != prompt.kind)
