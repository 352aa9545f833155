"""The connection to Slack: Socket Mode under a watchdog, or signed HTTP that refuses forged, stale and replayed requests."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import structlog
import yarl
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from adapters.slack.refusals import REVOKED
from adapters.slack.web import UNREACHED, Failed, failure
from bot import wire
from bot.courtesy import Courtesy
from bot.domain.errors import Misconfigured
from bot.words import _

log = structlog.get_logger(__name__)

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

EVENTS = "/slack/events"  # commands, events and interactivity, as the manifest says
MAX_TIMESTAMP = 12  # digits: seconds far beyond any date
FRESH_S = 5 * 60.0  # Slack's own limit of a signature's age
VERIFIED = "socket_mode"  # Bolt's word for a request that is known to be Slack's and is read already
TYPES = ("text/plain", "application/json")
LONGEST_WAIT_S = 60.0  # between two tries to connect


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """When a connection counts as dead."""

    tick_s: float = 5.0  #: between two looks
    ping_s: float = 10.0  #: between two pings of Slack's client, which reconnects after four unanswered ones
    broken_s: float = 30.0  #: Slack's client had its chance to mend it by then
    quiet_s: float = 600.0  #: nothing at all has come: perhaps nobody spoke, perhaps it is deaf; a new one costs little
    first_wait_s: float = 1.0  #: before the second try to connect; doubles from there


class SocketMode:
    """Keeps one Socket Mode connection alive, whatever becomes of it.

    Slack's client mends most breaks itself. What it does not notice (a connection that stays open and says nothing, a client
    wedged on a closed session: bolt-python#1529) is mended here: a whole new client is connected before the old one is let go.
    """

    def __init__(self, app: AsyncApp, app_token: str, *, watch: Watch | None = None) -> None:
        self._app = app
        self._token = app_token
        self._watch = watch or Watch()
        self._heard_at = 0.0
        self._handler: AsyncSocketModeHandler | None = None
        self.connections = 0  #: made so far

    async def serve(self) -> None:
        """Serves until cancelled.

        Raises:
            Misconfigured: Slack does not accept the app-level token.
        """
        self._handler = await self._connected()
        try:
            while True:
                await self._until_dead(self._handler)
                old, self._handler = self._handler, await self._connected()
                await closed(old)
        finally:
            await closed(self._handler)

    async def _connected(self) -> AsyncSocketModeHandler:
        url = await patiently(self._open, first_wait_s=self._watch.first_wait_s)
        handler = AsyncSocketModeHandler(self._app, self._token, logger=quiet_logger(), ping_interval=self._watch.ping_s)
        handler.client.wss_uri = url
        handler.client.on_message_listeners.append(self._hear)
        self._heard_at = asyncio.get_running_loop().time()
        await handler.client.connect()  # type: ignore[no-untyped-call]
        self.connections += 1
        log.info("connected to Slack", connection=self.connections)
        return handler

    async def _open(self) -> str:
        try:
            return str((await self._app.client.apps_connections_open(app_token=self._token))["url"])
        except UNREACHED as error:
            failed = failure(error, "apps.connections.open")
            if failed.error in REVOKED and not self.connections:
                raise Misconfigured(
                    _(
                        "Slack does not accept the app-level token ({error}). Set MUSELAB_SLACK__APP_TOKEN to the one that "
                        "begins with xapp- and has the scope connections:write."
                    ).format(error=failed.error)
                ) from error
            raise failed from error

    async def _hear(self, message: aiohttp.WSMessage) -> None:
        self._heard_at = asyncio.get_running_loop().time()

    async def _until_dead(self, handler: AsyncSocketModeHandler) -> None:
        loop, broken_since = asyncio.get_running_loop(), None
        while True:
            await asyncio.sleep(self._watch.tick_s)
            now = loop.time()
            if await handler.client.is_connected():
                broken_since = None
            else:
                broken_since = broken_since or now
                if now - broken_since >= self._watch.broken_s:
                    log.warning("the connection to Slack broke and did not mend; making a new one")
                    return
            if now - self._heard_at >= self._watch.quiet_s:
                log.info("Slack has been silent; making a new connection to be sure", silent_s=round(now - self._heard_at))
                return


async def patiently(reach: Callable[[], Awaitable[T]], *, first_wait_s: float = 1.0) -> T:
    """What `reach` gives, as soon as Slack can be reached."""
    wait = first_wait_s
    while True:
        try:
            return await reach()
        except Failed as failed:
            log.warning("Slack cannot be reached", why=str(failed), next_try_s=round(wait, 1))
        await asyncio.sleep(wait * random.uniform(0.8, 1.2))
        wait = min(2 * wait, LONGEST_WAIT_S)


async def closed(handler: AsyncSocketModeHandler) -> None:
    """Lets go of a connection and of everything that served it."""
    client = handler.client
    tasks: list[asyncio.Future[Any] | None] = [client.message_processor, client.current_session_monitor, client.message_receiver]
    with suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
        await asyncio.wait_for(client.close(), 2.0)  # type: ignore[no-untyped-call]
    left = [task for task in tasks if task is not None]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    if not client.aiohttp_client_session.closed:
        await client.aiohttp_client_session.close()


def quiet_logger() -> logging.Logger:
    """Slack's client logs every reconnection with a trace; what matters is logged here."""
    logger = logging.getLogger("slack_sdk.socket_mode")
    logger.setLevel(logging.CRITICAL)
    return logger


class SignedHttp:
    """Serves Slack's signed requests, and whatever pages the installation needs."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        host: str,
        port: int,
        signing_secret: str,
        acks: Courtesy | None = None,
        pages: dict[str, Handler] | None = None,
    ) -> None:
        """Nothing is served yet; `acks` is told who waits for an answer."""
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None  # none: nothing can be signed
        self._app = app
        self._host = host
        self._port = port
        self._acks = acks or Courtesy()
        self._pages = pages or {}
        self._served: OrderedDict[str, float] = OrderedDict()
        self.port = 0  #: where it listens, once it does

    async def serve(self) -> None:
        """Serves until cancelled.

        Raises:
            Misconfigured: the port is taken.
        """
        server = web.Application(client_max_size=1024 * 1024)  # Slack's requests are far below that
        server.router.add_post(EVENTS, self._events)
        for path, page in self._pages.items():
            server.router.add_get(path, page)
        runner = web.AppRunner(server, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        try:
            await self._listen(runner)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            raise Misconfigured(
                _("Port {port} on {host} cannot be used for Slack: {why}. Choose another with MUSELAB_SLACK__PORT.").format(
                    port=self._port, host=self._host, why=error.strerror or error
                )
            ) from error
        self.port = runner.addresses[0][1]
        log.info("listening for Slack", host=self._host, port=self.port)

    async def _events(self, request: web.Request) -> web.Response:
        signature = request.headers.get("X-Slack-Signature", "")
        body = await request.read()
        if not self._is_slack_s(request.headers.get("X-Slack-Request-Timestamp", ""), signature, body):
            log.warning("a request was refused", why="not signed by Slack, or stale", bytes=request.content_length)
            return web.Response(status=401, text="This request is not signed by Slack, or too old.")
        if signature in self._served:
            return web.Response(status=401, text="This request was served already.")
        try:
            asked = AsyncBoltRequest(mode=VERIFIED, body=payload(body.decode(), request.content_type))
        except (ValueError, TypeError, AttributeError, KeyError):  # signed, and yet nothing that Slack sends
            return web.Response(status=400, text="This is no request of Slack's.")
        with self._acks.acknowledging():
            answer = await self._app.async_dispatch(asked)
        if answer.status == 200 and signature:
            self._keep(signature)
        return web.Response(status=answer.status, text=answer.body, content_type=TYPES[answer.body.startswith("{")])

    def _is_slack_s(self, at: str, signature: str, body: bytes) -> bool:
        """Whether Slack signed this request, and lately; checked before Bolt, which writes refused requests into the log."""
        if self._verifier is None or not (at.isascii() and at.isdecimal() and len(at) <= MAX_TIMESTAMP):
            return False
        try:
            return bool(self._verifier.is_valid(body=body, timestamp=at, signature=signature))
        except UnicodeDecodeError:  # no text, so nothing that Slack sends
            return False

    def _keep(self, signature: str) -> None:
        """Remembers a served request for as long as its signature stays valid."""
        now = asyncio.get_running_loop().time()
        self._served[signature] = now
        while self._served and next(iter(self._served.values())) < now - 2 * FRESH_S:
            self._served.popitem(last=False)


def payload(body: str, content_type: str) -> dict[str, Any]:
    """What a request of Slack's says: JSON, a form with a field of JSON, or a form.

    Bolt reads the same, and takes 0.2 ms for a message's press: Python's own reading of forms goes from one %XX to the next.

    Raises:
        ValueError, TypeError: it is none of these.
    """
    if content_type == "application/json" or body.startswith("{"):
        read = wire.read(body)
    else:
        fields = dict(yarl.URL.build(query_string=body, encoded=True).query)
        read = wire.read(fields["payload"]) if "payload" in fields else fields
    if not isinstance(read, dict):
        raise TypeError("no object")
    return read
