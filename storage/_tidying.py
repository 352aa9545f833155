"""Keeps an SQLite board in its own file: what is in the write-ahead log is copied there soon, whoever wrote it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

EVERY_S = 5.0  # what a lost log, or a copy of the file alone, lacks at most; a copy takes milliseconds, in a thread

log = logging.getLogger(__name__)


class Tidying:
    """Copies the log of one database into it, on a connection of its own: the others' are never held up."""

    def __init__(self, file: Path, *, every_s: float = EVERY_S) -> None:
        """Does nothing yet.

        Args:
            file: the database.
            every_s: between two looks whether something was written.
        """
        self._file = file
        self._log = file.with_name(f"{file.name}-wal")
        self._every_s = every_s
        self._copied: tuple[int, int] | None = None  #: size and time of the log when it was copied last
        self._task: asyncio.Task[None] | None = None

    @property
    def orphans(self) -> tuple[Path, ...]:
        """A log whose database is gone."""
        return () if self._file.exists() else (self._log,)

    def start(self) -> None:
        """From now on looks by itself. Safe to call twice."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name="tidying the database")

    async def stop(self) -> None:
        """Looks no more. Safe to call twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def tidy(self) -> bool:
        """Copies what is new in the log; whether all of it is in the database now."""
        seen = self._seen()
        if seen == self._copied or seen is None or not seen[0]:
            return True
        if await asyncio.to_thread(checkpoint, self._file):
            self._copied = seen
        return self._copied == seen

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.tidy()
            except (sqlite3.Error, OSError) as error:
                log.warning("the write-ahead log could not be copied", extra={"why": str(error)})  # it is as safe there

    def _seen(self) -> tuple[int, int] | None:
        try:
            stat = self._log.stat()
        except OSError:
            return None
        return stat.st_size, stat.st_mtime_ns


def checkpoint(file: Path) -> bool:
    """Copies a database's log into it without waiting for anybody; whether all of it was copied."""
    with closing(sqlite3.connect(file, timeout=0.0)) as connection:
        busy, pages, copied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return not busy and pages == copied
