"""What was understood from a topic's words: as fields and options of an order, and as a line above its ideas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.ideas import MAX_IDEAS, MAX_STYLE, Prompt
from bot.services.ideas.filtering import WORDS
from bot.services.ideas.verses import POEMS
from bot.services.talk.long_texts import longer
from bot.services.talk.manners import BETWEEN, added, asked, shown
from bot.services.talk.wishes import Wishes, wishes
from bot.words import FALLBACK, _, language, ngettext

HEARD = "heard"  #: option of a prompt that names what of it was understood from the topic's words
ABOUT = "about"  #: option of a prompt that names what a question without a subject of its own is asked of
JUEJU = "jueju"  #: the kind of poem that is made of words from old verse
RHYMED = re.compile(r"(?:要|得|最好|能)*(?:押韵|对仗|工整|上口|朗朗上口)(?:的|一点|一些)*|[五七]言的?")  #: what a jueju is anyhow
INSTEAD = "instead"  #: option of a prompt that names the kind of poem or picture in whose place another is made


def told(topic: str, fields: Mapping[str, Any], options: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """A topic without the wishes in it, and an order's fields with them; what was given by an option wins.

    Args:
        topic: as written.
        fields: what was given by options, as `Answering.prompt` takes it.
        options: the prompt's options so far.
    """
    read = wishes(topic)
    if len(BETWEEN.join(read.how)) > MAX_STYLE:
        read = Wishes(topic=topic)  # of which nothing may be lost
    order, more = dict(fields), dict(options)
    heard: list[str] = []
    if read.count and "count" not in fields:
        order["count"], heard = min(read.count, MAX_IDEAS), [*heard, "count"]
    if read.how and "style" not in fields:
        order["style"], heard = BETWEEN.join(read.how), [*heard, "style"]
    for limit in (way for way in read.how if "style" in fields and not asked(way)):  # a budget holds beside any style
        order["style"] = added(str(order["style"] or ""), limit)
    if read.words and WORDS not in options:
        more[WORDS], heard = str(read.words), [*heard, WORDS]
    if read.audience and not options.get("audience"):
        more["audience"], heard = read.audience, [*heard, "audience"]
    if read.language:
        order["language"], heard = read.language, [*heard, "language"]
    if more.get(ABOUT):
        heard = [ABOUT, *heard]
    if heard:
        more[HEARD] = " ".join(heard)
    return read.topic, {**order, "options": more}


def understood(prompt: Prompt) -> str:
    """What was understood from the topic's words, in a short line, and what kind of poem is not written; else empty."""
    heard = prompt.option(HEARD).split()
    form = prompt.option(INSTEAD)
    instead = _("There is no “{form}” here; this is a jueju of four lines.").format(form=form) if form else ""
    words = int(prompt.option(WORDS) or 0)
    parts = {
        ABOUT: _("asked of {subject}, which stands here").format(subject=prompt.option(ABOUT)),
        "count": ngettext("{count} idea", "{count} ideas", prompt.count).format(count=prompt.count),
        "style": shown(prompt.style),
        WORDS: ngettext("at most {count} word", "at most {count} words", words).format(count=words),
        "audience": _("for {audience}").format(audience=prompt.option("audience")),
        "language": _("in Chinese") if prompt.language == "zh" else _("in English"),
    }
    said = [parts[name] for name in heard if name in parts]
    told = _("Understood: {wishes}.").format(wishes=(", " if language() == FALLBACK else "、").join(said)) if said else ""
    told = told.replace("….", "…").replace("…。", "…")  # of a way that was cut
    return " ".join(filter(None, (instead, told, unkept(prompt), _of_a_long_text(prompt))))


def unkept(prompt: Prompt) -> str:
    """That a jueju has no tone of anybody's choice, where one was wanted, but for rhymes, which all of them have."""
    ways = [way for way in prompt.style.split(BETWEEN) if way and not RHYMED.fullmatch(way)] if prompt.kind == JUEJU else []
    sentence = _("“{style}” is not kept: a jueju's words come from old verse, so its tone cannot be chosen.")
    return sentence.format(style=shown(BETWEEN.join(ways))) if ways else ""


def _of_a_long_text(prompt: Prompt) -> str:
    """What is made of a text that no idea can hold; empty for all else."""
    thing = longer(prompt.text) if prompt.kind not in (*POEMS, "stories") and prompt.operation == "fresh" else ""
    sentence = _("No idea can hold all of {thing}: these are lines and ideas for it. Whole texts: /poem, /copy, /story.")
    return sentence.format(thing=thing) if thing else ""
