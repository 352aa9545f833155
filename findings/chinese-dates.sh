#!/usr/bin/env bash
# Guessed: a date parser that names Chinese among its languages reads 12月3日 as the third of December, or says that it cannot.
# Seen: dateparser 1.5.0 reads 12月3日 as 25 March 2012 and 11月30日 as 30 November 2011; 1月5日 and 5月20日 are right; 明天下午三点, 下周一
# and 三天后 (three days from now) are None, 3天后 is right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile dateparser==1.5.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime
from importlib.metadata import version

import dateparser

now = datetime(2026, 11, 25, 10, 0)
seen = {}
for words in ("12月3日", "11月30日", "1月5日", "5月20日", "明天下午三点", "下周一", "三天后", "3天后"):
    found = dateparser.parse(words, settings={"RELATIVE_BASE": now})
    seen[words] = found and found.strftime("%Y-%m-%d")
print("dateparser", version("dateparser"), seen)
expected = {
    "12月3日": "2012-03-25", "11月30日": "2011-11-30", "1月5日": "2026-01-05", "5月20日": "2026-05-20",
    "明天下午三点": None, "下周一": None, "三天后": None, "3天后": "2026-11-28",
}
sys.exit(0 if seen == expected else "changed")
PY
