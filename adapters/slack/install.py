"""Installing into many workspaces: Bolt's OAuth, and the tokens it brings, kept sealed in our database."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
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
from adapters.slack.rotating import Entrusted, Rotation
from adapters.slack.teams import Identity
from adapters.slack.web import client
from bot.config import SlackTable
from bot.domain.errors import Misconfigured
from bot.domain.ideas import Team
from bot.ports import TurnStore
from bot.words import _

log = structlog.get_logger(__name__)

STATE_LIFE_S = 600  # an installation is begun and finished within ten minutes, Bolt's own default
KNOWN_FOR_S = 60.0  # a token is read from the database once a minute at most; a removal by another process shows by then


class Installations(TurnStore, Protocol):
    """Keeps one sealed text for each workspace; it cannot read them."""

    async def keep_installation(self, platform: str, team: str, sealed: bytes) -> None:
        """Stores it in the place of an earlier one."""
        ...

    async def installation(self, platform: str, team: str) -> bytes | None:
        """What was stored for a workspace."""
        ...

    async def installations(self, platform: str) -> Mapping[str, bytes]:
        """Everything that was stored, by workspace."""
        ...

    async def drop_installation(self, platform: str, team: str) -> None:
        """Deletes it; nothing happens when there is none."""
        ...

    async def first_time(self, event: str, at: datetime) -> bool:
        """Whether nobody has named this before, in any process."""
        ...

    async def depart(self, team: Team, at: datetime) -> None:
        """Notes that a workspace has removed us."""
        ...

    async def stay(self, team: Team) -> None:
        """Notes that it is here after all."""
        ...


class Sealed(AsyncInstallationStore, AsyncOAuthStateStore):
    """Bolt's two stores over ours: everything is encrypted before it leaves this process."""

    def __init__(self, installations: Installations, fernet: Fernet, rotation: Rotation | None = None) -> None:
        self._kept = installations
        self._fernet = fernet
        self._rotation = rotation
        self._known: dict[str, tuple[float, Identity | None]] = {}
        self._bots: dict[str, str] = {}  #: our bot's user → key of the installation
        self._bots_until = float("-inf")

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
        installation = await self._read(team)
        identity = await self._identity(installation, team) if installation is not None else None
        self._known[team] = (now, identity)
        return identity

    async def under(self, team: str, enterprise: str) -> Identity | None:
        """Who we are in a workspace whose organisation may have installed us; from now on `find` knows that too."""
        identity = await self.find(team) if team else None
        if identity is not None or not enterprise or await self._read(enterprise) is None:
            return identity
        if not team:
            return await self.find(enterprise)
        await self._keep(Entrusted(team=team, token="", bot_user="", bot_id="", under=enterprise))
        await self._kept.stay(Team(platform="slack", id=team))
        return await self.find(team)

    async def of_bot(self, user: str) -> Identity | None:
        """See `Identities`."""
        now = asyncio.get_running_loop().time()
        if now >= self._bots_until:
            opened = [self._opened(sealed, team) for team, sealed in (await self._kept.installations("slack")).items()]
            self._bots = {one.bot_user: one.team for one in opened if one is not None and one.bot_user}
            self._bots_until = now + KNOWN_FOR_S
        return await self.find(self._bots[user]) if user in self._bots else None

    def forget(self, team: str) -> None:
        """See `Identities`."""
        self._known.pop(team, None)

    async def _identity(self, installation: Entrusted, team: str) -> Identity | None:
        """Who we are by what is kept, with a token that works."""
        if installation.under:
            above = await self._read(installation.under)
            if above is None:
                return None  # the organisation has removed us
            installation = above
        key = installation.team
        if self._rotation is not None:
            installation = await self._rotation.fresh(installation, lambda: self._read(key), self._keep)
        return Identity(
            team=team,
            token=installation.token,
            bot_user=installation.bot_user,
            bot_id=installation.bot_id,
            enterprise=installation.enterprise,
        )

    async def _read(self, team: str) -> Entrusted | None:
        sealed = await self._kept.installation("slack", team) if team else None
        return self._opened(sealed, team) if sealed is not None else None

    def _opened(self, sealed: bytes, team: str) -> Entrusted | None:
        try:
            fields = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            log.error("an installation does not open with this key", team=team)
            return None
        return Entrusted(**{name: fields[name] for name in Entrusted.__dataclass_fields__ if name in fields})

    async def _keep(self, installation: Entrusted) -> None:
        self._known.clear()
        self._bots_until = float("-inf")
        await self._kept.keep_installation(
            "slack", installation.team, self._fernet.encrypt(json.dumps(asdict(installation)).encode())
        )

    async def drop(self, team: str) -> None:
        """The workspace, or the organisation, has removed us: its token goes now, its data when their time is over."""
        self._known.clear()
        self._bots_until = float("-inf")
        gone = [team]
        for other, sealed in (await self._kept.installations("slack")).items():
            installation = self._opened(sealed, other)
            if installation is not None and installation.under == team:
                gone.append(other)
        for one in gone:
            await self._kept.drop_installation("slack", one)
            await self._kept.depart(Team(platform="slack", id=one), datetime.now(UTC))

    # Bolt's installation store

    async def async_save(self, installation: Installation) -> None:
        """Keeps a workspace's token, or that of an organisation for all of its workspaces, sealed."""
        enterprise = (installation.enterprise_id or "") if installation.is_enterprise_install else ""
        team = enterprise or installation.team_id or ""
        if not team:
            raise ValueError("Slack named neither a workspace nor an organisation")
        ends_at = installation.bot_token_expires_at
        await self._keep(
            Entrusted(
                team=team,
                token=installation.bot_token or "",
                bot_user=installation.bot_user_id or "",
                bot_id=installation.bot_id or "",
                enterprise=enterprise,
                refresh=installation.bot_refresh_token or "",
                ends_at=float(ends_at) if ends_at else 0.0,
            )
        )
        await self._kept.stay(Team(platform="slack", id=team))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """A workspace's bot, as Bolt asks for it."""
        identity = await self.under(team_id or "", enterprise_id or "")
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
        """Whether we made it within ten minutes, and nobody came with it before; the browser's cookie binds it to one person."""
        try:
            ours = self._fernet.decrypt(state.encode(), ttl=STATE_LIFE_S) == b"install"
        except InvalidToken:
            return False
        used = hashlib.blake2b(state.encode(), digest_size=16).hexdigest()
        return ours and await self._kept.first_time(f"slack-install-{used}", datetime.now(UTC))


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
