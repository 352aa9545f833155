"""What becomes of a card that Discord refuses for good: nobody is left with a message that says “Thinking” for ever."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

import discord
import structlog

from adapters.discord.pacing import EDIT_S, TROUBLE
from bot.domain.ideas import IdeaId
from bot.messages import Card, Line
from bot.words import _, ngettext

log = structlog.get_logger(__name__)

BLOCKED = 200000  # a rule of the server (AutoMod) blocks what it says (docs: topics/opcodes-and-status-codes, JSON error codes)
MALFORMED = 50035  # Discord finds the message itself wrong, and would wherever it stood

REMEMBERED = 2000  # messages of which a rule blocks ideas; of an older one they are found once more

Way = Callable[[Card], Awaitable[object]]


class LeftOut:
    """Which ideas of a message a rule of its server blocks, as far as this process has found."""

    def __init__(self) -> None:
        self._ideas: OrderedDict[int, tuple[IdeaId, ...]] = OrderedDict()

    def of(self, message: int) -> tuple[IdeaId, ...]:
        """The ideas that a message cannot show."""
        return self._ideas.get(message, ())

    def note(self, message: int, out: Sequence[IdeaId]) -> None:
        """Notes what a message cannot show."""
        if not out:
            return
        self._ideas[message] = tuple(out)
        self._ideas.move_to_end(message)
        while len(self._ideas) > REMEMBERED:
            self._ideas.popitem(last=False)


async def rescue(card: Card, shown: Card | None, error: Exception, *, change: Way, post: Way, tell: Way) -> Sequence[IdeaId]:
    """Shows as much of a finished card as Discord takes.

    Args:
        card: what it refused.
        shown: what stands there, where that is known.
        error: how it refused.
        change: changes the message.
        post: posts another one.
        tell: tells the person who asked, alone.

    Returns:
        The ideas that are left out.
    """
    code = code_of(error)
    there = {line.idea for line in shown.lines} if shown is not None else set()
    if code == BLOCKED and (out := await sifted(card, there, change)) is not None:
        return out
    said = Card(title=card.title if code != BLOCKED else "", text=sentence(code), controls=card.controls)
    ways = [] if code in (BLOCKED, MALFORMED) else [(post, card)]
    for way, what in (*ways, (change, said), (post, said), (tell, replace(said, private=True))):
        try:
            await way(what)
        except TROUBLE as refused:
            log.info("this way is closed, too", why=str(refused))
        else:
            return ()
    log.warning("a person learns nothing of their answer", code=code)
    return ()


def code_of(error: Exception) -> int:
    """Discord's number for a refusal; 0 where it gave none."""
    return error.code if isinstance(error, discord.HTTPException) else 0


async def sifted(card: Card, there: Collection[IdeaId], change: Way) -> Sequence[IdeaId] | None:
    """Shows the card without the lines that a rule blocks: they are found one by one. None: even without any it is refused.

    `there`: ideas that the message shows already, so that no rule blocks them.
    """
    good = [line for line in card.lines if line.idea in there]
    suspects = [line for line in card.lines if line.idea not in there]
    out: list[IdeaId] = []
    if not await taken(replace(card, lines=tuple(good)), change):
        return None
    for line in suspects:
        if await taken(replace(card, lines=ordered(card, [*good, line])), change):
            good.append(line)
        else:
            out.append(line.idea)
    return out if await taken(without(card, out), change) else None


async def taken(card: Card, change: Way) -> bool:
    """Whether Discord takes a change, at the pace of changes."""
    await asyncio.sleep(EDIT_S)
    try:
        await change(card)
    except TROUBLE:
        return False
    return True


def without(card: Card, out: Sequence[IdeaId]) -> Card:
    """The card without these ideas, and with a word about it."""
    lines = tuple(line for line in card.lines if line.idea not in out)
    left = len(card.lines) - len(lines)
    if not left:
        return card
    said = ngettext(
        "{count} idea is left out: a rule of this server (AutoMod) blocks it.",
        "{count} ideas are left out: a rule of this server (AutoMod) blocks them.",
        left,
    ).format(count=left)
    return replace(card, lines=lines, footer=" · ".join(filter(None, [card.footer, said])))


def ordered(card: Card, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Some of a card's lines, in its order."""
    wanted = {line.idea for line in lines}
    return tuple(line for line in card.lines if line.idea in wanted)


def sentence(code: int) -> str:
    """Why there is no answer."""
    if code == BLOCKED:
        return _("A rule of this server (AutoMod) blocks what Muselab would say here. What was made is kept on the board.")
    return _("Discord does not take this answer ({code}). What was made is kept on the board: use /board.").format(code=code)
