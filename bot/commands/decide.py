"""What a round decides: this idea, this action, this owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.ideas import MAX_OPTION, Channel, IdeaId
from bot.messages import Call, Card, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.rounds.contributing import MAX_OWNER
from bot.services.rounds.showing import action_line
from bot.words import N_, _

HELP = N_("decide in a round: pick an idea, and note the next action and who owns it")
EXAMPLES = ("/decide 7",)
WORDS_ONLY = True
PARAMS = (
    Param(name="number", help=N_("the number of the idea"), kind="idea", required=True),
    Param(name="action", help=N_("what is done next"), short="a"),
    Param(name="owner", help=N_("who does it"), short="o"),
)


async def form_here(services: Services, press: Press) -> Form:
    """For the idea, the action and its owner; the best idea is offered."""
    round = await services.rounds.latest(press.channel, press.key.target)
    best = await services.rounds.cards.ideas(round, best_first=True)
    fields = (
        Field(name="number", label=_("The number of the idea"), value=f"#{best[0].number}" if best else "", most=10),
        Field(name="action", label=_("Next action"), required=False, most=MAX_OPTION, multiline=True),
        Field(name="owner", label=_("Who owns it"), required=False, most=MAX_OWNER),
    )
    return Form(key=press.key, title=_("Decide"), fields=fields, submit=_("Decide"))


def from_press(press: Press) -> Mapping[str, Value]:
    """What was decided, and in which round."""
    return {**press.values, "round": press.key.target}


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "decide" is this command: a number follows."""
    return rest.lstrip("#")[:1].isdecimal()


async def run(services: Services, call: Call, reply: Reply) -> None:
    idea = await services.finding.idea(call.channel, str(call.args.get("number", "")))
    round = await services.rounds.latest(call.channel, str(call.args.get("round", "")))
    action, owner = str(call.args.get("action", "")), str(call.args.get("owner", ""))
    round = await services.contributing.decide(call, round, idea, action, owner)
    key = Key(verb="decide", target=round.id, token=idea.id)
    await services.redrawing.show(reply, await drawn(services, call.channel, key, (idea.id,)), call.channel, key)


async def drawn(services: Services, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card:
    """What is decided about an idea, as it stands now."""
    round = await services.rounds.latest(channel, key.target)
    idea = await services.finding.idea(channel, key.token, hidden=True)
    card = await services.cards.idea(idea, _("Decided"))
    decided = [action_line(one) for one in round.decisions if one.idea == idea.id and not idea.hidden]
    return Card(title=card.title, text="\n\n".join(filter(None, decided)) or card.text, lines=card.lines)
