"""An idea, clearer and shorter."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import MAX_IDEAS, Idea
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("make an idea clearer and shorter")
VERSIONS = 3  # enough to choose from; more are more of the same
PARAMS = (
    Param(name="idea", help=N_("the number of the idea"), kind="idea", required=True),
    Param(name="count", help=N_("how many versions, 1 to 10"), kind="integer", least=1, most=MAX_IDEAS, short="n"),
)


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button beside the idea."""
    return (Control(key=Key(verb="polish", target=idea.id), label=_("Polish"), emoji="✨", minor=True),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside."""
    return {"idea": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    idea = await services.finding.idea(call.channel, str(call.args["idea"]))
    topic = await services.finding.topic(idea)
    prompt = await services.answering.prompt(
        call.channel,
        topic.text,
        count=int(call.args.get("count", VERSIONS)),
        style=topic.style,
        operation="polish",
        about=(idea.text,),
    )
    await services.answering.brainstorm(call.channel, call.person, prompt, reply, parents=(idea.id,))
