"""The best of the channel."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.ideas import Brainstorm, Channel, IdeaId
from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas.standing import KINDS, STATES, Standing, View, detailed
from bot.services.usage import chosen
from bot.services.views import key_of, view_of
from bot.words import N_, _

HELP = N_("see this channel's ideas, best first; those for one topic, of one state or kind")
EXAMPLES = ("/board 2",)
IN_HELP = 7  # what a newcomer should read first
READS = True  # nothing is changed
SAID_ONLY = True  # "board games for two" is a topic, also where a command was announced
LAST_PAGE = 1000  # ten thousand ideas; the board holds no more
TOP = "top "  #: before how many are wanted, of who wants the best few
STATE = Param(name="state", help=N_("only those of this state"), kind="choice", choices=tuple(STATES.items()), trails=True)
KIND = Param(name="kind", help=N_("only those of this kind"), kind="choice", choices=tuple(KINDS.items()), trails=True)
PARAMS = (
    Param(name="topic", help=N_("only ideas for this topic, or a part of it"), rest=True, recent="text"),
    Param(name="page", help=N_("which page"), kind="integer", least=1, most=LAST_PAGE, trails=True),
    STATE,
    KIND,
)

#: For who calls for a vote in plain words.
VOTING = N_(
    "To vote: 👍 or 👎 beside an idea, or “/vote 2 up” with its number. Everybody's votes count and order this board; type "
    "/board again for the result. /round leads a group from writing to voting."
)
#: For who wants one idea to be chosen or asks who won, where people have voted and where nobody has.
LEADING = N_("In front: #{number} “{text}”. /pick {number} decides for it; votes change who leads: “/vote 2 up”.")
UNVOTED = N_(
    "Nobody has voted yet. First here, by the order that they were shown in: #{number} “{text}”. /pick {number} decides for it."
)
#: For who wants all of it summed up.
SUMMED_UP = N_("This is all so far, best first. To keep it: /export makes a file, /page a page to print or share.")
UNWRITTEN = N_("I write no summaries. This is all so far, best first; /export makes a file of it.")
#: For who asks what was talked about, and what was saved where nothing is.
BEFORE = N_(
    "I keep topics, ideas and votes, and nothing else that was said. This is what stands here, best first; /export makes a file "
    "of it."
)
#: For who wants the best few.
BEST = N_("The first {count} of {total}. All of them: /board")
#: For who goes back to what was asked for earlier.
BACK = N_("For “{topic}”, best first. For more of these write “more like 1”, or the topic again; all ideas: /board")
UNSAVED = N_("Nothing is picked yet. /pick 2 picks idea 2; /board shows everything that stands here.")


def on_brainstorm(brainstorm: Brainstorm) -> tuple[Control, ...]:
    """A button under the ideas."""
    return (Control(key=Key(verb="board"), label=_("Board"), emoji="📋"),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The page to turn to, and of which view."""
    if not press.key.token:
        return {}
    number, view = view_of(press.key.token)
    named = {"topic": view.topic, "state": view.state, "kind": view.kind}
    return {"page": number} | {name: value for name, value in named.items() if value}


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "board" is this command: "board 2", "board dropped", "board "tea"."""
    return bool(re.fullmatch(r'\d{1,4}|--.*|".*"|“.*”', rest) or chosen(STATE, rest) or chosen(KIND, rest))


async def run(services: Services, call: Call, reply: Reply) -> None:
    topic, state, kind = (str(call.args.get(name, "")).strip() for name in ("topic", "state", "kind"))
    if topic and not state and (alone := chosen(STATE, topic)):
        topic, state = "", alone
    elif topic and not kind and (alone := chosen(KIND, topic)):
        topic, kind = "", alone
    asked = str(call.args.get("said", ""))
    if asked == "back":
        topic = await services.boards.closest(call.channel, topic) or topic
    view = View(topic=topic, state=state, kind=kind)
    page = await services.boards.page(call.channel, min(LAST_PAGE, int(call.args.get("page", 1))), view)
    settings = await services.store.settings(call.channel)
    most = int(asked.removeprefix(TOP)) if asked.startswith(TOP) else len(page.standings)
    board = await services.cards.board(replace(page, standings=page.standings[:most]), settings)
    if page.total and (told := _told(asked, page.standings[0])):
        board = replace(board, text=told)
    elif most < page.total and asked.startswith(TOP):
        board = replace(board, text=_(BEST).format(count=most, total=page.total))
    elif page.total and asked == "back":
        board = replace(board, text=_(BACK).format(topic=shortened(topic, 80)))
    elif not page.total and asked == "saved":
        board = replace(board, text=_(UNSAVED))
    key = key_of(view, page.number)
    await services.redrawing.show(reply, replace(board, turns="page" in call.args), call.channel, key)


def _told(said: str, first: Standing) -> str:
    """What a board is headed by for who asked for more than it; `first`: what stands in front."""
    if said == "winner" and first.state == "picked":
        return _("Picked: “{idea}”.").format(idea=shortened(first.idea.text, 80))
    if said in ("pick", "winner"):
        sentence = LEADING if first.score.votes else UNVOTED
        return _(sentence).format(number=first.idea.number, text=shortened(first.idea.text, 80))
    return {"vote": _(VOTING), "wrap": _(SUMMED_UP), "before": _(BEFORE), "summary": _(UNWRITTEN)}.get(said, "")


async def drawn(services: Services, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card:
    """A page that is shown, with the tallies of now: its ideas keep their places under people's fingers."""
    number, view = view_of(key.token)
    page = await services.boards.page(channel, number, view)
    there = [await services.store.idea(channel.team, id) for id in ideas]
    kept = [idea for idea in there if idea is not None and not idea.hidden]
    standings = await services.boards.standings(channel.team, kept)
    marks = await services.store.marks(channel)
    known = await detailed(services.store, channel, [replace(one, mark=marks.get(one.idea.id)) for one in standings])
    return await services.cards.board(replace(page, standings=tuple(known)), await services.store.settings(channel))
