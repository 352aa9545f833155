"""A person's own idea."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.ideas import MAX_IDEA, Brainstorm, BrainstormId, Channel, Idea, IdeaId
from bot.messages import Call, Card, Control, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.rounds.showing import offers
from bot.services.talk.phrases import stands_alone
from bot.words import N_, _

HELP = N_("put your own idea on the board, beside the others")
EXAMPLES = (N_("/idea The Tea Room"),)
IN_HELP = 6  # what a newcomer should read first
ON_WORDS = N_("Put this on the board")
WORDS_ONLY = True  # there is no such thing of pictures and sounds
SOON = True  # it is stored, and shown
PARAMS = (Param(name="text", help=N_("your idea"), required=True, rest=True),)


def on_brainstorm(brainstorm: Brainstorm) -> tuple[Control, ...]:
    """A button under the ideas."""
    return (Control(key=Key(verb="idea", target=brainstorm.id), label=_("Add yours"), emoji="💡", asks=True),)


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """An empty page."""
    return Form(
        key=key,
        title=_("Your own idea"),
        fields=(Field(name="text", label=_("Your idea"), most=MAX_IDEA, multiline=True),),
        submit=_("Add"),
    )


def from_press(press: Press) -> Mapping[str, Value]:
    """What was written, and the brainstorm it belongs to."""
    return {"text": press.values.get("text", ""), "brainstorm": press.key.target}


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "idea" is this command: "idea The Tea Room", not "idea for a party"."""
    return stands_alone(rest)


async def run(services: Services, call: Call, reply: Reply) -> None:
    beside: BrainstormId | None = None
    if call.args.get("brainstorm"):
        beside = (await services.finding.brainstorm(call.channel, str(call.args["brainstorm"]))).id
    idea = await services.listening.own(call.person, call.channel, str(call.args.get("text", "")), beside)
    card = await services.cards.idea(idea, _("A new idea on the board"))
    key = Key(verb="idea", target=idea.id)
    await services.redrawing.show(reply, card, call.channel, key)
    same = await services.originality.same(idea)
    if same is not None:
        told = _("This may say the same as #{number} “{text}”.").format(number=same.number, text=shortened(same.text, 100))
        offered = replace(card, text=told, controls=(*card.controls, *offers([(idea, same)])))
        await services.redrawing.show(reply, offered, call.channel, key, quoting=[same.id])


async def drawn(services: Services, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card:
    """The idea as it stands now."""
    idea = await services.finding.idea(channel, key.target, hidden=True)
    return await services.cards.idea(idea, _("A new idea on the board"))
