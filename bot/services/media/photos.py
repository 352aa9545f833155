"""A photo of sticky notes becomes ideas: what is written in it is kept as a draft, each note a thought, by column."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.errors import Refusal
from bot.domain.ideas import Brainstorm, Channel, Person
from bot.messages import THUMBNAIL, File, Upload
from bot.ports import Reply
from bot.services.media.awaiting import Watch
from bot.services.media.drafts import Drafts, Thought
from bot.services.media.making import Making
from bot.services.media.uploads import picture, shown
from bot.services.team.governing import Governing
from bot.words import _

MODALITY = "vision"
MOST_PICTURES = 48  # notes that an engine cuts out at most: a whole wall


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found in a photo."""

    draft: Brainstorm
    pictures: tuple[File, ...]  #: of notes that could not be read, each with the number that the draft has for it


class Photos:
    """Takes photos in."""

    def __init__(self, *, making: Making, governing: Governing, drafts: Drafts) -> None:
        self.making = making
        self.governing = governing
        self.drafts = drafts

    async def read(self, person: Person, channel: Channel, photo: Upload, reply: Reply, watch: Watch) -> Found:
        """What is written in a photo, kept, and pictures of the notes that could not be read; see `Memos.heard`.

        Raises:
            Refusal: it is no picture, nothing in it can be read, or nothing here reads.
            TooMany: too much was asked for within the hour.
            Outage: it could not be read now.
        """
        file = await picture(photo)
        await self.governing.admit(person, channel)
        made = await self.making.read(file, watch)
        cut = [one for one in made.files if one.name != THUMBNAIL]
        thoughts = list(_listed(made.facts.get("columns"), pictured=bool(cut)))
        if not thoughts and made.facts.get("unread"):
            raise Refusal(_("What is written in {name} is in a script that cannot be read here.").format(name=shown(file.name)))
        if not thoughts:
            raise Refusal(
                _("Nothing could be read in {name}. Please take the photo closer, from the front and in more light.").format(
                    name=shown(file.name)
                )
            )
        alt = _("Notes that could not be read, each with its number")
        pictures = tuple(replace(one, alt=one.alt or alt) for one in cut)
        return Found(draft=await self.drafts.keep(person, channel, MODALITY, thoughts, reply), pictures=pictures)


def _listed(told: object, *, pictured: bool) -> Iterator[Thought]:
    """The thoughts that an engine tells, as JSON: [[heading, [text, …]], …]; nothing for what is no such thing.

    An empty text is a note that could not be read; where pictures of those came along (`pictured`) they are numbered from 1.
    """
    try:
        found = json.loads(str(told or "[]"))
    except ValueError:
        return
    number = 0
    for column in found if isinstance(found, list) else ():
        match column:
            case [str(group), [*texts]]:
                for text in map(str, texts):
                    number += not text.strip()
                    if text.strip():
                        yield Thought(text=text, group=group)
                    elif pictured and number <= MOST_PICTURES:
                        yield Thought(text="", group=group, picture=number)
