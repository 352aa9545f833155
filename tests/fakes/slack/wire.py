"""How Slack reaches an app: envelopes over Socket Mode, or signed HTTP requests; with everything that goes wrong there."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.fair import PATIENCE_S

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack

ACK_S = 3.0  # Slack waits no longer
TYPES = {"slash": "slash_commands", "events": "events_api"}  # envelope types; all else is interactive
REFUSED_REASONS = {"timeout": "http_timeout"}


@dataclass
class Ack:
    """How an app took one delivery."""

    kind: str
    seconds: float
    body: Any = None  #: what came with the ack
    status: int = 200  #: of signed HTTP
    missed: bool = False  #: nothing came in time
    unheard: bool = False  #: nothing came, as the connection was gone or broke before it could
    retries: int = 0


@dataclass(eq=False)
class Link:
    """One open Socket Mode connection."""

    socket: web.WebSocketResponse
    deaf: bool = False  #: nothing is delivered and nothing said arrives
    pongs: bool = True
    leaving: bool = False  #: a refresh was requested
    pings: int = 0

    @property
    def broken(self) -> bool:
        """Whether nothing sent arrives any more."""
        transport = self.socket._req.transport if self.socket._req else None
        return self.socket.closed or transport is None or transport.is_closing()


@dataclass
class Wire:
    """All connections to the app."""

    slack: Slack
    request_url: str = ""  #: set: signed HTTP; empty: Socket Mode
    links: list[Link] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)
    unreachable: bool = False
    retry_delays: tuple[float, ...] = (0.0, 0.05, 0.1)  # Slack waits 0, 60 and 300 s
    ack_s: float = ACK_S
    opened: int = 0
    _tickets: set[str] = field(default_factory=set)
    _waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _later: set[asyncio.Task[Any]] = field(default_factory=set)

    # ------------------------------------------------------------------ Socket Mode

    def ticket(self) -> str:
        """A URL that opens one connection."""
        ticket = self.slack.ids.id("ticket")
        self._tickets.add(ticket)
        return f"{self.slack.base.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id=A0MUSELAB"

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Serves one connection."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="unknown or used ticket")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False, max_msg_size=1024 * 1024)
        await socket.prepare(request)
        link = Link(socket)
        if len(self.live()) >= 10:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "local"}})
            await socket.close()
            return socket
        self.links.append(link)
        self.opened += 1
        debug = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060}
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.live()),
                "debug_info": debug,
                "connection_info": {"app_id": "A0MUSELAB"},
            }
        )
        self.slack.changed()
        try:
            await self._listen(link)
        finally:
            if link in self.links:
                self.links.remove(link)
            self.slack.changed()
        return socket

    async def _listen(self, link: Link) -> None:
        async for message in link.socket:
            if message.type == WSMsgType.PING:
                link.pings += 1
                if link.pongs:
                    await link.socket.pong(message.data)
            elif message.type == WSMsgType.TEXT and not link.deaf:
                self._acked(json.loads(message.data))

    def _acked(self, answer: dict[str, Any]) -> None:
        if excess := set(answer) - {"envelope_id", "payload"}:
            self.slack.report([f"an ack with unknown keys {sorted(excess)}"])
        if not self.slack.death.passes("ack"):
            return
        id = answer.get("envelope_id", "")
        if id not in self._known:
            self.slack.report([f"an ack of an unknown envelope {id}"])
            return
        waiting = self._waiting.pop(id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload"))

    def live(self) -> list[Link]:
        """Connections that Slack would send to."""
        return [link for link in self.links if not link.broken and not link.leaving]

    def reachable(self) -> bool:
        """Whether an app listens at all."""
        return bool(self.request_url or self.live())

    async def connected(self, count: int = 1, *, deadline: float = PATIENCE_S) -> None:
        """Waits until the app is connected."""
        await self.slack.wait(lambda: len(self.live()) >= count, deadline=deadline, what="a Socket Mode connection")

    async def drop(self) -> None:
        """Every socket breaks, with no goodbye."""
        for link in list(self.links):
            transport = link.socket._req.transport if link.socket._req else None
            if transport is not None:
                transport.abort()
        self.links.clear()

    async def disconnect(self, reason: str) -> None:
        """Slack says that connections end soon: `warning` (nothing happens yet), `refresh_requested`, `link_disabled`."""
        for link in self.live():
            await link.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
            if reason != "warning":
                link.leaving = True
                self.later(self._close_soon(link))

    async def _close_soon(self, link: Link) -> None:
        await asyncio.sleep(1.0)
        await link.socket.close()

    def go_silent(self, *, pongs: bool = False) -> None:
        """The open connections stay open and carry nothing any more; `pongs`: pings are still answered."""
        for link in self.links:
            link.deaf, link.pongs = True, pongs

    # ------------------------------------------------------------------ deliveries

    async def deliver(self, kind: str, payload: dict[str, Any], *, envelope: str = "") -> Ack:
        """Delivers once; events that are not acknowledged come again, as Slack repeats them."""
        envelope = envelope or self.slack.ids.id("envelope-")
        ack = await self._once(kind, payload, envelope, 0, "")
        if kind != "events":
            return ack
        for number, delay in enumerate(self.retry_delays, start=1):
            if not ack.missed and ack.status == 200:
                break
            await asyncio.sleep(delay)
            reason = "timeout" if ack.missed else "http_error"
            ack = await self._once(kind, payload, envelope, number, reason)
            ack.retries = number
        return ack

    async def again(self, kind: str, payload: dict[str, Any], *, attempt: int = 1, envelope: str = "") -> Ack:
        """One more delivery of something delivered before."""
        return await self._once(kind, payload, envelope or self.slack.ids.id("envelope-"), attempt, "timeout" if attempt else "")

    async def _once(self, kind: str, payload: dict[str, Any], envelope: str, attempt: int, reason: str) -> Ack:
        began = asyncio.get_running_loop().time()
        if self.request_url:
            status, body = await self.post(kind, payload, attempt=attempt, reason=REFUSED_REASONS.get(reason, reason))
            ack = Ack(kind, asyncio.get_running_loop().time() - began, body, status, missed=status == 0)
        else:
            ack = await self._by_socket(kind, payload, envelope, attempt, reason)
        self.acks.append(ack)
        return ack

    async def _by_socket(self, kind: str, payload: dict[str, Any], envelope: str, attempt: int, reason: str) -> Ack:
        began = asyncio.get_running_loop().time()
        links = self.live()
        if not links:
            return Ack(kind, 0.0, missed=True, unheard=True)
        link = links[len(self.acks) % len(links)]
        message: dict[str, Any] = {
            "envelope_id": envelope,
            "type": TYPES.get(kind, "interactive"),
            "payload": payload,
            "accepts_response_payload": kind != "events",
        }
        if kind == "events":
            message |= {"retry_attempt": attempt, "retry_reason": reason}
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = waiting
        self._known.add(envelope)
        try:
            if not link.deaf:
                await link.socket.send_json(message)
            body = await asyncio.wait_for(waiting, self.ack_s)
        except (TimeoutError, ConnectionError):
            self._waiting.pop(envelope, None)
            seconds = asyncio.get_running_loop().time() - began
            return Ack(kind, seconds, missed=True, unheard=link.broken or link not in self.links)
        return Ack(kind, asyncio.get_running_loop().time() - began, body)

    async def post(
        self,
        kind: str,
        payload: dict[str, Any],
        *,
        attempt: int = 0,
        reason: str = "",
        secret: str | None = None,
        at: int | None = None,
        sent: tuple[bytes, dict[str, str]] | None = None,
    ) -> tuple[int, Any]:
        """One signed request: (status, body); status 0 when nothing came within three seconds."""
        body, headers = sent or self.signed(kind, payload, secret=secret, at=at)
        if attempt:
            headers = headers | {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        assert self.slack.session is not None
        try:
            async with self.slack.session.post(
                self.request_url, data=body, headers=headers, timeout=aiohttp.ClientTimeout(total=self.ack_s)
            ) as answer:
                text = await answer.text()
                is_json = answer.content_type == "application/json"
                return answer.status, (json.loads(text) if is_json and text else text or None)
        except (TimeoutError, aiohttp.ClientError):
            return 0, None

    def signed(
        self, kind: str, payload: dict[str, Any], *, secret: str | None = None, at: int | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """A request's body and headers as Slack sends them."""
        if kind == "events" or kind == "url_verification":
            body, content_type = json.dumps(payload), "application/json"
        elif kind == "slash":
            body, content_type = urlencode(payload), "application/x-www-form-urlencoded"
        else:
            body, content_type = urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded"
        stamp = str(at if at is not None else int(time.time()))
        key = (secret if secret is not None else self.slack.signing_secret).encode()
        signature = "v0=" + hmac.new(key, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
        return body.encode(), headers

    # ------------------------------------------------------------------ tasks

    def later(self, work: Any) -> None:
        """Does something in the background until `close`."""
        task = asyncio.ensure_future(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def close(self) -> None:
        for task in list(self._later):
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)
        for link in list(self.links):
            await link.socket.close(code=1001)
