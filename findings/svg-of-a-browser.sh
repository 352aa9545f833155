#!/usr/bin/env bash
# Guessed: a renderer of SVG draws what every browser draws (CSS variables, :is(), calc(), a transform or a width given in
# CSS), or says what it cannot.
# Seen: resvg-py 0.5.0 draws each of these wrongly without a word: black for the colour, nothing for the shape, the shape in
# its old place. mix-blend-mode and #rrggbbaa are drawn right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile resvg-py==0.5.0 pillow==13.0.0 svgwrite==1.4.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import io
import re
import sys
from importlib.metadata import version

import resvg_py
import svgwrite
from PIL import Image

NAMESPACE = re.search('xmlns="([^"]+)"', svgwrite.Drawing().tostring())[1]

def at(inside, spot=(50, 50), root=""):
    svg = f'<svg xmlns="{NAMESPACE}" width="100" height="100" {root}>{inside}</svg>'
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg)))).convert("RGBA").getpixel(spot)

BOX = '<rect width="100" height="100"/>'
seen = {
    "variable": at('<rect width="100" height="100" fill="var(--ink)"/>', root='style="--ink:#ff0000"'),
    ":is()": at("<style>:is(rect,circle){fill:red}</style>" + BOX),
    "calc()": at('<rect width="calc(50px + 50px)" height="100" fill="red"/>'),
    "size in CSS": at("<style>rect{width:100px;height:100px;fill:red}</style><rect/>"),
    "transform in CSS": at('<rect width="50" height="50" fill="red" style="transform: translate(50px,50px)"/>', (75, 75)),
    "blend": at(BOX.replace("/>", ' fill="red"/>') + BOX.replace("/>", ' fill="blue" style="mix-blend-mode:multiply"/>')),
    "#rrggbbaa": at('<rect width="100" height="100" fill="#ff000080"/>'),
}
print("resvg-py", version("resvg-py"), seen)
black, nothing = (0, 0, 0, 255), (0, 0, 0, 0)
expected = {
    "variable": black, ":is()": black, "calc()": nothing, "size in CSS": nothing, "transform in CSS": nothing,
    "blend": black, "#rrggbbaa": (255, 0, 0, 128),
}
sys.exit(0 if seen == expected else "changed")
PY
