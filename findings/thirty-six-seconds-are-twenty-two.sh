#!/usr/bin/env bash
# Guessed: an MP3 of 36 seconds at a variable rate, written by lameenc, is 36 seconds long to whoever reads it.
# Seen: lameenc writes no first frame with the table of lengths that the program lame writes. soundfile reads 21.8 seconds, says that the
# file has no more, and leaves the rest out without an error; mutagen says 21.8, ffmpeg 45.2 and decodes 36, miniaudio 36. How long a
# file is depends on how loud it begins. At a constant rate all say 36.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile lameenc==1.9.0 soundfile==0.14.0 mutagen==1.48.1 av==18.1.0 miniaudio==1.71 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" -W ignore - 2> "$work/decoder" <<'PY'
import io
import sys
from importlib.metadata import version

import av
import lameenc
import miniaudio
import numpy as np
import soundfile
from mutagen.mp3 import MP3

RATE, SECONDS = 24_000, 36
time = np.arange(RATE * SECONDS) / RATE
sound = 0.3 * np.sin(2 * np.pi * 440 * time) * np.minimum(1, time / 18)
sound += (time > 18) * np.random.default_rng(0).normal(size=time.size) * 0.1  # a tone that swells, then noise as well
samples = (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()

def written(**how):
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(RATE)
    for what, value in how.items():
        getattr(encoder, f"set_{what}")(value)
    return bytes(encoder.encode(samples) + encoder.flush())

def lengths(mp3):
    """Seconds by each reader."""
    heard, rate = soundfile.read(io.BytesIO(mp3))
    with av.open(io.BytesIO(mp3)) as opened:
        told = opened.duration / 1e6
        decoded = sum(frame.samples for frame in opened.decode(audio=0)) / RATE
    whole = len(miniaudio.decode(mp3, nchannels=1, sample_rate=RATE).samples) / RATE
    known = soundfile.info(io.BytesIO(mp3)).duration
    found = {"soundfile reads": len(heard) / rate, "soundfile says": known, "mutagen says": MP3(io.BytesIO(mp3)).info.length}
    found |= {"ffmpeg says": told, "ffmpeg reads": decoded, "miniaudio reads": whole}
    return {who: round(seconds, 1) for who, seconds in found.items()}

varying, constant = lengths(written(vbr=4, vbr_quality=2)), lengths(written(bit_rate=64))
print(*(f"{package} {version(package)}" for package in ("lameenc", "soundfile", "mutagen", "av", "miniaudio")))
print("    at a variable rate", varying)
print("    at a constant rate", constant)
held = varying["soundfile reads"] == varying["soundfile says"] == varying["mutagen says"] < 25 and varying["ffmpeg says"] > 40
held = held and all(36 <= varying[who] < 36.2 for who in ("ffmpeg reads", "miniaudio reads")) and all(36 <= seconds < 36.2 for seconds in constant.values())
print("held" if held else "changed", file=sys.stderr)
sys.exit(0 if held else 1)
PY
