"""Ideas for a topic."""

from __future__ import annotations

from bot.messages import Call, Param
from bot.ports import Reply
from bot.services.asking import COUNT, PICTURE, STYLE, TONE, asked
from bot.services.bundle import Services
from bot.words import N_

HELP = N_("get different ideas for a topic")
PARAMS = (Param(name="topic", help=N_("what you need ideas for"), required=True, rest=True), COUNT, STYLE, TONE, PICTURE)


async def run(services: Services, call: Call, reply: Reply) -> None:
    topic = str(call.args.get("topic", ""))
    options = await services.ordering.seen(call, "picture")
    prompt = await services.answering.prompt(call.channel, topic, options=options, **asked(call, "count", "style", "tone"))
    await services.answering.brainstorm(call.channel, call.person, prompt, reply)
