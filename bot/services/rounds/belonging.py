"""Which brainstorms' ideas are a round's: its own, and those that were asked for about a gap while it ran."""

from __future__ import annotations

from bot.domain.ideas import BrainstormId
from bot.domain.rounds import Round
from bot.ports import Store

ROUND = "round"  #: option of a prompt: id of the round that its ideas belong to; see `OF_ONE` of `answering`
LOOKED_AT = 100  # brainstorms of a channel, the latest, among which those are looked for


async def brainstorms_of(store: Store, round: Round) -> tuple[BrainstormId, ...]:
    """All of them, its own first, then in the order they were begun."""
    latest = await store.brainstorms(round.channel, limit=LOOKED_AT)
    joined = [one.id for one in reversed(latest) if one.prompt is not None and one.prompt.option(ROUND) == round.id]
    return (round.brainstorm, *joined)
