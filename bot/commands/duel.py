"""This one or that one? Two ideas side by side, blind."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.ideas import BrainstormId, Idea, IdeaId
from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened, title
from bot.services.votes.duelling import Duel
from bot.words import N_, _

HELP = N_("choose between two ideas, blind; what you say orders both")
EXAMPLES = ("/duel a",)
PRIVATE = True  # what others said, and say, must not sway anybody
PARAMS = (
    Param(
        name="answer",
        help=N_("a, b, neither or skip, for the duel you were shown; empty: a new one"),
        kind="choice",
        choices=(("a", N_("A is better")), ("b", N_("B is better")), ("neither", N_("Both are bad")), ("skip", N_("Skip"))),
    ),
)
ANSWERS = frozenset({"a", "b", "neither", "skip"})


def from_press(press: Press) -> Mapping[str, Value]:
    """The pair that the button belongs to, and what was said."""
    left, _dash, right = press.key.target.partition("-")
    return {"left": left, "right": right, "answer": press.key.token, "of": press.values.get("of", "")}


async def run(services: Services, call: Call, reply: Reply) -> None:
    answer, heard, but = str(call.args.get("answer", "")), "", frozenset[IdeaId]()
    if answer:
        left, right = await shown(services, call)
        if answer not in ANSWERS:
            raise Refusal(_("“{answer}” is no answer to a duel. Say a, b, neither or skip.").format(answer=answer[:30]))
        await services.duelling.settle(call.channel, call.person, left, right, answer)
        heard, but = said(answer, left, right), frozenset({left.id, right.id})
    of, one = await services.rounds.duelled(call.channel), BrainstormId(str(call.args.get("of", "")))
    of = (one,) if one and one not in of else of
    duel = await services.duelling.next(call.channel, call.person, but=but, of=of)
    if duel is None:
        none = _("There are no two ideas left for you to choose between. Start with /brainstorm and a topic.")
        await reply.show(Card(text="\n\n".join(filter(None, [heard, none])), private=True))
        return
    await reply.show(await card(services, duel, heard))


async def shown(services: Services, call: Call) -> tuple[Idea, Idea]:
    """The two ideas an answer is about: those of the button, or of the duel shown last."""
    named = (IdeaId(str(call.args["left"])), IdeaId(str(call.args["right"]))) if "left" in call.args else None
    pair = named or services.duelling.open(call.channel, call.person)
    if pair is None:
        raise Refusal(_("You have no open duel. Type /duel to get one."))
    left, right = [await services.finding.idea(call.channel, id) for id in pair]
    return left, right


async def card(services: Services, duel: Duel, heard: str) -> Card:
    """The two ideas without their numbers, authors and votes."""
    left, right = duel.left, duel.right
    source = await services.store.brainstorm(left.channel.team, left.brainstorm) if left.brainstorm is not None else None
    topic = title(source) if source is not None else ""
    pair = f"{left.id}-{right.id}"
    labels = {"a": _("A is better"), "b": _("B is better"), "neither": _("Both are bad"), "skip": _("Skip")}
    emoji = {"a": "🅰️", "b": "🅱️", "neither": "👎", "skip": "⏭️"}
    controls = tuple(
        Control(key=Key(verb="duel", target=pair, token=answer), label=label, emoji=emoji[answer])
        for answer, label in labels.items()
    )
    text = "\n\n".join(filter(None, [heard, topic, f"A: {left.text}", f"B: {right.text}"]))
    return Card(title=_("Which is better?"), text=text, controls=controls, private=True)


def said(answer: str, left: Idea, right: Idea) -> str:
    """What was heard, now that the ideas may be named."""
    if answer == "skip":
        return ""
    if answer == "neither":
        return _("Heard: neither #{left} nor #{right}.").format(left=left.number, right=right.number)
    better, worse = (left, right) if answer == "a" else (right, left)
    return _("Heard: #{better} “{text}” rather than #{worse}.").format(
        better=better.number, text=shortened(better.text, 60), worse=worse.number
    )
