"""The same topic in a different direction."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.ideas import Brainstorm
from bot.domain.modalities import TEXT
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import COUNT, TONE, asked
from bot.services.media.altering import same_again
from bot.words import N_, _

HELP = N_("take the last topic in a different direction")
EXAMPLES = (N_("/spin more serious"),)
IN_HELP = 4  # what a newcomer should read first
WORDS_ONLY = True  # there is no such thing of pictures and sounds
PARAMS = (
    Param(name="direction", help=N_("which way, in your own words; empty: a surprise"), rest=True),
    COUNT,
    TONE,
)

#: How a direction begins; other words after "spin" are a topic: "spin class names".
DIRECTION = re.compile(r"(?:towards?|to|into|more|less|away|without|\w+er\b)|[更往向朝再]", re.IGNORECASE)


def on_brainstorm(brainstorm: Brainstorm) -> tuple[Control, ...]:
    """A button under the ideas."""
    return (Control(key=Key(verb="spin", target=brainstorm.id), label=_("Spin"), emoji="🌀"),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The brainstorm that the button stands under."""
    return {"brainstorm": press.key.target}


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "spin" is this command: what follows is a direction."""
    return DIRECTION.match(rest) is not None


async def run(services: Services, call: Call, reply: Reply) -> None:
    source = await services.finding.brainstorm(call.channel, str(call.args.get("brainstorm", "")))
    if source.prompt is None:
        raise Refusal(_("The topic of that brainstorm was deleted. Please start a new one with /brainstorm."))
    direction = str(call.args.get("direction", ""))
    if source.prompt.modality != TEXT and not direction:  # what is said of pictures in front of somebody: 都不好
        await services.following.altering.again(call, same_again(source.prompt, None), source, reply)
        return
    ideas = await services.store.ideas_of(call.channel.team, source.id)
    fields = asked(call, "count", "tone") | ({"style": direction} if direction else {})
    about = tuple(idea.text for idea in ideas)
    prompt = await services.answering.like(source.prompt, call.channel, operation="spin", about=about, **fields)
    parents = tuple(idea.id for idea in ideas)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply, parents=parents)
