#!/usr/bin/env bash
# Guessed: a normalized similarity lies between 0 and 1, where 1 is equal, as textdistance says of all of its algorithms.
# Seen: by Tanimoto a text is to itself 0, and to one without a common letter minus infinity; by arithmetic compression "name" is to
# itself -0.33, less than to nothing. Sorted by it, or cut at 0.8, no pair is alike. Jaccard and Levenshtein keep to what was said.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile textdistance==4.6.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import textdistance

PAIRS = (("tea house", "tea house"), ("tea house", "tea bar"), ("name", "name"), ("tea", "book"))
seen = {name: [round(getattr(textdistance, name).normalized_similarity(*pair), 2) for pair in PAIRS] for name in ("jaccard", "levenshtein", "tanimoto", "arith_ncd", "bz2_ncd")}
print("textdistance", version("textdistance"), PAIRS)
for name, answers in seen.items():
    print("   ", f"{name:12}", answers)
held = all(seen[name][0] == seen[name][2] == 1 and 0 <= min(seen[name]) for name in ("jaccard", "levenshtein"))
held &= seen["tanimoto"][0] == seen["tanimoto"][2] == 0 and seen["tanimoto"][1] < -1 and seen["tanimoto"][3] == -float("inf") and seen["arith_ncd"][2] < 0
sys.exit(0 if held else "changed")
PY
