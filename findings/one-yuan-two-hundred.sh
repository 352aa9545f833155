#!/usr/bin/env bash
# Guessed: a normaliser made for speech says ¥1,200 as it says ¥1200 and 1,200元: one thousand two hundred yuan.
# Seen: wetext 0.1.8 says 一元,两百 ("one yuan, two hundred") for ¥1,200; the other two are right, and so are dates, per cent,
# ranges of hours and 3/4.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile wetext==0.1.8
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from wetext import Normalizer

say = Normalizer(lang="zh", operator="tn").normalize
seen = {text: say(text) for text in ("¥1,200", "¥1200", "1,200元", "50%", "10:30-11:30", "3/4")}
print("wetext", version("wetext"), seen)
expected = {
    "¥1,200": "一元,两百", "¥1200": "一千二百元", "1,200元": "一千二百元", "50%": "百分之五十",
    "10:30-11:30": "十点三十分到十一点三十分", "3/4": "四分之三",
}
sys.exit(0 if seen == expected else "changed")
PY
