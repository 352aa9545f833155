#!/usr/bin/env bash
# Guessed: pydantic takes "20261129" for 29 November 2026, as ISO 8601 writes it without dashes and Python's own fromisoformat
# reads it, or refuses it.
# Seen: pydantic 2.14.4 takes it for seconds since 1970: 23 August 1970, 12:05:29 UTC. As a date it is refused for not being
# midnight; "1:30" is no timedelta, "01:30" an hour and a half.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile pydantic==2.14.4
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import date, datetime, timedelta
from importlib.metadata import version

from pydantic import TypeAdapter, ValidationError

def read(kind, text):
    try:
        return str(TypeAdapter(kind).validate_python(text))
    except ValidationError as error:
        return error.errors()[0]["type"]

seen = {(kind.__name__, text): read(kind, text) for kind, text in (
    (datetime, "20261129"), (datetime, "2026-11-29"), (date, "20261129"), (timedelta, "1:30"), (timedelta, "01:30"),
)}
print("pydantic", version("pydantic"), seen, "fromisoformat:", datetime.fromisoformat("20261129"))
expected = ["1970-08-23 12:05:29+00:00", "2026-11-29 00:00:00", "date_from_datetime_inexact", "time_delta_parsing", "1:30:00"]
sys.exit(0 if list(seen.values()) == expected else "changed")
PY
