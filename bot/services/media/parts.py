"""The parts of a pitch: which works it may be put together from, and which of them was liked most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bot.domain.ideas import Brainstorm, Idea, IdeaId
from bot.domain.modalities import MODALITIES, Modality
from bot.ports import Store

PARTS = tuple(row for row in MODALITIES.values() if row.part)  #: what a pitch is put together from, in the order it is made in


async def best(store: Store, brainstorm: Brainstorm, modality: Modality) -> Idea | None:
    """The work of a kind, of those that a pitch may be put together from, that was liked most; of equals the newest.

    So each part can be made again by itself, and the next pitch of the same idea, or of this pitch, takes it.
    """
    team = brainstorm.channel.team
    ideas = await store.team_ideas(team)
    works = [idea for idea in family(brainstorm, ideas) if idea.modality == modality]
    liked: defaultdict[IdeaId, float] = defaultdict(float)
    for vote in await store.feedback(team, [work.id for work in works]):
        liked[vote.idea] += vote.value
    media = await store.media(team, [work.id for work in works])
    return max((work for work in works if work.id in media), key=lambda work: (liked[work.id], work.id), default=None)


def family(brainstorm: Brainstorm, ideas: Sequence[Idea]) -> list[Idea]:
    """Those of the ideas that a pitch may be put together from: what it pitches, its descendants, and parts made beside it.

    Args:
        brainstorm: the pitch; what it pitches is its first parent: an idea, a work, or an earlier pitch.
        ideas: the team's, newest first.
    """
    roots = set(brainstorm.parents[:1])
    cut = [idea for idea in ideas if idea.id in roots and idea.modality == "pitch"]
    roots |= {parent for pitch in cut for parent in pitch.parents}
    beside = {brainstorm.id, *(pitch.brainstorm for pitch in cut)}
    members: dict[IdeaId, Idea] = {}
    for idea in sorted(ideas, key=lambda idea: idea.id):  # ids sort by time: parents come before what was made of them
        if idea.id in roots or idea.brainstorm in beside or not roots.union(members).isdisjoint(idea.parents):
            members[idea.id] = idea
    return list(members.values())
