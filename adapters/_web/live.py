"""Who has a board open, and what they are sent while it changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import structlog

from adapters._web.boards import Board, Difference, board_of, difference
from adapters._web.guard import Visitor
from adapters._web.sessions import Session, session_of
from bot.changes import Changes
from bot.domain.errors import MuselabError, TooMany
from bot.domain.ideas import Channel
from bot.services.bundle import Services
from bot.words import _

log = structlog.get_logger(__name__)

LOOK_S = 2.0  # another process on the same database may have written; whoever writes here is heard at once
LOOKED_WITHIN_S = 10.0  # as a page's own deadline; then it is looked again
TOGETHER_S = 0.03  # between two looks: changes that come so near one another are sent together; nobody sees so short a time
WAITING = 200  # events that a slow reader may lag behind; then the stream ends, and the page asks what it has missed
OF_ONE = 8  # streams of one person or link for readers; browsers open six to a host
ALL = 1000  # streams of this process: one is 60 kB, and more people than that do not look at one bot's boards

View = Literal["board", "round"]


@dataclass(frozen=True, slots=True)
class Looks:
    """Pages of which this is the same are sent the same."""

    locale: str
    writes: bool
    view: View


@dataclass(slots=True, eq=False)
class Watcher:
    """One open page."""

    visitor: Visitor
    locale: str
    view: View = "board"
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(WAITING))

    @property
    def looks(self) -> Looks:
        """As what it is drawn."""
        return Looks(self.locale, self.visitor.writes, self.view)

    def put(self, event: bytes | None) -> None:
        """Sends it something drawn, or ends its stream (None); and ends the stream of one that does not read."""
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)

    def send(self, event: str, content: Any) -> None:
        """Sends it something."""
        self.put(event_of(event, content))


class Artist(Protocol):
    """Draws what has changed, as pages of a language and of some rights take it: server-sent events."""

    async def board(self, looks: Looks, found: Difference) -> bytes:
        """The ideas that have changed."""
        ...

    async def round(self, looks: Looks, session: Session) -> bytes:
        """The round as it stands."""
        ...


def event_of(name: str, content: Any) -> bytes:
    """A server-sent event; JSON has no line break of its own."""
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


class Feed:
    """One channel's board and round, for as long as somebody looks at them."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.watchers: set[Watcher] = set()
        self.board = Board(shown={})
        self.session: Session | None = None
        self.changed = asyncio.Event()  #: something was written since the last look began
        self.looking = True
        self.task: asyncio.Task[None] | None = None
        self.beginning = asyncio.Lock()

    @property
    def current(self) -> bool:
        """Whether what it has is what is stored, as far as this process knows."""
        return self.task is not None and not self.looking and not self.changed.is_set()


class Live:
    """Every open page of this process."""

    def __init__(self, *, services: Services, changes: Changes, artist: Artist) -> None:
        self.services = services
        self.changes = changes
        self.artist = artist
        self._feeds: dict[Channel, Feed] = {}

    @property
    def watching(self) -> int:
        """How many pages are open."""
        return sum(len(feed.watchers) for feed in self._feeds.values())

    async def seen(self, channel: Channel) -> tuple[Board, Session | None]:
        """The board and the round as they are now; while somebody looks at them, they are known already."""
        feed = self._feeds.get(channel)
        if feed is not None and feed.current:
            return feed.board, feed.session
        return await self._read(channel)

    async def _read(self, channel: Channel) -> tuple[Board, Session | None]:
        board = await board_of(self.services, channel)
        return board, await session_of(self.services, channel, board)

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
            async with feed.beginning:
                if feed.task is None:
                    await self._begin(feed)
            if feed.session is not None:
                watcher.put(await self.artist.round(watcher.looks, feed.session))
            yield feed.board
        finally:
            feed.watchers.discard(watcher)
            if not feed.watchers:
                self._feeds.pop(channel, None)
                if feed.task is not None:
                    feed.task.cancel()

    async def _begin(self, feed: Feed) -> None:
        """Reads once for all that come at the same time, and from then on what changes; listens before it reads."""
        listening = self.changes.of(feed.channel.team)
        feed.changed = listening.__enter__()
        try:
            feed.board, feed.session = await self._read(feed.channel)
        except BaseException:
            listening.__exit__(None, None, None)
            raise
        feed.looking = False
        feed.task = asyncio.create_task(self._run(feed))
        feed.task.add_done_callback(lambda _done: listening.__exit__(None, None, None))

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
        clock = asyncio.get_running_loop().time
        looked_at = clock()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await feed.changed.wait()
                await asyncio.sleep(max(0.0, looked_at + TOGETHER_S - clock()))
            feed.looking = True
            feed.changed.clear()
            try:
                async with asyncio.timeout(LOOKED_WITHIN_S):
                    await self._look(feed)
                feed.looking = False
            except (MuselabError, TimeoutError) as error:
                log.warning("a board could not be looked at", why=str(error) or "no answer in time")
            except Exception:
                log.exception("a board could not be sent")
            looked_at = clock()

    async def _look(self, feed: Feed) -> None:
        """Sends what has changed since the last look; each language and each kind of right is drawn once."""
        board, session = await self._read(feed.channel)
        missing = difference(feed.board, board)
        moved = session is not None and (feed.session is None or feed.session.version != session.version)
        drawn: dict[Looks, list[bytes]] = {}
        for looks in {watcher.looks for watcher in feed.watchers}:
            drawn[looks] = [await self.artist.board(looks, missing)] if missing and looks.view == "board" else []
            drawn[looks] += [await self.artist.round(looks, session)] if moved and session is not None else []
        came = [watcher for watcher in feed.watchers if watcher.looks not in drawn]  # while it was drawn, and of another kind
        for watcher in came:
            watcher.put(None)  # they ask for what they have missed as they come back
        feed.board, feed.session = board, session  # with what is sent, so that nothing is lost where drawing broke
        for watcher in feed.watchers:
            for event in drawn.get(watcher.looks, ()):
                watcher.put(event)
