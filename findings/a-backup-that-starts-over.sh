#!/usr/bin/env bash
# Guessed: SQLite's online backup in steps of ten pages comes to its end beside a writer: what is written meanwhile is copied
# later.
# Seen: each commit by another connection begins the copy anew: after 300 steps as many pages remain as after the first
# (SQLite in pysqlite3-binary 0.5.4.post2). Written through the connection that is copied, it ends; in one step (-1), too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile pysqlite3-binary==0.5.4.post2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys

from pysqlite3 import dbapi2 as sqlite3

class Enough(Exception):
    """So many steps are plenty."""

source = sqlite3.connect("board.db")
source.execute("PRAGMA journal_mode = WAL")
source.execute("CREATE TABLE t (x TEXT)")
source.executemany("INSERT INTO t VALUES (?)", [("x" * 2000,)] * 2000)
source.commit()
seen = {}
for writer in ("another", "same", "another, one step"):
    remaining = []
    hand = source if writer == "same" else sqlite3.connect("board.db")
    def told(_status, left, _pages):
        remaining.append(left)
        hand.execute("INSERT INTO t VALUES ('y')")
        hand.commit()
        if len(remaining) == 300:
            raise Enough
    copy = sqlite3.connect(":memory:")
    try:
        source.backup(copy, pages=-1 if "one" in writer else 10, progress=told)
        seen[writer] = "ended"
    except Enough:
        seen[writer] = "pages left after step 1 and 300: same" if remaining[0] <= remaining[-1] else "nearly there"
    copy.close()
print("SQLite", sqlite3.sqlite_version, "written by:", seen)
expected = {"another": "pages left after step 1 and 300: same", "same": "ended", "another, one step": "ended"}
sys.exit(0 if seen == expected else "changed")
PY
