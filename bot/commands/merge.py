"""Two ideas that say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.errors import Refusal
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("make two ideas one: the second stays, with the votes on both; --undo parts them again")
EXAMPLES = ("/merge 5 3", "/merge 5 --undo")
REDRAWS = "idea"  # the message that shows the idea loses it, or shows it again
PARAMS = (
    Param(name="idea", help=N_("the number of the idea that goes"), kind="idea", required=True),
    Param(name="into", help=N_("the number of the idea that stays"), kind="idea"),
    Param(name="undo", help=N_("let the first stand for itself again"), kind="flag"),
)
UNDO = "undo"


def from_press(press: Press) -> Mapping[str, Value]:
    """Which two, or which one to split off again."""
    if press.key.token == UNDO:
        return {"idea": press.key.target, "undo": True}
    return {"idea": press.key.target, "into": press.key.token}


async def run(services: Services, call: Call, reply: Reply) -> None:
    named = str(call.args["idea"])
    if call.args.get("undo"):
        idea = await services.finding.idea(call.channel, named, hidden=True)
        kept = await services.merging.split(idea)
        back = await services.finding.idea(call.channel, idea.id)
        both = [back, *([kept] if kept is not None and not kept.hidden else [])]
        card = await services.cards.several(both, _("Two ideas again"))
        await services.redrawing.show(reply, card, call.channel)
        return
    if not str(call.args.get("into", "")).strip():
        raise Refusal(_("Into which idea? Write /merge {idea} and the number of the one that stays.").format(idea=named[:20]))
    idea = await services.finding.idea(call.channel, named)
    into = await services.finding.idea(call.channel, str(call.args["into"]))
    await services.merging.merge(call.person, idea, into)
    card = await services.cards.idea(into, _("#{number} is part of #{into} now").format(number=idea.number, into=into.number))
    undo = Control(key=Key(verb="merge", target=idea.id, token=UNDO), label=_("Undo"), emoji="↩️")
    await services.redrawing.show(reply, replace(card, controls=(undo,)), call.channel)
