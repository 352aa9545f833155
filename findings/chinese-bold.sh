#!/usr/bin/env bash
# Guessed: **重点：**内容 is bold wherever Markdown is read: the mark of emphasis does not ask which script it stands in.
# Seen: markdown-it-py 4.3.0 and mistune 3.4.0 keep the asterisks (CommonMark wants a space or punctuation after "：**");
# Python-Markdown 3.11.3 makes it bold. With an ASCII colon and a space all three do.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile markdown-it-py==4.3.0 mistune==3.4.0 markdown==3.11.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import markdown
import mistune
from markdown_it import MarkdownIt

READERS = {"markdown-it-py": MarkdownIt().render, "mistune": mistune.html, "markdown": markdown.markdown}
LINES = ["**重点：**内容", "这是**“引号”**吗", "他说**好。**然后走", "**重点:** 内容"]
seen = {}
for name, read in READERS.items():
    seen[name] = ["<strong>" in read(line) for line in LINES]
    print(name, version(name), dict(zip(LINES, seen[name])))
expected = {"markdown-it-py": [False, False, False, True], "mistune": [False, False, False, True], "markdown": [True] * 4}
sys.exit(0 if seen == expected else "changed")
PY
