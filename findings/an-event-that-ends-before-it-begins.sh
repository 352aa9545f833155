#!/usr/bin/env bash
# Guessed: a daily half hour from 02:30 lasts half an hour on the day when clocks go from 02:00 to 03:00, wherever it is put.
# Seen: recurring-ical-events 3.8.2 begins it at 02:30-05:00 and ends it at 03:00-04:00, which is half an hour before it
# began; the days around it are right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile recurring-ical-events==3.8.2 icalendar==7.3.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import timezone
from importlib.metadata import version

import icalendar
import recurring_ical_events

TEXT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//round//EN
BEGIN:VEVENT
UID:1
DTSTART;TZID=America/New_York:20260305T023000
DTEND;TZID=America/New_York:20260305T030000
RRULE:FREQ=DAILY;COUNT=8
SUMMARY:stand-up
END:VEVENT
END:VCALENDAR
"""
calendar = icalendar.Calendar.from_ical(TEXT.replace(chr(10), chr(13) + chr(10)))
seen = {}
for event in recurring_ical_events.of(calendar).between((2026, 3, 7), (2026, 3, 10)):
    begins, ends = event["DTSTART"].dt, event["DTEND"].dt
    minutes = (ends.astimezone(timezone.utc) - begins.astimezone(timezone.utc)).total_seconds() / 60
    seen[begins.day] = minutes
    print(begins, "to", ends, "minutes:", minutes)
print("recurring-ical-events", version("recurring-ical-events"), seen)
sys.exit(0 if seen == {7: 30, 8: -30, 9: 30} else "changed")
PY
