#!/usr/bin/env bash
# Guessed: awaiting an INSERT by aiosqlite in a task that is cancelled in the middle: it is interrupted, or taken back.
# Seen: the statement goes on in the connection's thread to its end and is kept (aiosqlite 0.22.1, autocommit): a caller that
# timed out and tries again has two rows. Within SQLAlchemy 2.1.9's begin() nothing is kept.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile aiosqlite==0.22.1 SQLAlchemy==2.1.9 greenlet==3.5.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys
from importlib.metadata import version

import aiosqlite
from sqlalchemy.ext.asyncio import create_async_engine

SLOW = "INSERT INTO t WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 1500000) SELECT count(*) FROM g"

async def cancelled(work):
    task = asyncio.create_task(work)
    await asyncio.sleep(0.2)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return
    sys.exit("it had ended before it was cancelled")

async def main():
    seen = {}
    async with aiosqlite.connect("plain.db", isolation_level=None) as connection:
        await connection.execute("CREATE TABLE t (x)")
        async def insert():
            await connection.execute(SLOW)
        await cancelled(insert())
        cursor = await connection.execute("SELECT count(*) FROM t")
        seen["aiosqlite"] = (await cursor.fetchone())[0]
    engine = create_async_engine("sqlite+aiosqlite:///orm.db")
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE t (x)")
    async def insert_in_transaction():
        async with engine.begin() as connection:
            await connection.exec_driver_sql(SLOW)
    await cancelled(insert_in_transaction())
    async with engine.connect() as connection:
        seen["sqlalchemy"] = (await connection.exec_driver_sql("SELECT count(*) FROM t")).scalar()
    await engine.dispose()
    return seen

seen = asyncio.run(main())
print("aiosqlite", version("aiosqlite"), "SQLAlchemy", version("sqlalchemy"), "rows after the cancelled INSERT:", seen)
sys.exit(0 if seen == {"aiosqlite": 1, "sqlalchemy": 0} else "changed")
PY
