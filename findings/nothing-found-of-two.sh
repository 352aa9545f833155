#!/usr/bin/env bash
# Guessed: BM25 gives the only one of two ideas that has the word a score above zero.
# Seen: rank_bm25 0.2.2 BM25Okapi gives 0.0 to both of two ideas, and where two of three have the word a fiftieth of BM25Plus;
# bm25s 0.3.16 gives .25. A board of a few ideas cannot be searched with it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile rank-bm25==0.2.2 bm25s==0.3.16
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import bm25s
from rank_bm25 import BM25Okapi, BM25Plus

two = [["tea", "bar", "names"], ["bike", "shop"]]
three = [["tea", "bar"], ["tea", "shop"], ["bike", "shop", "old"]]
other = bm25s.BM25()
other.index(two, show_progress=False)
seen = [float(BM25Okapi(two).get_scores(["tea"])[0]), float(BM25Plus(two).get_scores(["tea"])[0]), float(other.get_scores(["tea"])[0])]
seen += [float(BM25Okapi(three).get_scores(["tea"])[0]), float(BM25Plus(three).get_scores(["tea"])[0])]
print("rank_bm25", version("rank-bm25"), "bm25s", version("bm25s"), "two ideas: Okapi, Plus, bm25s; three: Okapi, Plus:", seen)
sys.exit(0 if seen[0] == 0 and seen[1] > 1 and 0.2 < seen[2] < 0.3 and 0 < seen[3] * 40 < seen[4] else "changed")
PY
