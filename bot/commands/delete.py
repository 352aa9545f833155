"""Takes away what somebody asked for: all ideas of a brainstorm at once."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import Brainstorm
from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.team.moderating import UNDO
from bot.words import N_, _, ngettext

HELP = N_("take away a result that you asked for: its ideas leave the board")
EXAMPLES = ("/delete",)
PRIVATE = True  # only the person who asks sees the answer
PARAMS = (Param(name="undo", help=N_("bring back what was taken away last"), kind="flag"),)


def on_brainstorm(brainstorm: Brainstorm) -> tuple[Control, ...]:
    """An entry under the ideas."""
    return (Control(key=Key(verb="delete", target=brainstorm.id), label=_("Delete"), emoji="🗑️", minor=True),)


def from_press(press: Press) -> Mapping[str, Value]:
    """What the button stands under; or that it was pressed by mistake."""
    return {"brainstorm": press.key.target, "undo": press.key.token == UNDO}


async def run(services: Services, call: Call, reply: Reply) -> None:
    id, back = str(call.args.get("brainstorm") or ""), bool(call.args.get("undo"))
    if back and not id:
        id = await services.moderating.latest(call.channel, call.person) or ""
    brainstorm = await services.finding.brainstorm(call.channel, id)
    changed = await services.moderating.whole(brainstorm, call.person, admin=call.admin, hidden=not back)
    for idea in changed:
        services.redrawing.changed(idea)
    if back:
        said = ngettext("{count} idea is back on the board.", "{count} ideas are back on the board.", len(changed))
        await reply.show(Card(text=said.format(count=len(changed)), private=True))
        return
    said = ngettext(
        "{count} idea is taken away: it stands on no board and in no export.",
        "{count} ideas are taken away: they stand on no board and in no export.",
        len(changed),
    )
    undo = Control(key=Key(verb="delete", target=brainstorm.id, token=UNDO), label=_("Undo"), emoji="↩️")
    await reply.show(Card(text=said.format(count=len(changed)), controls=(undo,), private=True))
