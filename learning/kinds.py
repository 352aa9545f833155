"""What kind of task a prompt is. What pleases in a name says little about a story, so each kind earns trust by itself."""

from __future__ import annotations

import re

from bot.domain.ideas import Prompt
from bot.domain.modalities import Modality

OTHER = "other"  # the kind of prompts whose own kind is too rare to learn; its trust shows how well taste carries over
#: What is asked for stands before one of these: "names | for a tea bar", "a surprising use | for a brick".
HINGE = re.compile(r"\s(?:for|about|of|to|with|that|which|on|in|from|against)\s", re.IGNORECASE)
HAN_ENDING = 2  # characters of a Chinese topic that say what is asked for: 名字, 口号, 标题


def kind_of(prompt: Prompt) -> str:
    """`modality/language/what is asked for`."""
    if prompt.modality != "text":
        return kind_of_media(prompt.modality)
    if prompt.kind:
        return f"{prompt.modality}/{prompt.language}/{singular(prompt.kind)}"
    topic = prompt.text.casefold().strip(" ?!.。？！:：…")
    if re.search(r"[\u3400-\u9fff]", topic):
        asked = topic[-HAN_ENDING:]
    else:
        before = HINGE.split(topic, maxsplit=1)
        words = re.findall(r"[^\W\d_]+", before[0]) if len(before) > 1 else []
        asked = singular(words[-1]) if words else OTHER
    return f"{prompt.modality}/{prompt.language}/{asked}"


def kind_of_media(modality: Modality) -> str:
    """All pictures are of one kind, and so are all tunes and all that is spoken, a pitch's parts included."""
    return f"{modality}/any/{OTHER}"


def other(kind: str) -> str:
    """The catch-all beside a kind: same modality, same language."""
    return f"{kind.rpartition('/')[0]}/{OTHER}"


def singular(word: str) -> str:
    """An English noun without its plural s, near enough to bring "name" and "names" together."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
