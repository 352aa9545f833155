#!/usr/bin/env bash
# Guessed: perceptual hashes tell a black disc from black bars, both on a transparent ground as logos come.
# Seen: all six hashes of ImageHash 4.3.2 are the same for both, and for any black logo on transparency: the picture is turned
# grey without a ground, so that nothing but black is left. On white they differ.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile imagehash==4.3.2 pillow==13.0.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import imagehash
from PIL import Image, ImageDraw

def logo(kind, ground=None):
    image = Image.new("RGBA", (256, 256), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    if kind == "disc":
        draw.ellipse((20, 20, 236, 236), fill=(0, 0, 0, 255))
    else:
        for left in range(0, 256, 64):
            draw.rectangle((left, 0, left + 30, 255), fill=(0, 0, 0, 255))
    if ground:
        image = Image.alpha_composite(Image.new("RGBA", image.size, ground), image)
    return image

hashes = ("phash", "average_hash", "dhash", "whash", "colorhash", "crop_resistant_hash")
alike = {name: str(getattr(imagehash, name)(logo("disc"))) == str(getattr(imagehash, name)(logo("bars"))) for name in hashes}
apart = imagehash.phash(logo("disc", "white")) - imagehash.phash(logo("bars", "white"))
print("ImageHash", version("imagehash"), "the same hash on transparency:", alike, "phash on white, bits apart:", apart)
sys.exit(0 if all(alike.values()) and apart > 10 else "changed")
PY
