"""Statements made ready once, and the connections that run them.

SQLAlchemy writes every statement. Running one through it takes some 300 µs, most of them spent on finding out what it found out
the last time; SQLite itself takes 20. So SQLite is given what was found out once. PostgreSQL, which must be waited for anyway, is
reached through SQLAlchemy.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage._hops import Connection
from storage._rules import storable_text
from storage._tables.columns import Words

Row = dict[str, Any]
Params = Mapping[str, Any]
Change = Callable[[Any], Any]

_DIALECT = sqlite.dialect()


class _Place(NamedTuple):
    """Where a parameter stands in a statement."""

    name: str
    change: Change | None  #: from our value to SQLite's
    fixed: Any  #: what it is where nothing else is given
    many: bool  #: it is a list, of one place each


class Ready:
    """A statement that is always the same but for its parameters, which are bound by name."""

    def __init__(self, statement: Any, *columns: str) -> None:
        """Nothing is compiled before it is needed.

        Args:
            statement: an SQLAlchemy statement.
            columns: those that an INSERT or UPDATE sets from parameters of their names.
        """
        self.statement: Any = statement
        self._columns = columns
        self._sql = ""
        self._places: tuple[_Place, ...] = ()
        self._names: tuple[str, ...] = ()
        self._readers: tuple[tuple[str, Change], ...] = ()

    def for_sqlite(self, params: Params) -> tuple[str, list[Any]]:
        """The text and its arguments."""
        if not self._sql:
            self._compile()
        sql = self._sql
        arguments: list[Any] = []
        for name, change, fixed, many in self._places:
            value = params.get(name, fixed)
            if many:
                sql = sql.replace(f"__[POSTCOMPILE_{name}]", ",".join("?" * len(value)) or "NULL")
                arguments += value if change is None else map(change, value)
            else:
                arguments.append(value if change is None else change(value))
        return sql, arguments

    def rows(self, raw_rows: Sequence[Sequence[Any]]) -> list[Row]:
        """SQLite's rows as SQLAlchemy would have them, by the columns' names."""
        rows = [dict(zip(self._names, row, strict=True)) for row in raw_rows]
        for name, read in self._readers:
            for row in rows:
                row[name] = read(row[name])
        return rows

    def _compile(self) -> None:
        compiled = self.statement.compile(dialect=_DIALECT, column_keys=list(self._columns) or None)
        self._places = tuple(
            _Place(name, _binding(compiled.binds[name]), compiled.params.get(name), compiled.binds[name].expanding)
            for name in compiled.positiontup
        )
        shown = getattr(self.statement, "exported_columns", ())
        self._names = tuple(column.name for column in shown)
        readers = ((column.name, column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)) for column in shown)
        self._readers = tuple((name, read) for name, read in readers if read is not None)
        self._sql = str(compiled)


def _binding(parameter: Any) -> Change | None:
    if type(parameter.type) is Words:
        return _worded  # what SQLAlchemy would do, in one step instead of three
    change: Change | None = parameter.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    return change


def _worded(text: str | None) -> str | None:
    return None if text is None else storable_text(text)


class Runner(Protocol):
    """Runs ready statements inside whatever transaction there is."""

    async def run(self, ready: Ready, params: Params) -> list[Row]:
        """The rows that it returns, if any."""
        ...

    async def run_all(self, ready: Ready, params: Sequence[Params]) -> None:
        """Runs it once for each."""
        ...


class Through:
    """By way of SQLAlchemy."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def run(self, ready: Ready, params: Params) -> list[Row]:
        """See `Runner`."""
        result = await self._connection.execute(ready.statement, dict(params))
        return [dict(row) for row in result.mappings()] if result.returns_rows else []

    async def run_all(self, ready: Ready, params: Sequence[Params]) -> None:
        """See `Runner`."""
        await self._connection.execute(ready.statement, [dict(one) for one in params])


class Straight:
    """One of an SQLite engine's connections, kept at hand; users take turns."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._held: AsyncConnection | None = None
        self._driver: Connection | None = None

    async def take(self, begin: str = "") -> None:
        """Waits for one's turn, and begins a transaction with `begin`; without one each statement is its own."""
        await self._turn.acquire()
        try:
            driver = self._driver or await self._connect()
            if begin:
                await driver.rows(begin)
        except BaseException as error:
            await self._end(error)
            raise

    async def leave(self, error: BaseException | None, begin: str = "") -> None:
        """Ends one's turn, well or with an error."""
        try:
            if error is None and begin:
                assert self._driver is not None
                await self._driver.commit()
        except BaseException as broken:
            await self._end(broken)
            raise
        await self._end(error)

    async def _end(self, error: BaseException | None) -> None:
        try:
            if isinstance(error, asyncio.CancelledError):
                await self._drop()  # what waits in its thread for a lock may still come about
            elif error is not None and self._driver is not None:
                await self._driver.rollback()
        finally:
            self._turn.release()

    async def run(self, ready: Ready, params: Params) -> list[Row]:
        """See `Runner`."""
        assert self._driver is not None
        sql, arguments = ready.for_sqlite(params)
        try:
            raw_rows = await self._driver.rows(sql, arguments)
        except sqlite3.IntegrityError as error:
            raise IntegrityError(sql, None, error) from error
        return ready.rows(raw_rows) if raw_rows else []

    async def run_all(self, ready: Ready, params: Sequence[Params]) -> None:
        """See `Runner`."""
        for one in params:
            await self.run(ready, one)

    async def close(self) -> None:
        """Gives the connection back; the next user takes another."""
        held, self._held, self._driver = self._held, None, None
        if held is not None:
            await held.close()

    async def _connect(self) -> Connection:
        self._held = await self._engine.connect()
        driver = (await self._held.get_raw_connection()).driver_connection
        assert isinstance(driver, Connection)
        self._driver = driver
        return driver

    async def _drop(self) -> None:
        held, self._held, self._driver = self._held, None, None
        if held is not None:
            await held.invalidate()
            await held.close()
