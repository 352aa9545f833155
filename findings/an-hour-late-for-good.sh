#!/usr/bin/env bash
# Guessed: a range of days at 02:30 has 03:30 (or nothing) on the day when clocks skip that hour, and 02:30 again from the
# next day on.
# Seen: arrow 1.4.0 Arrow.range("day") stays at 03:30 on every later day, and range("week") from Sunday 1 March, too. Over the
# other change range("hour") leaves an hour out: 01:30-04:00, then 02:30-05:00.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile arrow==1.4.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from arrow import Arrow

def clock(frame, *start, limit=5):
    return [time.format("MM-DD HH:mm ZZ") for time in Arrow.range(frame, Arrow(*start, tzinfo="America/New_York"), limit=limit)]

days = clock("day", 2026, 3, 6, 2, 30)
weeks = clock("week", 2026, 3, 1, 2, 30, limit=3)
hours = clock("hour", 2026, 11, 1, 0, 30, limit=3)
print("arrow", version("arrow"), days, weeks, hours, sep=chr(10))
seen = [time[6:11] for time in days], [time[6:11] for time in weeks], hours[1:]
expected = ["02:30"] * 2 + ["03:30"] * 3, ["02:30", "03:30", "03:30"], ["11-01 01:30 -04:00", "11-01 02:30 -05:00"]
sys.exit(0 if seen == expected else "changed")
PY
