"""An idea for the round that nobody sees before the reveal."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import Idea
from bot.messages import Call, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.media.reviewing import in_round
from bot.services.rounds.contributing import AT_ONCE
from bot.services.talk.phrases import stands_alone
from bot.words import N_, _

HELP = N_("write an idea for the round that runs here; nobody sees it before the reveal")
EXAMPLES = (N_("/jot lanterns over the canal"),)
PRIVATE = True  # what is written in silence is nobody else's to see
WORDS_ONLY = True  # a round's ideas are words
MOST_FORM = 3000  # characters that Slack's field holds; Discord's holds 4 000
PARAMS = (Param(name="text", help=N_("your idea; in the form one a line"), required=True, rest=True),)


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """An empty page, for one person's eyes."""
    hint = _("Up to {most}, one a line").format(most=AT_ONCE)
    field = Field(name="text", label=_("Your ideas"), hint=hint, most=MOST_FORM, multiline=True)
    return Form(key=key, title=_("Silent writing"), fields=(field,), submit=_("Write down"))


def from_press(press: Press) -> Mapping[str, Value]:
    """What was written, and for which round."""
    return {"text": press.values.get("text", ""), "round": press.key.target}


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "jot" is this command."""
    return stands_alone(rest)


async def run(services: Services, call: Call, reply: Reply) -> None:
    round = await services.rounds.latest(call.channel, str(call.args.get("round", "")))
    count = await services.contributing.jot(call, round, str(call.args.get("text", "")))
    await reply.show(in_round(count))
