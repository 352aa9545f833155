"""A photo of sticky notes becomes ideas: what is written in it is kept as a draft, each note a thought, by column."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.domain.errors import Refusal
from bot.domain.ideas import Brainstorm, Channel, Person
from bot.messages import Upload
from bot.ports import Reply
from bot.services.media.drafts import Drafts, Thought
from bot.services.media.making import Making, Watch
from bot.services.media.uploads import picture, shown
from bot.services.team.governing import Governing
from bot.words import _

MODALITY = "vision"


class Photos:
    """Takes photos in."""

    def __init__(self, *, making: Making, governing: Governing, drafts: Drafts) -> None:
        self.making = making
        self.governing = governing
        self.drafts = drafts

    async def read(self, person: Person, channel: Channel, photo: Upload, reply: Reply, watch: Watch) -> Brainstorm:
        """What is written in a photo, kept; see `Memos.heard`.

        Raises:
            Refusal: it is no picture, nothing in it can be read, or nothing here reads.
            TooMany: too much was asked for within the hour.
            Outage: it could not be read now.
        """
        file = await picture(photo)
        await self.governing.admit(person, channel)
        facts = await self.making.read(file, watch)
        thoughts = list(_listed(facts.get("columns")))
        if not thoughts and facts.get("unread"):
            raise Refusal(_("What is written in {name} is in a script that cannot be read here.").format(name=shown(file.name)))
        if not thoughts:
            raise Refusal(
                _("Nothing could be read in {name}. Please take the photo closer, from the front and in more light.").format(
                    name=shown(file.name)
                )
            )
        return await self.drafts.keep(person, channel, MODALITY, thoughts, reply)


def _listed(told: object) -> Iterator[Thought]:
    """The thoughts that an engine tells, as JSON: [[heading, [text, …]], …]; nothing for what is no such thing."""
    try:
        found = json.loads(str(told or "[]"))
    except ValueError:
        return
    for column in found if isinstance(found, list) else ():
        match column:
            case [str(group), [*texts]]:
                yield from (Thought(text=text, group=group) for text in map(str, texts) if text.strip())
