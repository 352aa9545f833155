#!/usr/bin/env bash
# Guessed: discord.py runs a loop at several times of day, each with its own zone: tasks.loop(time=[09:00 Berlin, 08:00 UTC]).
# Seen: TypeError "can't compare offset-naive and offset-aware times" where the module is imported (discord.py 2.7.1): a time
# of day in a zone with rules has no offset. Two such zones together work, or two fixed offsets.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile discord.py==2.7.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import time, timedelta, timezone
from importlib.metadata import version
from zoneinfo import ZoneInfo

from discord.ext import tasks

async def work():
    """Nothing."""

seen = {}
for name, times in {
    "rules and fixed": [time(9, tzinfo=ZoneInfo("Europe/Berlin")), time(8, tzinfo=timezone.utc)],
    "rules and rules": [time(9, tzinfo=ZoneInfo("Europe/Berlin")), time(23, tzinfo=ZoneInfo("Asia/Shanghai"))],
    "fixed and fixed": [time(9, tzinfo=timezone(timedelta(hours=1))), time(10, tzinfo=timezone.utc)],
}.items():
    try:
        seen[name] = len(tasks.loop(time=times)(work).time)
    except TypeError as error:
        seen[name] = str(error)
print("discord.py", version("discord.py"), seen)
expected = {"rules and fixed": "can't compare offset-naive and offset-aware times", "rules and rules": 2, "fixed and fixed": 2}
sys.exit(0 if seen == expected else "changed")
PY
