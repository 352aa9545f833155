"""Which pictures of a team may teach an image style, and the words they were made for. It knows no model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from bot.domain.bridges import guests_words
from bot.domain.ideas import Idea, IdeaId, Team
from bot.ports import Store

MOST = 64  # pictures, those liked most: a style is learnt from dozens, and each is looked up again whenever the style is used
LETTERED = {"poster", "moodboard", "logo"}  #: layouts whose letters a style would learn as scribbles
WHOLE = 100_000  # ideas of a team that are looked at; the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One liked picture."""

    id: IdeaId
    words: str
    content: bytes


async def pictures(store: Store, team: Team) -> list[Picture]:
    """The pictures that more people liked than not, best first.

    Only of channels that agreed to training, as words of people go in, and maybe pictures of theirs.
    """
    ideas = await store.team_ideas(team, limit=WHOLE)
    foreign = guests_words(ideas)  # nobody of another team has agreed to anything here
    works = [idea for idea in ideas if may_teach(idea) and foreign.isdisjoint(idea.parents)]
    agreed = {channel: (await store.settings(channel)).training for channel in {idea.channel for idea in works}}
    works = [idea for idea in works if agreed[idea.channel]]
    worth: defaultdict[IdeaId, float] = defaultdict(float)
    for vote in await store.feedback(team, [idea.id for idea in works]):
        worth[vote.idea] += vote.value
    best = sorted((idea for idea in works if worth[idea.id] > 0), key=lambda idea: (-worth[idea.id], idea.id))[:MOST]
    media = await store.media(team, [idea.id for idea in best])
    pictures: list[Picture] = []
    for idea in best:
        file = next((one for one in media.get(idea.id, ()) if one.media_type == "image/png"), None)
        content = await store.content(team, file.digest) if file is not None else None
        source = await store.brainstorm(team, idea.brainstorm) if idea.brainstorm is not None else None
        if content is not None and source is not None and source.prompt is not None:
            pictures.append(Picture(id=idea.id, words=source.prompt.text, content=content))
    return pictures


def may_teach(idea: Idea) -> bool:
    """Whether a work is a picture without letters."""
    return idea.modality == "image" and dict(idea.traits).get("layout", "") not in LETTERED
