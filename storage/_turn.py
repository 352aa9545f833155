"""A turn at one of SQLite's connections. Every vote takes half a dozen, so it is a class, and no generator within two others."""

from __future__ import annotations

import asyncio
import sqlite3
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from storage._engines import COMMAND_S
from storage._faults import ours
from storage._ready import Straight

BROKEN = (SQLAlchemyError, sqlite3.Error, OSError)  # as of `translated`


class Turn:
    """Inside, a connection is this user's; what goes wrong is said in our words."""

    __slots__ = ("_begin", "_straight", "_where", "_writers")

    def __init__(self, straight: Straight, begin: str, where: str, writers: asyncio.Lock | None = None) -> None:
        """Nothing happens yet.

        Args:
            straight: the connection.
            begin: begins a transaction; empty: each statement is its own.
            where: the database's name in messages.
            writers: held by the one that writes.
        """
        self._straight = straight
        self._begin = begin
        self._where = where
        self._writers = writers

    async def __aenter__(self) -> Straight:
        try:
            await self._enter()
        except BROKEN as error:
            raise ours(error, self._where) from error
        return self._straight

    async def _enter(self) -> None:
        if self._writers is None:
            await self._straight.take(self._begin)
            return
        if self._writers.locked():
            async with asyncio.timeout(COMMAND_S):
                await self._writers.acquire()
        else:
            await self._writers.acquire()
        try:
            await self._straight.take(self._begin)
        except BaseException:
            self._writers.release()
            raise

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            await self._straight.leave(error, self._begin)
        except BROKEN as broken:
            raise ours(broken, self._where) from broken
        finally:
            if self._writers is not None:
                self._writers.release()
        if isinstance(error, BROKEN):
            raise ours(error, self._where) from error
