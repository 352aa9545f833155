"""The ways in and out: the bot's links, links for readers, and where it is configured signing in with Discord or Slack."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog
from aiohttp import web

from adapters._web import templating
from adapters._web.guard import Away, Guard
from adapters._web.providers import NotProven, Provider, Return
from adapters._web.wording import sentences
from bot.domain.passes import LINK_LASTS, SESSION_LASTS, Pass, digest_of, new_secret
from bot.ports import Clock, Store
from bot.services.cards import shortened

log = structlog.get_logger(__name__)

KEPT = "muselab-sign-in"  # cookie of who is on the way to the platform and back
ON_THE_WAY = timedelta(minutes=10)  # to sign in there with a password and a second factor
OFFERED = 20  # boards to choose from; more than that nobody reads


class Doors:
    """Lets people in and out."""

    def __init__(self, *, store: Store, guard: Guard, clock: Clock, url: str, providers: Mapping[str, Provider]) -> None:
        """`url`: of the page from outside; `providers`: those that vouch for people."""
        self.store = store
        self.guard = guard
        self.clock = clock
        self.url = url
        self.providers = providers

    def routes(self, app: web.Application) -> None:
        """Adds the addresses."""
        app.router.add_get("/in/{secret}", self.door)
        app.router.add_post("/in/{secret}", self.enter)
        app.router.add_get("/share/{secret}", self.share)
        app.router.add_post("/out", self.leave)
        app.router.add_get("/sign-in/{provider}", self.begin)
        app.router.add_get("/sign-in/{provider}/back", self.back)

    # ------------------------------------------------------------------------------------------ links

    async def door(self, request: web.Request) -> web.Response:
        """Asks for a press: chats look into links by themselves, and a link that a look used up would let nobody in."""
        said = sentences()
        return self.shown(said["open_title"], said["open_text"], action=request.path)

    async def enter(self, request: web.Request) -> web.Response:
        """Makes a session of a link."""
        self.guard.doors.take(request.remote or "")
        self.guard.same_origin(request)
        link = await self.store.take_pass(digest_of(request.match_info["secret"]), self.clock())
        if link is None:
            raise Away
        return await self._welcomed(link)

    async def share(self, request: web.Request) -> web.Response:
        """Lets a reader in."""
        self.guard.doors.take(request.remote or "")
        secret, now = request.match_info["secret"], self.clock()
        share = await self.store.found_pass(digest_of(secret), now)
        if share is None or share.kind != "share":
            raise Away
        return self._entered(secret, share.until - now)

    async def leave(self, request: web.Request) -> web.Response:
        """Ends a session. A reader's link stays; only this browser forgets it."""
        self.guard.same_origin(request)
        visitor = await self.guard.visitor(request)
        if visitor.writes:
            await self.store.drop_pass(visitor.entry.channel.team, visitor.entry.digest)
        response = web.Response(status=303, headers={"Location": "/"})
        self.guard.let_out(response)
        return response

    # ------------------------------------------------------------------------------------------ signing in

    async def begin(self, request: web.Request) -> web.Response:
        """Sends somebody to the platform; what proves that it is they who come back stays in their browser."""
        self.guard.doors.take(request.remote or "")
        provider = self._provider(request)
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        response = web.Response(status=303)
        response.headers["Location"] = provider.begin(self._redirect(provider), state, challenge_of(verifier))
        self.guard.keep(response, KEPT, f"{provider.name}.{state}.{verifier}", ON_THE_WAY, path="/sign-in")
        return response

    async def back(self, request: web.Request) -> web.Response:
        """Lets in who comes back from the platform with its word, where they are of the team."""
        self.guard.doors.take(request.remote or "")
        provider = self._provider(request)
        name, _dot, rest = request.cookies.get(KEPT, "").partition(".")
        state, _dot, verifier = rest.partition(".")
        asked, code = request.query.get("state", ""), request.query.get("code", "")
        if name != provider.name or not state or not hmac.compare_digest(state.encode(), asked.encode()) or not code:
            return self._forgotten(self._not_proven())
        boards = [board for board in await self.store.channels() if board.team.platform == provider.name]
        try:
            proven = await provider.proven(Return(code=code, redirect=self._redirect(provider), verifier=verifier), boards)
        except NotProven:
            return self._forgotten(self._not_proven())
        now = self.clock()
        links = [
            Pass(digest="", kind="link", channel=board, person=proven.person, made_at=now, until=now + LINK_LASTS)
            for board, _named in proven.boards
        ]
        if len(links) == 1:
            return self._forgotten(await self._welcomed(links[0]))
        if not links:
            said = sentences()
            return self._forgotten(self.shown(said["no_board_title"], said["no_board_text"], status=403))
        return self._forgotten(
            await self._offered([(link, named) for link, (_b, named) in zip(links, proven.boards, strict=True)])
        )

    async def _offered(self, links: list[tuple[Pass, str]]) -> web.Response:
        """Boards to choose from, where somebody asked last first: each by a link that works once, as the bot gives it."""
        latest = {link.channel: await self.store.brainstorms(link.channel, limit=1) for link, _named in links}
        links.sort(
            key=lambda link: max((one.created_at.timestamp() for one in latest[link[0].channel]), default=0.0), reverse=True
        )
        choices = []
        for link, named in links[:OFFERED]:
            secret = new_secret()
            await self.store.keep_pass(replace(link, digest=digest_of(secret)))
            topic = next((one.prompt.text for one in latest[link.channel] if one.prompt is not None), "")
            choices.append((f"/in/{secret}", f"#{named}" if named else link.channel.id, shortened(topic, 80)))
        return self.shown(sentences()["choose_title"], "", choices=choices)

    def _provider(self, request: web.Request) -> Provider:
        provider = self.providers.get(request.match_info["provider"])
        if provider is None:
            raise web.HTTPNotFound
        return provider

    def _redirect(self, provider: Provider) -> str:
        return f"{self.url}/sign-in/{provider.name}/back"

    def _not_proven(self) -> web.Response:
        said = sentences()
        return self.shown(said["not_proven_title"], said["not_proven_text"], status=403, signing=tuple(self.providers))

    def _forgotten(self, response: web.Response) -> web.Response:
        """What was kept for the way back is of use once."""
        response.del_cookie(KEPT, path="/sign-in")
        return response

    # ------------------------------------------------------------------------------------------ inside

    async def _welcomed(self, link: Pass) -> web.Response:
        """A session, for whom the team lets in.

        Raises:
            Away: it does not.
        """
        await self.guard.welcome(link)
        secret, now = new_secret(), self.clock()
        await self.store.keep_pass(
            Pass(
                digest=digest_of(secret),
                kind="session",
                channel=link.channel,
                person=link.person,
                made_at=now,
                until=now + SESSION_LASTS,
                locale=link.locale,
                outsider=link.outsider,
            )
        )
        log.info("somebody came in", platform=link.person.platform)
        return self._entered(secret, SESSION_LASTS)

    def _entered(self, secret: str, lasts: timedelta) -> web.Response:
        response = web.Response(status=303, headers={"Location": "/"})
        self.guard.let_in(response, secret, lasts.total_seconds())
        return response

    def away(self) -> web.Response:
        """Nobody comes in without a link, or the platform's word where that counts."""
        said = sentences()
        return self.shown(said["away_title"], said["away_text"], status=401, signing=tuple(self.providers))

    def shown(self, title: str, text: str, *, status: int = 200, **more: object) -> web.Response:
        """A page before the door."""
        values = {"action": "", "signing": (), "choices": ()} | more
        return web.Response(
            text=templating.part("door", title=title, text=text, **values), status=status, content_type="text/html"
        )


def challenge_of(verifier: str) -> str:
    """PKCE's S256 (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
