"""Puts a hidden idea back on the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.ideas import Channel, IdeaId
from bot.messages import Call, Card, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("put a hidden idea back on the board")
EXAMPLES = ("/restore 3",)
REDRAWS = "idea"  # the message that showed the idea shows it again
OF_HIDDEN = True  # its argument is one of the hidden ideas
PARAMS = (Param(name="idea", help=N_("the number of the idea"), kind="idea", required=True),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that was hidden a moment ago."""
    return {"idea": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    if call.args.get("said") == "undo":  # in plain words: what the person did last, whatever it was
        await reply.show(Card(text=await services.undoing.last(call), private=True))
        return
    if "under" in call.args:  # in plain words: another idea was meant than was named
        await reply.show(Card(text=await services.undoing.moved(call), private=True))
        return
    idea = await services.finding.idea(call.channel, str(call.args["idea"]), hidden=True)
    shown = await services.moderating.change(idea, call.person, admin=call.admin, hidden=False)
    card = await services.cards.idea(shown, _("Back on the board"))
    await services.redrawing.show(reply, card, call.channel, Key(verb="restore", target=shown.id))


async def drawn(services: Services, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card:
    """The idea as it stands now."""
    idea = await services.finding.idea(channel, key.target, hidden=True)
    return await services.cards.idea(idea, _("Back on the board"))
