"""What can be done."""

from __future__ import annotations

from bot.messages import Call, Card, Control, Key, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.doors import opens
from bot.words import N_, _

HELP = N_("see what Muselab can do")
READS = True  # nothing is changed
PRIVATE = True  # only the person who asks sees the answer
PARAMS: tuple[Param, ...] = ()


#: What a newcomer should read first; everything else follows by name.
FIRST = ("brainstorm", "more", "remix", "spin", "polish", "idea", "board", "pick")


async def run(services: Services, call: Call, reply: Reply) -> None:
    known = services.cards.commands
    names = [*(name for name in FIRST if name in known), *(name for name in known if name not in FIRST)]
    commands = [f"/{name} — {_(known[name].HELP)}" for name in names]
    signals = [f"/{name} — {_(signal.HELP)}" for name, signal in services.cards.signals.items() if name not in known]
    text = "\n".join([*commands, "", _("To say what you think of an idea:"), *signals])
    forms = tuple(
        Control(key=Key(verb=name), emoji=form[0], label=_(form[1]), asks=True) for name in names if (form := opens(known[name]))
    )
    await reply.show(Card(title=_("What Muselab can do"), text=text, controls=forms, private=True))
