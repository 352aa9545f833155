"""Ideas that were liked before and fit a topic; without a topic, this channel's ideas in one's own order."""

from __future__ import annotations

from babel.dates import format_date

from bot.domain.ideas import MAX_IDEAS, MAX_TOPIC, Channel, within
from bot.messages import Call, Card, Line, Param
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas.asking import COUNT
from bot.services.ideas.recommending import Recommended
from bot.words import N_, _, language

HELP = N_("find ideas that were liked before and fit a topic")
EXAMPLES = (N_("/recommend names for a tea bar"),)
PRIVATE = True  # they may come from other channels that only this person is in
USUAL = 5
PARAMS = (Param(name="topic", help=N_("what they should fit; empty: this channel's ideas, in your order"), rest=True), COUNT)


async def run(services: Services, call: Call, reply: Reply) -> None:
    count = min(MAX_IDEAS, max(1, int(call.args.get("count", USUAL))))
    if not str(call.args.get("topic", "")).strip():
        await reply.show(await own_order(services, call, count))
        return
    topic = within(str(call.args["topic"]), MAX_TOPIC, what=_("The topic"))
    matches = await services.recommending.fitting(call.channel, call.person, topic, count=count)
    title = _("Liked before, for “{topic}”").format(topic=shortened(topic, 120))
    if not matches:
        nothing = _("Nothing that was liked so far fits. Vote on ideas, or start anew with /brainstorm.")
        await reply.show(Card(title=title, text=nothing, private=True))
        return
    lines = [await line(services, call.channel, one) for one in matches]
    await reply.show(Card(title=title, lines=tuple(lines), private=True))


async def own_order(services: Services, call: Call, count: int) -> Card:
    """The channel's ideas as this person is thought to like them: by who votes as they do, where that tells anything."""
    standings = (await services.boards.all(call.channel, call.person))[:count]
    if not standings:
        return Card(text=_("The board is empty. Start with /brainstorm and a topic, or add an idea with /idea."), private=True)
    settings = await services.store.settings(call.channel)
    lines = [services.cards.line(standing.idea, standing.tally, settings) for standing in standings]
    return Card(title=_("This channel's ideas, in your order"), lines=tuple(lines), private=True)


async def line(services: Services, here: Channel, match: Recommended) -> Line:
    """The idea, by whom, when, and where."""
    idea = match.idea
    (tally,) = await services.boards.tallies(here.team, [idea])
    when = format_date(idea.created_at.date(), format="medium", locale=language())
    note = when if idea.channel == here else _("{date}, in another channel").format(date=when)
    settings = await services.store.settings(idea.channel)
    shown = services.cards.line(idea, tally, settings)
    return Line(
        idea=shown.idea,
        number=shown.number,
        text=shown.text,
        by=None if idea.origin == "unsigned" else idea.author or idea.asker,
        note=note,
        tally=shown.tally,
        controls=shown.controls if idea.channel == here else (),
    )
