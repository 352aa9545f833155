"""Ideas for a topic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.domain.ideas import Idea
from bot.messages import Call, Card, Control, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import COUNT, PICTURE, STYLE, TONE, asked, filled, task_form
from bot.services.talk.acting import Act
from bot.services.talk.heard import told
from bot.words import N_, _

HELP = N_("get different ideas for a topic")
EXAMPLES = (
    N_("/brainstorm names for a tea bar -n 3"),
    N_("/brainstorm gifts for a gardener --style “dry humour”"),
)
IN_HELP = 1  # what a newcomer should read first
PARAMS = (Param(name="topic", help=N_("what you need ideas for"), required=True, rest=True), COUNT, STYLE, TONE, PICTURE)


#: How a phrase goes on that speaks of brainstorming itself.
ABOUT_ONE = re.compile(r"(?:sessions?|meetings?|workshops?|games?|rules|techniques?|methods?|tools?|nights?)\b", re.IGNORECASE)
VOTE = "vote"  #: the signal of whoever says in plain words that they like an idea
OPENS = ("💡", N_("Brainstorm"))


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For what, and how; with a picture that the ideas should go with."""
    return task_form(key, _("Brainstorm"), _("What do you need ideas for?"))


def from_press(press: Press) -> Mapping[str, Value]:
    """What was written in the form."""
    return filled(press)


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "brainstorm" is this command, and not about a brainstorm."""
    return ABOUT_ONE.match(rest) is None


async def run(services: Services, call: Call, reply: Reply) -> None:
    async def do(act: Act) -> None:
        if act.vote:
            await voted(services, call, act, reply)
        else:
            await services.cards.commands[act.command].run(services, replace(call, command=act.command, args=act.args), reply)

    if "spoken" in call.args and await services.conversing.serve(call, reply, do):  # in plain words, and no topic
        return
    topic = str(call.args.get("topic", ""))
    options = await services.ordering.seen(call, "picture")
    topic, fields = told(topic, asked(call, "count", "style", "tone"), options)
    prompt = await services.answering.prompt(call.channel, topic, **fields)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply)


async def voted(services: Services, call: Call, act: Act, reply: Reply) -> None:
    """Counts a vote that was said in plain words, as its control would, and says how it is taken back.

    Raises:
        NotAllowed: the team lets only some people vote.
    """
    idea = await services.finding.idea(call.channel, str(act.args["idea"]))
    press = Press(
        id=call.id,
        key=Key(verb=VOTE, target=idea.id, token=act.vote),
        person=call.person,
        channel=call.channel,
        at=call.at,
        locale=call.locale,
        admin=call.admin,
        roles=call.roles,
        outsider=call.outsider,
    )
    await services.entrance.admit(press, None, signal=True)
    value = services.cards.signals[VOTE].value(act.vote)
    await services.listening.hear(press, idea, signal=VOTE, token=act.vote, value=value)
    services.meter.votes.labels(call.person.platform, VOTE).inc()
    services.redrawing.changed(idea)
    undo = Control(key=Key(verb=VOTE, target=idea.id, token="none"), label=_("Undo"), emoji="↩️")
    await reply.tell(Card(text=act.said, controls=(undo,), private=True))
