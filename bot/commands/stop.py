"""Ends what is being made."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import Brainstorm
from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("stop what you asked for while it is being made; what is there stays")
EXAMPLES = ("/stop",)
PRIVATE = True  # only the person who asks sees the answer
PARAMS: tuple[Param, ...] = ()


def on_running(brainstorm: Brainstorm) -> tuple[Control, ...]:
    """A button under ideas that are still coming."""
    return (Control(key=Key(verb="stop", target=brainstorm.id), label=_("Stop"), emoji="⏹️"),)


def from_press(press: Press) -> Mapping[str, Value]:
    """What the button stands under."""
    return {"brainstorm": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    if call.args.get("brainstorm"):
        brainstorm = await services.finding.brainstorm(call.channel, str(call.args["brainstorm"]))
    else:
        brainstorm = await services.stopping.running(call.channel, call.person, admin=call.admin)
    await services.stopping.stop(brainstorm, call.person, admin=call.admin)
    await reply.show(Card(text=_("Stopped. What was made before that stays."), private=True))
