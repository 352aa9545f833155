"""A voice memo becomes ideas: what is said in a recording is kept as a draft."""

from __future__ import annotations

import json

from bot.domain.errors import Refusal
from bot.domain.ideas import Brainstorm, Channel, Person
from bot.messages import File, Upload
from bot.ports import Reply
from bot.services.media.awaiting import Watch
from bot.services.media.drafts import Drafts, Thought
from bot.services.media.making import Making
from bot.services.media.uploads import fetched, kind_of, shown
from bot.services.team.governing import Governing
from bot.words import _

MOST_BYTES = 25_000_000  # ten minutes of a telephone's memo have 5 MB, and no service takes more than these
MODALITY = "hearing"
SOUNDS = ("WAV", "MP3", "Ogg", "FLAC", "M4A", "WebM")
#: By a file's first bytes; MP3 without tags begins with a frame, whose first eleven bits are ones.
MARKS = ((b"ID3", "MP3"), (b"\xff\xfb", "MP3"), (b"\xff\xf3", "MP3"), (b"\xff\xf2", "MP3"), (b"OggS", "Ogg"), (b"fLaC", "FLAC"))
PICTURES = frozenset({"AVIF", "HEIC"})  # of the same container as M4A


class Memos:
    """Takes recordings in."""

    def __init__(self, *, making: Making, governing: Governing, drafts: Drafts) -> None:
        self.making = making
        self.governing = governing
        self.drafts = drafts

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
        thoughts = [Thought(text=one) for one in _listed(facts.get("thoughts")) if one.strip()]
        if not thoughts:
            raise Refusal(
                _("Nothing was understood in {name}. Please speak closer to the microphone.").format(name=shown(file.name))
            )
        return await self.drafts.keep(person, channel, MODALITY, thoughts, reply)


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
