#!/usr/bin/env bash
# Guessed: a Chinese sentence keeps the mark that closes its quotation, as an English one does.
# Seen: the mark begins the next sentence (pysbd 0.3.4, language="zh"): 他说：“茶很好。 and ”然后走了。 Whoever shows sentences
# one by one, or counts quotation marks, has them all torn. Nothing is lost; English keeps its marks.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile pysbd==0.3.4
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import pysbd

chinese = pysbd.Segmenter(language="zh", clean=False).segment("他说：“茶很好。”然后走了。“真的吗？”她问。")
english = pysbd.Segmenter(language="en", clean=False).segment("He said: “The tea is good.” Then he left. “Really?” She asked.")
print("pysbd", version("pysbd"))
print("  zh", chinese)
print("  en", english)
torn = [sentence for sentence in chinese + english if sentence.startswith("”")]
sys.exit(0 if torn == ["”然后走了。", "”她问。"] else "changed")
PY
