"""What becomes of an idea."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from bot.domain.shaping import State
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.marking import moment_of
from bot.services.ideas.standing import STATES
from bot.words import N_, _

HELP = N_("say what becomes of an idea: shortlisted, dropped with a reason, or open again")
EXAMPLES = ("/state 3 shortlisted", N_("/state 3 dropped too expensive"))
MARKS = ("shortlisted", "dropped", "open")  # the board's states but "picked", which /pick says
PARAMS = (
    Param(name="idea", help=N_("the number of the idea"), kind="idea", required=True),
    Param(
        name="state",
        help=N_("shortlisted, dropped or open"),
        kind="choice",
        required=True,
        choices=tuple((mark, STATES[mark]) for mark in MARKS),
    ),
    Param(name="reason", help=N_("why, in a sentence"), rest=True),
)


def from_press(press: Press) -> Mapping[str, Value]:
    """What to take back."""
    return {"idea": press.key.target, "undo": press.key.token}


async def run(services: Services, call: Call, reply: Reply) -> None:
    idea = await services.finding.idea(call.channel, str(call.args["idea"]))
    if "undo" in call.args:
        mark = await services.marking.undo(call, idea, str(call.args["undo"]))
        controls: tuple[Control, ...] = ()
    else:
        state = cast(State, str(call.args["state"]))
        mark = await services.marking.change(call, idea, state, str(call.args.get("reason", "")))
        undo = Key(verb="state", target=idea.id, token=moment_of(mark))
        controls = (Control(key=undo, label=_("Undo"), emoji="↩️"),)
    said = _(STATES["open" if mark is None else mark.state]).capitalize()
    heading = f"{said}: {mark.reason}" if mark is not None and mark.reason else said
    card = await services.cards.idea(idea, heading)
    await services.redrawing.show(reply, replace(card, controls=controls), call.channel)
