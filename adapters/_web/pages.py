"""The pages that are looked at: the board, the gallery, what was learned; and their pictures, tunes and pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from aiohttp import web

from adapters._web import learned, sessions, shaping, templating
from adapters._web.boards import WAYS, Board, By, Difference, Shown, columns
from adapters._web.drawing import Drawing, menu, opinions, pressed
from adapters._web.guard import DEADLINE, HEADERS, Guard, Visitor
from adapters._web.live import Live, View, Watcher, event_of
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

    def __init__(self, *, services: Services, guard: Guard, live: Live, drawing: Drawing) -> None:
        self.services = services
        self.guard = guard
        self.live = live
        self.drawing = drawing

    async def board(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """The board, in columns."""
        asked = request.query.get("by", "state")
        by: By = next((way for way in WAYS if way == asked), "state")
        board, session = await self.live.seen(visitor.entry.channel)
        shown = list(board.shown.values())
        drawn = await self._drawn(visitor, shown)
        found = [
            (id, heading, len(ideas), templating.safe("\n".join(drawn[one.idea.id] for one in ideas)))
            for id, heading, ideas in columns(shown, by, board.themes)
        ]
        banner = templating.safe(sessions.banner(self.services, sessions.readable(session, writes=visitor.writes)))
        return self._page("board", visitor, columns=found, by=by, ways=WAYS, banner=banner)

    async def _drawn(self, visitor: Visitor, shown: Sequence[Shown]) -> Mapping[IdeaId, str]:
        """Each idea as this visitor sees it."""
        if not visitor.writes:
            return await self.drawing.ideas(shown, writes=False)
        channel, person = visitor.entry.channel, visitor.entry.person
        own = {one.idea.id for one in shown if one.idea.author == person}
        drawn = await self.drawing.ideas(shown, writes=True, own=own)
        return pressed(drawn, await opinions(self.services, channel, person, [one.idea.id for one in shown]))

    async def round(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """The round that runs, or the last one; with `screen` for a meeting's big screen."""
        _board, session = await self.live.seen(visitor.entry.channel)
        session = sessions.readable(session, writes=visitor.writes)
        if session is None:
            part = sessions.opening(self.services, writes=visitor.writes)
        else:
            part = await sessions.part(self.services, session, writes=visitor.writes)
        own = await sessions.own(self.services, visitor, session)
        screen = request.query.get("screen") == "1"
        return self._page("round", visitor, part=templating.safe(part), own=own, screen=screen)

    async def own(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """What is the visitor's own in the round."""
        _board, session = await self.live.seen(visitor.entry.channel)
        return web.json_response(await sessions.own(self.services, visitor, session))

    async def menu(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """What else can be done to an idea."""
        _board, one = await self._asked(request, visitor)
        return web.json_response({"html": await menu(self.services, one)})

    async def moving(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """The form that moves an idea."""
        board, one = await self._asked(request, visitor)
        return web.json_response({"form": await shaping.moving(self.services, board, one, request.query.get("to", ""))})

    async def naming(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """The form that renames a theme."""
        if not visitor.writes:
            raise web.HTTPNotFound
        id = request.query.get("theme", "")
        return web.json_response({"form": await shaping.naming(self.services, visitor.entry.channel, id)})

    async def _asked(self, request: web.Request, visitor: Visitor) -> tuple[Board, Shown]:
        """An idea on this board, for somebody who takes part."""
        board, _session = await self.live.seen(visitor.entry.channel)
        one = board.shown.get(IdeaId(request.query.get("idea", "")))
        if one is None or not visitor.writes:
            raise web.HTTPNotFound
        return board, one

    async def gallery(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """Pictures, tunes, voices and pitches."""
        board, _session = await self.live.seen(visitor.entry.channel)
        shown = [one for one in board.shown.values() if one.media and one.idea.modality != "text"]
        drawn = await self._drawn(visitor, shown)
        ideas = templating.safe("\n".join(drawn[one.idea.id] for one in shown))
        return self._page("gallery", visitor, count=len(shown), ideas=ideas, by="kind")

    async def learning(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """What the channel likes, and how the team's model does. Not for readers: topics of a whole team are in it."""
        if not visitor.writes:
            raise NotAllowed(_("With this link you can read. To take part, ask for a link of your own with /page."))
        found = await learned.learned(self.services, visitor.entry.channel)
        leads = await self.services.governing.administers(visitor.entry.person, (), visitor.entry.channel)
        return self._page("learning", visitor, found=found, leads=leads)

    def _page(self, name: str, visitor: Visitor, **values: object) -> web.Response:
        token = visitor.token if visitor.writes else ""
        text = templating.part(name, here=name, writes=visitor.writes, token=token, **values)
        return web.Response(text=text, content_type="text/html")

    async def cards(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """Some ideas as they are now, and which of those asked for are gone: what an open page has missed."""
        wanted = [IdeaId(id) for id in request.query.get("ids", "").split(",")[:MOST_IDS] if id]
        board, _session = await self.live.seen(visitor.entry.channel)
        there = tuple(board.shown[id] for id in wanted if id in board.shown)
        found = Difference(changed=there, gone=tuple(id for id in wanted if id not in board.shown))
        return web.json_response(await self.drawing.missing(found, writes=visitor.writes))

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
        if templating.kind_of(medium) == "file":
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
        view: View = "round" if request.query.get("view") == "round" else "board"
        watcher = Watcher(visitor=visitor, locale=locale, view=view)
        async with self.live.watch(watcher) as board:
            headers = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
            response = web.StreamResponse(headers=headers | HEADERS)
            await response.prepare(request)
            DEADLINE.get().reschedule(None)  # from here on it lasts as long as somebody looks
            with suppress(ConnectionError, TimeoutError):  # a browser comes back by itself
                hello = event_of("hello", board.versions)
                await response.write(f"retry: {AGAIN_MS}\n".encode() + hello)
                await self._stream(response, watcher)
        return response

    async def _stream(self, response: web.StreamResponse, watcher: Watcher) -> None:
        asked_at = asyncio.get_running_loop().time()
        while True:
            try:
                async with asyncio.timeout(STILL_S):
                    event = await watcher.queue.get()
            except TimeoutError:
                event = b": still here\n\n"
            now = asyncio.get_running_loop().time()
            if now - asked_at >= STILL_S:
                asked_at = now
                async with asyncio.timeout(STILL_S):
                    stands = await self.guard.stands(watcher.visitor)
                if not stands:
                    await response.write(event_of("ended", {}))
                    return
            if event is None:
                return
            await response.write(event)


def static(name: str, edition: str = "") -> web.Response:
    """One of the page's own files. Under the address of its edition it never changes."""
    kind, text = templating.files().get(name, ("", ""))
    if not kind:
        raise web.HTTPNotFound
    kept = FOREVER if edition == templating.edition() else "no-cache"
    return web.Response(text=text, content_type=kind, headers={"Cache-Control": kept})
