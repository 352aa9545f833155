"""Takes an idea off the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from babel.dates import format_datetime

from bot.domain.ideas import Channel, Idea, IdeaId
from bot.messages import Call, Card, Control, Key, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas import beside
from bot.services.team.moderating import LISTED, Dropped, Hidden
from bot.words import N_, _, in_quotes, language, ngettext

HELP = N_("take an idea off the board; alone: see what is hidden, and who hid it")
EXAMPLES = ("/hide 3",)
PRIVATE = True  # only the person who asks sees the answer
REDRAWS = "idea"  # the message that shows the idea loses it
SHOWN = 60  # characters of an idea in a sentence
PARAMS = (Param(name="idea", help=N_("the number of the idea"), kind="idea"),)


async def drawn(services: Services, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card | None:
    """What a message of pictures or files shows of its ideas by now; None where nothing of it was hidden."""
    return await beside.left(services.store, services.cards, channel, key, ideas)


async def run(services: Services, call: Call, reply: Reply) -> None:
    if "deleted" in call.args:  # a message of ours was deleted, by whoever may: there is nobody to answer
        shown = tuple(IdeaId(id) for id in str(call.args.get("shown", "")).split(",") if id)
        for gone in await services.moderating.deleted(call.channel, str(call.args["deleted"]), shown):
            services.redrawing.changed(gone)
        return
    if call.args.get("said") == "worst":
        worst = await services.undoing.hide_worst(call)
        services.redrawing.changed(worst)
        last = _("Your team ranks “{idea}” last.").format(idea=shortened(worst.text, 100))
        await reply.show(replace(card := hidden(worst), text=f"{last} {card.text}"))
        return
    if not str(call.args.get("idea", "")).strip():
        dropped = await services.moderating.dropped(call.channel) if call.admin else []
        await reply.show(listed(call, await services.moderating.hidden(call.channel), dropped))
        return
    idea = await services.finding.idea(call.channel, str(call.args["idea"]), hidden=True)
    await services.moderating.change(idea, call.person, admin=call.admin, hidden=True)
    await reply.show(hidden(idea))


def hidden(idea: Idea) -> Card:
    """That an idea is hidden, and how it comes back."""
    sentence = _("Idea #{number} {idea} is hidden: it stands on no board and in no export, and nothing is learned from it.")
    text = sentence.format(number=idea.number, idea=in_quotes(shortened(idea.text, SHOWN)))
    undo = Control(key=Key(verb="restore", target=idea.id), label=_("Restore"), emoji="↩️")
    return Card(text=text, controls=(undo,), private=True)


def listed(call: Call, hidden: list[Hidden], dropped: list[Dropped]) -> Card:
    """What is hidden: for admins all of it, and what the filter dropped; for others what they wrote."""
    seen = [one for one in hidden if call.admin or one.idea.author == call.person]
    rows = [row(one) for one in seen[:LISTED]]
    if len(seen) > LISTED:
        rows.append(ngettext("and {count} more", "and {count} more", len(seen) - LISTED).format(count=len(seen) - LISTED))
    text = "\n".join(rows) if rows else _("Nothing is hidden here.")
    if dropped:
        lines = [_("Drafts of the latest brainstorms that nobody was shown:"), *map(kept_back, dropped)]
        text += "\n\n" + "\n".join(lines)
    return Card(title=_("Hidden ideas"), text=text, private=True)


def kept_back(one: Dropped) -> str:
    """Drafts that were dropped, in a line: how many, why, and some of them."""
    why = {
        "broken": _("cut off, empty or not to be read"),
        "unsafe": _("words that do not belong on a team's board"),
        "off-topic": _("not about the topic"),
        "repeat": _("said already"),
        "too-long": _("longer than was asked for"),
    }.get(one.why, one.why)
    quoted = " · ".join(in_quotes(shortened(text, 80)) for text in one.examples)
    return " — ".join(filter(None, [f"{one.count} × {why}", quoted]))


def row(one: Hidden) -> str:
    """A hidden idea in a line: its number, who hid it, when."""
    when = format_datetime(one.last.at, format="short", locale=language()) + " UTC"
    if one.last.by is None:
        return _("#{number} “{idea}” — its message was deleted, {when}").format(
            number=one.idea.number, idea=shortened(one.idea.text, 80), when=when
        )
    by = _("its author") if one.last.by == one.idea.author else _("an admin ({id})").format(id=one.last.by.id)
    return _("#{number} “{idea}” — by {who}, {when}").format(
        number=one.idea.number, idea=shortened(one.idea.text, 80), who=by, when=when
    )
