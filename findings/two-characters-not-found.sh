#!/usr/bin/env bash
# Guessed: SQLite's full-text search by trigrams finds 茶馆 (teahouse) in 给一家茶馆起个名字, by LIKE at the least, which is said to scan
# where a pattern is shorter than three characters.
# Seen: MATCH finds no word of two characters, as most Chinese words are, in any version. LIKE '%茶馆%' finds nothing either in
# SQLite 3.40.0 (Debian 12 has 3.40.1): it counts bytes. 3.51.1 finds it (pysqlite3-binary 0.5.0 and 0.5.4.post2).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile --target="$work/0.5.0" pysqlite3-binary==0.5.0
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile --target="$work/0.5.4.post2" pysqlite3-binary==0.5.4.post2
cat > "$work/look.py" <<'PY'
import sys

from pysqlite3 import dbapi2 as sqlite3

connection = sqlite3.connect(":memory:")
connection.execute("CREATE VIRTUAL TABLE ideas USING fts5 (txt, tokenize = 'trigram')")
connection.execute("INSERT INTO ideas VALUES ('给一家茶馆起个名字')")
asked = (("MATCH", "茶馆"), ("MATCH", "家茶馆"), ("LIKE", "%茶馆%"), ("LIKE", "%家茶馆%"))
found = [connection.execute(f"SELECT count(*) FROM ideas WHERE txt {how} ?", (what,)).fetchone()[0] for how, what in asked]
print("SQLite", sqlite3.sqlite_version, dict(zip(asked, found)))
sys.exit(0 if found == [0, 1, int(sys.argv[1]), 1] else "changed")
PY
PYTHONPATH="$work/0.5.0" "$work/venv/bin/python" "$work/look.py" 0
PYTHONPATH="$work/0.5.4.post2" "$work/venv/bin/python" "$work/look.py" 1
