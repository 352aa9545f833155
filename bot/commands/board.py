"""The best of the channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.ideas import Brainstorm, Channel, IdeaId
from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("see this channel's ideas, best first")
EXAMPLES = ("/board 2",)
IN_HELP = 7  # what a newcomer should read first
READS = True  # nothing is changed
LAST_PAGE = 1000  # ten thousand ideas; the board holds no more
PARAMS = (Param(name="page", help=N_("which page"), kind="integer", least=1, most=LAST_PAGE, rest=True),)


def on_brainstorm(brainstorm: Brainstorm) -> tuple[Control, ...]:
    """A button under the ideas."""
    return (Control(key=Key(verb="board"), label=_("Board"), emoji="📋"),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The page to turn to."""
    return {"page": int(press.key.token)} if press.key.token.isdecimal() else {}


async def run(services: Services, call: Call, reply: Reply) -> None:
    page = await services.boards.page(call.channel, min(LAST_PAGE, int(call.args.get("page", 1))))
    settings = await services.store.settings(call.channel)
    board = await services.cards.board(page, settings)
    key = Key(verb="board", token=str(page.number))
    await services.redrawing.show(reply, replace(board, turns="page" in call.args), call.channel, key)


async def drawn(services: Services, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card:
    """A page that is shown, with the tallies of now: its ideas keep their places under people's fingers."""
    page = await services.boards.page(channel, int(key.token))
    there = [await services.store.idea(channel.team, id) for id in ideas]
    kept = [idea for idea in there if idea is not None and not idea.hidden]
    standings = tuple(await services.boards.standings(channel.team, kept))
    return await services.cards.board(replace(page, standings=standings), await services.store.settings(channel))
