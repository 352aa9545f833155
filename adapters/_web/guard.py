"""Who may do what on the page: cookies, the token of a write, rates, and the headers that go with every answer."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web

from bot.config import Settings
from bot.domain.errors import MuselabError, NotAllowed, TooMany
from bot.domain.passes import Pass, digest_of
from bot.ports import Clock, Store
from bot.services.team.governing import whole
from bot.words import _

COOKIE = "muselab"
TOKEN = "X-Muselab-Token"  # header of a write; another site's page can send no such header without being allowed to
#: Nothing but our own files, no script or style in a page's text, no other site around it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a link's address is secret; with "no-referrer" our own forms come with "Origin: null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",  # a board is a team's own: no proxy and no shared computer keeps it
}
WRITES_A_MINUTE = 60  # of one session; a person who presses once a second is in a hurry
DOORS_A_MINUTE = 20  # tries of one address to come in; a link has 256 bits, so this keeps the log short, not guessing away
READS_A_MINUTE = 600  # of one session: pages, pictures, fragments; a gallery of a hundred pictures is opened five times
REMEMBERED = 10_000  # whose rates are known at a time; the longest unseen is forgotten


#: Of the request being served; a stream has none once it has begun.
DEADLINE: ContextVar[asyncio.Timeout] = ContextVar("deadline")


class Away(MuselabError):
    """Nobody is let in with that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks at the page: a person of a chat, or a reader."""

    entry: Pass
    secret: str

    @property
    def writes(self) -> bool:
        """Whether they take part; with a link for readers nobody does."""
        return self.entry.kind == "session"

    @property
    def token(self) -> str:
        """What every write of theirs carries; whoever has not the cookie cannot work it out."""
        return hmac.new(self.secret.encode(), b"write", hashlib.sha256).hexdigest()


class Rates:
    """How often somebody does something: a bucket that fills evenly in a minute."""

    def __init__(self, a_minute: int, clock: Callable[[], float]) -> None:
        self.a_minute = a_minute
        self.clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  #: how much is left, and when that was so

    def take(self, who: str) -> None:
        """Counts one more.

        Raises:
            TooMany: it is one too many.
        """
        now = self.clock()
        left, at = self._left.pop(who, (float(self.a_minute), now))
        left = min(float(self.a_minute), left + (now - at) * self.a_minute / 60)
        self._left[who] = max(0.0, left - 1), now
        while len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        if left < 1:
            raise TooMany(_("That was too quick. Please wait a moment and try again."))


class Guard:
    """Lets people in, and knows them again."""

    def __init__(self, *, store: Store, settings: Settings, clock: Clock, now: Callable[[], float]) -> None:
        """`now`: monotonic seconds, for rates."""
        self.store = store
        self.clock = clock
        self.base = urlsplit(settings.page_url)
        self.hosts = {self.base.netloc, *(f"{name}:{settings.web.port}" for name in ("127.0.0.1", "localhost", "[::1]"))}
        self.writes, self.doors = Rates(WRITES_A_MINUTE, now), Rates(DOORS_A_MINUTE, now)
        self.reads = Rates(READS_A_MINUTE, now)

    def known_host(self, request: web.Request) -> None:
        """Refuses an address that is not ours: a page elsewhere whose name is made to point here would be of our origin."""
        if request.host not in self.hosts:
            raise web.HTTPMisdirectedRequest(text="This is not the address of this page.")

    def same_origin(self, request: web.Request) -> None:
        """Refuses a write that another site's page began.

        Raises:
            NotAllowed: it did, or the browser does not say who began it.
        """
        origin = urlsplit(request.headers.get("Origin", ""))
        if origin.netloc != request.host or origin.netloc not in self.hosts:
            raise NotAllowed(_("This was sent from another page. Please open the board itself and try again."))

    def may_write(self, request: web.Request, visitor: Visitor) -> None:
        """Lets a write through.

        Raises:
            NotAllowed: it is a reader's, or does not come from our page.
            TooMany: there are too many of them.
        """
        self.same_origin(request)
        if not visitor.writes:
            raise NotAllowed(_("With this link you can read. To take part, ask for a link of your own with /page."))
        if not hmac.compare_digest(request.headers.get(TOKEN, "").encode(), visitor.token.encode()):
            raise NotAllowed(_("This page has grown old. Please reload it and try again."))
        self.writes.take(visitor.entry.digest)

    async def visitor(self, request: web.Request) -> Visitor:
        """Who it is.

        Raises:
            Away: nobody we know, or somebody who may not look any more.
        """
        secret = request.cookies.get(COOKIE, "")
        entry = await self.store.found_pass(digest_of(secret), self.clock()) if secret else None
        if entry is None:
            raise Away
        await self.welcome(entry)
        return Visitor(entry=entry, secret=secret)

    async def welcome(self, entry: Pass) -> None:
        """Refuses whom the team lets no longer in.

        Raises:
            Away: the person is blocked, or belongs to another company whose people may not.
        """
        team = await self.store.settings(whole(entry.channel.team))
        if entry.kind != "share" and (entry.person.id in team.blocked or (entry.outsider and not team.outsiders)):
            raise Away

    async def stands(self, visitor: Visitor) -> bool:
        """Whether they would be let in now."""
        entry = await self.store.found_pass(visitor.entry.digest, self.clock())
        if entry is None:
            return False
        try:
            await self.welcome(entry)
        except Away:
            return False
        return True

    def let_in(self, response: web.StreamResponse, secret: str, lasts_s: float) -> None:
        """Gives the browser what it is known by."""
        self.keep(response, COOKIE, secret, timedelta(seconds=lasts_s))

    def keep(self, response: web.StreamResponse, name: str, content: str, lasts: timedelta, *, path: str = "/") -> None:
        """Has the browser keep something: no script reads it, no other site sends it along with a write."""
        response.set_cookie(
            name,
            content,
            max_age=int(lasts.total_seconds()),
            path=path,
            httponly=True,
            samesite="Lax",
            secure=self.base.scheme == "https",
        )

    def let_out(self, response: web.StreamResponse) -> None:
        """Takes it away."""
        response.del_cookie(COOKIE, path="/", httponly=True, samesite="Lax", secure=self.base.scheme == "https")
