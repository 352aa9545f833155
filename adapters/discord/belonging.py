"""Which servers the bot is in: those that removed it are noted, and those it is not meant for are not served."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Protocol

import discord
import structlog

from adapters.discord.places import NAME
from bot.domain.errors import MuselabError
from bot.domain.ideas import Team

log = structlog.get_logger(__name__)


class Departures(Protocol):
    """Where teams that have left are noted."""

    async def depart(self, team: Team, at: datetime) -> None:
        """Notes that a team has removed us."""
        ...

    async def stay(self, team: Team) -> None:
        """Notes that it is here after all."""
        ...


class Belonging:
    """Keeps an eye on the servers."""

    def __init__(self, noted: Departures | None, allowed: Collection[str]) -> None:
        """`allowed`: ids of the servers that are served; empty: all."""
        self._noted = noted
        self._allowed = frozenset(allowed)

    def serves(self, guild: int | None) -> bool:
        """Whether a server is served; conversations of people's own always are."""
        return guild is None or not self._allowed or str(guild) in self._allowed

    async def left(self, guild: int) -> None:
        """A server has removed the bot."""
        await self._note(guild, gone=True)

    async def joined(self, guild: discord.Guild) -> None:
        """A server has added the bot; one that it is not meant for is left again."""
        if not self.serves(guild.id):
            log.warning("left a server that is not among those allowed", guild=guild.id)
            await guild.leave()
            return
        await self._note(guild.id, gone=False)

    async def look(self, client: discord.Client) -> None:
        """After connecting: servers that are here have not left, whatever was noted.

        That one is missing says nothing: it may be another shard's, or another bot's on the same database.
        """
        for guild in client.guilds:
            if self.serves(guild.id):
                await self._note(guild.id, gone=False)
            else:
                await self.joined(guild)

    async def _note(self, guild: Any, *, gone: bool) -> None:
        if self._noted is None:
            return
        team = Team(platform=NAME, id=str(guild))
        try:
            await (self._noted.depart(team, datetime.now(UTC)) if gone else self._noted.stay(team))
        except MuselabError as error:
            log.warning("a server's leaving could not be noted", why=str(error))
