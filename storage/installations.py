"""What workspaces that installed Muselab entrusted to it: one sealed text each, which the database cannot read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select

from storage import _tables as t
from storage._connections import Connections


class SqlInstallations(Connections):
    """The part of the store on SQLite or PostgreSQL that keeps installations."""

    async def keep_installation(self, platform: str, team: str, sealed: bytes) -> None:
        """Stores what a team entrusted, in the place of what it did before."""
        upsert = self._insert(t.installations).values(platform=platform, team=team, sealed=sealed)
        async with self._write_autocommit() as connection:
            await connection.execute(upsert.on_conflict_do_update(index_elements=["platform", "team"], set_={"sealed": sealed}))

    async def installation(self, platform: str, team: str) -> bytes | None:
        """What a team entrusted; None when it has not, or has left."""
        async with self._read_transaction() as connection:
            result = await connection.execute(select(t.installations.c.sealed).where(_of(platform, team)))
            return result.scalar()

    async def installations(self, platform: str) -> dict[str, bytes]:
        """What every team of a platform entrusted, by team."""
        query = select(t.installations.c.team, t.installations.c.sealed).where(t.installations.c.platform == platform)
        async with self._read_transaction() as connection:
            return {row.team: row.sealed for row in await connection.execute(query)}

    async def drop_installation(self, platform: str, team: str) -> None:
        """Deletes what a team entrusted; nothing happens when there is nothing."""
        async with self._write_autocommit() as connection:
            await connection.execute(delete(t.installations).where(_of(platform, team)))


def _of(platform: str, team: str) -> ColumnElement[bool]:
    return (t.installations.c.platform == platform) & (t.installations.c.team == team)
