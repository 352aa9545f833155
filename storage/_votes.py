"""Votes into PostgreSQL: those that wait at the same time are one statement, one round trip and one flush of its log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import UnknownIdea
from storage._rules import storable
from storage._statements import FEEDBACK_KEY, OPINION

MOST = 500  # votes in one statement; more people than that do not vote within the milliseconds of the one before
GIVEN = {  #: what is told of a vote, and as what
    **dict.fromkeys((*FEEDBACK_KEY, "platform", "team", "token"), "text"),
    "value": "double precision",
    "at": "timestamptz",
}
_NAMES, _KEY = ", ".join(GIVEN), ", ".join(FEEDBACK_KEY)
_CHANGED = ", ".join([f"{name} = excluded.{name}, was_{name} = feedback.{name}" for name in OPINION])
_LISTS = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in GIVEN.items())
#: Locks rows in one order, whoever else votes. A vote on an idea that the team has not is left out.
TOGETHER = text(
    f"INSERT INTO feedback ({_NAMES}) SELECT {', '.join(f'g.{name}' for name in GIVEN)} "  # noqa: S608 - names of ours
    f"FROM unnest({_LISTS}) AS g ({_NAMES}) "
    "JOIN ideas ON ideas.id = g.idea AND ideas.platform = g.platform AND ideas.team = g.team "
    f"ORDER BY {', '.join(f'g.{name}' for name in FEEDBACK_KEY)} "
    f"ON CONFLICT ({_KEY}) DO UPDATE SET {_CHANGED} RETURNING {_KEY}, {', '.join(f'was_{name}' for name in OPINION)}"
)

Row = Mapping[str, Any]
Key = tuple[str, ...]


class Together:
    """Writes votes. What comes while a statement runs waits for the next one; a voter alone waits for nobody."""

    def __init__(
        self, connect: Callable[[], AbstractAsyncContextManager[AsyncConnection]], alone: Callable[[Row], Awaitable[Row | None]]
    ) -> None:
        """Writes nothing yet.

        Args:
            connect: a connection for one statement.
            alone: writes one vote: what was there before, with `was_` before each name; None: no such idea.
        """
        self._connect = connect
        self._alone = alone
        self._waiting: dict[Key, tuple[Row, asyncio.Future[Row | None]]] = {}
        self._under_way: dict[Key, asyncio.Future[Row | None]] = {}
        self._writing: asyncio.Task[None] | None = None

    async def hear(self, row: Row) -> Row:
        """Writes a vote; what it replaced, with `was_` before each name.

        Raises:
            UnknownIdea: the team has no such idea.
        """
        key = key_of(row)
        while (earlier := self._waiting.get(key)) is not None:  # two opinions of one person cannot be in one statement
            await asyncio.wait([earlier[1]])
        told: asyncio.Future[Row | None] = asyncio.get_running_loop().create_future()
        self._waiting[key] = {name: storable(row[name]) for name in GIVEN}, told
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        found = await told
        if found is None:
            raise UnknownIdea
        return found

    async def settled(self, row: Row) -> None:
        """Returns once no earlier opinion of the same person on the same is being written."""
        key = key_of(row)
        for told in (self._under_way.get(key), self._waiting.get(key, (None, None))[1]):
            if told is not None:
                await asyncio.wait([told])

    async def _write(self) -> None:
        while self._waiting:
            keys = list(self._waiting)[:MOST]
            some = {key: self._waiting.pop(key) for key in keys}
            self._under_way = {key: told for key, (_row, told) in some.items()}
            try:
                found = await self._written([row for row, _told in some.values()])
            except Exception as error:  # noqa: BLE001 - told to everybody who waits
                for _row, told in some.values():
                    if not told.done():
                        told.set_exception(error)
                        told.exception()  # whoever waited may be gone
                continue
            finally:
                self._under_way = {}
            for key, (_row, told) in some.items():
                if not told.done():
                    told.set_result(found.get(key))

    async def _written(self, rows: list[Row]) -> dict[Key, Row]:
        """What each vote replaced, of those whose ideas there are."""
        if len(rows) > 1:
            try:
                async with self._connect() as connection:
                    given = {name: [row[name] for row in rows] for name in GIVEN}
                    found = (await connection.execute(TOGETHER, given)).mappings().all()
                    return {key_of(dict(row)): dict(row) for row in found}
            except IntegrityError:  # an idea was deleted in this very moment: one by one, so that its voters alone are told
                pass
        alone = [(key_of(row), await self._alone(row)) for row in rows]
        return {key: before for key, before in alone if before is not None}


def key_of(row: Mapping[str, Any]) -> Key:
    """Whose opinion of what it is."""
    return tuple(row[name] for name in FEEDBACK_KEY)
