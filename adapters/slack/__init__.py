"""Slack: slash commands, buttons, forms, reactions, mentions, direct messages and the Home tab."""

from __future__ import annotations

from adapters.slack.chat import SlackChat
from adapters.slack.checking import check, problems
from adapters.slack.connecting import Connection
from adapters.slack.install import Installations, fernet_of
from adapters.slack.link import Watch
from adapters.slack.manifest import manifest
from adapters.slack.pace import Pace
from adapters.slack.teams import Teams
from bot.config import Settings
from bot.courtesy import Courtesy
from bot.domain.errors import Misconfigured
from bot.words import _

__all__ = ["Installations", "SlackChat", "Watch", "build", "check", "manifest"]


def build(
    settings: Settings,
    *,
    installations: Installations | None = None,
    courtesy: Courtesy | None = None,
    second: float = 1.0,
    watch: Watch | None = None,
) -> SlackChat:
    """The Slack chat for these settings, not yet connected.

    Args:
        settings: a bot token for one workspace, or a client id and secret for many; an app-level token for Socket Mode, or a
            port and the signing secret for signed HTTP.
        installations: where the tokens of many workspaces are kept, and by which all processes keep one pace.
        courtesy: told who waits for an acknowledgement; the house's own, so that all of its work lets them go first.
        second: how long one of Slack's seconds is for pacing, in real seconds; shorter where time is compressed.
        watch: when a connection counts as dead.

    Raises:
        Misconfigured: something is missing; the message names it.
    """
    table = settings.slack
    for missing in problems(table):
        raise Misconfigured(missing)
    if table.client_id:
        fernet_of(table)
        if installations is None:
            raise Misconfigured(_("Installing into many workspaces needs a database that keeps their tokens."))
    connection = Connection(table, installations=installations, watch=watch)
    pace = Pace(second=second, turns=installations)
    teams = Teams(base=table.api_base, pace=pace)
    return SlackChat(teams=teams, connect=connection.serve, acks=courtesy or Courtesy(), second=second)
