"""Slack: slash commands, buttons, forms, reactions, mentions, direct messages and the Home tab."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.chat import SlackChat
from adapters.slack.checking import check
from adapters.slack.install import Installations, Sealed, fernet_of, pages
from adapters.slack.link import SignedHttp, SocketMode, Watch, patiently
from adapters.slack.manifest import manifest
from adapters.slack.pace import Pace
from adapters.slack.teams import Identities, OneTeam, Teams
from adapters.slack.web import client
from bot.config import Settings
from bot.domain.errors import Misconfigured
from bot.ports import Health
from bot.words import _

__all__ = ["Installations", "SlackChat", "Watch", "build", "check", "manifest", "problems"]


def build(
    settings: Settings,
    *,
    health: Callable[[], Awaitable[Health]] | None = None,
    installations: Installations | None = None,
    second: float = 1.0,
    watch: Watch | None = None,
) -> SlackChat:
    """The Slack chat for these settings.

    Args:
        settings: a bot token for one workspace, or a client id and secret for many; an app-level token for Socket Mode, or a
            port and the signing secret for signed HTTP.
        health: unused; a person in Slack learns from the answer itself how the generator is.
        installations: where the tokens of many workspaces are kept.
        second: how long one of Slack's seconds is for pacing, in real seconds; shorter where time is compressed.
        watch: when a connection counts as dead.

    Raises:
        Misconfigured: something is missing; the message names it.
    """
    table = settings.slack
    for missing in problems(settings, installations):
        raise Misconfigured(missing)

    teams = Teams(base=table.api_base, pace=Pace(second=second))

    async def connect(chat: SlackChat) -> None:
        async with aiohttp.ClientSession(trust_env=True) as session:
            identities: Identities
            inside = None
            if table.client_id:
                assert installations is not None
                identities = sealed = Sealed(installations, fernet_of(table))
                inside = pages(table, sealed, session)
            else:
                identities = one = OneTeam(table.bot_token.get_secret_value(), table.api_base, session)
                await patiently(one.sign_in)
            teams.open(session, identities)

            async def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
                return await teams.authorize(team_id or "", enterprise_id)  # Bolt reads names and takes no method

            app = AsyncApp(
                client=client(base=table.api_base, session=session),
                signing_secret=table.signing_secret.get_secret_value() or None,
                authorize=authorize,  # type: ignore[arg-type]  # None is right: Bolt then refuses the request
            )
            chat.listen(app)
            if table.port:
                chat.server = SignedHttp(app, host=table.host, port=table.port, pages=inside)
            else:
                chat.server = SocketMode(app, table.app_token.get_secret_value(), watch=watch)
            try:
                await chat.server.serve()
            finally:
                await chat.close()

    return SlackChat(teams=teams, connect=connect, second=second)


def problems(settings: Settings, installations: Installations | None = None) -> list[str]:
    """What is missing to connect, one sentence each; nothing is asked of Slack."""
    table, found = settings.slack, []
    if table.client_id:
        if not table.client_secret.get_secret_value():
            found.append(_("Set MUSELAB_SLACK__CLIENT_SECRET: the client id is set without it."))
        if not table.port:
            found.append(
                _("Set MUSELAB_SLACK__PORT: installing into many workspaces needs a page that Slack can send people to.")
            )
        if installations is None:
            found.append(_("Installing into many workspaces needs a database that keeps their tokens; this one keeps none."))
    elif not table.bot_token.get_secret_value():
        found.append(_("Set MUSELAB_SLACK__BOT_TOKEN to the token that begins with xoxb-."))
    if table.port and not table.signing_secret.get_secret_value():
        found.append(_("Set MUSELAB_SLACK__SIGNING_SECRET: without it nobody knows whether a request comes from Slack."))
    if not table.port and not table.app_token.get_secret_value():
        found.append(_("Set MUSELAB_SLACK__APP_TOKEN to the app-level token that begins with xapp-."))
    return found
