#!/usr/bin/env bash
# Guessed: while JSON streams in, a number is not shown until something shows that it has ended, as a string can be held back
# until its quote.
# Seen: jiter 0.19.0 and pydantic_core 2.50.5 give 4 for the beginning of 45, then nothing at all for "4.", then 4.5: a count
# that is read too early is a valid, wrong number.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile jiter==0.19.0 pydantic_core==2.50.5
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import jiter
import pydantic_core

seen = {}
for text in ('{"stars": 4', '{"stars": 4.', '{"stars": 4.5', '{"stars": 4.5e', '{"stars": 45}', '{"stars": -'):
    seen[text] = (jiter.from_json(text.encode(), partial_mode=True), pydantic_core.from_json(text, allow_partial=True))
    print(text, seen[text])
print("jiter", version("jiter"), "pydantic_core", version("pydantic_core"))
expected = [4, None, 4.5, None, 45, None]
sys.exit(0 if [(a.get("stars"), b.get("stars")) for a, b in seen.values()] == [(value, value) for value in expected] else "changed")
PY
