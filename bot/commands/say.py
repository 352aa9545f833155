"""An idea, said aloud."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import Idea
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.media.offered import SPEECH
from bot.words import N_, _

HELP = N_("hear an idea, or words of yours, said aloud")
EXAMPLES = (
    "/say 3 --voice june",
    "/say 3 --language de",
    "/say 3 mp3",
)
FORMATS = tuple((name, name.upper()) for name in ("mp3", "ogg", "opus", "flac", "wav"))
SUGGESTED = SPEECH
HANDS_OUT = True  # its answer is a file
PARAMS = (
    Param(name="what", help=N_("the number of an idea, or words"), kind="about", rest=True),
    Param(name="voice", help=N_("who speaks"), short="v"),
    Param(name="speed", help=N_("how fast, in percent: 50 to 200"), kind="integer", least=50, most=200),
    Param(name="language", help=N_("en; where espeak-ng is installed also de, fr, es, it, pt, nl, zh, ja"), short="l"),
    Param(name="format", help=N_("of the sound file"), kind="choice", choices=FORMATS, trails=True),
)


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button beside words, and beside a voice for another try."""
    if idea.modality == "speech":
        return (Control(key=Key(verb="say", target=idea.id), label=_("Say it again"), emoji="🔊"),)
    if idea.modality != "text":
        return ()
    return (Control(key=Key(verb="say", target=idea.id), label=_("Say it"), emoji="🔊", minor=True),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside."""
    return {"what": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    await services.ordering.make(
        "speech", call, reply, options={name: name for name in ("voice", "speed", "language", "format")}, count=1
    )
