#!/usr/bin/env bash
# Guessed: scour, whose options are lossless as they stand, keeps what a logo draws twice, or says what it cannot read.
# Seen: it knows `xlink:href` alone. What `href` points to, as SVG 2 writes it and browsers and resvg read it, it takes for unused and
# removes: of four dots nothing is left, of a coloured bar none of its colour, without a word. Written with xlink both are as they were.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile scour==0.38.2 resvg-py==0.5.0 pillow==12.0.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import io
import sys
from importlib.metadata import version

import resvg_py
from PIL import Image
from scour import scour

DOTS = '<defs><circle id="dot" r="5"/></defs><use href="#dot" x="10" y="10"/><use href="#dot" x="30" y="10"/><use href="#dot" x="10" y="30"/><use href="#dot" x="30" y="30"/>'
BAR = '<defs><linearGradient id="colours"><stop stop-color="#c00"/><stop offset="1" stop-color="#00c"/></linearGradient><linearGradient id="down" href="#colours" x2="0" y2="1"/></defs><rect width="40" height="20" fill="url(#down)"/>'

def drawing(inner, attribute):
    return f'<svg xmlns="{scour.NS["SVG"]}" xmlns:xlink="{scour.NS["XLINK"]}" viewBox="0 0 40 40">{inner.replace("href=", attribute + "=")}</svg>'

def ink(svg):
    """How many of 400 x 400 pixels are drawn on."""
    picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=400)))).convert("RGBA")
    return sum(picture.getchannel("A").histogram()[128:])

seen = {}
for name, inner in (("four dots", DOTS), ("a bar", BAR)):
    for attribute in ("xlink:href", "href"):
        svg = drawing(inner, attribute)
        seen[name, attribute] = (ink(svg), ink(scour.scourString(svg)))
print("scour", version("scour"), "resvg-py", version("resvg-py"), "(pixels drawn on: before, after)")
for (name, attribute), pixels in seen.items():
    print("   ", f"{name:10} {attribute:11}", *pixels)
held = all(before == after > 10_000 for (_, attribute), (before, after) in seen.items() if attribute == "xlink:href")
held &= all(seen[name, "href"] == (seen[name, "xlink:href"][0], 0) for name in ("four dots", "a bar"))
sys.exit(0 if held else "changed")
PY
