"""What can be done."""

from __future__ import annotations

from bot.messages import Call, Card, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("see what Muselab can do")
PRIVATE = True  # only the person who asks sees the answer
PARAMS: tuple[Param, ...] = ()


async def run(services: Services, call: Call, reply: Reply) -> None:
    commands = [f"/{name} — {_(command.HELP)}" for name, command in services.cards.commands.items()]
    signals = [
        f"/{name} — {_(signal.HELP)}" for name, signal in services.cards.signals.items() if name not in services.cards.commands
    ]
    text = "\n".join([*commands, "", _("To say what you think of an idea:"), *signals])
    await reply.show(Card(title=_("What Muselab can do"), text=text, private=True))
