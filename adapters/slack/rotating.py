"""Tokens that end: refreshed before they do, by one process at a time, whichever of those that share the database is first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from adapters.slack.web import UNREACHED, Client, failure

log = structlog.get_logger(__name__)

BEFORE_S = 2 * 3600.0  # of a token's 12 hours: a process that is down for an hour at night still has time
TURN_S = 60  # one process may try in each; a refresh takes a second, and one that died leaves the next turn to others
WAIT_S = 10.0  # for another process's refresh of a token that has ended already
LOOK_S = 0.5  # between two looks meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrusted:
    """What a workspace or an organisation entrusted to us."""

    team: str  #: key of the installation: a workspace's id, or an organisation's
    token: str
    bot_user: str
    bot_id: str
    enterprise: str = ""  #: where a whole organisation installed us
    refresh: str = ""  #: the token that gets the next one; empty where rotation is off
    ends_at: float = 0.0  #: seconds since 1970; 0: never
    under: str = ""  #: nothing else, where the organisation of this id holds the token

    def left_s(self) -> float:
        """How long the token still works."""
        return self.ends_at - time.time() if self.ends_at else float("inf")


class Turns(Protocol):
    """What processes that share a database agree by."""

    async def first_time(self, event: str, at: datetime) -> bool:
        """Whether nobody has named this before."""
        ...


class Rotation:
    """Refreshes tokens."""

    def __init__(self, *, client: Client, client_id: str, client_secret: str, turns: Turns) -> None:
        self._client = client
        self._id = client_id
        self._secret = client_secret
        self._turns = turns

    async def fresh(
        self,
        installation: Entrusted,
        again: Callable[[], Awaitable[Entrusted | None]],
        keep: Callable[[Entrusted], Awaitable[None]],
    ) -> Entrusted:
        """The installation with a token that works for a while.

        Args:
            installation: as it was read.
            again: reads it anew.
            keep: stores it.
        """
        if installation.left_s() > BEFORE_S or not installation.refresh:
            return installation
        until = time.time() + WAIT_S
        while True:
            turn = f"slack-refresh:{installation.team}:{installation.ends_at:.0f}:{int(time.time() // TURN_S)}"
            if await self._turns.first_time(turn, datetime.now(UTC)):
                now = await again()
                if now is None or now.left_s() > BEFORE_S:
                    return now or installation  # another process was first
                return await self._refreshed(now, keep)
            if installation.left_s() > 0 or time.time() >= until:
                return installation  # the process whose turn it is sees to it
            await asyncio.sleep(LOOK_S)
            installation = await again() or installation
            if installation.left_s() > BEFORE_S:
                return installation

    async def _refreshed(self, installation: Entrusted, keep: Callable[[Entrusted], Awaitable[None]]) -> Entrusted:
        try:
            response = await self._client.oauth_v2_access(
                client_id=self._id, client_secret=self._secret, grant_type="refresh_token", refresh_token=installation.refresh
            )
        except UNREACHED as error:
            why = failure(error, "oauth.v2.access").error
            log.error("a token could not be refreshed", team=installation.team, why=why, left_s=round(installation.left_s()))
            return installation
        new = renewed(installation, response)
        await keep(new)
        log.info("a token was refreshed", team=installation.team)
        return new


def renewed(installation: Entrusted, response: Any) -> Entrusted:
    """The installation with what Slack gave in exchange for its refresh token."""
    return Entrusted(
        team=installation.team,
        token=str(response["access_token"]),
        bot_user=installation.bot_user,
        bot_id=installation.bot_id,
        enterprise=installation.enterprise,
        refresh=str(response.get("refresh_token") or installation.refresh),
        ends_at=time.time() + float(response["expires_in"]) if response.get("expires_in") else 0.0,
    )
