"""What somebody asked in ordinary words, as a typed line: the ideas in it are named as the core names them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.errors import Refusal
from bot.messages import ALSO, Key
from bot.services.ideas.finding import ID, not_above
from bot.services.talk.deeds import IT, Deed
from bot.services.talk.pointing import nothing_there
from bot.services.talk.voting import Vote
from bot.words import _


def line(asked: Deed, under: str) -> str:
    """The typed line for what somebody asked in ordinary words; empty where nothing stands there that it could mean.

    Raises:
        Refusal: several stand there, and "it" may be any of them; or fewer than the line names.
    """
    if not asked.ideas:
        return asked.line
    if IT in asked.ideas:
        return _of_it(asked, under)
    shown = [id for id in under.split(",") if ID.fullmatch(id)]
    if not asked.by_place:
        return asked.line.format(*asked.ideas)
    if not shown:  # of a thread or a conversation, whose ideas the store knows
        return asked.line.format(*(f"@{under}/{one}" for one in asked.ideas)) if under else ""
    places = [len(shown) if one == -1 else one for one in asked.ideas]
    if shown and max(places) > len(shown):
        raise not_above(len(shown), max(places))
    return asked.line.format(*(shown[one - 1] for one in places)) if shown else ""


def votes(several: Sequence[Vote], under: str) -> tuple[Key, dict[str, str]]:
    """The first vote, and the others beside it: "like 2 and 4".

    Raises:
        UnknownIdea: nothing stands there that they could mean.
    """
    refs = [line(Deed("{}", (one.idea,), by_place=one.by_place), under) for one in several]
    if not all(refs):
        raise nothing_there()
    also = " ".join(f"{ref}:{one.says}" for ref, one in zip(refs[1:], several[1:], strict=True))
    return Key(verb="vote", target=refs[0], token=several[0].says), {ALSO: also}


def _of_it(asked: Deed, under: str) -> str:
    shown = [id for id in under.split(",") if ID.fullmatch(id)]
    if len(shown) == 1:
        return asked.line.format(shown[0])
    if not under:
        return ""
    raise Refusal(_("Which one? Name it by the number beside it, such as “{example}”.").format(example=asked.line.format("2")))
