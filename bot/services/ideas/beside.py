"""Pictures and files that stand in messages of their own: which ideas they show, and what is left when one of those is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from bot.domain.errors import MuselabError
from bot.domain.ideas import Channel, IdeaId
from bot.messages import Card, Key
from bot.ports import Accompanied, Reply, Store
from bot.services.cards import Cards
from bot.words import _, language

log = structlog.get_logger(__name__)

EACH = Key(verb="hide", token="each")  # each picture is of one idea
WHOLE = Key(verb="hide", token="whole")  # one picture is of all of them
MANY = 1000  # of a channel's latest hidings, in which an idea is looked for


async def note(store: Store, reply: Reply, channel: Channel, at: datetime, *, of: Sequence[IdeaId] = ()) -> None:
    """Notes what stands beside a message that was just shown; `of`: which ideas a file shows that is of none alone.

    What cannot be noted stands there still.
    """
    if not isinstance(reply, Accompanied):
        return
    for address, shown in reply.standing():
        ideas, key = (shown, EACH) if shown else (of, WHOLE)
        if not ideas:
            continue
        try:
            await store.posted(channel.team, address, ideas, at, card=str(key), locale=language())
        except MuselabError as error:
            log.warning("a file could not be noted", why=str(error))


async def left(store: Store, cards: Cards, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card | None:
    """What such a message shows by now; None where none of its ideas was ever hidden, so that it is as it was."""
    if {hiding.idea for hiding in await store.hidings(channel, limit=MANY)}.isdisjoint(ideas):
        return None
    found = [await store.idea(channel.team, id) for id in ideas]
    there = [idea for idea in found if idea is not None and not idea.hidden]
    if not there or (key == WHOLE and len(there) < len(ideas)):
        return Card(text=_("The ideas that stood here were taken away."))
    return None if key == WHOLE else await cards.several(there, "")
