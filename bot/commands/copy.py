"""Advertising copy."""

from __future__ import annotations

from bot.messages import Call, Param
from bot.ports import Reply
from bot.services.asking import COUNT, PICTURE, STYLE, TONE, asked
from bot.services.bundle import Services
from bot.words import N_

HELP = N_("get advertising copy for something")
PARAMS = (
    Param(name="topic", help=N_("what the advertisement is for"), required=True, rest=True),
    Param(name="audience", help=N_("whom it speaks to, such as “first-time parents”"), short="a"),
    COUNT,
    STYLE,
    TONE,
    PICTURE,
)


async def run(services: Services, call: Call, reply: Reply) -> None:
    topic = str(call.args.get("topic", ""))
    options = {"audience": str(call.args.get("audience", ""))} | await services.ordering.seen(call, "picture")
    given = asked(call, "count", "style", "tone")
    prompt = await services.answering.prompt(call.channel, topic, kind="copy", options=options, **given)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply)
