"""A message of ours while it grows as a stream: ideas are added to it one by one, and nothing on it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from adapters.slack.places import Where
from adapters.slack.refusals import AGAIN
from adapters.slack.render import Drawn, line_blocks
from adapters.slack.web import Failed, Web
from bot.messages import Card, Line

log = structlog.get_logger(__name__)

TASK = "ideas"  # id of the one step that a stream shows: what is being done, and how far it is
MAX_TITLE = 150  # characters of it; Slack names no limit


@dataclass(eq=False)
class Stream:
    """An open stream."""

    web: Web
    where: Where
    ts: str  #: of the message that it is
    _shown: list[Line] = field(default_factory=list)
    _doing: str = ""  #: what the step says

    @classmethod
    async def begun(
        cls, web: Web, where: Where, name: str, latest: Callable[[], Card], drawn: Callable[[Card], Drawn]
    ) -> tuple[Stream, Card] | None:
        """Opens a stream in a thread, and says which card it shows; None when no turn is left for that now.

        Args:
            web: of the workspace.
            where: the thread.
            name: by which the message is found again.
            latest: the card that is wanted when the turn comes.
            drawn: draws a card.

        Raises:
            Failed: Slack has no stream for us there, or could not be reached.
        """
        if web.pace.room("chat.startStream", web.team) <= 0:
            return None
        reader = {} if where.direct else {"recipient_team_id": web.team, "recipient_user_id": where.user}
        async with web.pace.turn("chat.startStream", web.team, where.channel):
            card = latest()
            posted = await web.at_once(
                "chat.startStream",
                **where.addressed,
                **reader,
                chunks=[*_first(card, name, drawn), *_step(_doing(card), over=False)],
            )
        return cls(web, where, str(posted["ts"]), list(card.lines), _doing(card)), card

    async def grow(self, latest: Callable[[], Card]) -> Card | None:
        """Adds the ideas that are new, in the reader's language; None when there was none.

        Raises:
            Failed: Slack takes no more; its streams end by themselves after some minutes.
        """
        if not self._new(latest()):
            return None
        async with self.web.pace.turn("chat.appendStream", self.web.team):
            card = latest()
            blocks = [block for line in self._new(card) for block in line_blocks(line)]
            self._doing = _doing(card) or self._doing
            chunks = [{"type": "blocks", "blocks": blocks}, *_step(_doing(card), over=False)]
            await self.web.at_once("chat.appendStream", channel=self.where.channel, ts=self.ts, chunks=chunks)
        self._shown = list(card.lines)
        return card

    async def end(self) -> None:
        """Ends it: from here on the message can be changed.

        Raises:
            Failed: Slack could not be asked now.
        """
        try:
            chunks = _step(self._doing, over=True)
            await self.web.call(
                "chat.stopStream", channel=self.where.channel, ts=self.ts, **({"chunks": chunks} if chunks else {})
            )
        except Failed as failed:
            if failed.error in AGAIN:
                raise
            log.info("a stream had ended already", why=failed.error)

    def _new(self, card: Card) -> list[Line]:
        known = {line.idea for line in self._shown}
        return [line for line in card.lines if line.idea not in known]


def _doing(card: Card) -> str:
    """What is being done, and how far it is; empty of a finished card."""
    progress = card.progress
    if progress is None:
        return ""
    return f"{progress.doing} {progress.done}/{progress.total}" if progress.total else progress.doing


def _step(doing: str, *, over: bool) -> list[dict[str, Any]]:
    """The step as a stream shows it."""
    return [
        {"type": "task_update", "id": TASK, "title": doing[:MAX_TITLE], "status": "complete" if over else "in_progress"}
    ] * bool(doing)


def _first(card: Card, name: str, drawn: Callable[[Card], Drawn]) -> list[dict[str, Any]]:
    begun = replace(card, progress=None, files=(), footer="" if card.lines else card.footer)
    blocks = [dict(block) for block in drawn(begun).blocks]
    if name and blocks:
        blocks[0]["block_id"] = name  # a stream takes no metadata
    return [{"type": "blocks", "blocks": blocks}]
