"""A voice memo becomes ideas: what is said in a recording is kept, shown, and put on the board once its speaker says so.

What was heard is kept as a brainstorm that makes nothing: its prompt holds the words, so they are exported and deleted with
everything else of the person.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from bot.domain.errors import InvalidPrompt, NotAllowed, Refusal, UnknownIdea
from bot.domain.ideas import MAX_IDEA, MAX_TOPIC, Brainstorm, BrainstormId, Channel, Idea, Person, Prompt, clean
from bot.messages import File, Upload
from bot.ports import Clock, Reply, Store
from bot.services.events import own_id
from bot.services.media.making import Making, Watch
from bot.services.media.uploads import fetched, kind_of, shown
from bot.services.team.governing import Governing
from bot.services.votes.listening import Listening
from bot.words import _, language

MOST_BYTES = 25_000_000  # ten minutes of a telephone's memo have 5 MB, and no service takes more than these
MOST_THOUGHTS = 20  # of one memo; as many lines fit a form, and a longer list is nobody's to vote on
LOOKED_BACK = 50  # brainstorms of a channel among which the latest memo is looked for; a busy hour has fewer
MODALITY = "hearing"
SOUNDS = ("WAV", "MP3", "Ogg", "FLAC", "M4A", "WebM")
#: By a file's first bytes; MP3 without tags begins with a frame, whose first eleven bits are ones.
MARKS = ((b"ID3", "MP3"), (b"\xff\xfb", "MP3"), (b"\xff\xf3", "MP3"), (b"\xff\xf2", "MP3"), (b"OggS", "Ogg"), (b"fLaC", "FLAC"))
PICTURES = frozenset({"AVIF", "HEIC"})  # of the same container as M4A


class Memos:
    """Takes recordings in, and gives their thoughts out."""

    def __init__(
        self,
        *,
        store: Store,
        making: Making,
        governing: Governing,
        listening: Listening,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self.store = store
        self.making = making
        self.governing = governing
        self.listening = listening
        self.clock = clock
        self.new_id = new_id

    async def heard(self, person: Person, channel: Channel, recording: Upload, reply: Reply, watch: Watch) -> Brainstorm:
        """What a recording says, kept.

        Args:
            person: who handed it in.
            channel: where.
            recording: the file.
            reply: shows it.
            watch: told how far it is.

        Raises:
            Refusal: it is no recording, nothing is said in it, or nothing here listens.
            TooMany: too much was asked for within the hour.
            Outage: it could not be listened to now.
        """
        file = await recording_in(recording)
        await self.governing.admit(person, channel)
        facts = await self.making.heard(file, watch)
        thoughts = [part for one in _listed(facts.get("thoughts")) for part in parted(one)][:MOST_THOUGHTS]
        if not thoughts:
            raise Refusal(
                _("Nothing was understood in {name}. Please speak closer to the microphone.").format(name=shown(file.name))
            )
        now = self.clock()
        kept = Brainstorm(
            id=BrainstormId(own_id(self.new_id)),
            channel=channel,
            asker=person,
            prompt=prompt_of(thoughts),
            model="",
            seed=0,
            locale=language(),
            address=reply.address,
            state="done",
            created_at=now,
            finished_at=now,
        )
        await self.store.begin(kept)
        return kept

    async def memo(self, person: Person, channel: Channel, id: str) -> Brainstorm:
        """A memo of this person's, by its id; without one their latest in this channel.

        Raises:
            UnknownIdea: there is none, or its words were deleted.
            NotAllowed: it is somebody else's.
        """
        if id:
            kept = await self.store.brainstorm(channel.team, BrainstormId(id))
        else:
            latest = await self.store.brainstorms(channel, limit=LOOKED_BACK)
            mine = (one for one in latest if one.asker == person and one.prompt is not None and one.prompt.modality == MODALITY)
            kept = next(mine, None)
        if kept is None or kept.prompt is None or kept.prompt.modality != MODALITY or kept.channel != channel:
            raise UnknownIdea(_("This recording is not kept here any more. Please send it again."))
        if kept.asker != person:
            raise NotAllowed(_("Only who sent this recording can put it on the board."))
        return kept

    async def added(self, person: Person, channel: Channel, thoughts: Sequence[str]) -> tuple[list[Idea], list[str]]:
        """The ideas that thoughts became, and of those that became none why.

        Raises:
            TooMany: the person has added as many ideas within the hour as is allowed, before the first of these.
        """
        ideas: list[Idea] = []
        left: list[str] = []
        for thought in thoughts[:MOST_THOUGHTS]:
            try:
                ideas.append(await self.listening.own(person, channel, thought))
            except InvalidPrompt as error:
                left.append(str(error))
            except Refusal as error:
                if not ideas:
                    raise
                left.append(str(error))
                break
        if len(thoughts) > MOST_THOUGHTS:
            left.append(_("At most {most} ideas are taken at once; the last ones were left out.").format(most=MOST_THOUGHTS))
        return ideas, left


def prompt_of(thoughts: Sequence[str]) -> Prompt:
    """What was heard, as it is kept."""
    options = tuple((f"thought-{number}", one) for number, one in enumerate(thoughts, 1))
    return Prompt(text=clean(" ".join(thoughts))[:MAX_TOPIC], count=1, modality=MODALITY, options=options)


def thoughts_of(memo: Brainstorm) -> list[str]:
    """The thoughts in a memo, in order."""
    assert memo.prompt is not None
    return [text for _name, text in memo.prompt.options]


def parted(thought: str) -> list[str]:
    """A thought in parts that an idea can hold, cut between words."""
    parts, rest = [], clean(thought)
    while len(rest) > MAX_IDEA:
        cut = rest.rfind(" ", 0, MAX_IDEA)
        cut = cut if cut > 0 else MAX_IDEA
        parts.append(rest[:cut])
        rest = rest[cut:].strip()
    return [*parts, rest] if rest else parts


def _listed(told: object) -> list[str]:
    try:
        found = json.loads(str(told or "[]"))
    except ValueError:
        return []
    return [str(one) for one in found] if isinstance(found, list) else []


async def recording_in(upload: Upload) -> File:
    """A recording that may be opened.

    Raises:
        Refusal: it is none, or too large.
        Outage: it could not be fetched.
    """
    content = await fetched(upload, MOST_BYTES)
    kind = sound_of(content)
    if not kind:
        raise Refusal(
            _("{name} is not {what} that can be read. Allowed are {formats}.").format(
                name=shown(upload.name), what=_("a recording"), formats=", ".join(SOUNDS)
            )
        )
    return File(name=upload.name[:200], media_type=f"audio/{kind.lower()}", content=content)


def sound_of(content: bytes) -> str:
    """Which of `SOUNDS` bytes are, by how they begin; "" for none."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "WAV"
    if content[4:8] == b"ftyp":
        return "" if kind_of(content) in PICTURES else "M4A"
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "WebM"
    return next((kind for mark, kind in MARKS if content.startswith(mark)), "")
