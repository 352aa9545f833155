"""The best of the channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.ideas import Brainstorm
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("see this channel's ideas, best first")
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
    await services.redrawing.show(reply, replace(board, turns="page" in call.args), call.channel)
