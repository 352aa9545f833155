"""What was heard or read in a file, on its way to the board: kept, shown to who handed it in, changed, and then put there.

A draft is kept as a brainstorm that makes nothing: its prompt holds the words, so they are exported and deleted with everything
else of the person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.domain.errors import InvalidPrompt, NotAllowed, Refusal, UnknownIdea
from bot.domain.ideas import MAX_IDEA, MAX_TOPIC, Brainstorm, BrainstormId, Channel, Idea, Person, Prompt, clean
from bot.domain.modalities import Modality
from bot.ports import Clock, Reply, Store
from bot.services.ideas.headers import headed
from bot.services.votes.listening import Listening
from bot.words import _

MOST_THOUGHTS = 60  # of one file: a wall of 48 notes, ten minutes of talk; a person may add as many ideas within an hour
LOOKED_BACK = 50  # brainstorms of a channel among which the latest draft is looked for; a busy hour has fewer
#: Names of a prompt's options; but for the last with a number, from 1.
THOUGHT, GROUP, PICTURE, LEFT = "thought-", "group-", "picture-", "left"
UNREAD = "?"  #: kept as the text of what could not be read: an option has one
PICTURED = re.compile(r"^\[(?:picture|图片) ?\d{1,3}\]\s*")  #: as `Thought.shown` names one, in any language of ours
COLONS = (":", "：")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """What may become an idea."""

    text: str
    group: str = ""  #: the heading that it stood under
    picture: int = 0  #: the number of its picture where it could not be read, and `text` is empty; 0: it was read

    @property
    def shown(self) -> str:
        """Its text, or that its picture has to be looked at."""
        return _("[picture {number}]").format(number=self.picture) if self.picture else self.text


class Drafts:
    """Keeps drafts, and puts them on the board."""

    def __init__(self, *, store: Store, listening: Listening, clock: Clock, new_id: Callable[[], str]) -> None:
        self.store = store
        self.listening = listening
        self.clock = clock
        self.new_id = new_id

    async def keep(
        self, person: Person, channel: Channel, modality: Modality, found: Sequence[Thought], reply: Reply
    ) -> Brainstorm:
        """Keeps what was found in a file, the first `MOST_THOUGHTS` of it, and how many more there were."""
        thoughts = [
            replace(one, text=part, group=clean(one.group))
            for one in found
            for part in ([""] if one.picture else parted(one.text))
        ]
        return await self._begin(person, channel, prompt_of(thoughts, modality), reply.address)

    async def draft(self, person: Person, channel: Channel, modality: Modality, id: str) -> Brainstorm:
        """A draft of this person's, by its id; without one their latest in this channel.

        Raises:
            UnknownIdea: there is none, or its words were deleted.
            NotAllowed: it is somebody else's.
        """
        if id:
            kept = await self.store.brainstorm(channel.team, BrainstormId(id))
        else:
            latest = await self.store.brainstorms(channel, limit=LOOKED_BACK)
            kept = next((one for one in latest if one.asker == person and _is_draft(one, modality)), None)
        if kept is None or not _is_draft(kept, modality) or kept.channel != channel:
            raise UnknownIdea(_("This file is not kept here any more. Please send it again."))
        if kept.asker != person:
            raise NotAllowed(_("Only who sent this file can put it on the board."))
        return kept

    async def added(self, person: Person, channel: Channel, thoughts: Sequence[Thought]) -> tuple[list[Idea], list[str]]:
        """The ideas that thoughts became, and of those that became none why. Those of a group are ideas for its heading.

        Raises:
            TooMany: the person has added as many ideas within the hour as is allowed, before the first of these.
        """
        ideas: list[Idea] = []
        left: list[str] = []
        for group, ones in groupby(thoughts[:MOST_THOUGHTS], key=lambda one: one.group):
            topic = Prompt(text=group[:MAX_TOPIC], count=1, modality="vision") if group else None
            under = None if topic is None else (await self._begin(person, channel, topic, "")).id
            for thought in ones:
                try:
                    ideas.append(await self.listening.own(person, channel, thought.text, under))
                except InvalidPrompt as error:
                    left.append(str(error))
                except Refusal as error:
                    if not ideas:
                        raise
                    return ideas, [*left, str(error)]
        if len(thoughts) > MOST_THOUGHTS:
            left.append(_("At most {most} ideas are taken at once; the last ones were left out.").format(most=MOST_THOUGHTS))
        return ideas, left

    async def _begin(self, person: Person, channel: Channel, prompt: Prompt, address: str) -> Brainstorm:
        kept = headed(person, channel, prompt, address, new_id=self.new_id, at=self.clock())
        await self.store.begin(kept)
        return kept


def _is_draft(one: Brainstorm, modality: Modality) -> bool:
    return one.prompt is not None and one.prompt.modality == modality and bool(thoughts_of(one))


def prompt_of(thoughts: Sequence[Thought], modality: Modality) -> Prompt:
    """What was found, as it is kept."""
    options = [(f"{THOUGHT}{number}", one.text or UNREAD) for number, one in enumerate(thoughts[:MOST_THOUGHTS], 1)]
    options += [(f"{GROUP}{number}", one.group) for number, one in enumerate(thoughts[:MOST_THOUGHTS], 1) if one.group]
    options += [(f"{PICTURE}{number}", str(one.picture)) for number, one in enumerate(thoughts[:MOST_THOUGHTS], 1) if one.picture]
    options += [(LEFT, str(len(thoughts) - MOST_THOUGHTS))] if len(thoughts) > MOST_THOUGHTS else []
    text = clean(" ".join(one.text or one.shown for one in thoughts))[:MAX_TOPIC]
    return Prompt(text=text, count=1, modality=modality, options=tuple(options))


def thoughts_of(draft: Brainstorm) -> list[Thought]:
    """The thoughts in a draft, in order."""
    assert draft.prompt is not None
    told = dict(draft.prompt.options)
    numbers = [name.removeprefix(THOUGHT) for name in told if name.startswith(THOUGHT)]
    pictures = {number: int(told.get(PICTURE + number, 0)) for number in numbers}
    return [
        Thought(
            text="" if pictures[number] else told[THOUGHT + number],
            group=told.get(GROUP + number, ""),
            picture=pictures[number],
        )
        for number in numbers
    ]


def left_of(draft: Brainstorm) -> int:
    """How many thoughts more there were than are kept."""
    assert draft.prompt is not None
    return int(draft.prompt.option(LEFT) or 0)


def parted(thought: str) -> list[str]:
    """A thought in parts that an idea can hold, cut between words."""
    parts, rest = [], clean(thought)
    while len(rest) > MAX_IDEA:
        cut = rest.rfind(" ", 0, MAX_IDEA)
        cut = cut if cut > 0 else MAX_IDEA
        parts.append(rest[:cut])
        rest = rest[cut:].strip()
    return [*parts, rest] if rest else parts


def written(thoughts: Sequence[Thought], most: int) -> tuple[str, int]:
    """Thoughts as lines to be changed, each group below its heading with a colon; and how many fit in `most` characters."""
    text, group = "", ""
    for number, one in enumerate(thoughts):
        head = "" if one.group == group else f"\n{one.group}{COLONS[0]}\n" if one.group else "\n"
        longer = f"{text}{head}{one.shown}\n"
        if len(longer) > most:
            return text.strip(), number
        text, group = longer, one.group
    return text.strip(), len(thoughts)


def thoughts_in(text: str) -> list[Thought]:
    """The thoughts in such lines. A line that ends with a colon is a heading, up to the next or an empty line.

    A line that only names a picture was left as it was, and is none; what was typed behind the name is.
    """
    found: list[Thought] = []
    group = ""
    for row in map(str.strip, text.splitlines()):
        line = PICTURED.sub("", row)
        if not row:
            group = ""
        elif not line:
            continue
        elif line.endswith(COLONS):
            group = line[:-1].strip()
        else:
            found.append(Thought(text=line, group=group))
    return found
