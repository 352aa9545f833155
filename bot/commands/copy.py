"""Advertising copy."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import Idea
from bot.messages import Call, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import COUNT, PICTURE, STYLE, TONE, asked, filled, task_form
from bot.services.talk.heard import told
from bot.words import N_, _

HELP = N_("get advertising copy for something")
EXAMPLES = (N_("/copy a bakery that opens at five"),)
PARAMS = (
    Param(name="topic", help=N_("what the advertisement is for"), required=True, rest=True),
    Param(name="audience", help=N_("whom it speaks to, such as “first-time parents”"), short="a"),
    COUNT,
    STYLE,
    TONE,
    PICTURE,
)


OPENS = ("📣", N_("Advertise something"))


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For what and for whom; with a picture that it should go with."""
    audience = Field(name="audience", label=_("Whom it speaks to"), placeholder=_("first-time parents"), required=False)
    return task_form(key, _("Advertise something"), _("What is the advertisement for?"), audience)


def from_press(press: Press) -> Mapping[str, Value]:
    """What was written in the form."""
    return filled(press)


async def run(services: Services, call: Call, reply: Reply) -> None:
    topic = str(call.args.get("topic", ""))
    options = {"audience": str(call.args.get("audience", ""))} | await services.ordering.seen(call, "picture")
    topic, fields = told(topic, asked(call, "count", "style", "tone"), options)
    prompt = await services.answering.prompt(call.channel, topic, kind="copy", **fields)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply)
