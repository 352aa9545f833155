"""The pages that are looked at: the board, the gallery, what was learned; and their pictures, tunes and pieces."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import web

from adapters._web import learned, rendering
from adapters._web.boards import WAYS, By, Difference, board_of, columns
from adapters._web.guard import HEADERS, Guard, Visitor
from adapters._web.live import Live, Watcher, event_of
from bot.domain.errors import NotAllowed
from bot.domain.ideas import IdeaId
from bot.services.bundle import Services
from bot.words import _

MOST_IDS = 100  # ideas asked for at once: their ids fit a request's first line of 8 190 characters
STILL_S = 15.0  # between two signs of life of a stream; and whether the person may still look is asked as often
AGAIN_MS = 1000  # after which a browser comes back that lost its stream
FOREVER = "private, max-age=31536000, immutable"  # a file's address names its content


class Pages:
    """Draws what is asked for, from the store, as the visitor's team."""

    def __init__(self, *, services: Services, guard: Guard, live: Live) -> None:
        self.services = services
        self.guard = guard
        self.live = live

    async def board(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """The board, in columns."""
        asked = request.query.get("by", "state")
        by: By = next((way for way in WAYS if way == asked), "state")
        channel = visitor.entry.channel
        shown = list((await board_of(self.services, channel)).shown.values())
        lines = await rendering.lines_of(self.services, shown)
        mine = await rendering.opinions(self.services, channel, visitor.entry.person, shown) if visitor.writes else frozenset()
        own = {one.idea.id for one in shown if visitor.writes and one.idea.author == visitor.entry.person}
        found = columns(shown, by)
        return self._page("board", visitor, columns=found, lines=lines, mine=mine, own=own, by=by, ways=WAYS)

    async def gallery(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """Pictures, tunes, voices and pitches."""
        shown = [one for one in (await board_of(self.services, visitor.entry.channel)).shown.values() if one.media]
        lines = await rendering.lines_of(self.services, shown)
        mine = (
            await rendering.opinions(self.services, visitor.entry.channel, visitor.entry.person, shown)
            if visitor.writes
            else frozenset()
        )
        return self._page("gallery", visitor, shown=shown, lines=lines, mine=mine, by="kind")

    async def learning(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """What the channel likes, and how the team's model does. Not for readers: topics of a whole team are in it."""
        if not visitor.writes:
            raise NotAllowed(_("With this link you can read. To take part, ask for a link of your own with /page."))
        found = await learned.learned(self.services, visitor.entry.channel)
        return self._page("learning", visitor, found=found, by="")

    def _page(self, name: str, visitor: Visitor, **values: object) -> web.Response:
        text = rendering.page(name, here=name, writes=visitor.writes, token=visitor.token if visitor.writes else "", **values)
        return web.Response(text=text, content_type="text/html")

    async def cards(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """Some ideas as they are now, and which of those asked for are gone: what an open page has missed."""
        wanted = [IdeaId(id) for id in request.query.get("ids", "").split(",")[:MOST_IDS] if id]
        board = await board_of(self.services, visitor.entry.channel)
        there = tuple(board.shown[id] for id in wanted if id in board.shown)
        found = Difference(changed=there, gone=tuple(id for id in wanted if id not in board.shown))
        return web.json_response(await rendering.missing(self.services, visitor, found))

    async def media(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """A file of an idea on this board; another channel's, or a hidden idea's, is none."""
        team, channel = visitor.entry.channel.team, visitor.entry.channel
        idea = await self.services.store.idea(team, IdeaId(request.match_info["idea"]))
        if idea is None or idea.channel != channel or idea.hidden:
            raise web.HTTPNotFound
        files = (await self.services.store.media(team, [idea.id])).get(idea.id, ())
        medium = next((one for one in files if one.digest == request.match_info["digest"]), None)
        content = None if medium is None else await self.services.store.content(team, medium.digest)
        if medium is None or content is None:
            raise web.HTTPNotFound
        headers = {"Content-Type": medium.media_type, "Cache-Control": FOREVER, "Accept-Ranges": "none"}
        if rendering.kind_of(medium) == "file":
            headers |= {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
        return web.Response(body=content, headers=headers)

    async def curve(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """How a version's tuning went, as a picture."""
        if not visitor.writes:
            raise web.HTTPNotFound
        runs = await self.services.store.tunings(visitor.entry.channel.team)
        run = next((run for run in runs if run.version == request.match_info["version"]), None)
        drawn = await asyncio.to_thread(self.services.curve, run.curve) if run is not None else None
        if drawn is None:
            raise web.HTTPNotFound
        return web.Response(body=drawn, content_type="image/png")

    async def events(self, request: web.Request, visitor: Visitor, locale: str) -> web.StreamResponse:
        """What changes from now on, as server-sent events; first, what there is, so that the page sees what it has missed."""
        watcher = Watcher(visitor=visitor, locale=locale)
        async with self.live.watch(watcher) as board:
            headers = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
            response = web.StreamResponse(headers=headers | HEADERS)
            await response.prepare(request)
            with suppress(ConnectionError):
                hello = event_of("hello", board.versions)
                await response.write(f"retry: {AGAIN_MS}\n{hello}".encode())
                await self._stream(response, watcher)
        return response

    async def _stream(self, response: web.StreamResponse, watcher: Watcher) -> None:
        asked_at = asyncio.get_running_loop().time()
        while True:
            try:
                async with asyncio.timeout(STILL_S):
                    event = await watcher.queue.get()
            except TimeoutError:
                event = ": still here\n\n"
            now = asyncio.get_running_loop().time()
            if now - asked_at >= STILL_S:
                asked_at = now
                if not await self.guard.stands(watcher.visitor):
                    await response.write(event_of("ended", {}).encode())
                    return
            if event is None:
                return
            await response.write(event.encode())


def static(name: str) -> web.Response:
    """One of the page's own files."""
    kinds = {"page.css": "text/css", "page.js": "text/javascript"}
    if name not in kinds:
        raise web.HTTPNotFound
    text = (rendering.STATIC / name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=kinds[name], headers={"Cache-Control": "no-cache"})
