"""Two ideas into new ones."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.messages import Call, Control, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import COUNT, TONE, asked
from bot.words import N_, _

HELP = N_("mix two ideas into new ones")
EXAMPLES = ("/remix 1 2",)
IN_HELP = 3  # what a newcomer should read first
ON_IDEAS = N_("Remix this idea")
WORDS_ONLY = True  # there is no such thing of pictures and sounds
PARAMS = (
    Param(name="first", help=N_("the number of an idea"), kind="idea", required=True),
    Param(name="second", help=N_("the number of another idea"), kind="idea", required=True),
    COUNT,
    TONE,
)


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button that asks which other idea."""
    return (Control(key=Key(verb="remix", target=idea.id), label=_("Remix"), emoji="🔀", asks=True, minor=True),)


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """Which idea to mix it with."""
    return Form(
        key=key,
        title=_("Remix this idea"),
        fields=(Field(name="second", label=_("With which idea? Its number"), placeholder="#3", most=12),),
        submit=_("Remix"),
    )


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside, and the one named in the form."""
    return {"first": press.key.target, "second": press.values.get("second", "")}


async def run(services: Services, call: Call, reply: Reply) -> None:
    first = await services.finding.idea(call.channel, str(call.args["first"]))
    second = await services.finding.idea(call.channel, str(call.args["second"]))
    if first.id == second.id:
        raise Refusal(_("A remix needs two different ideas; both are #{number}.").format(number=first.number))
    topic = await services.finding.topic(first)
    about = (first.text, second.text)
    prompt = await services.answering.like(topic, call.channel, operation="remix", about=about, **asked(call, "count", "tone"))
    await services.answering.brainstorm(call.channel, call.person, prompt, reply, parents=(first.id, second.id))
