"""Which files are whose, as rows; runs inside the transactions of the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import StoreDown
from bot.domain.ideas import Team
from bot.messages import File
from bot.ports import Medium
from bot.words import _
from storage import _reading, _rows
from storage import _tables as t
from storage._connections import Connections
from storage.media import Files, digest_of

log = structlog.get_logger(__name__)


class SqlMedia(Connections):
    """The part of the store on SQLite or PostgreSQL that keeps media."""

    _files: Files | None

    async def keep_media(self, team: Team, owner: str, files: Sequence[File], at: datetime) -> None:
        """Keeps an owner's files in the place of those it had.

        They are written before the transaction, which an object store would hold up for as long as that takes. Of the same bytes
        the last row may go in between, and the file with it: so it is looked for once more when no one can take it away.
        """
        rows = [row(team, owner, place, file, at) for place, file in enumerate(files)]
        contents = {one["digest"]: file.content for one, file in zip(rows, files, strict=True)}
        await self._disk("put", team, contents)
        async with self._write_transaction() as connection:
            await self._alone(connection, team)
            gone = await dropped(connection, team, [owner])
            if rows:
                await connection.execute(insert(t.media), rows)
            await self._delete_files(connection, team, gone)
        missing = await self._disk("missing", team, list(contents))
        await self._disk("put", team, {digest: contents[digest] for digest in missing or ()})

    async def media(self, team: Team, owners: Sequence[str]) -> Mapping[str, tuple[Medium, ...]]:
        """The files of each owner that has any, by place."""
        by_owner: dict[str, list[Medium]] = {}
        async with self._read_transaction() as connection:
            for some in _reading.batches(owners):
                for one in await connection.execute(of_owners(team, some).order_by(t.media.c.owner, t.media.c.place)):
                    by_owner.setdefault(one.owner, []).append(medium(one._mapping))  # noqa: SLF001 - SQLAlchemy's own name for it
        return {owner: tuple(files) for owner, files in by_owner.items()}

    async def content(self, team: Team, digest: str) -> bytes | None:
        """The bytes of one of the team's files."""
        named = select(t.media.c.digest).where(_rows.in_team(t.media, team), t.media.c.digest == digest).limit(1)
        async with self._read_transaction() as connection:
            if (await connection.execute(named)).first() is None:
                return None
        found: bytes | None = await self._disk("get", team, digest)
        return found

    async def drop_media(self, team: Team, owners: Sequence[str]) -> int:
        """Deletes owners' files; bytes that nothing else refers to are gone."""
        async with self._write_transaction() as connection:
            await self._alone(connection, team)
            gone = await dropped(connection, team, owners)
            await self._delete_files(connection, team, gone)
        await self._sweep(team)
        return len(gone)

    async def media_used(self, team: Team) -> int:
        """Bytes that the team's files take."""
        each = select(t.media.c.digest, func.max(t.media.c.size).label("size")).where(_rows.in_team(t.media, team))
        query = select(func.coalesce(func.sum(each.group_by(t.media.c.digest).subquery().c.size), 0))
        async with self._read_transaction() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def spare_media(self, team: Team, before: datetime) -> list[str]:
        """Owners whose files nobody has said anything good of, the oldest first."""
        liked = exists(select(t.feedback.c.idea).where(t.feedback.c.idea == t.media.c.owner, t.feedback.c.value > 0))
        query = (
            select(t.media.c.owner)
            .where(_rows.in_team(t.media, team), t.media.c.place == 0, t.media.c.made_at < before, ~liked)
            .order_by(t.media.c.made_at, t.media.c.owner)
        )
        async with self._read_transaction() as connection:
            return list((await connection.execute(query)).scalars())

    # inside

    def _kept(self) -> Files:
        if self._files is None:
            raise StoreDown(_("There is no folder for pictures and sounds: this database was opened without one."))
        return self._files

    async def _alone(self, connection: AsyncConnection, team: Team) -> None:
        """Holds others off the team's files until the transaction ends; SQLite has one writer anyway."""
        if self._engine.dialect.name == "postgresql":
            name = f"media {team.platform} {team.id}"
            await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})

    async def _delete_files(self, connection: AsyncConnection, team: Team, digests: Sequence[str]) -> None:
        """Deletes the bytes of those of these that no row names any more, in the transaction in which that is known."""
        if self._files is not None:
            await self._disk("drop", team, await unnamed(connection, team, digests))

    async def _sweep(self, team: Team) -> None:
        """Deletes what a crash between a file and its row has left. Nothing is amiss where that cannot be done now."""
        if self._files is None:
            return
        known = select(t.media.c.digest).where(_rows.in_team(t.media, team)).distinct()
        async with self._read_autocommit() as connection:
            in_use = frozenset((await connection.execute(known)).scalars())
        try:
            left = await self._disk("leftovers", team, in_use)
            if left:
                async with self._write_transaction() as connection:
                    await self._alone(connection, team)
                    await self._delete_files(connection, team, left)
        except StoreDown as error:
            log.warning("what a crash has left of pictures and sounds stays for now", why=str(error))

    async def _disk(self, work: str, team: Team, what: Any) -> Any:
        """Does something with the files in a thread."""
        if not what and work in ("put", "drop", "missing"):
            return None
        files = self._kept()
        try:
            return await asyncio.to_thread(getattr(files, work), team, what)
        except OSError as error:
            raise StoreDown(
                _("Pictures and sounds cannot be kept in {folder}: {why}.").format(
                    folder=files.where, why=error.strerror or error
                )
            ) from error


async def dropped(connection: AsyncConnection, team: Team, owners: Sequence[str]) -> list[str]:
    """Deletes owners' rows; the digests that they named, each as often as it was named."""
    gone: list[str] = []
    for some in _reading.batches(owners):
        mine = and_(_rows.in_team(t.media, team), t.media.c.owner.in_(some))
        gone += (await connection.execute(delete(t.media).where(mine).returning(t.media.c.digest))).scalars().all()
    return gone


async def unnamed(connection: AsyncConnection, team: Team, digests: Sequence[str]) -> list[str]:
    """Those of the digests that no row of the team names."""
    named: set[str] = set()
    for some in _reading.batches(digests):
        query = select(t.media.c.digest).where(_rows.in_team(t.media, team), t.media.c.digest.in_(some))
        named |= set((await connection.execute(query)).scalars())
    return [one for one in dict.fromkeys(digests) if one not in named]


def of_owners(team: Team, owners: Sequence[str]) -> Select[Any]:
    """The rows of owners."""
    mine: ColumnElement[bool] = and_(_rows.in_team(t.media, team), t.media.c.owner.in_(owners))
    return select(t.media).where(mine)


def row(team: Team, owner: str, place: int, file: File, at: datetime) -> dict[str, Any]:
    """A file's columns."""
    return {
        "platform": team.platform,
        "team": team.id,
        "owner": owner,
        "place": place,
        "name": file.name,
        "media_type": file.media_type,
        "digest": digest_of(file.content),
        "size": len(file.content),
        "alt": file.alt,
        "made_at": at,
    }


def medium(row: Mapping[Any, Any]) -> Medium:
    """The file in a row."""
    return Medium(**{name: row[name] for name in Medium.__dataclass_fields__})
