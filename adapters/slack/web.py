"""Calls Slack's Web API for each workspace, with retries and at the pace Slack allows; says in words what went wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.holding import Again, Held, Holding
from adapters.slack.pace import Pace
from adapters.slack.refusals import REVOKED
from bot.domain.errors import StoreDown

log = structlog.get_logger(__name__)

SLACK = "https://slack.com/api/"
MAX_ALT = 1000  # characters of a file's description
TIMEOUT_S = 30  # Slack's own advice for its Web API
UNREACHED = (SlackClientError, aiohttp.ClientError, TimeoutError)  # all that a call may end with
RETRIES = 3  # a call met by 429 or 5xx is made so many times more
#: Messages of ours: one that Slack took before its answer was lost must not come a second time.
ONCE = frozenset({"chat.postMessage", "chat.startStream", "chat.postEphemeral"})


#: What a response URL's status means, in the Web API's words.
NOT_ANSWERED = {404: "used_url", 429: "ratelimited", 500: "internal_error", 503: "service_unavailable"}


class Failed(Exception):
    """A call did not succeed; `error` is Slack's name for it, "unreachable" when Slack gave none."""

    def __init__(self, error: str, method: str, needed: str = "") -> None:
        super().__init__(f"{method}: {error}")
        self.error = error
        self.method = method
        self.needed = needed  #: the scope that is missing


class Client(AsyncWebClient):
    """Slack's own client, without the part of it that warns of its own ageing."""

    once: Client  #: the same, but for what must not be done twice: it does not try again what may have been done

    async def oauth_v2_access(
        self, *, client_id: str, client_secret: str, code: str | None = None, **more: Any
    ) -> AsyncSlackResponse:
        """As in the official client, with the credentials in the form: aiohttp.BasicAuth, used there, is on its way out."""
        fields = {"client_id": client_id, "client_secret": client_secret, "code": code, **more}
        return await self.api_call("oauth.v2.access", data={name: value for name, value in fields.items() if value is not None})


class Web:
    """One workspace's Web API."""

    def __init__(self, team: str, pace: Pace, client_of: Callable[[Client | None], Awaitable[Client | None]]) -> None:
        """Nothing is called yet.

        Args:
            team: the workspace.
            pace: hands out the turns.
            client_of: gives a client that works; asked with one whose token Slack refuses, it looks for a newer one.
        """
        self.team = team
        self.pace = pace
        self._client_of = client_of
        self.missing: set[str] = set()  #: methods that this Slack does not have
        self._granted = ""  #: scopes, as Slack's latest answer named them

    async def granted(self) -> frozenset[str]:
        """What the workspace lets us do, as Slack says with every answer.

        Raises:
            Failed: nothing was asked before, and Slack could not be asked.
        """
        if not self._granted:
            await self.get("auth.test")
        return frozenset(scope.strip() for scope in self._granted.split(",") if scope.strip())

    async def call(self, method: str, **args: Any) -> AsyncSlackResponse:
        """Calls a method when its turn comes.

        Raises:
            Failed: Slack refused, or could not be reached.
        """
        async with self.pace.turn(method, self.team, str(args.get("channel", ""))):
            return await self.at_once(method, **args)

    async def at_once(self, method: str, **args: Any) -> AsyncSlackResponse:
        """Calls a method whose turn has come already; see `call`."""
        return await self._made(method, lambda client: (client.once if method in ONCE else client).api_call(method, json=args))

    async def get(self, method: str, **args: Any) -> AsyncSlackResponse:
        """Calls a method that reads; see `call`."""
        async with self.pace.turn(method, self.team):
            return await self._made(method, lambda client: client.api_call(method, http_verb="GET", params=args))

    async def _made(self, method: str, call: Callable[[Client], Awaitable[AsyncSlackResponse]]) -> AsyncSlackResponse:
        """The answer to a call. A refused token may be that of an earlier installation: with a newer one it is called again."""
        client = await self._client(method)
        try:
            return self._heard(await call(client))
        except UNREACHED as error:
            failed = failure(error, method)
            newer = await self._client_of(client) if failed.error in REVOKED else None
            if newer is None or newer.token == client.token:
                raise failed from error
        try:
            return self._heard(await call(newer))
        except UNREACHED as error:
            raise failure(error, method) from error

    def _heard(self, response: AsyncSlackResponse) -> AsyncSlackResponse:
        self._granted = str(response.headers.get("x-oauth-scopes") or self._granted)
        return response

    async def _client(self, method: str) -> Client:
        try:
            client = await self._client_of(None)
        except StoreDown as error:  # our token is in the database
            raise Failed("unreachable", method) from error
        if client is None:
            raise Failed("app_uninstalled", method)
        return client

    async def download(self, url: str, most: int) -> bytes:
        """A file of the workspace, at most `most` bytes and one more.

        Raises:
            Failed: it is not Slack's to give, or cannot be had.
        """
        client = await self._client("files.download")
        if not is_slack_s(url, client.base_url):
            raise Failed("foreign_file", "files.download")  # our token is for Slack's eyes only
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        content, bearer = bytearray(), {"Authorization": f"Bearer {client.token}"}
        try:
            async with session, session.get(url, headers=bearer, allow_redirects=False) as response:
                if response.status != 200 or response.content_type == "text/html":  # a page that asks to log in
                    raise Failed("file_not_found", "files.download", needed="files:read")
                async for chunk in response.content.iter_chunked(2**16):
                    content += chunk
                    if len(content) > most:
                        break
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Failed("unreachable", "files.download") from error
        return bytes(content)

    async def upload(self, name: str, content: bytes, *, channel: str = "", thread: str = "", alt: str = "") -> str:
        """Sends a file into a conversation, or to Slack for nobody's eyes; its id. `alt` is what it shows or says.

        Raises:
            Failed: as above.
        """
        client = await self._client("files.upload")
        asking, ending = (
            self.pace.turn(f"files.{part}", self.team) for part in ("getUploadURLExternal", "completeUploadExternal")
        )
        try:
            async with asking, ending:
                sent = await client.files_upload_v2(
                    filename=name,
                    content=content,
                    title=name,
                    channel=channel or None,
                    thread_ts=thread or None,
                    alt_txt=alt[:MAX_ALT] or None,
                )
        except UNREACHED as error:
            raise failure(error, "files.upload") from error
        return str(next(iter(sent.get("files") or ({"id": ""},)))["id"])


def is_slack_s(url: str, base: str) -> bool:
    """Whether a file's address is Slack's own, so that our token may be shown there; `base` is the Web API's."""
    asked, own = urlsplit(url), urlsplit(base)
    if (asked.scheme, asked.netloc) == (own.scheme, own.netloc):
        return True
    host = asked.hostname or ""
    return asked.scheme == "https" and asked.port in (None, 443) and (host == "slack.com" or host.endswith(".slack.com"))


def failure(error: Exception, method: str) -> Failed:
    """What went wrong with a call, in Slack's own word for it."""
    if isinstance(error, SlackApiError):
        body = error.response.data if isinstance(error.response, AsyncSlackResponse) else error.response
        if isinstance(body, dict):
            return Failed(str(body.get("error") or "unreachable"), method, str(body.get("needed", "")))
    return Failed("unreachable", method)


def unheard(_method: str, _seconds: float) -> None:
    """Nobody else waits."""


async def at_once(_method: str) -> None:
    """Nobody else waits."""


def client(
    *,
    token: str = "",
    base: str = "",
    session: aiohttp.ClientSession | None = None,
    held: Held = unheard,
    again: Again = at_once,
) -> Client:
    """Slack's client with the retries that it leaves to us; `held` hears of every 429, `again` waits until one may retry."""
    refused: list[AsyncRetryHandler] = [Holding(RETRIES, held, again)]
    unknown: list[AsyncRetryHandler] = [
        AsyncConnectionErrorRetryHandler(max_retry_count=1),
        AsyncServerErrorRetryHandler(max_retry_count=RETRIES),
    ]

    def made(handlers: list[AsyncRetryHandler]) -> Client:
        return Client(
            token=token or None,
            base_url=base or SLACK,
            session=session,
            timeout=TIMEOUT_S,
            retry_handlers=handlers,
            logger=levelled(),
        )

    whole = made([*refused, *unknown])
    whole.once = made(refused)
    return whole


def levelled() -> logging.Logger:
    """The logger of Slack's client, with the level that holds for it anyway.

    The client looks at its own level alone: where none is set it writes every request and every answer out for a log of
    DEBUG that nobody keeps, 0.2 ms for a card.
    """
    logger = logging.getLogger("slack_sdk.web.async_client")
    logger.setLevel(logger.getEffectiveLevel())
    return logger


class ResponseUrl:
    """Where one interaction may be answered without the bot being in the channel: five times within half an hour."""

    USES = 5  # Slack's number
    LIFE_S = 29 * 60.0  # Slack's 30 minutes, less the time that an answer travels

    def __init__(
        self, url: str, session: Callable[[], aiohttp.ClientSession], *, age_s: float = 0.0, of: str | None = None
    ) -> None:
        """Not used yet.

        Args:
            url: as Slack gave it.
            session: asked for when it is needed, as the connection may come later.
            age_s: how long ago Slack gave it; of an older one nobody here knows how often it was used.
            of: timestamp of the message whose control was pressed, empty of one that one person sees: that message is what it
                can replace. None: it is a command's, and replaces what it answered before.
        """
        self.of = of
        self.address = url
        self._session = session
        self._left = self.USES if url else 0
        self._until = asyncio.get_running_loop().time() + self.LIFE_S - age_s

    @property
    def left(self) -> int:
        """Answers that are still possible."""
        return self._left if asyncio.get_running_loop().time() < self._until else 0

    async def answer(self, **body: Any) -> None:
        """Answers once.

        Raises:
            Failed: it is used up, or Slack could not be reached.
        """
        if not self.left:
            raise Failed("used_url", "response_url")
        self._left -= 1
        try:
            async with self._session().post(self.address, json=body, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as response:
                if response.status != 200:
                    raise Failed(NOT_ANSWERED.get(response.status, "refused_url"), "response_url")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Failed("unreachable", "response_url") from error
