"""Votes into PostgreSQL: those that wait at the same time are one statement, one round trip and one flush of its log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import UnknownIdea
from storage._faults import fault
from storage._rules import aware, number, storable_text
from storage._statements import FEEDBACK_KEY, OPINION

MOST = 500  # votes in one statement; more people than that do not vote within the milliseconds of the one before
TEXTS = (*FEEDBACK_KEY, "platform", "team", "token")
GIVEN = {  #: what is told of a vote, and as what
    **dict.fromkeys(TEXTS, "text"),
    "value": "double precision",
    "at": "timestamptz",
}
WAS = tuple(f"was_{name}" for name in OPINION)
_NAMES, _KEY = ", ".join(GIVEN), ", ".join(FEEDBACK_KEY)
_CHANGED = ", ".join([f"{name} = excluded.{name}, was_{name} = feedback.{name}" for name in OPINION])
_LISTS = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(GIVEN.values(), start=1))
#: Locks rows in one order, whoever else votes. A vote on an idea that the team has not is left out.
TOGETHER = (
    f"INSERT INTO feedback ({_NAMES}) SELECT {', '.join(f'g.{name}' for name in GIVEN)} "  # noqa: S608 - names of ours
    f"FROM unnest({_LISTS}) AS g ({_NAMES}) "
    "JOIN ideas ON ideas.id = g.idea AND ideas.platform = g.platform AND ideas.team = g.team "
    f"ORDER BY {', '.join(f'g.{name}' for name in FEEDBACK_KEY)} "
    f"ON CONFLICT ({_KEY}) DO UPDATE SET {_CHANGED} RETURNING {_KEY}, {', '.join(WAS)}"
)

Row = Mapping[str, Any]
Key = tuple[str, ...]


class Together:
    """Writes votes. What comes while a statement runs waits for the next one; a voter alone waits for nobody."""

    def __init__(
        self,
        connect: Callable[[], AbstractAsyncContextManager[AsyncConnection]],
        alone: Callable[[Row], Awaitable[Row | None]],
        *,
        where: str,
    ) -> None:
        """Writes nothing yet.

        Args:
            connect: a connection for one statement.
            alone: writes one vote: what was there before, with `was_` before each name; None: no such idea.
            where: the database, in words a person recognises.
        """
        self._connect = connect
        self._alone = alone
        self._where = where
        self._waiting: dict[Key, tuple[Row, asyncio.Future[Row | None]]] = {}
        self._under_way: dict[Key, asyncio.Future[Row | None]] = {}
        self._writing: asyncio.Task[None] | None = None

    async def hear(self, row: Row) -> Row:
        """Writes a vote; what it replaced, with `was_` before each name.

        Raises:
            UnknownIdea: the team has no such idea.
        """
        opinion = {name: storable_text(row[name]) for name in TEXTS} | {"value": number(row["value"]), "at": aware(row["at"])}
        key = key_of(opinion)
        while (earlier := self._waiting.get(key)) is not None:  # two opinions of one person cannot be in one statement
            await asyncio.wait([earlier[1]])
        answer: asyncio.Future[Row | None] = asyncio.get_running_loop().create_future()
        self._waiting[key] = opinion, answer
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        old_row = await answer
        if old_row is None:
            raise UnknownIdea
        return old_row

    async def settled(self, row: Row) -> None:
        """Returns once no earlier opinion of the same person on the same is being written."""
        key = key_of(row)
        for answer in (self._under_way.get(key), self._waiting.get(key, (None, None))[1]):
            if answer is not None:
                await asyncio.wait([answer])

    async def _write(self) -> None:
        while self._waiting:
            keys = list(self._waiting)[:MOST]
            some = {key: self._waiting.pop(key) for key in keys}
            self._under_way = {key: answer for key, (_row, answer) in some.items()}
            try:
                old_rows = await self._written([row for row, _told in some.values()])
            except Exception as error:  # noqa: BLE001 - told to everybody who waits
                for _row, answer in some.values():
                    if not answer.done():
                        answer.set_exception(error)
                        answer.exception()  # whoever waited may be gone
                continue
            finally:
                self._under_way = {}
            for key, (_row, answer) in some.items():
                if not answer.done():
                    answer.set_result(old_rows.get(key))

    async def _written(self, rows: list[Row]) -> dict[Key, Row]:
        """What each vote replaced, of those whose ideas there are."""
        from asyncpg import ForeignKeyViolationError

        if len(rows) > 1:
            try:
                old_rows = await self._fetched([[row[name] for row in rows] for name in GIVEN])
                return {
                    tuple(row[: len(FEEDBACK_KEY)]): dict(zip(WAS, row[len(FEEDBACK_KEY) :], strict=True)) for row in old_rows
                }
            except ForeignKeyViolationError:  # an idea was deleted in this very moment: its voters alone are to be told
                pass
        alone = [(key_of(row), await self._alone(row)) for row in rows]
        return {key: before for key, before in alone if before is not None}

    async def _fetched(self, columns: list[list[Any]]) -> list[tuple[Any, ...]]:
        """Runs the statement by the driver itself: of what SQLAlchemy makes of a hundred rows half a vote's time is saved."""
        import asyncpg

        async with self._connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            try:
                return [tuple(row) for row in await driver.fetch(TOGETHER, *columns)]  # type: ignore[union-attr]  # asyncpg's
            except asyncpg.ForeignKeyViolationError:
                raise
            except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                raise fault(error, self._where) from error


def key_of(row: Mapping[str, Any]) -> Key:
    """Whose opinion of what it is."""
    return tuple(row[name] for name in FEEDBACK_KEY)
