#!/usr/bin/env bash
# Guessed: "0 9 * * 1" is Monday, and "0 9 */2 * 1" the same days in whatever reads cron.
# Seen: APScheduler 3.11.3 from_crontab runs the first on Tuesdays. The second: croniter 7.0.0 Mondays and every odd day (3
# November, a Tuesday, too), cronsim 2.8 Mondays that are odd days (9, 23), APScheduler odd Tuesdays.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile croniter==7.0.0 cronsim==2.8 apscheduler==3.11.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim

START = datetime(2026, 11, 1, tzinfo=timezone.utc)

def by_croniter(words):
    times = croniter(words, START)
    return [times.get_next(datetime) for _ in range(4)]

def by_cronsim(words):
    times = CronSim(words, START)
    return [next(times) for _ in range(4)]

def by_apscheduler(words):
    trigger, times = CronTrigger.from_crontab(words, timezone="UTC"), []
    for _ in range(4):
        times.append(trigger.get_next_fire_time(times[-1] if times else None, times[-1] + timedelta(seconds=1) if times else START))
    return times

seen = {}
for name, read in (("croniter", by_croniter), ("cronsim", by_cronsim), ("apscheduler", by_apscheduler)):
    seen[name] = [[time.strftime("%a %d") for time in read(words)] for words in ("0 9 * * 1", "0 9 */2 * 1")]
    print(name, version(name), seen[name])
expected = {
    "croniter": [["Mon 02", "Mon 09", "Mon 16", "Mon 23"], ["Sun 01", "Mon 02", "Tue 03", "Thu 05"]],
    "cronsim": [["Mon 02", "Mon 09", "Mon 16", "Mon 23"], ["Mon 09", "Mon 23", "Mon 07", "Mon 21"]],
    "apscheduler": [["Tue 03", "Tue 10", "Tue 17", "Tue 24"], ["Tue 03", "Tue 17", "Tue 01", "Tue 15"]],
}
sys.exit(0 if seen == expected else "changed")
PY
