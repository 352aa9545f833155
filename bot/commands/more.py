"""More ideas like one that exists."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bot.domain.ideas import Idea
from bot.domain.modalities import TEXT
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import COUNT, TONE, asked
from bot.services.media.altering import same_again
from bot.services.votes.spoken import count_praise, done
from bot.words import N_, _

HELP = N_("get more ideas like one of these")
EXAMPLES = ("/more 3 -n 2",)
IN_HELP = 2  # what a newcomer should read first
BESIDE = 3  # place of its control beside an idea
WORDS_ONLY = True  # there is no such thing of pictures and sounds
PARAMS = (
    Param(name="idea", help=N_("the number of the idea"), kind="idea", required=True),
    COUNT,
    TONE,
)


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button beside the idea."""
    return (Control(key=Key(verb="more", target=idea.id), label=_("More"), emoji="➕"),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside."""
    return {"idea": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    if "said" in call.args:  # of ideas in front of the person, in words: "more like the second one", "shorter"
        if await services.conversing.opinions_only(call, reply, partial(done, services, call, reply=reply)):
            return
        await count_praise(services, call, reply)
        await services.following.serve(call, reply)
        return
    idea = await services.finding.idea(call.channel, str(call.args["idea"]))
    topic = await services.finding.topic(idea)
    if topic.modality != TEXT:  # another work like it
        source = await services.finding.brainstorm(call.channel, str(idea.brainstorm or ""))
        await services.following.altering.again(call, same_again(topic, int(call.args.get("count", 0)) or None), source, reply)
        return
    fields = asked(call, "count", "tone")
    prompt = await services.answering.like(topic, call.channel, operation="more", about=(idea.text,), **fields)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply, parents=(idea.id,))
