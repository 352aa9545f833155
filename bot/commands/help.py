"""What can be done."""

from __future__ import annotations

from bot.messages import Call, Card, Control, Key, Param
from bot.ports import Reply
from bot.services import chinese, explaining
from bot.services.bundle import Services
from bot.services.doors import opens, place_in_help
from bot.services.usage import unknown
from bot.words import N_, _

HELP = N_("see what Muselab can do")
EXAMPLES = ("/help imagine",)
READS = True  # nothing is changed
PRIVATE = True  # only the person who asks sees the answer
PARAMS = (Param(name="command", help=N_("which one to explain; empty: all"), rest=True),)


#: What a newcomer may ask, and reads in answer to a greeting.
TOPICS = (
    N_("names for a tea bar"),
    N_("a slogan for a bicycle repair shop"),
    N_("a story about a lighthouse --style “dry humour”"),
)


#: For who reacts to a message of several ideas with an emoji that names none of them.
REACTING = N_(
    "Which idea do you mean? React with its number, 1️⃣ to 🔟, or press 👍 beside it. Any other emoji counts only where one idea "
    "stands alone."
)


def prompts() -> list[str]:
    """What can be asked, in lines, an empty one at the end."""
    text = _("Write a topic, and I think up different ideas for it. For example:")
    return [text, *(f"• {_(topic)}" for topic in TOPICS), ""]


def chatting(kind: str) -> Card:
    """The answer to small talk: a friendly word, and what can be asked."""
    if kind == "thanks":
        text = _("You're welcome! Votes teach me what your team likes; for more ideas, just write a topic.")
        return Card(text=text, private=True)
    if kind == "okay":
        return Card(
            text=_("All right. For ideas, just write a topic, such as “{topic}”.").format(topic=_(TOPICS[0])), private=True
        )
    more = _("Under ideas you can say “more”, “more like the second one” or “shorter”. /help shows everything.")
    form = (Control(key=Key(verb="brainstorm"), emoji="💡", label=_("Brainstorm"), asks=True),)
    return Card(title=_("Hello!"), text="\n".join([*prompts(), more]), controls=form, private=True)


async def run(services: Services, call: Call, reply: Reply) -> None:
    kind = str(call.args.get("said", ""))
    if kind == "reaction":
        if (await services.store.settings(call.channel)).reactions:
            await reply.tell(Card(text=_(REACTING), private=True))
        return
    if kind in ("hello", "thanks", "okay"):
        await reply.show(chatting(kind))
        return
    known = services.cards.commands
    asked = " ".join(str(call.args.get("command", "")).casefold().removeprefix("/").split())
    asked = chinese.command(asked, (*known, *services.cards.signals))
    if asked in known:
        await reply.show(explaining.command(asked, known[asked]))
        return
    if asked in services.cards.signals:
        await reply.show(explaining.signal(asked, services.cards.signals[asked]))
        return
    if asked:
        raise unknown(asked, [*known, *services.cards.signals])
    asked_in_words = kind == "help"
    names = sorted(known, key=lambda name: (place_in_help(known[name]), name))
    commands = [f"/{name} — {_(known[name].HELP)}" for name in names]
    signals = [f"/{name} — {_(signal.HELP)}" for name, signal in services.cards.signals.items() if name not in known]
    begun = prompts() if asked_in_words else ()
    text = "\n".join([*begun, *commands, "", _("To say what you think of an idea:"), *signals])
    forms = tuple(
        Control(key=Key(verb=name), emoji=form[0], label=_(form[1]), asks=True) for name in names if (form := opens(known[name]))
    )
    await reply.show(Card(title=_("What Muselab can do"), text=text, controls=forms, private=True))
