#!/usr/bin/env bash
# Guessed: the package called uuid7 makes the UUIDs of version 7 that RFC 9562 describes, as uuid6 and uuid_utils do; mixed in
# one column they sort by time.
# Seen: uuid7 0.1.0 keeps an older draft (36 bits of seconds): its ids bear version 7, and read by the RFC their time lies in
# the year 2203, so they sort behind all others for good.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile uuid7==0.1.0 uuid6==2025.0.1 uuid_utils==1.2.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime, timezone
from importlib.metadata import version

import uuid6
import uuid_extensions
import uuid_utils

makers = {"uuid7": uuid_extensions.uuid7, "uuid6": uuid6.uuid7, "uuid_utils": uuid_utils.uuid7}
seen = {}
for name, make in makers.items():
    made = make()
    when = datetime.fromtimestamp((made.int >> 80) / 1000, timezone.utc)
    seen[name] = (made.version, abs(when.year - datetime.now(timezone.utc).year))
    print(name, version(name), made, "version", made.version, "time by RFC 9562:", when.date())
sys.exit(0 if seen["uuid6"] == seen["uuid_utils"] == (7, 0) and seen["uuid7"][0] == 7 and seen["uuid7"][1] > 100 else "changed")
PY
