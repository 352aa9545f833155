#!/usr/bin/env bash
# Guessed: the next time of a cron line lies after the time from which it is asked, in the hour that comes twice as well.
# Seen: not for a line with an hour of its own (cronsim 2.8). Asked at 02:10 of the second hour what comes next of "30 2 * * *", it
# says 02:30 of the first, forty minutes ago. Whoever sleeps until then does it at once, and once more the same night if it was done
# in the first hour. Lines for every hour or quarter go on from the second hour.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile cronsim==2.8
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from cronsim import CronSim

berlin = ZoneInfo("Europe/Berlin")
second = datetime(2026, 10, 25, 2, 10, tzinfo=berlin, fold=1)  # clocks went back from 03:00 to 02:00 ten minutes ago
before = datetime(2026, 10, 25, 2, 10, tzinfo=berlin, fold=0)  # an hour earlier
minutes = {}
for line in ("30 2 * * *", "*/15 * * * *", "5 * * * *"):
    for name, start in (("first", before), ("second", second)):
        minutes[line, name] = round((next(CronSim(line, start)).timestamp() - start.timestamp()) / 60)
print("cronsim", version("cronsim"), "minutes until it is due, asked at 02:10 of the first and of the second hour")
for (line, name), after in minutes.items():
    print(f"  {line:14} {name:7} {after:4}")
expected = {("30 2 * * *", "first"): 20, ("30 2 * * *", "second"): -40, ("*/15 * * * *", "first"): 5}
expected |= {("*/15 * * * *", "second"): 5, ("5 * * * *", "first"): 55, ("5 * * * *", "second"): 55}
sys.exit(0 if minutes == expected else "changed")
PY
