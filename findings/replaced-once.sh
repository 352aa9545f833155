#!/usr/bin/env bash
# Guessed: one expression of ibis has one answer, and `replace` replaces each match, as its documentation says.
# Seen: on Polars the first match of each text alone, and where a pattern's groups change places, the text holds "\2 \1" instead of them.
# The remainder of -7 by 3 is 2 there, and -1 elsewhere. SQLite, asked the same, replaces all and knows the groups.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile "ibis-framework[polars,sqlite]==12.0.0" polars==2.1.0 sqlglot==28.10.1 pandas==3.1.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import ibis
import polars

texts = ["tea, tea, tea", "a.b.c", "茶馆的茶"]
rows = ibis.memtable(polars.DataFrame({"row": [0, 1, 2], "text": texts, "number": [-7, 7, -1]}))
expressions = {
    'replace("tea", "coffee")': rows.text.replace("tea", "coffee"),
    'replace("茶", "书")': rows.text.replace("茶", "书"),
    'replace(".", "-")': rows.text.replace(".", "-"),
    r're_replace(r"(\w+), (\w+)", r"\2 or \1")': rows.text.re_replace(r"(\w+), (\w+)", r"\2 or \1"),
    "% 3": rows.number % 3,
}
engines = {"SQLite": ibis.sqlite.connect(), "Polars": ibis.polars.connect()}
print("ibis", version("ibis-framework"), "Polars", version("polars"), texts)
seen = {name: [engine.to_pyarrow(rows.mutate(answer=made).order_by("row").answer).to_pylist() for made in expressions.values()] for name, engine in engines.items()}
for number, what in enumerate(expressions):
    print("   ", what)
    for name, answers in seen.items():
        print("       ", name, answers[number])
held = seen["SQLite"] == [["coffee, coffee, coffee", *texts[1:]], [*texts[:2], "书馆的书"], [texts[0], "a-b-c", texts[2]], ["tea or tea, tea", *texts[1:]], [-1, 1, -1]]
held &= seen["Polars"] == [["coffee, tea, tea", *texts[1:]], [*texts[:2], "书馆的茶"], [texts[0], "a-b.c", texts[2]], [r"\2 or \1, tea", *texts[1:]], [2, 1, 2]]
sys.exit(0 if held else "changed")
PY
