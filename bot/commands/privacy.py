"""What is kept about me."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Kept, Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("see, export or delete what is kept about you")
EXAMPLES = ("/privacy show",)
PRIVATE = True  # only the person who asks sees the answer
PARAMS = (
    Param(
        name="action",
        help=N_("show, export or delete"),
        kind="choice",
        choices=(("show", N_("Show it")), ("export", N_("Export it as a file")), ("delete", N_("Delete it for good"))),
    ),
    Param(name="sure", help=N_("really delete"), kind="flag"),
)


def from_press(press: Press) -> Mapping[str, Value]:
    """The action, and whether the person confirmed it."""
    action, _dash, sure = press.key.token.partition("-")
    return {"action": action, "sure": sure == "sure"}


async def run(services: Services, call: Call, reply: Reply) -> None:
    action = str(call.args.get("action", "show"))
    team = call.channel.team
    if action == "export":
        file = await services.forgetting.export(call.person, team)
        await reply.show(Card(text=_("Everything kept about you here."), files=(file,), private=True))
        archives = await services.forgetting.archives(call.person, team)
        for number, archive in enumerate(archives, start=1):
            caption = _("Your pictures and sounds, part {number} of {all}.").format(number=number, all=len(archives))
            await reply.tell(Card(text=caption, files=(archive,), private=True))
        return
    if action == "delete" and call.args.get("sure"):
        gone = await services.forgetting.forget(call.person, team, before=call.at)
        text = _(
            "Topics: {topics}. Ideas you wrote: {ideas}. Votes, those on your ideas included: {votes}. "
            "Nothing of you is left here; messages that show your words are being changed."
        ).format(votes=gone.feedback, ideas=gone.ideas, topics=gone.topics)
        await reply.show(Card(title=_("Deleted"), text=text, private=True))
        return
    overview = summary(await services.forgetting.about(call.person, team))
    delete = Control(key=Key(verb="privacy", token="delete-sure"), label=_("Delete for good"), emoji="🗑️")
    if action == "delete":
        sure = _(
            "This cannot be undone: your votes, your topics, the ideas you wrote and what repeats them, with everybody's votes "
            "on them."
        )
        typed = _("To go ahead press the button, or type /privacy delete --sure.")
        await reply.show(
            Card(title=_("Delete everything?"), text=f"{overview}\n\n{sure}\n{typed}", controls=(delete,), private=True)
        )
        return
    why = _(
        "Muselab keeps your account's id, what you asked it, what you wrote for it and your votes, to order ideas. "
        "Nothing else you say is read or kept."
    )
    buttons = (
        Control(key=Key(verb="privacy", token="export"), label=_("Export"), emoji="📄"),
        Control(key=Key(verb="privacy", token="delete"), label=_("Delete …"), emoji="🗑️"),
    )
    await reply.show(Card(title=_("Kept about you"), text=f"{overview}\n\n{why}", controls=buttons, private=True))


def summary(records: Kept) -> str:
    """How much is kept."""
    return _("Topics: {topics}. Ideas you wrote: {ideas}. Votes: {votes}.").format(
        topics=len(records.brainstorms), ideas=len(records.ideas), votes=len(records.feedback)
    )
