#!/usr/bin/env bash
# Guessed: a bare address in a Chinese sentence becomes a link that ends where the address ends, before ， 。 or ）, as before , . or ).
# Seen: all four take the sentence that follows into the link, which leads nowhere: markdown-it-py with linkify-it-py, mistune's url plugin,
# GitHub's cmark, bleach. Where Chinese stands right before the address bleach also makes http of https.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile markdown-it-py==4.3.0 linkify-it-py==2.2.0 mistune==3.4.0 cmarkgfm==2025.10.22 bleach==6.4.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import re
import sys
from importlib.metadata import version
from urllib.parse import unquote

import bleach
import cmarkgfm
import mistune
from markdown_it import MarkdownIt

ADDRESS = "https://example.com/menu"
ENGLISH = [f"See {ADDRESS}, it is short.", f"All is at {ADDRESS}. Have a look.", f"The menu ({ADDRESS}) is new."]
CHINESE = [f"看看{ADDRESS}，很短", f"都在 {ADDRESS}。请看一下", f"菜单（{ADDRESS}）是新的", f"打开「{ADDRESS}」即可", f"{ADDRESS}、别的也行"]
MAKERS = {
    "linkify-it-py": MarkdownIt("commonmark", {"linkify": True}).enable("linkify").render,
    "mistune": mistune.create_markdown(plugins=["url"]),
    "cmarkgfm": cmarkgfm.github_flavored_markdown_to_html,
    "bleach": bleach.linkify,
}

def link(make, line):
    """Where the only link of a line leads."""
    (found,) = re.findall('href="([^"]*)"', make(line))
    return unquote(found)

held = True
for maker, make in MAKERS.items():
    right = [sum(link(make, line) == ADDRESS for line in lines) for lines in (ENGLISH, CHINESE)]
    print(maker, version(maker), f"{right[0]} of {len(ENGLISH)} English lines, {right[1]} of {len(CHINESE)} Chinese;", link(make, CHINESE[0]))
    held = held and right == [len(ENGLISH), 0]
schemes = [link(bleach.linkify, line).split(":")[0] for line in CHINESE[:2]]
sys.exit(0 if held and schemes == ["http", "https"] else "changed")
PY
