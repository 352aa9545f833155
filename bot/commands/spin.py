"""The same topic in a different direction."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.ideas import MAX_IDEAS, Brainstorm
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("take the last topic in a different direction")
PARAMS = (
    Param(name="direction", help=N_("which way, in your own words; empty: a surprise"), rest=True),
    Param(name="count", help=N_("how many ideas, 1 to 10"), kind="integer", least=1, most=MAX_IDEAS, short="n"),
)


def on_brainstorm(brainstorm: Brainstorm) -> tuple[Control, ...]:
    """A button under the ideas."""
    return (Control(key=Key(verb="spin", target=brainstorm.id), label=_("Spin"), emoji="🌀"),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The brainstorm that the button stands under."""
    return {"brainstorm": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    source = await services.finding.brainstorm(call.channel, str(call.args.get("brainstorm", "")))
    if source.prompt is None:
        raise Refusal(_("The topic of that brainstorm was deleted. Please start a new one with /brainstorm."))
    ideas = await services.store.ideas_of(call.channel.team, source.id)
    count, direction = call.args.get("count"), str(call.args.get("direction", ""))
    prompt = await services.answering.prompt(
        call.channel,
        source.prompt.text,
        count=None if count is None else int(count),
        style=direction or source.prompt.style,
        operation="spin",
        about=tuple(idea.text for idea in ideas),
    )
    parents = tuple(idea.id for idea in ideas)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply, parents=parents)
