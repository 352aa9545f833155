"""Installing into many workspaces: Bolt's OAuth, and the tokens it brings, kept sealed in our database."""

from __future__ import annotations

import asyncio
import json
import time
from logging import Logger, getLogger
from typing import Any, Protocol

import aiohttp
import structlog
from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.link import Handler
from adapters.slack.manifest import INSTALL, REDIRECT, SCOPES
from adapters.slack.teams import Identity
from adapters.slack.web import client
from bot.config import SlackTable
from bot.domain.errors import Misconfigured
from bot.words import _

log = structlog.get_logger(__name__)

STATE_LIFE_S = 600  # an installation is begun and finished within ten minutes, Bolt's own default
KNOWN_FOR_S = 60.0  # a token is read from the database once a minute at most; a removal by another process shows by then


class Installations(Protocol):
    """Keeps one sealed text for each workspace; it cannot read them."""

    async def keep_installation(self, platform: str, team: str, sealed: bytes) -> None:
        """Stores it in the place of an earlier one."""
        ...

    async def installation(self, platform: str, team: str) -> bytes | None:
        """What was stored for a workspace."""
        ...

    async def drop_installation(self, platform: str, team: str) -> None:
        """Deletes it; nothing happens when there is none."""
        ...


class Sealed(AsyncInstallationStore, AsyncOAuthStateStore):
    """Bolt's two stores over ours: everything is encrypted before it leaves this process."""

    def __init__(self, kept: Installations, fernet: Fernet) -> None:
        self._kept = kept
        self._fernet = fernet
        self._known: dict[str, tuple[float, Identity | None]] = {}

    @property
    def logger(self) -> Logger:
        """Bolt asks for one."""
        return getLogger(__name__)

    # the identities of `adapters.slack.teams`

    async def find(self, team: str) -> Identity | None:
        """Who we are in a workspace; None where we are not installed, or where the key does not open what is stored."""
        now = asyncio.get_running_loop().time()
        at, known = self._known.get(team, (float("-inf"), None))
        if now - at < KNOWN_FOR_S:
            return known
        sealed = await self._kept.installation("slack", team) if team else None
        identity = self._opened(sealed, team) if sealed is not None else None
        self._known[team] = (now, identity)
        return identity

    def _opened(self, sealed: bytes, team: str) -> Identity | None:
        try:
            told = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            log.error("an installation does not open with this key", team=team)
            return None
        return Identity(team=told["team"], token=told["token"], bot_user=told["bot_user"], bot_id=told["bot_id"])

    async def drop(self, team: str) -> None:
        """The workspace has removed us."""
        self._known.pop(team, None)
        await self._kept.drop_installation("slack", team)

    # Bolt's installation store

    async def async_save(self, installation: Installation) -> None:
        """Keeps a workspace's token, sealed."""
        team = installation.team_id or ""
        told = {
            "team": team,
            "token": installation.bot_token,
            "bot_user": installation.bot_user_id or "",
            "bot_id": installation.bot_id or "",
        }
        self._known.pop(team, None)
        await self._kept.keep_installation("slack", team, self._fernet.encrypt(json.dumps(told).encode()))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """A workspace's bot, as Bolt asks for it."""
        identity = await self.find(team_id or "")
        if identity is None:
            return None
        return Bot(
            team_id=identity.team,
            bot_token=identity.token,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user,
            installed_at=time.time(),
        )

    # Bolt's state store: the state is its own proof, sealed with the time it was issued at

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A state that only we can make."""
        return self._fernet.encrypt(b"install").decode()

    async def async_consume(self, state: str) -> bool:
        """Whether we made it within ten minutes; the browser's cookie binds it to one person."""
        try:
            return self._fernet.decrypt(state.encode(), ttl=STATE_LIFE_S) == b"install"
        except InvalidToken:
            return False


def fernet_of(table: SlackTable) -> Fernet:
    """What seals the tokens.

    Raises:
        Misconfigured: there is no key, or it is none.
    """
    try:
        return Fernet(table.installations_key.get_secret_value().encode())
    except ValueError as error:
        raise Misconfigured(
            _(
                "Installing into many workspaces needs a key that seals their tokens: 32 random bytes in URL-safe base64. "
                "Make one with: head -c 32 /dev/urandom | base64 | tr +/ -_   and set MUSELAB_SLACK__INSTALLATIONS_KEY to it."
            )
        ) from error


def pages(table: SlackTable, store: Sealed, session: aiohttp.ClientSession) -> dict[str, Handler]:
    """The two pages of an installation: where it begins, and where Slack sends people back to."""
    public = table.public_url.rstrip("/")
    flow = AsyncOAuthFlow(
        client=client(base=table.api_base, session=session),
        settings=AsyncOAuthSettings(
            client_id=table.client_id,
            client_secret=table.client_secret.get_secret_value(),
            scopes=sorted(SCOPES),
            redirect_uri=public + REDIRECT if public else None,
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            installation_store=store,
            state_store=store,
            state_expiration_seconds=STATE_LIFE_S,
        ),
    )

    async def begin(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await flow.handle_installation(await to_bolt_request(request)))

    async def finish(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await flow.handle_callback(await to_bolt_request(request)))

    return {INSTALL: begin, REDIRECT: finish}
