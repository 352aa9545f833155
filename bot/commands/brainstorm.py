"""Ideas for a topic."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.domain.ideas import Idea
from bot.messages import Call, Card, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas.asking import COUNT, PICTURE, STYLE, TONE, asked, filled, task_form
from bot.services.talk.acting import Act
from bot.services.talk.heard import told
from bot.services.votes.spoken import done
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
#: What is said where the command for an idea of one's own was given what asks for ideas.
INSTEAD = N_("That asks for ideas, so here are some. To put the words on the board as an idea of your own: /idea {words}")
SHOWN = 100  # characters of the words that are said again
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
        await done(services, call, act, reply)

    if "spoken" in call.args and await services.conversing.serve(call, reply, do):  # in plain words, and no topic
        return
    topic = str(call.args.get("topic", ""))
    if "instead" in call.args:
        await reply.tell(Card(text=_(INSTEAD).format(words=shortened(topic, SHOWN)), private=True))
    options = await services.ordering.seen(call, "picture")
    topic, fields = told(topic, asked(call, "count", "style", "tone"), options)
    prompt = await services.answering.prompt(call.channel, topic, **fields)
    await services.answering.brainstorm(call.channel, call.person, prompt, reply)
