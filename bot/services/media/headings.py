"""Under which headings of a photo ideas stood: a column of notes is kept as a topic of its own; see `drafts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.ideas import Idea, IdeaId
from bot.ports import Store

MODALITY = "vision"


async def headings(store: Store, ideas: Sequence[Idea]) -> Mapping[IdeaId, str]:
    """The heading of each idea that stood under one."""
    mine = [idea for idea in ideas if idea.origin == "human" and idea.brainstorm is not None]
    found: dict[IdeaId, str] = {}
    known: dict[str, str] = {}
    for idea in mine:
        assert idea.brainstorm is not None
        if idea.brainstorm not in known:
            under = await store.brainstorm(idea.channel.team, idea.brainstorm)
            prompt = None if under is None else under.prompt
            known[idea.brainstorm] = prompt.text if prompt is not None and prompt.modality == MODALITY else ""
        found[idea.id] = known[idea.brainstorm]
    return found
