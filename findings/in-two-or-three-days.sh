#!/usr/bin/env bash
# Guessed: numbers written as Chinese words become digits, and what is no number stays.
# Seen: two digits side by side, which mean "about", are read as one number: 两三天 (two or three days) becomes 23天, 三五个点子 (three to
# five ideas) 35个点子, 三五成群 (in small groups) 35成群; ranges of tens stay. wetext 0.1.8 writes 3~5个点子 and leaves 两三天.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile cn2an==0.5.24 wetext==0.1.8
cd "$work"
"$work/venv/bin/python" -W ignore - 2>/dev/null <<'PY'
import sys
from importlib.metadata import version

import cn2an
from wetext import Normalizer

expected = {  # text: what cn2an makes of it
    "两三天": "23天", "三五个点子": "35个点子", "七八个人": "78个人", "五六点钟": "56点钟", "一二线城市": "12线城市", "三五成群": "35成群",
    "二三十个名字": "二三十个名字", "四五十人": "四五十人", "二十三天": "23天",
}
other = Normalizer(lang="zh", operator="itn")
print("cn2an", version("cn2an"), "and wetext", version("wetext"))
seen = {text: cn2an.transform(text, "cn2an") for text in expected}
beside = {text: other.normalize(text) for text in expected}
for text in expected:
    print(f"{text}: {seen[text]}   ({beside[text]})")
sys.exit(0 if seen == expected and beside["两三天"] == "两三天" and beside["三五个点子"] == "3~5个点子" else "changed")
PY
