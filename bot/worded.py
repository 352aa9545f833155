"""What somebody asked in ordinary words, as a typed line: the ideas in it are named as the core names them."""

from __future__ import annotations

import re

from bot.domain.errors import Refusal
from bot.services.ideas.finding import not_above
from bot.services.talk.deeds import IT, Deed
from bot.words import _

IDS = re.compile(r"[0-9a-f]{24}")


def line(asked: Deed, under: str) -> str:
    """The typed line for what somebody asked in ordinary words; empty where nothing stands there that it could mean.

    Raises:
        Refusal: several stand there, and "it" may be any of them; or fewer than the line names.
    """
    if not asked.ideas:
        return asked.line
    if IT in asked.ideas:
        return _of_it(asked, under)
    shown = [id for id in under.split(",") if IDS.fullmatch(id)]
    if not asked.by_place:
        return asked.line.format(*asked.ideas)
    if not shown:  # of a thread or a conversation, whose ideas the store knows
        return asked.line.format(*(f"@{under}/{one}" for one in asked.ideas)) if under else ""
    places = [len(shown) if one == -1 else one for one in asked.ideas]
    if shown and max(places) > len(shown):
        raise not_above(len(shown), max(places))
    return asked.line.format(*(shown[one - 1] for one in places)) if shown else ""


def _of_it(asked: Deed, under: str) -> str:
    shown = [id for id in under.split(",") if IDS.fullmatch(id)]
    if len(shown) == 1:
        return asked.line.format(shown[0])
    if not under:
        return ""
    raise Refusal(_("Which one? Name it by the number beside it, such as “{example}”.").format(example=asked.line.format("2")))
