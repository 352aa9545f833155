"""An idea as a short clip: its picture, its tune, its words said aloud."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import Idea
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("turn an idea into a short clip with picture, tune and voice, and a page to share")
EXAMPLES = ("/pitch 3",)
HANDS_OUT = True  # its answer is a file
PARAMS = (Param(name="what", help=N_("the number of an idea, or words"), kind="about", rest=True),)


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button beside words; and beside a pitch, to cut it again with parts that were made anew."""
    if idea.modality == "pitch":
        return (Control(key=Key(verb="pitch", target=idea.id), label=_("Cut again"), emoji="🎬"),)
    if idea.modality != "text":
        return ()
    return (Control(key=Key(verb="pitch", target=idea.id), label=_("Pitch"), emoji="🎬", minor=True),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside."""
    return {"what": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    await services.ordering.make("pitch", call, reply, options={}, count=1)
