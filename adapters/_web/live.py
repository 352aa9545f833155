"""Who has a board open, and what they are sent while it changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from adapters._web.boards import Board, Difference, board_of, difference
from adapters._web.guard import Visitor
from bot.changes import Changes
from bot.domain.errors import MuselabError, TooMany
from bot.domain.ideas import Channel
from bot.services.bundle import Services
from bot.words import _

log = structlog.get_logger(__name__)

LOOK_S = 2.0  # another process on the same database may have written; whoever writes here is heard at once
TOGETHER_S = 0.03  # changes that come so near one another are sent together; nobody sees so short a time
WAITING = 200  # events that a slow reader may lag behind; then the stream ends, and the page asks what it has missed
OF_ONE = 8  # streams of one person or link for readers; browsers open six to a host
ALL = 1000  # streams of this process: one is 60 kB, and more people than that do not look at one bot's boards

Render = Callable[["Watcher", Difference], Awaitable[str]]


@dataclass(slots=True, eq=False)
class Watcher:
    """One open page."""

    visitor: Visitor
    locale: str
    queue: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(WAITING))

    @property
    def looks(self) -> tuple[str, bool]:
        """Pages of which this is the same are sent the same."""
        return self.locale, self.visitor.writes

    def send(self, event: str, content: Any) -> None:
        """Sends it something; ends the stream of one that does not read."""
        try:
            self.queue.put_nowait(event_of(event, content))
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)


def event_of(name: str, content: Any) -> str:
    """A server-sent event; JSON has no line break of its own."""
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False, separators=(',', ':'))}\n\n"


class Feed:
    """One channel's board, for as long as somebody looks at it."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.watchers: set[Watcher] = set()
        self.board = Board(shown={})
        self.task: asyncio.Task[None] | None = None


class Live:
    """Every open page of this process."""

    def __init__(self, *, services: Services, changes: Changes, render: Render) -> None:
        """`render`: what has changed, as a page of that language and those rights takes it."""
        self.services = services
        self.changes = changes
        self.render = render
        self._feeds: dict[Channel, Feed] = {}

    @property
    def watching(self) -> int:
        """How many pages are open."""
        return sum(len(feed.watchers) for feed in self._feeds.values())

    @asynccontextmanager
    async def watch(self, watcher: Watcher) -> AsyncIterator[Board]:
        """Sends a page what changes from here on; the board as it is when that begins.

        Raises:
            TooMany: the person, or all together, have too many pages open.
        """
        channel = watcher.visitor.entry.channel
        feed = self._feeds.setdefault(channel, Feed(channel))
        mine = sum(one.visitor.entry.digest == watcher.visitor.entry.digest for one in feed.watchers)
        if mine >= OF_ONE or self.watching >= ALL:
            raise TooMany(_("Too many pages are open. Please close one and reload."))
        feed.watchers.add(watcher)
        try:
            if feed.task is None:
                feed.board = await board_of(self.services, channel)
            if feed.task is None:  # nobody else was quicker meanwhile
                feed.task = asyncio.create_task(self._run(feed))
            yield feed.board
        finally:
            feed.watchers.discard(watcher)
            if not feed.watchers:
                self._feeds.pop(channel, None)
                if feed.task is not None:
                    feed.task.cancel()

    def tell(self, visitor: Visitor, event: str, content: Any) -> int:
        """Sends something to the pages that one person has open; to how many."""
        feed = self._feeds.get(visitor.entry.channel)
        mine = [one for one in feed.watchers if one.visitor.entry.digest == visitor.entry.digest] if feed is not None else []
        for watcher in mine:
            watcher.send(event, content)
        return len(mine)

    async def close(self) -> None:
        """Ends every stream; the pages come back by themselves, to whichever process is there then."""
        for feed in list(self._feeds.values()):
            for watcher in feed.watchers:
                watcher.queue.put_nowait(None) if not watcher.queue.full() else None
            if feed.task is not None:
                feed.task.cancel()

    async def _run(self, feed: Feed) -> None:
        with self.changes.of(feed.channel.team) as changed:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await changed.wait()
                    await asyncio.sleep(TOGETHER_S)
                changed.clear()
                try:
                    await self._look(feed)
                except MuselabError as error:
                    log.warning("a board could not be looked at", why=str(error))
                except Exception:
                    log.exception("a board could not be sent")

    async def _look(self, feed: Feed) -> None:
        """Sends what has changed since the last look; each language and each kind of right is drawn once."""
        board = await board_of(self.services, feed.channel)
        missing = difference(feed.board, board)
        feed.board = board
        if not missing:
            return
        drawn: dict[tuple[str, bool], str] = {}
        for watcher in list(feed.watchers):
            if watcher.looks not in drawn:
                drawn[watcher.looks] = await self.render(watcher, missing)
            try:
                watcher.queue.put_nowait(drawn[watcher.looks])
            except asyncio.QueueFull:
                watcher.send("late", {})
