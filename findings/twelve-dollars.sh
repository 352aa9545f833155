#!/usr/bin/env bash
# Guessed: num2words says 1200 dollars for 1200, as it does for 1200.0.
# Seen: num2words 0.5.14 takes an int as cents where money is meant ("twelve dollars, zero cents", 5 is five cents) and a
# float as dollars; in German alike. The same amount from a JSON file and from a sum differ by a hundred.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile num2words==0.5.14
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from num2words import num2words

seen = {str(value): num2words(value, to="currency", currency="USD") for value in (1200, 1200.0, 5, 5.0)}
print("num2words", version("num2words"), seen)
expected = {
    "1200": "twelve dollars, zero cents", "1200.0": "one thousand, two hundred dollars, zero cents",
    "5": "zero dollars, five cents", "5.0": "five dollars, zero cents",
}
sys.exit(0 if seen == expected else "changed")
PY
