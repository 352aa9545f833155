#!/usr/bin/env bash
# Guessed: Alembic's batch mode, made for SQLite, adds and renames a column of a table and touches no other table.
# Seen: with foreign_keys=ON (as every careful program sets it) alembic 1.20.1 drops the old table, and ON DELETE CASCADE
# empties the tables that hang on it: 2 votes, then 0. No error. An unnamed CHECK and a NOCASE are lost, too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile alembic==1.20.1 SQLAlchemy==2.1.9
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

seen = {}
for keys in ("ON", "OFF"):
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {keys}")
        for statement in (
            "CREATE TABLE ideas (id INTEGER PRIMARY KEY, txt TEXT COLLATE NOCASE, CHECK (length(txt) > 0))",
            "CREATE TABLE votes (id INTEGER PRIMARY KEY, idea INTEGER REFERENCES ideas (id) ON DELETE CASCADE)",
            "INSERT INTO ideas VALUES (1, 'tea'), (2, 'coffee')",
            "INSERT INTO votes VALUES (1, 1), (2, 2)",
        ):
            connection.exec_driver_sql(statement)
        connection.commit()
        with connection.begin(), Operations(MigrationContext.configure(connection)).batch_alter_table("ideas") as batch:
            batch.alter_column("txt", new_column_name="title")
        count = [connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in ("ideas", "votes")]
        table = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'ideas'").scalar()
        seen[keys] = (*count, "CHECK" in table, "NOCASE" in table.upper())
        print("foreign_keys", keys, "ideas, votes, CHECK, NOCASE afterwards:", seen[keys])
print("alembic", version("alembic"), "SQLAlchemy", version("sqlalchemy"))
sys.exit(0 if seen == {"ON": (2, 0, False, False), "OFF": (2, 2, False, False)} else "changed")
PY
