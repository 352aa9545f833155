"""Names for something."""

from __future__ import annotations

from bot.messages import Call, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import COUNT, STYLE, TONE, asked
from bot.services.talk.heard import told
from bot.words import N_

HELP = N_("get names for something")
EXAMPLES = (N_("/name a climbing gym"),)
PARAMS = (Param(name="topic", help=N_("what needs a name"), required=True, rest=True), COUNT, STYLE, TONE)


async def run(services: Services, call: Call, reply: Reply) -> None:
    topic = str(call.args.get("topic", ""))
    topic, fields = told(topic, asked(call, "count", "style", "tone"), {})
    prompt = await services.answering.prompt(call.channel, topic, kind="names", **fields)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply)
