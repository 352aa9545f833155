"""The REST side as it is on the wire: reading requests, keeping limits, injecting faults, answering."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from tests.fakes.discord.endpoints import Endpoints, Heard, Refused
from tests.fakes.discord.spec import specification

if TYPE_CHECKING:
    from tests.fakes.discord.server import FakeDiscord

CUT = 0  # in place of a status: the connection breaks before the answer
MAX_REQUEST = 25 * 1024 * 1024  # bytes of one request, files included
ON_BEHALF = ("interactions", "webhooks")  # paths that carry their own token and are exempt from the global limit

Handler = Callable[..., Awaitable[tuple[int, Any]]]


@dataclass
class Fault:
    """What goes wrong with the next requests of one operation."""

    operation: str
    status: int
    body: Any
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    takes_effect: bool = False  #: the request is carried out, and still answered with the error
    of: int = 0  #: of a callback to an interaction: its type alone; 0: any

    def meets(self, operation: str, body: Any) -> bool:
        """Whether this is one of its requests."""
        return bool(self.operation == operation and self.times and (not self.of or body["type"] == self.of))


class Rest(Endpoints):
    """The endpoints, served: read, limited, authorised, made to fail where a test says so."""

    def __init__(self, fake: FakeDiscord) -> None:
        self.fake = fake
        self.heard: list[Heard] = []
        self.refused: list[tuple[str, int, int]] = []  #: operation, status, code of every error answer, injected or not
        self.faults: list[Fault] = []
        self.under_way = 0

    async def serve(self, request: web.Request) -> web.Response:
        """One request, from the wire to the wire."""
        path = request.path.removeprefix("/api/v10")
        found = specification().operation(request.method, path)
        operation = found[1]["operationId"] if found else f"{request.method} {path}"
        try:
            body, files, media = await self._read(request)
        except Refused as refusal:
            return self._answer(operation, request, path, refusal.status, refusal.body, {})
        self.fake.record(("request", request.method, path, dict(request.query), body, media))
        if not self.fake.death.passes(f"before {operation}"):
            return self._cut(request)
        heard = Heard(operation, request.method, path, body, files, dict(request.query), self.fake.clock())
        self.heard.append(heard)
        fault = next((one for one in self.faults if one.meets(operation, body)), None)
        if fault is not None:
            fault.times -= 1
            if fault.status == CUT and not fault.takes_effect:
                return self._cut(request)
            if not fault.takes_effect:
                return self._answer(operation, request, path, fault.status, fault.body, fault.headers)
        headers, refusal = self._limit(operation, path)
        if refusal is not None:
            return self._answer(operation, request, path, refusal.status, refusal.body, headers)
        if self.fake.delay_s:
            await asyncio.sleep(self.fake.delay_s)
        try:
            self._authorise(request, path)
            status, answer = await self._handler(operation, path)(heard, *map(unquote, self._parameters(path)))
        except Refused as refusal:
            status, answer = refusal.status, refusal.body
        self.fake.changed()
        if not self.fake.death.passes(f"after {operation}") or (fault is not None and fault.status == CUT):
            return self._cut(request)
        if fault is not None:
            return self._answer(operation, request, path, fault.status, fault.body, headers | fault.headers)
        return self._answer(operation, request, path, status, answer, headers)

    def _cut(self, request: web.Request) -> web.Response:
        """Breaks the connection in place of an answer."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    async def _read(self, request: web.Request) -> tuple[Any, dict[str, tuple[str, bytes]], str]:
        media = request.content_type
        if (request.content_length or 0) > MAX_REQUEST:
            raise Refused(413, 40005, "Request entity too large")
        if not request.can_read_body:
            return None, {}, media
        if media == "application/json":
            return json.loads(await request.text()), {}, media
        body, files = None, {}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "payload_json":
                body = json.loads(await part.text())
            else:
                content = bytes(await part.read())
                files[part.name or ""] = (part.filename or "", content)
                if len(content) > self.fake.file_limit:
                    raise Refused(413, 40005, "Request entity too large")
        return body, files, media

    def _limit(self, operation: str, path: str) -> tuple[dict[str, str], Refused | None]:
        parts = path.split("/")
        exempt = parts[1] in ON_BEHALF
        major = "/".join(parts[1:4] if parts[1] == "webhooks" else parts[1:3])
        if operation == "create_interaction_response":
            return {}, None  # no limit is documented, none has been seen
        moment = self.fake.clock()
        window, broke = self.fake.rates.take(operation, major, moment, exempt=exempt)
        left = self.fake.rates.everything.left(moment) if broke == "global" else window.left(moment)
        told = math.ceil(left * 1000) / 1000  # in milliseconds, and never less than it is
        headers = {
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(max(0, window.limit - window.used)),
            "X-RateLimit-Reset": f"{moment + told:.3f}",
            "X-RateLimit-Reset-After": f"{told:.3f}",
            "X-RateLimit-Bucket": operation,
            "Via": "1.1 google",
        }
        if not broke:
            return headers, None
        self.fake.note(f"rate: {broke} limit broken by {operation}")
        return headers, Refused(429, 0, "You are being rate limited.", retry_after=left, **{"global": broke == "global"})

    def _handler(self, operation: str, path: str) -> Handler:
        handler: Handler | None = getattr(self, operation, None)
        if handler is None:
            self.fake.note(f"{operation} {path}: not an endpoint of this local Discord")
            raise Refused(404, 0, "404: Not Found")
        return handler

    def _authorise(self, request: web.Request, path: str) -> None:
        if path.split("/")[1] in ON_BEHALF:
            return
        if self.fake.revoked or request.headers.get("Authorization") != f"Bot {self.fake.token}":
            raise Refused(401, 0, "401: Unauthorized")

    def _parameters(self, path: str) -> list[str]:
        # Every other part of a path is an id, a token or an emoji, save the fixed words.
        fixed = r"users|@me|channels|messages|@original|applications|commands|interactions|callback|webhooks"
        fixed += r"|reactions|threads|gateway|bot|oauth2|guilds|members|typing|"
        return [part for part in path.split("/") if not re.fullmatch(fixed, part)]

    def _answer(
        self, operation: str, request: web.Request, path: str, status: int, body: Any, headers: dict[str, str]
    ) -> web.Response:
        if status >= 400:
            self.refused.append((operation, status, body.get("code", 0) if isinstance(body, dict) else 0))
        if body is None:
            self.fake.record(("response", request.method, path, status, None))
            return web.Response(status=status, headers=headers)
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=headers, content_type="text/html")
        self.fake.record(("response", request.method, path, status, json.loads(text := json.dumps(body))))
        # Exactly "application/json": with a charset behind it discord.py takes the body for text.
        return web.Response(status=status, body=text.encode(), headers={**headers, "Content-Type": "application/json"})
