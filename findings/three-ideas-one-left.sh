#!/usr/bin/env bash
# Guessed: json_repair makes of three JSON objects on three lines, as models write them, a list of three, as it does of two
# with different keys.
# Seen: json_repair 0.64.6 gives the last alone where all have the same keys (numbered or in three code blocks, too); with
# other keys, or commas between, it gives all. Nothing is said.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile json_repair==0.64.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import json_repair

LINES = chr(10)
seen = {
    "same keys": json_repair.loads(LINES.join('{"idea": "%s"}' % name for name in ("Steep", "Leaf", "Kettle"))),
    "numbered": json_repair.loads(LINES.join('%d. {"idea": "%s"}' % (number, name) for number, name in enumerate(("Steep", "Leaf"), 1))),
    "other keys": json_repair.loads('{"idea": "Steep"}' + LINES + '{"name": "Leaf"}'),
    "commas": json_repair.loads('{"idea": "Steep"},' + LINES + '{"idea": "Leaf"}'),
}
print("json_repair", version("json_repair"), seen)
expected = {
    "same keys": {"idea": "Kettle"}, "numbered": {"idea": "Leaf"}, "other keys": [{"idea": "Steep"}, {"name": "Leaf"}],
    "commas": [{"idea": "Steep"}, {"idea": "Leaf"}],
}
sys.exit(0 if seen == expected else "changed")
PY
