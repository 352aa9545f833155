#!/usr/bin/env bash
# Guessed: "closes in 21 hours" stays 21 hours, or becomes "about a day"; 35 hours are told as a day and a half, or two days.
# Seen: Babel 2.19.0 says "1 day" for anything from 21 to 35 hours, and 1天 in Chinese: a closing time told so is off by up to
# half a day either way. humanize 4.17.0 says 21 hours, and "a day" for 35.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile babel==2.19.0 humanize==4.17.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import timedelta
from importlib.metadata import version

import humanize
from babel.dates import format_timedelta

print("babel", version("babel"), "humanize", version("humanize"))
seen = {}
for hours in (20, 21, 33, 35):
    span = timedelta(hours=hours)
    seen[hours] = (format_timedelta(span, locale="en"), format_timedelta(span, locale="zh"), humanize.naturaldelta(span))
    print(hours, seen[hours])
expected = {
    20: ("20 hours", "20小时", "20 hours"), 21: ("1 day", "1天", "21 hours"),
    33: ("1 day", "1天", "a day"), 35: ("1 day", "1天", "a day"),
}
sys.exit(0 if seen == expected else "changed")
PY
