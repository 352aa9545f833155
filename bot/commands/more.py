"""More ideas like one that exists."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import MAX_IDEAS, Idea
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("get more ideas like one of these")
PARAMS = (
    Param(name="idea", help=N_("the number of the idea"), kind="idea", required=True),
    Param(name="count", help=N_("how many ideas, 1 to 10"), kind="integer", least=1, most=MAX_IDEAS, short="n"),
)


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button beside the idea."""
    return (Control(key=Key(verb="more", target=idea.id), label=_("More"), emoji="➕"),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside."""
    return {"idea": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    idea = await services.finding.idea(call.channel, str(call.args["idea"]))
    topic = await services.finding.topic(idea)
    count = call.args.get("count")
    prompt = await services.answering.prompt(
        call.channel,
        topic.text,
        count=None if count is None else int(count),
        style=topic.style,
        operation="more",
        about=(idea.text,),
    )
    await services.answering.brainstorm(call.channel, call.person, prompt, reply, parents=(idea.id,))
