"""Which of a database's troubles are waited out, and which are told."""

from __future__ import annotations

import errno

import asyncpg
import pytest

from bot.domain.errors import StoreAway, StoreDown
from storage._faults import fault


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InterfaceError("cannot call PreparedStatement.fetch(): the underlying connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
        BrokenPipeError(errno.EPIPE, "Broken pipe"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_connection_that_broke_is_waited_for_however_the_driver_puts_it(error: Exception) -> None:
    assert type(fault(error, "the board")) is StoreAway


@pytest.mark.parametrize("error", [asyncpg.DiskFullError("no space left"), asyncpg.InterfaceError("the query has 3 arguments")])
def test_what_no_waiting_mends_is_told(error: Exception) -> None:
    assert type(fault(error, "the board")) is StoreDown
