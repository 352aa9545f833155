#!/usr/bin/env bash
# Guessed: MP3 written with bitrate_mode="CONSTANT" has one bit rate.
# Seen: eight, the file that is written without it, byte for byte (python-soundfile 0.14.0, libsndfile 1.2.2), and no word. It is
# obeyed only where compression_level is given, too; then the level is the rate.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile soundfile==0.14.0 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import io
import sys
from importlib.metadata import version

import numpy as np
import soundfile

RATES = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]  # kbit/s of MPEG 2, layer III

def written(**how):
    file = io.BytesIO()
    soundfile.write(file, sound, 24_000, format="MP3", subtype="MPEG_LAYER_III", **how)
    return file.getvalue()

def rates(mp3):
    """The bit rates of an MP3's frames, kbit/s."""
    found, at = [], 0
    while at < len(mp3) - 4:
        rate = RATES[mp3[at + 2] >> 4]
        found.append(rate)
        at += 72 * rate * 1000 // 24_000 + (mp3[at + 2] >> 1 & 1)
    return sorted(set(found))

seconds = np.arange(96_000) / 24_000
sound = 0.5 * np.sin(2 * np.pi * 440 * seconds) * np.minimum(1, seconds)
sound[48_000:] += np.random.default_rng(0).normal(size=48_000) * 0.2  # a tone that swells, then noise
plain, constant, level = written(), written(bitrate_mode="CONSTANT"), written(bitrate_mode="CONSTANT", compression_level=0.5)
print("soundfile", version("soundfile"), "libsndfile", soundfile.__libsndfile_version__)
print("  nothing said           ", rates(plain))
print("  CONSTANT               ", rates(constant), "the same bytes" if constant == plain else "other bytes")
print("  CONSTANT and a level   ", rates(level))
seen = (len(rates(constant)) > 1, constant == plain, len(rates(level)))
sys.exit(0 if seen == (True, True, 1) else "changed")
PY
