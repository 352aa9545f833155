"""Points for a round's ideas."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.messages import Call, Card, Field, Form, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.standing import in_points
from bot.words import N_, _

HELP = N_("give your points in the round that runs here; nobody is told to which ideas")
EXAMPLES = ("/points 3 3 7",)
PRIVATE = True  # what one person gives must not sway another
WORDS_ONLY = True
PARAMS = (
    Param(
        name="ideas",
        help=N_("numbers of ideas, one for each point: “3 3 7”; “none” takes all back"),
        required=True,
        rest=True,
        numbers=True,
    ),
)


async def form_here(services: Services, press: Press) -> Form:
    """For all of one's points at once, with those that were given."""
    round = await services.rounds.latest(press.channel, press.key.target)
    given = await services.contributing.given(press, round)
    value = " ".join(f"#{number}x{some}" for number, some in given.items())
    hint = _("You have {count}. The number of an idea for each: 3 3 7, or 3x2 7").format(count=round.dots)
    field = Field(name="ideas", label=_("Your points"), value=value, hint=hint)
    return Form(key=press.key, title=_("Give points"), fields=(field,), submit=_("Give"))


def from_press(press: Press) -> Mapping[str, Value]:
    """What was given, and in which round."""
    return {"ideas": press.values.get("ideas", ""), "round": press.key.target}


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "points" is this command: numbers follow."""
    return re.match(r"#?\d|none\b|无", rest) is not None


async def run(services: Services, call: Call, reply: Reply) -> None:
    round = await services.rounds.latest(call.channel, str(call.args.get("round", "")))
    dots, left = await services.contributing.give(call, round, str(call.args.get("ideas", "")))
    told = ", ".join(f"#{number}: {in_points(some)}" for number, some in dots.items()) or _("You have given none.")
    rest = _("{count} left.").format(count=left)
    await reply.show(Card(text=f"{told}\n\n{rest}", private=True))
