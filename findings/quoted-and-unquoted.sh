#!/usr/bin/env bash
# Guessed: converters from Markdown to Slack's mrkdwn leave code as it is and keep a quotation of two lines a quotation.
# Seen: markdown_to_mrkdwn 0.3.3 writes `a*b*c` in code as `a_b_c`, and "2 * 3 * 4" as "2 _ 3 _ 4", and leaves & and < bare;
# slackify-markdown 0.2.4 lets the second line of "> a / > b" fall out of the quotation.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile slackify-markdown==0.2.4 markdown-to-mrkdwn==0.3.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from markdown_to_mrkdwn import SlackMarkdownConverter
from slackify_markdown import slackify_markdown

print("slackify-markdown", version("slackify-markdown"), "markdown_to_mrkdwn", version("markdown-to-mrkdwn"))
seen = {}
for text in ("`a*b*c`", "2 * 3 * 4", "AT&T <3", "> a" + chr(10) + "> b"):
    seen[text] = slackify_markdown(text).strip(), SlackMarkdownConverter().convert(text).strip()
    print(repr(text), seen[text])
expected = [
    ("`a*b*c`", "`a_b_c`"), ("2 * 3 * 4", "2 _ 3 _ 4"), ("AT&amp;T &lt;3", "AT&T <3"),
    ("> a" + chr(10) + "b", "> a" + chr(10) + "> b"),
]
sys.exit(0 if list(seen.values()) == expected else "changed")
PY
