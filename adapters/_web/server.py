"""Listens for browsers, for as long as the bot serves people."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from adapters._web.acting import Acting
from adapters._web.artist import PageArtist
from adapters._web.doors import Doors
from adapters._web.drawing import Drawing
from adapters._web.guard import DEADLINE, HEADERS, Away, Guard, Visitor
from adapters._web.live import Live
from adapters._web.pages import Pages, static
from adapters._web.providers import providers
from adapters._web.wording import sentences
from bot.asking import sorry
from bot.changes import Changes
from bot.domain.errors import Misconfigured, MuselabError, Outage, Refusal, TooMany
from bot.ports import Chat, Front
from bot.services.bundle import Services
from bot.words import LOCALES, _, negotiate, speaking

log = structlog.get_logger(__name__)

MOST_BODY = 12_000_000  # bytes: a photo of a whiteboard with some room; words need a thousandth of it
DEADLINE_S = 10.0  # for a page and its queries, and for a stream until it begins; a browser's person has gone by then
LANGUAGE = "language"  # cookie of who chose one on the page

Handler = Callable[[web.Request, Visitor, str], Awaitable[web.StreamResponse]]


class Page:
    """The application: its addresses, and what goes before and after each of them."""

    def __init__(
        self,
        *,
        front: Front,
        services: Services,
        changes: Changes,
        chats: Sequence[Chat] = (),
        now: Callable[[], float] = time.monotonic,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        """`front`: the desk; `chats`: those that are served beside the page; `deadline_s`: see `DEADLINE_S`."""
        self.services = services
        self.deadline_s = deadline_s
        self.guard = Guard(store=services.store, settings=services.settings, clock=services.clock, now=now)
        drawing = Drawing(services)
        self.live = Live(services=services, changes=changes, artist=PageArtist(services, drawing))
        self.pages = Pages(services=services, guard=self.guard, live=self.live, drawing=drawing)
        self.doors = Doors(
            store=services.store,
            guard=self.guard,
            clock=services.clock,
            url=services.settings.page_url,
            providers=providers(services.settings, chats),
        )
        self.acting = Acting(front=front, services=services, chats=chats, guard=self.guard, live=self.live)

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(middlewares=[self._around], client_max_size=MOST_BODY)
        for path, handler in {
            "/": self.pages.board,
            "/round": self.pages.round,
            "/round/own": self.pages.own,
            "/gallery": self.pages.gallery,
            "/learning": self.pages.learning,
            "/cards": self.pages.cards,
            "/menu": self.pages.menu,
            "/moving": self.pages.moving,
            "/naming": self.pages.naming,
            "/media/{idea}/{digest}": self.pages.media,
            "/curve/{version}": self.pages.curve,
            "/events": self.pages.events,
        }.items():
            app.router.add_get(path, self._known(handler))
        writing = {"/press": self.acting.press, "/form": self.acting.form, "/say": self.acting.say, "/shape": self.acting.shape}
        for path, handler in writing.items():
            app.router.add_post(path, self._known(handler))
        self.doors.routes(app)
        app.router.add_get("/static/{name}", self._static)
        app.router.add_get("/static/{edition}/{name}", self._static)
        app.router.add_get("/favicon.ico", self._icon)
        app.on_shutdown.append(self._close)
        return app

    async def _close(self, _app: web.Application) -> None:
        await self.live.close()

    # ------------------------------------------------------------------------------------------ around every answer

    @web.middleware
    async def _around(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Checks the address, gives each answer a deadline and its headers, and turns what goes wrong into words."""
        with speaking(self._asked_language(request)):
            try:
                self.guard.known_host(request)
                async with asyncio.timeout(self.deadline_s) as deadline:
                    DEADLINE.set(deadline)
                    response = await handler(request)
            except web.HTTPException as error:
                response = web.Response(status=error.status, text=error.reason, headers=_location(error))
            except Away:
                response = self._away(request)
            except TimeoutError:
                log.warning("a page took too long", path=_path(request))
                response = self._told(request, Outage(), 503)
            except MuselabError as error:
                response = self._told(request, error, _status(error))
            except Exception:
                log.exception("a page broke", path=_path(request))
                response = self._told(request, Outage(_("Something went wrong on our side. Please try again.")), 500)
        if not response.prepared:
            for name, content in HEADERS.items():
                response.headers.setdefault(name, content)
            if request.query.get("lang") in ("en", "zh"):
                response.set_cookie(LANGUAGE, request.query["lang"], max_age=31_536_000, path="/", httponly=True, samesite="Lax")
        return response

    def _asked_language(self, request: web.Request, of_pass: str = "") -> str:
        """What the person chose on the page, else what their chat speaks, else what their browser does."""
        chosen = request.query.get("lang") or request.cookies.get(LANGUAGE, "")
        first = request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0]
        return negotiate(chosen if chosen in ("en", "zh") else of_pass or first or LOCALES[0])

    def _known(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The handler, for somebody we know."""

        async def known(request: web.Request) -> web.StreamResponse:
            visitor = await self.guard.visitor(request)
            self.guard.reads.take(visitor.entry.digest)
            settled = (await self.services.store.settings(visitor.entry.channel)).language
            locale = self._asked_language(request, settled or visitor.entry.locale)
            with speaking(locale):
                try:
                    return await handler(request, visitor, locale)
                except MuselabError as error:
                    if isinstance(error, Away):
                        raise
                    return self._told(request, error, _status(error))

        return known

    def _told(self, request: web.Request, error: MuselabError, status: int) -> web.Response:
        """What went wrong: words for a script, a page for a person."""
        text = sorry(error).text
        if request.method == "POST" and not request.path.startswith("/in/"):
            return web.json_response({"error": text}, status=status)
        return self.doors.shown(text, "", status=status)

    def _away(self, request: web.Request) -> web.Response:
        if request.method == "POST" and not request.path.startswith("/in/"):
            return web.json_response({"error": sentences()["ended"]}, status=401)
        return self.doors.away()

    async def _icon(self, _request: web.Request) -> web.Response:
        """None; browsers ask for one by themselves."""
        return web.Response(status=204)

    async def _static(self, request: web.Request) -> web.Response:
        return static(request.match_info["name"], request.match_info.get("edition", ""))


def _status(error: MuselabError) -> int:
    if isinstance(error, TooMany):
        return 429
    return 403 if isinstance(error, Refusal) else 503


def _location(error: web.HTTPException) -> dict[str, str]:
    return {"Location": error.headers["Location"]} if "Location" in error.headers else {}


def _path(request: web.Request) -> str:
    """Where something went wrong, without the secret that may stand there."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


@asynccontextmanager
async def listening(*, front: Front, services: Services, changes: Changes, chats: Sequence[Chat]) -> AsyncIterator[None]:
    """Listens at the port that is set, for the time of the block.

    Raises:
        Misconfigured: nobody can listen there.
    """
    table = services.settings.web
    page = Page(front=front, services=services, changes=changes, chats=chats)
    runner = web.AppRunner(page.app(), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, table.host, table.port).start()
        except OSError as error:
            why = error.strerror or str(error)
            if error.errno == errno.EADDRINUSE:
                why = _("the port is in use; choose another with MUSELAB_WEB__PORT")
            raise Misconfigured(
                _("The page cannot listen on {host}:{port}: {why}.").format(host=table.host, port=table.port, why=why)
            ) from error
        log.info("the page is open", url=services.settings.page_url)
        yield
    finally:
        await runner.cleanup()
