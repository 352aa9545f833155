"""An idea, better said: as lightly or as boldly as is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import MAX_IDEAS, Idea, Prompt
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("say an idea better: corrected, clearer, shorter or more vivid")
EXAMPLES = ("/polish 3 clear",)
IN_HELP = 5  # what a newcomer should read first
WORDS_ONLY = True  # there is no such thing of pictures and sounds
USUAL = "clear"
VERSIONS = 3  # enough to choose from; more are more of the same
PARAMS = (
    Param(name="idea", help=N_("the number of the idea"), kind="idea", required=True),
    Param(
        name="level",
        help=N_("how much may change"),
        kind="choice",
        choices=(
            ("light", N_("only what is wrong")),
            ("clear", N_("clearer and shorter")),
            ("short", N_("as short as possible")),
            ("vivid", N_("more vivid")),
        ),
        short="l",
    ),
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
    words = idea.text
    if idea.modality != "text":  # its text says what it is; what can be said better are the words that it was made of
        words, topic = topic.text, Prompt(text=topic.text)
    level = str(call.args.get("level", USUAL))
    prompt = await services.answering.like(
        topic,
        call.channel,
        count=int(call.args.get("count", VERSIONS)),
        operation="polish",
        about=(words,),
        options={"level": "" if level == USUAL else level},
    )
    await services.answering.brainstorm(call.channel, call.person, prompt, reply, parents=(idea.id,))
