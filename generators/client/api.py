"""The OpenAI API as a client sees it, over HTTP: waiting, trying again, streams. It knows nothing of ideas."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.domain.errors import GeneratorDown
from bot.links import reason, shown
from bot.ports import Health
from bot.words import _
from generators.client.answered import Busy, Json, TooSlow, broken_off, error_in, json_in, loading, ours, parsed, retry_after
from generators.client.servers import Fixed, Server
from generators.client.telling import traced

CONNECT_S = 5.0  # a service that is there answers a connection at once, also over a continent
RETRIES_S = (0.1, 0.3, 1.0, 2.0)  # pauses before connecting anew: a restarted child is back on its port within these
LOADING_S = 0.25  # between two looks at a service that is still loading
#: Asks our own service to answer when it has loaded, and not at once that it has not: RFC 7240. Others pass it over.
PATIENT = {"Prefer": "wait=10"}
BUSY_TRIES = 4  # how often a full queue is tried again
LONGEST_LINE = 2**22  # bytes of one server-sent event; a chunk with 20 logprobs for each token stays far below

JSON = {"Content-Type": "application/json"}


class Api:
    """One service, reached over a pool of connections."""

    def __init__(self, server: Server, *, timeout_s: float, alone: bool = True) -> None:
        """Connects to nothing yet.

        Args:
            server: where it is.
            timeout_s: for one request, waiting for a loading service included.
            alone: there is no other service, so this one is waited for while it is full, loading or restarting.
        """
        self.server = server
        self.lives = 0  #: times the service is known to have died; it forgets what an earlier life was told
        self._timeout_s = timeout_s
        self._alone = alone
        self._session: aiohttp.ClientSession | None = None

    @property
    def members(self) -> tuple[Api, ...]:
        """Itself: as `Fleet.members`."""
        return (self,)

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self.server.name if isinstance(self.server, Fixed) else "child"

    def state(self) -> Health | None:
        """What is known without asking it."""
        return self.server.state()

    async def place(self) -> str:
        """Where it is just now: another place, another process, which may serve another model."""
        return await self.server.url()

    async def get(self, path: str) -> Json:
        """The JSON at a path."""
        async with self._request("GET", path, None) as response:
            return await json_in(response)

    async def health(self) -> Json:
        """What `/health` tells, also while the service is loading; nothing where there is no such path."""
        base = (await self.server.url()).removesuffix("/v1")
        try:
            async with asyncio.timeout(CONNECT_S):
                async with self._connection().get(base + "/health", headers=self._headers()) as response:
                    health = await error_in(response)
        except TimeoutError as error:
            raise TooSlow(_("The generation service did not answer in time. Please try again in a moment.")) from error
        except (aiohttp.ClientError, OSError) as error:
            raise GeneratorDown(
                _("The generation service at {url} cannot be reached: {why}").format(url=shown(base), why=reason(error))
            ) from error
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR and "status" not in health and "doing" not in health:
            raise ours(response.status, health)  # vLLM's way to say that its engine died
        return health

    async def post(self, path: str, body: Json, *, any_answer: bool = False, root: bool = False) -> Json:
        """The JSON answer to a body.

        Args:
            path: under the base.
            body: as JSON.
            any_answer: nothing, where the answer is no JSON: vLLM answers some with a sentence.
            root: the path is beside `/v1`, not under it.
        """
        async with self._request("POST", path, body, root=root) as response:
            if any_answer and not response.content_type.endswith("json"):
                return {}
            return await json_in(response)

    async def stream(self, path: str, body: Json) -> AsyncGenerator[Json, None]:
        """The server-sent events that answer a body. Closing the iterator hangs up, which cancels the work.

        They end with `[DONE]`, or, as with transformers, when every choice has its `finish_reason`.
        """
        async with self._request("POST", path, body) as response:
            if not response.content_type.startswith("text/event-stream"):
                yield await json_in(response)
                return
            ended, open_choices = False, _Open()
            async for line in response.content:
                if not line.startswith(b"data:"):
                    continue
                payload = line[5:].strip()
                if payload == b"[DONE]":
                    ended = True
                    break
                event = parsed(payload)
                if "error" in event:
                    raise broken_off(event)
                open_choices.see(event)
                yield event
            if not ended and not open_choices.closed:
                raise GeneratorDown

    async def close(self) -> None:
        """Closes the connections. Safe to call twice."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, body: Json | None, *, root: bool = False
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A response with a status of success, after as much waiting and trying again as it takes."""
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await self._answered(method, path, body, root=root)
                try:
                    yield response
                finally:
                    response.close()
        except TimeoutError as error:
            raise TooSlow(_("The generation service did not answer in time. Please try again in a moment.")) from error
        except (aiohttp.ClientError, OSError) as error:
            raise GeneratorDown from error

    async def _answered(self, method: str, path: str, body: Json | None, *, root: bool) -> aiohttp.ClientResponse:
        failures = 0
        busy = 0
        whole = await _packed(body)
        while True:
            base = await self.server.url()
            base = base.removesuffix("/v1") if root else base
            try:
                sent = None if whole is None else io.BytesIO(whole)  # read in pieces, where a file in it is large
                headers = self._headers() | JSON | (PATIENT if self._alone else {})
                response = await self._connection().request(method, base + path, data=sent, headers=headers)
            except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):  # nothing was answered yet; seeds make it safe
                if failures == len(RETRIES_S) or not self._alone:
                    raise
                await asyncio.sleep(RETRIES_S[failures])
                failures += 1
                continue
            if response.status < HTTPStatus.BAD_REQUEST:
                return response
            answer = await error_in(response)
            if response.status == HTTPStatus.SERVICE_UNAVAILABLE and loading(answer) and self._alone:
                await asyncio.sleep(LOADING_S)
            elif response.status == HTTPStatus.TOO_MANY_REQUESTS and not self._alone:
                raise Busy(retry_after(response.headers))
            elif response.status == HTTPStatus.TOO_MANY_REQUESTS and busy < BUSY_TRIES:
                busy += 1
                await asyncio.sleep(retry_after(response.headers))
            else:
                raise ours(response.status, answer)

    def _connection(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)
            self._session = aiohttp.ClientSession(timeout=timeout, read_bufsize=LONGEST_LINE, trace_configs=[traced()])
        return self._session

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.server.token}"} if self.server.token else {}


class _Open:
    """Which choices of a stream have begun and not ended."""

    def __init__(self) -> None:
        self._ended: dict[Any, bool] = {}

    def see(self, event: Json) -> None:
        """Takes an event in."""
        for choice in event.get("choices") or ():
            if isinstance(choice, dict):
                index = choice.get("index", 0)
                self._ended[index] = self._ended.get(index, False) or bool(choice.get("finish_reason"))

    @property
    def closed(self) -> bool:
        """There were some, and all have ended."""
        return bool(self._ended) and all(self._ended.values())


async def _packed(body: Json | None) -> bytes | None:
    """A body as bytes; one with files in it is written beside the loop."""
    if body is None:
        return None
    if body.get("attachments"):
        return (await asyncio.to_thread(json.dumps, body)).encode()
    return json.dumps(body).encode()
