"""What can be done."""

from __future__ import annotations

from bot.messages import Call, Card, Control, Key, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.doors import Command, opens, place_in_help
from bot.services.usage import is_option, long, unknown, written
from bot.words import N_, _

HELP = N_("see what Muselab can do")
READS = True  # nothing is changed
PRIVATE = True  # only the person who asks sees the answer
PARAMS = (Param(name="command", help=N_("which one to explain; empty: all"), rest=True),)


async def run(services: Services, call: Call, reply: Reply) -> None:
    known = services.cards.commands
    asked = " ".join(str(call.args.get("command", "")).casefold().removeprefix("/").split())
    if asked in known:
        await reply.show(explained(asked, known[asked]))
        return
    if asked in services.cards.signals:
        text = _(services.cards.signals[asked].HELP)
        await reply.show(Card(title=f"/{asked}", text=text, private=True))
        return
    if asked:
        raise unknown(asked, [*known, *services.cards.signals])
    names = sorted(known, key=lambda name: (place_in_help(known[name]), name))
    commands = [f"/{name} — {_(known[name].HELP)}" for name in names]
    signals = [f"/{name} — {_(signal.HELP)}" for name, signal in services.cards.signals.items() if name not in known]
    text = "\n".join([*commands, "", _("To say what you think of an idea:"), *signals])
    forms = tuple(
        Control(key=Key(verb=name), emoji=form[0], label=_(form[1]), asks=True) for name in names if (form := opens(known[name]))
    )
    await reply.show(Card(title=_("What Muselab can do"), text=text, controls=forms, private=True))


def explained(name: str, command: Command) -> Card:
    """One command: what it does, how it is typed, and what each of its parameters means."""
    lines = [f"/{name} — {_(command.HELP)}"]
    if command.PARAMS:
        lines += ["", " ".join([f"/{name}", *map(written, command.PARAMS)]), ""]
    for param in command.PARAMS:
        choices = ": " + ", ".join(value for value, _label in param.choices) if param.choices else ""
        shown = (
            " ".join(filter(None, [long(param), f"-{param.short}" if param.short else ""])) if is_option(param) else param.name
        )
        lines.append(f"{shown} — {_(param.help)}{choices}")
    form = opens(command)
    controls = (Control(key=Key(verb=name), emoji=form[0], label=_(form[1]), asks=True),) if form else ()
    return Card(title=_("Help"), text="\n".join(lines), controls=controls, private=True)
