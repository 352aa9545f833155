#!/usr/bin/env bash
# Guessed: "in half an hour" is in thirty minutes, or nothing; "the day after tomorrow" is two days from now.
# Seen: to timefhuman and parsedatetime half an hour is an hour, as is an hour and a half and are three quarters of one, the day after
# tomorrow is tomorrow, and the day before yesterday yesterday: what they do not know they leave out, without a word. dateparser refuses some.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile timefhuman==0.1.5 parsedatetime==2.6 dateparser==1.5.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys
from importlib.metadata import version

import dateparser
import parsedatetime
from timefhuman import tfhConfig, timefhuman

NOW = datetime.datetime(2026, 11, 30, 10)
MEANT = {
    "in an hour": 60, "in 1.5 hours": 90, "in half an hour": 30, "in an hour and a half": 90, "in three quarters of an hour": 45, "half an hour ago": -30,
    "tomorrow": 1440, "the day after tomorrow": 2880, "the day before yesterday": -2880,
}

def by_timefhuman(text):
    found = timefhuman(text, tfhConfig(now=NOW))
    return found[0] if found else None

def by_parsedatetime(text):
    moment, kind = parsedatetime.Calendar().parseDT(text, sourceTime=NOW)
    return moment if kind else None

def by_dateparser(text):
    return dateparser.parse(text, languages=["en"], settings={"RELATIVE_BASE": NOW})

def away(moment, text):
    """How far a moment is: in minutes, or in days where days were said."""
    if moment is None:
        return "–"
    return f"{(moment.date() - NOW.date()).days:+} d" if "hour" not in text else f"{round((moment - NOW).total_seconds() / 60):+} min"

print("timefhuman", version("timefhuman"), "parsedatetime", version("parsedatetime"), "dateparser", version("dateparser"))
seen = {text: [away(read(text), text) for read in (by_timefhuman, by_parsedatetime, by_dateparser)] for text in MEANT}
for text, answers in seen.items():
    print("   ", f"{text:28}", *(f"{answer:9}" for answer in answers))
hour = ("in half an hour", "in an hour and a half", "in three quarters of an hour")
held = all(seen[text][:2] == ["+60 min"] * 2 for text in ("in an hour", *hour)) and seen["in 1.5 hours"][:2] == ["+90 min"] * 2 and seen["half an hour ago"][:2] == ["-60 min"] * 2
held &= seen["tomorrow"][:2] == seen["the day after tomorrow"][:2] == ["+1 d"] * 2 and seen["the day before yesterday"][:2] == ["-1 d"] * 2
sys.exit(0 if held else "changed")
PY
