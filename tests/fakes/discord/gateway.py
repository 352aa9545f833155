"""The gateway: HELLO, IDENTIFY, READY, heartbeats, RESUME with replay, op 7 and 9, close codes, compression."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import zstandard
from aiohttp import WSMsgType, web

from tests.fakes.discord.world import snowflake

if TYPE_CHECKING:
    from tests.fakes.discord.server import FakeDiscord

PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15  # members, presences, message content
SENDS = (120, 60.0)  # docs: events/gateway
MAX_PAYLOAD = 4096  # bytes a client may send
MAX_CONCURRENCY_S = 5.0  # one IDENTIFY per key in this time


@dataclass(eq=False)
class Session:
    """One shard's session: what was dispatched stays, for RESUME."""

    intents: int
    shard: tuple[int, int]
    id: str = field(default_factory=lambda: "session-" + snowflake())
    sequence: int = 0
    sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=1000))
    link: Link | None = None
    valid: bool = True

    async def dispatch(self, name: str, data: Any) -> None:
        """Sends an event, or keeps it for the next RESUME."""
        self.sequence += 1
        text = json.dumps({"op": 0, "t": name, "s": self.sequence, "d": data})
        self.sent.append((self.sequence, text))
        if self.link is not None:
            await self.link.send(text)


class Link:
    """One websocket and its compression."""

    def __init__(self, socket: web.WebSocketResponse, compress: str) -> None:
        self.socket = socket
        self.encode: Callable[[bytes], bytes] | None = None
        if compress == "zlib-stream":
            deflate = zlib.compressobj()
            self.encode = lambda raw: deflate.compress(raw) + deflate.flush(zlib.Z_SYNC_FLUSH)
        elif compress == "zstd-stream":
            frame = zstandard.ZstdCompressor().compressobj()
            self.encode = lambda raw: frame.compress(raw) + frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    async def send(self, text: str) -> None:
        """One payload; a socket that died meanwhile loses it, as in life."""
        try:
            if self.encode is None:
                await self.socket.send_str(text)
            else:
                await self.socket.send_bytes(self.encode(text.encode()))
        except (ConnectionError, RuntimeError):
            return

    async def op(self, op: int, data: Any = None) -> None:
        """Anything but an event."""
        await self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))


class Gateway:
    """All sessions."""

    def __init__(self, fake: FakeDiscord) -> None:
        self.fake = fake
        self.sessions: dict[str, Session] = {}
        self.sockets: set[Link] = set()
        self.identifies: list[float] = []
        self.resumes = 0
        self.heartbeat_s = 41.25
        self.acks = True  #: off: heartbeats are left unanswered
        self.refuse = 0  #: close code for the next IDENTIFY, 0 for none

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            await socket.close(code=4012)
            return socket
        link = Link(socket, request.query.get("compress", ""))
        self.sockets.add(link)
        await link.op(10, {"heartbeat_interval": int(self.heartbeat_s * 1000)})
        session: Session | None = None
        times: deque[float] = deque(maxlen=SENDS[0])
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                code = self._pace(times, message.data)
                if code:
                    await socket.close(code=code)
                    break
                session = await self._hear(link, session, json.loads(message.data))
        finally:
            self.sockets.discard(link)
            if session is not None and session.link is link:
                session.link = None
        return socket

    def _pace(self, times: deque[float], text: str) -> int:
        """The close code that this payload deserves, or 0."""
        if len(text.encode()) > MAX_PAYLOAD:
            self.fake.note("gateway: a payload over 4096 bytes")
            return 4002
        moment = asyncio.get_running_loop().time()
        if len(times) == SENDS[0] and moment - times[0] < SENDS[1]:
            self.fake.note("gateway: more than 120 payloads in a minute")
            return 4008
        times.append(moment)
        return 0

    async def _hear(self, link: Link, session: Session | None, payload: dict[str, Any]) -> Session | None:
        op, data = payload["op"], payload.get("d")
        if op == 1:
            if self.acks:
                await link.op(11)
        elif op == 2:
            return await self._identify(link, data)
        elif op == 6:
            return await self._resume(link, data)
        elif session is None:
            await link.socket.close(code=4003)
        elif op not in (3, 4, 8):
            await link.socket.close(code=4001)
        return session

    async def _identify(self, link: Link, data: dict[str, Any]) -> Session | None:
        self.fake.judge_event("IDENTIFY", data)
        moment = asyncio.get_running_loop().time()
        code = self.refuse
        self.refuse = 0
        if data["token"] != self.fake.token or self.fake.revoked:
            code = 4004
        elif data["intents"] & PRIVILEGED & ~self.fake.privileged:
            code = 4014
        if code:
            await link.socket.close(code=code)
            return None
        if self.identifies and moment - self.identifies[-1] < MAX_CONCURRENCY_S and not self.fake.quick:
            await link.op(9, False)
            return None
        self.identifies.append(moment)
        shard = tuple(data.get("shard") or (0, 1))
        session = Session(intents=data["intents"], shard=(shard[0], shard[1]), link=link)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.fake.guilds if guild.installed and self._of(session, guild.id)]
        ready = {
            "v": 10,
            "user": self.fake.bot.payload(),
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.fake.gateway_url,
            "shard": list(session.shard),
            "application": {"id": self.fake.application, "flags": 0, "flags_new": "0"},
        }
        self.fake.judge_event("READY", ready)
        await session.dispatch("READY", ready)
        for guild in guilds:
            await self.dispatch("GUILD_CREATE", guild.payload(), guild=guild.id, only=session)
        self.fake.changed()
        return session

    async def _resume(self, link: Link, data: dict[str, Any]) -> Session | None:
        self.fake.judge_event("RESUME", data)
        session = self.sessions.get(data["session_id"])
        if session is None or not session.valid or data["token"] != self.fake.token:
            await link.op(9, False)
            return None
        self.resumes += 1
        session.link = link
        for sequence, text in list(session.sent):
            if sequence > data["seq"]:
                await link.send(text)
        await session.dispatch("RESUMED", {})
        self.fake.changed()
        return session

    def _of(self, session: Session, guild: str | None) -> bool:
        shard, shards = session.shard
        return (int(guild or 0) >> 22) % shards == shard if guild else shard == 0

    async def dispatch(self, name: str, data: Any, *, guild: str | None, intent: int = 0, only: Session | None = None) -> None:
        """Sends an event to the shard it belongs to, when its intent was asked for."""
        self.fake.judge_event(name, data)
        for session in [only] if only is not None else list(self.sessions.values()):
            if session.valid and self._of(session, guild) and (not intent or session.intents & intent):
                await session.dispatch(name, data)

    # faults

    async def drop(self, code: int | None = None) -> None:
        """Closes every socket with a code, or cuts it without a word."""
        for link in list(self.sockets):
            for session in self.sessions.values():
                if session.link is link:
                    session.link = None
            if code is None:
                transport = link.socket._req.transport if link.socket._req is not None else None
                if transport is not None:
                    transport.abort()
            else:
                await link.socket.close(code=code)

    async def reconnect(self) -> None:
        """Asks every client to reconnect (op 7)."""
        for link in list(self.sockets):
            await link.op(7)

    async def invalidate(self, *, resumable: bool) -> None:
        """Invalidates every session (op 9)."""
        if not resumable:
            for session in self.sessions.values():
                session.valid = False
        await asyncio.gather(*(link.op(9, resumable) for link in list(self.sockets)))
