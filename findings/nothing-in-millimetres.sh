#!/usr/bin/env bash
# Guessed: a logo that drawing programs measure in millimetres is drawn at 96 dots an inch, as in a browser.
# Seen: resvg-py's dpi is 0 unless told: a drawing whose size is in mm, cm, in, pt or pc is refused for "an invalid size", and in one of
# 200 × 100 pixels a rectangle in millimetres and a text of 12pt are not there, without a word. With dpi=96 all are.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile resvg-py==0.5.0 pillow==13.0.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import io
import sys
from importlib.metadata import version

import resvg_py
from PIL import Image

def drawn(svg, **options):
    """Size of the picture, and the box of what is drawn in it; or why it is refused."""
    try:
        picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, **options))))
    except ValueError as error:
        return str(error)
    return picture.size, picture.getbbox()

def logo(width, height, inside):
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 200 100">{inside}</svg>'

whole = '<rect width="200" height="100"/>'
sizes = [("40mm", "20mm"), ("4cm", "2cm"), ("2in", "1in"), ("120pt", "60pt"), ("10pc", "5pc")]
refused = [drawn(logo(width, height, whole)) for width, height in sizes]
with_dpi = [drawn(logo(width, height, whole), dpi=96) for width, height in sizes]
inside = logo(200, 100, '<rect x="10mm" y="5mm" width="20mm" height="10mm"/>')
print("resvg-py", version("resvg-py"))
print("sizes in mm, cm, in, pt, pc:", refused, "with dpi=96:", with_dpi)
print("a rectangle in millimetres inside a drawing in pixels:", drawn(inside), "with dpi=96:", drawn(inside, dpi=96))
held = refused == ["SVG has an invalid size"] * 5 and all(isinstance(seen, tuple) for seen in with_dpi)
held = held and drawn(inside) == ((200, 100), None) and drawn(inside, dpi=96)[1] is not None
sys.exit(0 if held else "changed")
PY
