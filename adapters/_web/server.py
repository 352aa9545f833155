"""Listens for browsers, for as long as the bot serves people."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from aiohttp import web

from adapters._web import rendering
from adapters._web.acting import Acting
from adapters._web.guard import HEADERS, Away, Guard, Visitor
from adapters._web.live import Live
from adapters._web.pages import Pages, static
from adapters._web.wording import sentences
from bot.asking import sorry
from bot.changes import Changes
from bot.domain.errors import Misconfigured, MuselabError, Outage, Refusal, TooMany
from bot.domain.passes import SESSION_LASTS, Pass, digest_of, new_secret
from bot.ports import Chat, Front
from bot.services.bundle import Services
from bot.words import LOCALES, _, negotiate, speaking

log = structlog.get_logger(__name__)

MOST_BODY = 12_000_000  # bytes: a photo of a whiteboard with some room; words need a thousandth of it
DEADLINE_S = 10.0  # for a page and its queries; a browser's person has gone by then
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
    ) -> None:
        """`front`: the desk; `chats`: those that are served beside the page."""
        self.services = services
        self.guard = Guard(store=services.store, settings=services.settings, clock=services.clock, now=now)
        self.live = Live(services=services, changes=changes, render=rendering.renderer(services))
        self.pages = Pages(services=services, guard=self.guard, live=self.live)
        self.acting = Acting(front=front, services=services, chats=chats, guard=self.guard, live=self.live)

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(middlewares=[self._around], client_max_size=MOST_BODY)
        for path, handler in {
            "/": self.pages.board,
            "/gallery": self.pages.gallery,
            "/learning": self.pages.learning,
            "/cards": self.pages.cards,
            "/media/{idea}/{digest}": self.pages.media,
            "/curve/{version}": self.pages.curve,
            "/events": self.pages.events,
        }.items():
            app.router.add_get(path, self._known(handler))
        for path, handler in {"/press": self.acting.press, "/form": self.acting.form, "/say": self.acting.say}.items():
            app.router.add_post(path, self._known(handler))
        app.router.add_get("/in/{secret}", self._door)
        app.router.add_post("/in/{secret}", self._in)
        app.router.add_get("/share/{secret}", self._share)
        app.router.add_post("/out", self._out)
        app.router.add_get("/static/{name}", self._static)
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
                if request.path == "/events":
                    response = await handler(request)
                else:
                    async with asyncio.timeout(DEADLINE_S):
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
        return web.Response(text=rendering.page("door", title=text, text="", action=""), status=status, content_type="text/html")

    def _away(self, request: web.Request) -> web.Response:
        said = sentences()
        if request.method == "POST" and not request.path.startswith("/in/"):
            return web.json_response({"error": said["ended"]}, status=401)
        text = rendering.page("door", title=said["away_title"], text=said["away_text"], action="")
        return web.Response(text=text, status=401, content_type="text/html")

    # ------------------------------------------------------------------------------------------ coming and going

    async def _door(self, request: web.Request) -> web.Response:
        """Asks for a press: chats look into links by themselves, and a link that a look used up would let nobody in."""
        said = sentences()
        text = rendering.page("door", title=said["open_title"], text=said["open_text"], action=request.path)
        return web.Response(text=text, content_type="text/html")

    async def _in(self, request: web.Request) -> web.Response:
        """Makes a session of a link."""
        self.guard.doors.take(request.remote or "")
        self.guard.same_origin(request)
        now = self.services.clock()
        link = await self.services.store.take_pass(digest_of(request.match_info["secret"]), now)
        if link is None:
            raise Away
        await self.guard.welcome(link)
        secret = new_secret()
        session = Pass(
            digest=digest_of(secret),
            kind="session",
            channel=link.channel,
            person=link.person,
            made_at=now,
            until=now + SESSION_LASTS,
            locale=link.locale,
            outsider=link.outsider,
        )
        await self.services.store.keep_pass(session)
        log.info("somebody came in", platform=link.person.platform)
        return self._entered(secret, SESSION_LASTS)

    async def _share(self, request: web.Request) -> web.Response:
        """Lets a reader in."""
        self.guard.doors.take(request.remote or "")
        secret, now = request.match_info["secret"], self.services.clock()
        share = await self.services.store.found_pass(digest_of(secret), now)
        if share is None or share.kind != "share":
            raise Away
        return self._entered(secret, share.until - now)

    def _entered(self, secret: str, lasts: timedelta) -> web.Response:
        response = web.Response(status=303, headers={"Location": "/"})
        self.guard.let_in(response, secret, lasts.total_seconds())
        return response

    async def _out(self, request: web.Request) -> web.Response:
        """Ends a session. A reader's link stays; only this browser forgets it."""
        self.guard.same_origin(request)
        visitor = await self.guard.visitor(request)
        if visitor.writes:
            await self.services.store.drop_pass(visitor.entry.channel.team, visitor.entry.digest)
        response = web.Response(status=303, headers={"Location": "/"})
        self.guard.let_out(response)
        return response

    async def _icon(self, _request: web.Request) -> web.Response:
        """None; browsers ask for one by themselves."""
        return web.Response(status=204)

    async def _static(self, request: web.Request) -> web.Response:
        return static(request.match_info["name"])


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
