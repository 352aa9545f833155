"""Ideas for a topic."""

from __future__ import annotations

from bot.domain.ideas import MAX_IDEAS
from bot.messages import Call, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_

HELP = N_("get different ideas for a topic")
PARAMS = (
    Param(name="topic", help=N_("what you need ideas for"), required=True, rest=True),
    Param(name="count", help=N_("how many ideas, 1 to 10"), kind="integer", least=1, most=MAX_IDEAS, short="n"),
    Param(name="style", help=N_("a style or persona, such as “playful” or “a grumpy pirate”"), short="s"),
)


async def run(services: Services, call: Call, reply: Reply) -> None:
    count, style = call.args.get("count"), call.args.get("style")
    prompt = await services.answering.prompt(
        call.channel,
        str(call.args.get("topic", "")),
        count=None if count is None else int(count),
        style=None if style is None else str(style),
    )
    await services.answering.brainstorm(call.channel, call.person, prompt, reply)
