"""The decision."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.feedback import PICK
from bot.domain.ideas import Channel, IdeaId
from bot.messages import Call, Card, Key, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("decide: this idea it is")
EXAMPLES = ("/pick 3",)
IN_HELP = 8  # what a newcomer should read first
REDRAWS = "idea"  # its card shows who was picked
PARAMS = (
    Param(name="idea", help=N_("the number of the idea"), kind="idea", required=True),
    Param(name="undo", help=N_("take the decision back"), kind="flag"),
)


async def run(services: Services, call: Call, reply: Reply) -> None:
    idea = await services.finding.idea(call.channel, str(call.args["idea"]))
    token = "none" if call.args.get("undo") else "yes"
    signal = services.cards.signals[PICK]
    press = call.press(Key(verb=PICK, target=idea.id, token=token))
    await services.listening.hear(press, idea, signal=PICK, token=token, value=signal.value(token))
    key = Key(verb="pick", target=idea.id, token=token)
    await services.redrawing.show(reply, await drawn(services, call.channel, key, (idea.id,)), call.channel, key)


async def drawn(services: Services, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card:
    """What was decided, and how the idea stands now."""
    idea = await services.finding.idea(channel, key.target, hidden=True)
    return await services.cards.idea(idea, _("No longer picked") if key.token == "none" else _("Picked"))
