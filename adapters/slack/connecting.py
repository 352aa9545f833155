"""Connects the Slack chat: one workspace or many, Socket Mode or signed HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.request import getproxies

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.chat import SlackChat
from adapters.slack.install import Installations, Sealed, fernet_of, pages
from adapters.slack.link import Handler, SignedHttp, SocketMode, Watch, patiently
from adapters.slack.rotating import Rotation
from adapters.slack.teams import Identities, OneTeam
from adapters.slack.web import client
from bot import wire
from bot.config import SlackTable


class Connection:
    """How a chat gets to Slack, and Slack to it."""

    def __init__(self, table: SlackTable, *, installations: Installations | None, watch: Watch | None) -> None:
        self._table = table
        self._installations = installations
        self._watch = watch

    async def serve(self, chat: SlackChat) -> None:
        """Serves the chat until cancelled.

        Raises:
            Misconfigured: Slack does not accept a token, or the port is taken.
        """
        # Told to look into the environment aiohttp does so before every call, twice, in a thread: half a millisecond each time.
        how: dict[str, Any] = {"trust_env": bool(getproxies()), "cookie_jar": aiohttp.DummyCookieJar()}
        async with aiohttp.ClientSession(json_serialize=wire.written, **how) as session:
            identities, inside = await self._identities(session)
            chat.teams.open(session, identities)
            app = self._app(chat, session)
            chat.listen(app)
            if self._table.port:
                chat.server = SignedHttp(
                    app,
                    host=self._table.host,
                    port=self._table.port,
                    signing_secret=self._table.signing_secret.get_secret_value(),
                    acks=chat.acks,
                    pages=inside,
                )
            else:
                chat.server = SocketMode(app, self._table.app_token.get_secret_value(), watch=self._watch)
            try:
                await chat.server.serve()
            finally:
                await chat.close()

    async def _identities(self, session: aiohttp.ClientSession) -> tuple[Identities, dict[str, Handler]]:
        """Who we are in each workspace, and the pages where more workspaces install us."""
        if self._table.client_id and self._installations is not None:
            rotation = Rotation(
                client=client(base=self._table.api_base, session=session),
                client_id=self._table.client_id,
                client_secret=self._table.client_secret.get_secret_value(),
                turns=self._installations,
            )
            sealed = Sealed(self._installations, fernet_of(self._table), rotation)
            return sealed, pages(self._table, sealed, session)
        one = OneTeam(self._table.bot_token.get_secret_value(), self._table.api_base, session)
        await patiently(one.sign_in)
        return one, {}

    def _app(self, chat: SlackChat, session: aiohttp.ClientSession) -> AsyncApp:
        async def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
            return await chat.teams.authorize(team_id or "", enterprise_id)  # Bolt reads names and takes no method

        async def whose(body: dict[str, Any], context: AsyncBoltContext, next: Callable[[], Awaitable[None]]) -> None:
            owner = await chat.owner(body)
            if owner:
                context["team_id"] = owner
            await next()

        return AsyncApp(
            client=client(base=self._table.api_base, session=session),
            request_verification_enabled=False,  # `SignedHttp` has looked before Bolt is asked, and Socket Mode signs nothing
            before_authorize=whose,
            authorize=authorize,  # type: ignore[arg-type]  # None is right: Bolt then refuses the request
            ignoring_self_events_enabled=False,  # that a message of ours was deleted counts as our own event
        )
